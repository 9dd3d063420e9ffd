package widgets

import (
	"time"

	"fyne.io/fyne/v2"

	"dovekie/widgets/skin"
)

// CodeField is a field of several lines for text that is not a message, with room below
// for what is wrong with it. Enter submits, with Shift it breaks the line.
type CodeField struct {
	plain

	entry   *composerField
	lines   int
	labels  EditLabels
	err     string
	focused bool
	onUsed  func()
}

// NewCodeField makes an empty field of so many lines. onSubmit gets what was typed.
func NewCodeField(placeholder string, lines int, labels EditLabels, onSubmit func(text string)) *CodeField {
	f := &CodeField{entry: newComposerField(), lines: lines, labels: labels}
	f.entry.placeholder = placeholder
	f.entry.onFocus = func(on bool) {
		f.focused = on
		f.Refresh()
		f.used()
	}
	f.entry.onSend = func() { call(onSubmit, f.entry.text) }
	f.entry.onEscape = func() { passKey(canvasFor(f.entry), &fyne.KeyEvent{Name: fyne.KeyEscape}) }
	f.entry.onPage = func(bool) {}
	f.entry.onChanged = func(string) {
		f.SetError("")
		f.used()
	}
	f.entry.onMenu = func(pos fyne.Position) { editMenu(f.entry, f.labels, pos) }
	f.entry.taps.now = time.Now
	f.ExtendBaseWidget(f)
	return f
}

// Text is what stands in the field.
func (f *CodeField) Text() string { return f.entry.text }

// SetText replaces it, the caret behind it. It calls nothing.
func (f *CodeField) SetText(s string) {
	f.SetError("")
	f.entry.setText(s)
	f.used()
}

// Used reports whether somebody writes here or has written.
func (f *CodeField) Used() bool { return f.focused || f.entry.text != "" }

func (f *CodeField) used() {
	if f.onUsed != nil {
		f.onUsed()
	}
}

// OnUsed has fn called when that may have changed, or what is wrong.
func (f *CodeField) OnUsed(fn func()) { f.onUsed = fn }

// HeightOf is the height with so many lines, and with what is wrong if anything is.
func (f *CodeField) HeightOf(lines int) float32 {
	h := skin.ComposerField + float32(lines-1)*skin.PitchBody
	if f.err != "" {
		h += skin.PitchNote + fieldErrorTop
	}
	return h
}

// SetLines changes how many lines it shows.
func (f *CodeField) SetLines(n int) {
	if f.lines != n {
		f.lines = n
		f.Refresh()
	}
}

// SetError shows what is wrong, below the field; "" takes it away. Typing does as well.
func (f *CodeField) SetError(text string) {
	if f.err != text {
		f.err = text
		f.Refresh()
		f.used()
	}
}

// ErrorText is what is shown as wrong, "" for nothing.
func (f *CodeField) ErrorText() string { return f.err }

// Focus puts the keyboard here.
func (f *CodeField) Focus() {
	if c := canvasFor(f.entry); c != nil {
		c.Focus(f.entry)
	}
}

// Input is the object that takes the focus.
func (f *CodeField) Input() fyne.Focusable { return f.entry }

func (f *CodeField) fieldHeight() float32 {
	return skin.ComposerField + float32(f.lines-1)*skin.PitchBody
}

// CreateRenderer is called by Fyne.
func (f *CodeField) CreateRenderer() fyne.WidgetRenderer {
	return newDrawn(f, f.draw, func() fyne.Size {
		return fyne.NewSize(160, f.HeightOf(f.lines))
	})
}

func (f *CodeField) draw(size fyne.Size) []fyne.CanvasObject {
	dark := skin.Dark()
	h := f.fieldHeight()
	ground := fieldGround(fyne.NewSize(size.Width, h), f.focused, f.err != "", dark)
	place(f.entry, 0, 0, size.Width, h)
	objects := []fyne.CanvasObject{ground, f.entry}
	if f.err != "" {
		words := lineText(elide(f.err, skin.TextNote, false, size.Width), skin.TextNote, skin.Of(skin.Error, dark), false)
		placeLine(words, 0, h+fieldErrorTop+skin.PitchNote/2)
		objects = append(objects, words)
	}
	return objects
}
