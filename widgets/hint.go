package widgets

import (
	"time"

	"fyne.io/fyne/v2"

	"dovekie/widgets/skin"
)

// hintDelay is how long the pointer rests before the words come.
const hintDelay = 500 * time.Millisecond

// The measures of a hint.
const (
	hintPad   = 10
	hintHigh  = 26
	hintBelow = 6 // from the control
)

// Hints shows the name of a control that has none on it, while the pointer rests on it or
// the keyboard is there. Lay it over the window's content, which it fills without taking
// a tap. after is the window's timer.
type Hints struct {
	plain

	after func(d time.Duration, fn func()) (stop func())
	stop  func()
	text  string
	from  fyne.CanvasObject
	at    fyne.Position // of from, within the layer
}

// hintable is a control that tells when it is pointed at.
type hintable interface {
	fyne.CanvasObject
	setHint(onPoint func(here bool))
}

func (p *pressable) setHint(onPoint func(here bool)) { p.onPoint = onPoint }

// NewHints makes a layer that shows nothing yet.
func NewHints(after func(d time.Duration, fn func()) (stop func())) *Hints {
	h := &Hints{after: after}
	h.ExtendBaseWidget(h)
	h.Hide()
	return h
}

// Name gives a control its words.
func (h *Hints) Name(o hintable, text string) {
	o.setHint(func(here bool) { h.point(o, text, here) })
}

// Text is what is shown now, "" for nothing.
func (h *Hints) Text() string {
	if !h.Visible() {
		return ""
	}
	return h.text
}

func (h *Hints) point(o fyne.CanvasObject, text string, here bool) {
	if h.stop != nil {
		h.stop()
		h.stop = nil
	}
	if !here {
		if h.from == o {
			h.Hide()
		}
		return
	}
	h.Hide()
	h.stop = h.after(hintDelay, func() {
		h.text, h.from = text, o
		h.Show()
		// Not while drawing: Fyne looks for the place by asking everything for its parts.
		d := fyne.CurrentApp().Driver()
		h.at = d.AbsolutePositionForObject(o).Subtract(d.AbsolutePositionForObject(h))
		h.Refresh()
		repaint(o) // Fyne knows no window yet for what it never painted
	})
}

// CreateRenderer is called by Fyne.
func (h *Hints) CreateRenderer() fyne.WidgetRenderer {
	return newDrawn(h, h.draw, func() fyne.Size { return fyne.NewSize(1, 1) })
}

func (h *Hints) draw(size fyne.Size) []fyne.CanvasObject {
	if h.from == nil || h.text == "" {
		return nil
	}
	dark := skin.Dark()
	at := h.at
	room := size.Width - 2*menuMargin - 2*hintPad
	words := lineText(elide(h.text, skin.TextNote, false, room), skin.TextNote, skin.Of(skin.HeaderText, false), false)
	width := whole(words.MinSize().Width) + 2*hintPad
	x := whole(at.X + (h.from.Size().Width-width)/2)
	x = max(min(x, size.Width-menuMargin-width), menuMargin)
	y := at.Y + h.from.Size().Height + hintBelow
	if y+hintHigh > size.Height-menuMargin {
		y = at.Y - hintBelow - hintHigh
	}
	ground := edged(fyne.NewSize(width, hintHigh), skin.Of(skin.HeaderGround, false), skin.Of(skin.Edge, dark), skin.EdgeWidth, skin.RadiusQuote)
	ground.Move(fyne.NewPos(x, y))
	placeLine(words, x+hintPad, y+hintHigh/2)
	return []fyne.CanvasObject{ground, words}
}
