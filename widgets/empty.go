package widgets

import (
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"dovekie/assets"
	"dovekie/widgets/skin"
)

// Empty fills a place where there is nothing to show: the bird asleep, a title, a hint.
type Empty struct {
	plain

	title, hint string
	ground      skin.Role
	wordsOnly   bool
}

// The picture and the distances below it.
const (
	birdWidth   = 200
	birdHeight  = 150
	emptyTitleY = 172 // below the top of the bird
	emptyHintY  = 188
	emptyRaised = 46 // above the middle of the page
	wordsTitleY = 12 // without the bird, below the top of the words
	wordsHintY  = 28
	emptyMargin = 24
	emptyLeast  = 16  // room that there must be beside the bird
	smallPage   = 360 // a smaller bird on less than that, such as the left panel
)

// NewEmpty makes the page. ground is the role of what it lies on: skin.ChatGround or
// skin.Panel.
func NewEmpty(title, hint string, ground skin.Role) *Empty {
	e := &Empty{title: title, hint: hint, ground: ground}
	e.ExtendBaseWidget(e)
	return e
}

// SetText changes the words.
func (e *Empty) SetText(title, hint string) {
	if e.title == title && e.hint == hint {
		return
	}
	e.title, e.hint = title, hint
	e.Refresh()
}

// SetBird shows the bird, as at first, or the words alone.
func (e *Empty) SetBird(on bool) {
	if e.wordsOnly != on {
		return
	}
	e.wordsOnly = !on
	e.Refresh()
}

// CreateRenderer is called by Fyne.
func (e *Empty) CreateRenderer() fyne.WidgetRenderer {
	return newDrawn(e, e.draw, func() fyne.Size { return fyne.NewSize(120, 120) })
}

func (e *Empty) draw(size fyne.Size) []fyne.CanvasObject {
	dark := skin.Dark()
	ground := canvas.NewRectangle(skin.Of(e.ground, dark))
	ground.Resize(size)
	objects := []fyne.CanvasObject{ground}
	scale := float32(1)
	if size.Width < smallPage || size.Height < smallPage {
		scale = 0.6
	}
	w, h := whole(birdWidth*scale), whole(birdHeight*scale)
	titleY, hintY := emptyTitleY-birdHeight+h, emptyHintY-birdHeight+h
	if e.wordsOnly {
		titleY, hintY = wordsTitleY, wordsHintY
	}
	middle := whole(size.Width / 2)
	hint, hintHeight := wrapMiddle(e.hint, skin.TextMinor, 20, skin.Of(skin.Secondary, dark), middle, size.Width-2*emptyMargin)
	wordsOnly := e.wordsOnly
	if room := size.Height - hintY - hintHeight; !wordsOnly && room < emptyLeast { // no room for the bird
		wordsOnly, titleY, hintY = true, wordsTitleY, wordsHintY
	}
	top := max(whole((size.Height-hintY-hintHeight)/2-emptyRaised*scale), 0)
	if !wordsOnly {
		bird := sleepingBird(w, h, e.ground, dark)
		bird.Move(fyne.NewPos(whole(middle-w/2), top))
		objects = append(objects, bird)
	}
	title := lineText(elide(e.title, skin.TextTitle, true, size.Width-2*emptyMargin), skin.TextTitle, skin.Of(skin.Ink, dark), true)
	placeLineMiddle(title, middle, top+titleY)
	moveBy(hint, fyne.NewPos(0, top+hintY))
	return append(append(objects, strong(title)...), hint...)
}

func sleepingBird(w, h float32, ground skin.Role, dark bool) *canvas.Raster {
	key := fmt.Sprintf("asleep-%d-%v", ground, dark)
	return svgObject(key, fyne.NewSize(w, h), func() []byte {
		return assets.MarkAsleep(skin.Of(skin.AsleepDisc, dark), skin.Of(skin.Accent, dark), skin.Of(ground, dark))
	})
}
