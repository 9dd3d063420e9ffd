package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"dovekie/widgets/skin"
)

// HalfTab is one of the halves of the switch in the left panel.
type HalfTab struct {
	Text   string
	Unread int
}

// HalfTabs is the switch between messages and contacts: two halves, a bar under the
// chosen one. Left and Right change it from the keyboard.
type HalfTabs struct {
	pressable

	tabs     [2]HalfTab
	chosen   int
	over     int // the half under the pointer, -1 for none
	onChosen func(index int)
}

// Places in the switch.
const (
	halfTextY  = 23
	halfBadgeY = 20
	halfBarTop = 38
)

// NewHalfTabs makes the switch with the first half chosen. onChosen is called for what
// the user chooses.
func NewHalfTabs(first, second string, onChosen func(index int)) *HalfTabs {
	t := &HalfTabs{tabs: [2]HalfTab{{Text: first}, {Text: second}}, over: -1, onChosen: onChosen}
	t.own(t)
	return t
}

// SetTabs changes words and badges.
func (t *HalfTabs) SetTabs(first, second HalfTab) {
	if t.tabs == [2]HalfTab{first, second} {
		return
	}
	t.tabs = [2]HalfTab{first, second}
	t.Refresh()
}

// SetChosen chooses a half. It calls nothing.
func (t *HalfTabs) SetChosen(index int) {
	if t.chosen == index {
		return
	}
	t.chosen = index
	t.Refresh()
}

// Chosen is the half that shows.
func (t *HalfTabs) Chosen() int { return t.chosen }

func (t *HalfTabs) choose(index int) {
	if t.chosen == index {
		return
	}
	t.SetChosen(index)
	if t.onChosen != nil {
		t.onChosen(index)
	}
}

func (t *HalfTabs) half(pos fyne.Position) int {
	if pos.X < t.Size().Width/2 {
		return 0
	}
	return 1
}

// Tapped is called by Fyne.
func (t *HalfTabs) Tapped(e *fyne.PointEvent) { t.choose(t.half(e.Position)) }

// MouseIn is called by Fyne.
func (t *HalfTabs) MouseIn(e *mouseEvent) { t.MouseMoved(e) }

// MouseMoved is called by Fyne.
func (t *HalfTabs) MouseMoved(e *mouseEvent) {
	if h := t.half(e.Position); h != t.over {
		t.over = h
		t.Refresh()
	}
}

// MouseOut is called by Fyne.
func (t *HalfTabs) MouseOut() {
	t.over = -1
	t.Refresh()
}

// TypedKey is called by Fyne.
func (t *HalfTabs) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyLeft:
		t.choose(0)
	case fyne.KeyRight:
		t.choose(1)
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		t.choose(1 - t.chosen)
	default:
		t.pressable.TypedKey(e)
	}
}

// CreateRenderer is called by Fyne.
func (t *HalfTabs) CreateRenderer() fyne.WidgetRenderer {
	return newDrawn(t, t.draw, func() fyne.Size { return fyne.NewSize(160, skin.PanelTabs) })
}

func (t *HalfTabs) draw(size fyne.Size) []fyne.CanvasObject {
	dark := skin.Dark()
	rule := canvas.NewRectangle(skin.Of(skin.Divider, dark))
	place(rule, 0, size.Height-1, size.Width, 1)
	objects := []fyne.CanvasObject{rule}
	for i, tab := range t.tabs {
		middle := whole(size.Width * (0.25 + 0.5*float32(i)))
		role := skin.Secondary
		if i == t.over {
			role = skin.Ink
		}
		if i == t.chosen {
			role = skin.Accent
			bar := rounded(skin.Of(skin.Accent, dark), skin.TabBarHeight/2)
			place(bar, middle-skin.TabBarWidth/2, halfBarTop, skin.TabBarWidth, skin.TabBarHeight)
			objects = append(objects, bar)
		}
		words := elide(tab.Text, skin.TextBody, i == t.chosen, size.Width/2-60)
		text := lineText(words, skin.TextBody, skin.Of(role, dark), i == t.chosen)
		placeLineMiddle(text, middle, halfTextY)
		objects = append(objects, strong(text)...)
		if w := badgeWidth(tab.Unread); w > 0 {
			right := text.Position().X + text.Size().Width + 8 + w
			objects = append(objects, badgeObjects(tab.Unread, right, halfBadgeY, dark)...)
		}
	}
	if t.focused {
		x := size.Width / 2 * float32(t.chosen)
		ring := focusRing(fyne.NewPos(x+4, 4), fyne.NewSize(size.Width/2-8, size.Height-8), 8, dark)
		objects = append(objects, ring)
	}
	return objects
}
