package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"dovekie/widgets/skin"
)

// composerEntry is the field that messages are written in: Enter sends, with Shift or
// Ctrl it breaks the line; shortcuts it has no use for go to the window.
type composerEntry struct {
	widget.Entry

	onFocus  func(bool)
	onSend   func()
	onEscape func()
	onPage   func(up bool)
	mods     func() fyne.KeyModifier
	onOther  func(fyne.Shortcut) // shortcuts for the window
	drawn    *caretOnly
}

func newComposerEntry() *composerEntry {
	e := &composerEntry{mods: currentModifiers}
	e.onOther = func(s fyne.Shortcut) { passShortcut(canvasFor(e), s) }
	e.MultiLine = true
	e.Wrapping = fyne.TextWrapWord
	e.ExtendBaseWidget(e)
	return e
}

// currentModifiers are the keys held down now; none where the driver cannot tell.
func currentModifiers() fyne.KeyModifier {
	if d, ok := fyne.CurrentApp().Driver().(desktop.Driver); ok {
		return d.CurrentKeyModifiers()
	}
	return 0
}

// CreateRenderer is called by Fyne.
func (e *composerEntry) CreateRenderer() fyne.WidgetRenderer {
	e.drawn = newCaretOnly(e.Entry.CreateRenderer())
	return e.drawn
}

// MinSize is small: the composer decides how high the field is.
func (e *composerEntry) MinSize() fyne.Size { return fyne.NewSize(40, 20) }

// AcceptsTab leaves Tab to move on to the buttons.
func (e *composerEntry) AcceptsTab() bool { return false }

// lines is how many lines the text has as it is wrapped.
func (e *composerEntry) lines() int {
	if e.drawn == nil {
		return 1
	}
	pad := 2 * e.Theme().Size(theme.SizeNameInnerPadding)
	n := int((e.drawn.contentHeight()-pad)/e.lineHeight() + 0.5)
	return max(n, 1)
}

func (e *composerEntry) lineHeight() float32 {
	return fyne.MeasureText("M", skin.TextBody, fyne.TextStyle{}).Height
}

// FocusGained is called by Fyne.
func (e *composerEntry) FocusGained() {
	e.Entry.FocusGained()
	e.onFocus(true)
}

// FocusLost is called by Fyne.
func (e *composerEntry) FocusLost() {
	e.Entry.FocusLost()
	e.onFocus(false)
}

// TypedKey is called by Fyne.
func (e *composerEntry) TypedKey(ev *fyne.KeyEvent) {
	switch ev.Name {
	case fyne.KeyReturn, fyne.KeyEnter:
		if e.mods() == 0 {
			e.onSend()
			return
		}
		e.breakLine()
	case fyne.KeyEscape:
		e.onEscape()
	case fyne.KeyPageUp, fyne.KeyPageDown:
		e.onPage(ev.Name == fyne.KeyPageUp)
	default:
		e.Entry.TypedKey(ev)
	}
}

// TypedShortcut is called by Fyne. Ctrl+Enter comes as a shortcut, not as a key.
func (e *composerEntry) TypedShortcut(s fyne.Shortcut) {
	custom, ok := s.(*desktop.CustomShortcut)
	if !ok {
		e.Entry.TypedShortcut(s)
		return
	}
	if custom.KeyName == fyne.KeyReturn || custom.KeyName == fyne.KeyEnter {
		e.breakLine()
		return
	}
	e.onOther(s)
}

func (e *composerEntry) breakLine() {
	e.Entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
}

// insert puts text in the place of what is selected, or at the caret, as one step that
// can be undone.
func (e *composerEntry) insert(text string) {
	e.Entry.TypedShortcut(&fyne.ShortcutPaste{Clipboard: given(text)})
}

// given is a clipboard that holds one text, to paste what did not come from the real one.
type given string

// Content is the text.
func (g given) Content() string { return string(g) }

// SetContent does nothing.
func (g given) SetContent(string) {}
