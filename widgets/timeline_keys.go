package widgets

import (
	"fyne.io/fyne/v2"

	"dovekie/widgets/skin"
)

// FocusGained is called by Fyne. The ring shows who came with the keyboard where it is.
func (t *Timeline) FocusGained() {
	t.extras.ringed = !t.pointer.pressed
	t.draw()
}

// FocusLost is called by Fyne.
func (t *Timeline) FocusLost() {
	t.extras.ringed = false
	t.draw()
}

// takeFocus puts the keyboard here: Fyne gives it to no widget by itself.
func (t *Timeline) takeFocus() {
	if c := canvasFor(t); c != nil && c.Focused() != fyne.Focusable(t) {
		t.pointer.pressed = true
		c.Focus(t)
		t.pointer.pressed = false
	}
}

// TypedRune hands on what is typed, for the field below.
func (t *Timeline) TypedRune(r rune) {
	if t.OnTyped != nil {
		t.OnTyped(r)
	}
}

// TypedKey moves through the chat; other keys go to the window.
func (t *Timeline) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyPageUp:
		t.scroll(t.page())
	case fyne.KeyPageDown:
		t.scroll(-t.page())
	case fyne.KeyUp:
		t.scroll(2 * skin.PitchBody)
	case fyne.KeyDown:
		t.scroll(-2 * skin.PitchBody)
	case fyne.KeyHome:
		t.scrollToShare(0)
	case fyne.KeyEnd:
		t.ScrollToBottom()
	default:
		if c := canvasFor(t); c != nil && c.OnTypedKey() != nil {
			c.OnTypedKey()(e)
		}
	}
}

// TypedShortcut copies what is marked; others go to the window, which would not get them
// while a widget has the focus.
func (t *Timeline) TypedShortcut(s fyne.Shortcut) {
	switch s.(type) {
	case *fyne.ShortcutCopy:
		if text := t.SelectedText(); text != "" {
			call(t.OnCopy, text)
		}
	case *fyne.ShortcutSelectAll:
		if t.pick.row != nil {
			t.SelectAll(t.pick.row.item.Key)
		}
	default:
		forwardShortcut(t, s)
	}
}

func canvasFor(o fyne.CanvasObject) fyne.Canvas {
	return fyne.CurrentApp().Driver().CanvasForObject(o)
}

// forwardShortcut gives a shortcut to the canvas of the focused object.
func forwardShortcut(o fyne.CanvasObject, s fyne.Shortcut) {
	if c, ok := canvasFor(o).(interface{ TypedShortcut(fyne.Shortcut) }); ok {
		c.TypedShortcut(s)
	}
}
