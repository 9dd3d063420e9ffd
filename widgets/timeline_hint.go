package widgets

import (
	"time"

	"fyne.io/fyne/v2"

	"dovekie/widgets/skin"
)

// tipDelay is how long the pointer rests on a sign before its words come.
const tipDelay = 500 * time.Millisecond

// The measures of the words.
const (
	tipPad   = 10
	tipPadY  = 4
	tipAway  = 6 // from what is written
	tipSides = 8 // from the edges of the chat
	tipLines = 4 // at most
)

// timelineHint is the words for the sign that the pointer rests on.
type timelineHint struct {
	key   string // of the message, "" for none
	text  string
	sign  rect // within the timeline
	at    rect // of the words, none where they have no place
	shown bool
	stop  func() // the timer that is running, or nil
}

// Hint is what is said about the sign under the pointer, "" for nothing.
func (t *Timeline) Hint() string {
	if !t.hint.shown || t.hint.at.w == 0 {
		return ""
	}
	return t.hint.text
}

// signAt finds the sign under the pointer.
func (t *Timeline) signAt() (key, text string, sign rect) {
	s := t.rowAt(t.pointer.pos)
	if !t.pointer.inside || s == nil || s.row.shape == nil || s.row.item.Hint == "" {
		return "", "", rect{}
	}
	for _, r := range s.row.shape.signs(s.row.item.State) {
		r.y += s.y
		if r.grown(3).contains(t.pointer.pos.X, t.pointer.pos.Y) {
			return s.row.item.Key, s.row.item.Hint, r
		}
	}
	return "", "", rect{}
}

// point takes note of where the pointer is.
func (t *Timeline) point() {
	was := t.hint.shown
	t.followHint()
	if was && !t.hint.shown {
		t.draw()
	}
	if t.hint.key == "" || t.hint.shown || t.hint.stop != nil {
		return
	}
	if t.After == nil {
		t.showHint()
		return
	}
	t.hint.stop = t.After(tipDelay, t.showHint)
}

func (t *Timeline) showHint() {
	t.hint.stop = nil
	t.hint.shown = true
	t.draw()
}

// followHint keeps the words with their sign, whose state may change; they go when the
// pointer is elsewhere, or the sign.
func (t *Timeline) followHint() {
	h := &t.hint
	key, text, sign := t.signAt()
	if key == h.key {
		h.text, h.sign = text, sign
		return
	}
	if h.stop != nil {
		h.stop()
	}
	*h = timelineHint{key: key, text: text, sign: sign}
}

// paint draws the words near the sign, where nothing is written and nothing can be clicked;
// it draws none where no such place is. The chat's details say the same.
func (h *timelineHint) paint(t *Timeline, size fyne.Size) []fyne.CanvasObject {
	h.at = rect{}
	if !h.shown || h.key == "" {
		return nil
	}
	words := h.place(t, size)
	if words == nil {
		return nil
	}
	light := skin.Of(skin.HeaderText, false)
	ground := edged(fyne.NewSize(h.at.w, h.at.h), skin.Of(skin.HeaderGround, false), skin.Of(skin.Edge, skin.Dark()), skin.EdgeWidth, skin.RadiusQuote)
	ground.Move(fyne.NewPos(h.at.x, h.at.y))
	return words.paint([]fyne.CanvasObject{ground}, fyne.NewPos(h.at.x+tipPad, h.at.y+tipPadY), light, light)
}
