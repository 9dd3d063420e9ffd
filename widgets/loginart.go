package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"dovekie/assets"
	"dovekie/widgets/skin"
)

// LoginArt is the night sea above the login fields: the bird before a low moon, its
// light on the water, and the wordmark.
type LoginArt struct {
	plain

	name, second string
}

// The places in the picture.
const (
	artMoonTop   = 18
	artBirdTop   = 17
	artBirdLeft  = 5 // from the moon's left edge
	artBirdSide  = 128
	artSeaTop    = 129
	artLightY    = 145
	artWordmarkY = 186
	wordmarkGap  = 10
)

// moonlight are the strokes on the water: from the middle of the picture, and how long.
var moonlight = [3][2]float32{{-43, 20}, {-15, 48}, {39, 8}}

// NewLoginArt makes the picture; name is set large, second beside it.
func NewLoginArt(name, second string) *LoginArt {
	a := &LoginArt{name: name, second: second}
	a.ExtendBaseWidget(a)
	return a
}

// CreateRenderer is called by Fyne.
func (a *LoginArt) CreateRenderer() fyne.WidgetRenderer {
	return newDrawn(a, a.draw, func() fyne.Size {
		return fyne.NewSize(skin.LoginMoon, skin.LoginBanner)
	})
}

func (a *LoginArt) draw(size fyne.Size) []fyne.CanvasObject {
	dark := skin.Dark()
	middle := whole(size.Width / 2)
	sky := canvas.NewRectangle(skin.Of(skin.HeaderGround, dark))
	sky.Resize(size)
	moon := canvas.NewCircle(skin.Of(skin.Moon, dark))
	place(moon, middle-skin.LoginMoon/2, artMoonTop, skin.LoginMoon, skin.LoginMoon)
	bird := svgObject("bird", fyne.NewSquareSize(artBirdSide), assets.MarkBird)
	bird.Move(fyne.NewPos(middle-skin.LoginMoon/2+artBirdLeft, artBirdTop))
	sea := swellObject(size.Width, size.Height-artSeaTop, skin.Of(skin.HeaderSwell, dark))
	sea.Move(fyne.NewPos(0, artSeaTop))
	objects := []fyne.CanvasObject{sky, moon, bird, sea}
	for _, stroke := range moonlight {
		light := canvas.NewRectangle(skin.Of(skin.Moon, dark)) // a rounded one would be too soft
		place(light, middle+stroke[0], artLightY, stroke[1], 2)
		objects = append(objects, light)
	}
	return append(objects, a.wordmark(middle, dark)...)
}

// wordmark sets both halves around the middle as one line.
func (a *LoginArt) wordmark(middle float32, dark bool) []fyne.CanvasObject {
	first := lineText(a.name, skin.TextWordmark, skin.Of(skin.OnBadge, dark), true)
	second := lineText(a.second, skin.TextWordmarkHan, skin.Of(skin.Wordmark, dark), false)
	w1, w2 := first.MinSize().Width, second.MinSize().Width
	gap := float32(wordmarkGap)
	if a.second == "" {
		gap = 0
	}
	left := middle - (w1+gap+w2)/2
	placeLine(first, left, artWordmarkY-1)
	placeLine(second, left+w1+gap, artWordmarkY+1)
	return []fyne.CanvasObject{first, second}
}
