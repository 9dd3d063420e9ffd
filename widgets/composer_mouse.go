package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// at is the place in the text under a point of the field.
func (f *composerField) at(pos fyne.Position) int {
	f.layFor(f.Size().Width)
	y := min(max(pos.Y-fieldPadY+f.offset, 0), f.layout.height()-1)
	return f.layout.offsetAt(pos.X-fieldPadX, y)
}

// MouseDown puts the caret; the second click marks the word, Shift marks up to here.
func (f *composerField) MouseDown(e *desktop.MouseEvent) {
	if c := canvasFor(f); c != nil {
		c.Focus(f)
	}
	if e.Button != desktop.MouseButtonPrimary {
		return
	}
	at := f.at(e.Position)
	if f.taps.again("text") {
		from, to := f.layout.wordAt(at)
		f.mark = from
		f.moveTo(to, true)
		return
	}
	f.moveTo(at, e.Modifier&fyne.KeyModifierShift != 0)
}

// MouseUp is called by Fyne.
func (f *composerField) MouseUp(*desktop.MouseEvent) {}

// Dragged marks text.
func (f *composerField) Dragged(e *fyne.DragEvent) { f.moveTo(f.at(e.Position), true) }

// DragEnd is called by Fyne.
func (f *composerField) DragEnd() {}

// TappedSecondary is called by Fyne.
func (f *composerField) TappedSecondary(e *fyne.PointEvent) {
	if f.onMenu != nil {
		f.onMenu(e.AbsolutePosition)
	}
}

// Cursor is the beam.
func (f *composerField) Cursor() desktop.Cursor { return desktop.TextCursor }
