package widgets

import (
	"image"
	"image/color"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// edged is a rounded rectangle with an edge inside its size, on whole pixels. Fyne's own
// rounded rectangles are soft by a pixel to each side, in which an edge of one loses half
// of its contrast.
func edged(size fyne.Size, fill, edge color.NRGBA, width, radius float32) *canvas.Raster {
	r := canvas.NewRaster(func(w, h int) image.Image {
		scale := float64(w) / float64(size.Width)
		line := int(math.Round(float64(width) * scale))
		return drawEdged(w, h, fill, edge, line, float64(radius)*scale)
	})
	r.Resize(size)
	return r
}

// drawEdged draws the corners pixel by pixel and the rest by copying.
func drawEdged(w, h int, fill, edge color.NRGBA, line int, radius float64) image.Image {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	r := min(int(math.Ceil(radius)), w/2, h/2)
	for y := range h {
		if y > r && y < h-r {
			copy(img.Pix[y*img.Stride:(y+1)*img.Stride], img.Pix[(y-1)*img.Stride:y*img.Stride])
			continue
		}
		for x := range w {
			if x > r && x < w-r {
				i := img.PixOffset(x, y)
				copy(img.Pix[i:i+4], img.Pix[i-4:i])
				continue
			}
			img.SetNRGBA(x, y, edgedPixel(x, y, w, h, fill, edge, line, radius))
		}
	}
	return img
}

func edgedPixel(x, y, w, h int, fill, edge color.NRGBA, line int, radius float64) color.NRGBA {
	px, py := float64(x)+0.5, float64(y)+0.5
	outer := coverage(px, py, 0, float64(w), float64(h), radius)
	inner := coverage(px, py, float64(line), float64(w), float64(h), math.Max(radius-float64(line), 0))
	if line == 0 {
		inner = outer
	}
	c := edge
	if inner > 0 && (line == 0 || edge.A == 0) {
		c = fill
	} else if inner > 0 {
		c = blended(edge, fill, float32(inner))
	}
	c.A = uint8(math.Round(float64(c.A) * outer))
	return c
}

// coverage is how much of the pixel with its centre at x, y lies within the rounded
// rectangle that is inset from 0, 0 to w, h.
func coverage(x, y, inset, w, h, radius float64) float64 {
	dx := math.Max(inset+radius-x, x-(w-inset-radius))
	dy := math.Max(inset+radius-y, y-(h-inset-radius))
	d := math.Hypot(math.Max(dx, 0), math.Max(dy, 0)) + math.Min(math.Max(dx, dy), 0) - radius
	return math.Min(math.Max(0.5-d, 0), 1)
}
