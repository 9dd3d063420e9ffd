package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"dovekie/widgets/skin"
)

// pageTabPad is the room beside the words of a tab.
const pageTabPad = 16

// PageTabs are the pages of a window, side by side at its left, a bar under the one that
// shows. Left and Right change it from the keyboard.
type PageTabs struct {
	pressable

	texts    []string
	chosen   int
	over     int // under the pointer, -1 for none
	onChosen func(index int)
}

// NewPageTabs makes the tabs with the first one chosen. onChosen is called for what the
// user chooses.
func NewPageTabs(texts []string, onChosen func(index int)) *PageTabs {
	t := &PageTabs{texts: texts, over: -1, onChosen: onChosen}
	t.own(t)
	return t
}

// SetChosen chooses a tab. It calls nothing.
func (t *PageTabs) SetChosen(index int) {
	if t.chosen != index {
		t.chosen = index
		t.Refresh()
	}
}

// Chosen is the tab that shows.
func (t *PageTabs) Chosen() int { return t.chosen }

// Place is where the n-th tab lies within the widget, and what it says.
func (t *PageTabs) Place(n int) (pos fyne.Position, size fyne.Size, text string) {
	x := float32(skin.SearchSide - pageTabPad)
	for i, s := range t.texts {
		w := whole(textStyle{size: skin.TextBody, bold: true}.width(s)) + 2*pageTabPad
		if i == n {
			return fyne.NewPos(x, 0), fyne.NewSize(w, t.Size().Height), s
		}
		x += w
	}
	return pos, size, ""
}

func (t *PageTabs) at(x float32) int {
	for i := range t.texts {
		if pos, size, _ := t.Place(i); x >= pos.X && x < pos.X+size.Width {
			return i
		}
	}
	return -1
}

func (t *PageTabs) choose(index int) {
	if index < 0 || index >= len(t.texts) || index == t.chosen {
		return
	}
	t.SetChosen(index)
	if t.onChosen != nil {
		t.onChosen(index)
	}
}

// Tapped is called by Fyne.
func (t *PageTabs) Tapped(e *fyne.PointEvent) { t.choose(t.at(e.Position.X)) }

// MouseIn is called by Fyne.
func (t *PageTabs) MouseIn(e *mouseEvent) { t.MouseMoved(e) }

// MouseMoved is called by Fyne.
func (t *PageTabs) MouseMoved(e *mouseEvent) {
	if at := t.at(e.Position.X); at != t.over {
		t.over = at
		t.Refresh()
	}
}

// MouseOut is called by Fyne.
func (t *PageTabs) MouseOut() {
	t.over = -1
	t.Refresh()
}

// TypedKey is called by Fyne.
func (t *PageTabs) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyLeft:
		t.choose(t.chosen - 1)
	case fyne.KeyRight:
		t.choose(t.chosen + 1)
	case fyne.KeyHome:
		t.choose(0)
	case fyne.KeyEnd:
		t.choose(len(t.texts) - 1)
	default:
		t.pressable.TypedKey(e)
	}
}

// CreateRenderer is called by Fyne.
func (t *PageTabs) CreateRenderer() fyne.WidgetRenderer {
	return newDrawn(t, t.draw, func() fyne.Size { return fyne.NewSize(240, skin.PanelTabs) })
}

func (t *PageTabs) draw(size fyne.Size) []fyne.CanvasObject {
	dark := skin.Dark()
	rule := canvas.NewRectangle(skin.Of(skin.Divider, dark))
	place(rule, 0, size.Height-1, size.Width, 1)
	objects := []fyne.CanvasObject{rule}
	for i, s := range t.texts {
		pos, tab, _ := t.Place(i)
		role := skin.Secondary
		if i == t.over {
			role = skin.Ink
		}
		middle := whole(pos.X + tab.Width/2)
		if i == t.chosen {
			role = skin.Accent
			bar := rounded(skin.Of(skin.Accent, dark), skin.TabBarHeight/2)
			place(bar, middle-skin.TabBarWidth/2, halfBarTop, skin.TabBarWidth, skin.TabBarHeight)
			objects = append(objects, bar)
		}
		text := lineText(s, skin.TextBody, skin.Of(role, dark), i == t.chosen)
		// By the bold width: a word that is chosen begins where it began before.
		wide := textStyle{size: skin.TextBody, bold: true}.width(s)
		placeLine(text, pos.X+(tab.Width-wide)/2, halfTextY)
		objects = append(objects, strong(text)...)
		if t.focused && i == t.chosen {
			objects = append(objects, focusRing(pos.AddXY(4, 4), tab.SubtractWidthHeight(8, 8), 8, dark))
		}
	}
	return objects
}
