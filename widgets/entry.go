package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// entry is Fyne's entry of one line without its own ground, which tells about its focus
// and lets the owner see the keys first.
type entry struct {
	widget.Entry

	onFocus func(bool)
	onKey   func(*fyne.KeyEvent) bool // true: the key is done with
}

// IsEntry reports whether what has the keyboard is typed into, and not the composer; f may
// be nil.
func IsEntry(f fyne.Focusable) bool {
	_, is := f.(*entry)
	return is
}

func newEntry(placeholder string, password bool) *entry {
	e := &entry{}
	e.PlaceHolder = placeholder
	e.Password = password
	e.Scroll = fyne.ScrollHorizontalOnly
	// Without this Fyne adds a password revealer of its own.
	e.ActionItem = canvas.NewRectangle(color.Transparent)
	e.ExtendBaseWidget(e)
	return e
}

// FocusGained is called by Fyne.
func (e *entry) FocusGained() {
	e.Entry.FocusGained()
	if e.onFocus != nil {
		e.onFocus(true)
	}
}

// FocusLost is called by Fyne.
func (e *entry) FocusLost() {
	e.Entry.FocusLost()
	if e.onFocus != nil {
		e.onFocus(false)
	}
}

// TypedKey is called by Fyne.
func (e *entry) TypedKey(ev *fyne.KeyEvent) {
	if e.onKey != nil && e.onKey(ev) {
		return
	}
	switch ev.Name {
	case fyne.KeyEscape, fyne.KeyF1, fyne.KeyF2:
		passKey(e.canvas(), ev)
		return
	}
	e.Entry.TypedKey(ev)
}

// TypedShortcut gives our own shortcuts to the canvas: an entry would swallow them.
func (e *entry) TypedShortcut(s fyne.Shortcut) {
	passShortcut(e.canvas(), s)
	e.Entry.TypedShortcut(s)
}

func (e *entry) canvas() fyne.Canvas {
	return fyne.CurrentApp().Driver().CanvasForObject(e)
}
