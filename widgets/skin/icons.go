package skin

import (
	"fmt"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"dovekie/assets"
)

type iconKey struct {
	name   assets.Icon
	size   float32
	colour color.NRGBA
}

// icons keeps every icon made so far: some forty names in a few sizes and colours. The
// UI goroutine alone touches it.
var icons = map[iconKey]fyne.Resource{}

// Icon is the icon in a colour, for a picture of size pixels: its stroke is as wide at
// each size. The resource is shared. For the UI goroutine.
func Icon(name assets.Icon, size float32, c color.NRGBA) fyne.Resource {
	k := iconKey{name, size, c}
	r, ok := icons[k]
	if !ok {
		// Fyne keeps rasters by the resource's name, so the name must tell all of the key.
		file := fmt.Sprintf("%s-%g-%02x%02x%02x.svg", name, size, c.R, c.G, c.B)
		r = fyne.NewStaticResource(file, assets.IconSVG(name, size, IconStroke, c))
		icons[k] = r
	}
	return r
}

// NewIcon is a picture of the icon, sized and ready to be moved. For the UI goroutine.
func NewIcon(name assets.Icon, size float32, c color.NRGBA) *canvas.Image {
	img := canvas.NewImageFromResource(Icon(name, size, c))
	img.FillMode = canvas.ImageFillContain
	img.Resize(fyne.NewSquareSize(size))
	return img
}
