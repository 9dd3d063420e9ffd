//go:build cgo && amd64 && !no_glfw && !ci

package main

import (
	"image"
	"image/color"

	"fyne.io/fyne/v2"
	"github.com/go-gl/gl/v2.1/gl"
)

// backBuffer reads the picture that was painted last from the back buffer. Mesa's
// software renderer cannot read the front buffer, which Fyne's Capture asks for, and
// keeps the back buffer after a swap. For the UI goroutine; nil when it is not possible.
func backBuffer(win fyne.Window) image.Image {
	w, ok := win.(interface{ RunWithContext(fn func()) })
	if !ok {
		return nil
	}
	size := win.Canvas().Size()
	width, height := win.Canvas().PixelCoordinateForPosition(fyne.NewPos(size.Width, size.Height))
	if width <= 0 || height <= 0 {
		return nil
	}
	pix := make([]byte, width*height*4)
	w.RunWithContext(func() {
		gl.ReadBuffer(gl.BACK)
		gl.ReadPixels(0, 0, int32(width), int32(height), gl.RGBA, gl.UNSIGNED_BYTE, gl.Ptr(pix))
	})
	return &bottomUp{pix: pix, width: width, height: height}
}

// bottomUp is a picture whose first line in memory is the lowest, as OpenGL gives it. It
// is opaque: blending leaves holes in the alpha that nobody sees on a window.
type bottomUp struct {
	pix           []byte
	width, height int
}

// ColorModel implements image.Image.
func (b *bottomUp) ColorModel() color.Model { return color.RGBAModel }

// Bounds implements image.Image.
func (b *bottomUp) Bounds() image.Rectangle { return image.Rect(0, 0, b.width, b.height) }

// At implements image.Image.
func (b *bottomUp) At(x, y int) color.Color {
	i := ((b.height-1-y)*b.width + x) * 4
	return color.RGBA{b.pix[i], b.pix[i+1], b.pix[i+2], 0xff}
}
