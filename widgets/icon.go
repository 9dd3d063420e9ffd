package widgets

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"regexp"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"github.com/fyne-io/oksvg"
	"github.com/srwiley/rasterx"

	"dovekie/assets"
	"dovekie/widgets/skin"
)

// IconObject is the icon in the one stroke width of the family, in a square of the given
// side. The caller moves it, to whole pixels.
func IconObject(name assets.Icon, side float32, c color.Color) *canvas.Raster {
	r, g, b, _ := c.RGBA()
	key := fmt.Sprintf("%s-%g-%02x%02x%02x", name, side, r>>8, g>>8, b>>8)
	return svgObject(key, fyne.NewSquareSize(side), func() []byte {
		return assets.IconSVG(name, side, skin.IconStroke, c)
	})
}

// svgObject draws a document at exactly the pixels it will have, whatever the scale of
// the screen. Fyne's own image would not do: before it knows its window it takes the
// scale for two, and strokes keep their width however large the picture is. The key
// tells everything the document depends on.
func svgObject(key string, size fyne.Size, document func() []byte) *canvas.Raster {
	r := canvas.NewRaster(func(w, h int) image.Image {
		return svgPicture(key, w, h, document)
	})
	r.Resize(size)
	return r
}

type svgPlace struct {
	key  string
	w, h int
}

// svgPictures holds drawn documents, for the UI goroutine alone; emptied when full.
var svgPictures = map[svgPlace]image.Image{}

const svgPicturesMax = 400

func svgPicture(key string, w, h int, document func() []byte) image.Image {
	p := svgPlace{key, w, h}
	if img, ok := svgPictures[p]; ok {
		return img
	}
	if len(svgPictures) >= svgPicturesMax {
		clear(svgPictures)
	}
	img := drawSVG(document(), w, h)
	svgPictures[p] = img
	return img
}

var strokeWidth = regexp.MustCompile(`stroke-width="([0-9.]+)"`)

// drawSVG draws one of our documents on w by h pixels; an empty picture if it cannot be
// read. The rasteriser takes stroke widths for pixels, so they are scaled before.
func drawSVG(document []byte, w, h int) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, max(w, 1), max(h, 1)))
	icon, err := oksvg.ReadIconStream(bytes.NewReader(document))
	if err != nil || icon.ViewBox.W <= 0 {
		return img
	}
	scale := float64(w) / icon.ViewBox.W
	scaled := strokeWidth.ReplaceAllFunc(document, func(m []byte) []byte {
		v, err := strconv.ParseFloat(string(strokeWidth.FindSubmatch(m)[1]), 64)
		if err != nil {
			return m
		}
		return fmt.Appendf(nil, `stroke-width="%.3f"`, v*scale)
	})
	if icon, err = oksvg.ReadIconStream(bytes.NewReader(scaled)); err != nil {
		return img
	}
	icon.SetTarget(0, 0, float64(w), float64(h))
	scanner := rasterx.NewScannerGV(w, h, img, img.Bounds())
	icon.Draw(rasterx.NewDasher(w, h, scanner), 1)
	return img
}
