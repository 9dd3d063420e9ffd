package widgets

import (
	"fmt"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"dovekie/assets"
	"dovekie/widgets/skin"
)

// icons holds the drawn documents, for the UI goroutine alone. Fyne keeps its pictures
// of an SVG by the resource's name, so the name tells size and colour as well.
var icons = map[string]fyne.Resource{}

// IconObject is the icon in the one stroke width of the family, in a square of the given
// side. The caller moves it, to whole pixels.
func IconObject(name assets.Icon, side float32, c color.Color) *canvas.Image {
	r, g, b, _ := c.RGBA()
	key := fmt.Sprintf("%s-%g-%02x%02x%02x.svg", name, side, r>>8, g>>8, b>>8)
	res, ok := icons[key]
	if !ok {
		res = fyne.NewStaticResource(key, assets.IconSVG(name, side, skin.IconStroke, c))
		icons[key] = res
	}
	img := canvas.NewImageFromResource(res)
	img.Resize(fyne.NewSquareSize(side))
	return img
}
