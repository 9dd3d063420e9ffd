package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"dovekie/widgets/skin"
)

// composerField is the field that messages are written in. It is not Fyne's entry, since
// that one cannot show emoji as pictures nor set its lines 22 apart: what is written looks
// as it will in the bubble. Enter sends, with Shift or Ctrl it breaks the line; shortcuts
// it has no use for go to the window.
type composerField struct {
	widget.BaseWidget
	fieldCalls

	placeholder string
	text        string
	caret, mark int // bytes; what lies between them is selected
	column      fieldColumn
	layout      *textLayout
	width       float32 // that layout was made for
	offset      float32 // how far the lines are moved up
	focused     bool
	history     fieldHistory
	taps        tapMemory
	ctrlSends   bool // Ctrl+Enter does, and Enter breaks the line
}

// fieldCalls are what the field calls and asks; none is nil but onMenu, onChanged and the last three.
type fieldCalls struct {
	onFocus   func(bool)
	onSend    func()
	onEscape  func()
	onPage    func(up bool)
	onChanged func(string)
	onMenu    func(pos fyne.Position)
	onMoved   func()                       // the caret or the text
	onKey     func(name fyne.KeyName) bool // before the field; true: it is done with
	proposing func() bool                  // Tab is for the proposals then
	onOther   func(fyne.Shortcut)          // shortcuts for the window
	mods      func() fyne.KeyModifier
}

// fieldColumn is where Up and Down keep to, until the caret moves otherwise.
type fieldColumn struct {
	x   float32
	set bool
}

const (
	fieldPadX   = 10
	fieldPadY   = (skin.ComposerField - skin.PitchBody) / 2
	caretHeight = 18
	hintGap     = 5 // between the caret and the words of the empty field
)

func newComposerField() *composerField {
	f := &composerField{}
	f.mods = currentModifiers
	f.onOther = func(s fyne.Shortcut) { passShortcut(canvasFor(f), s) }
	f.ExtendBaseWidget(f)
	return f
}

// currentModifiers are the keys held down now; none where the driver cannot tell.
func currentModifiers() fyne.KeyModifier {
	if d, ok := fyne.CurrentApp().Driver().(desktop.Driver); ok {
		return d.CurrentKeyModifiers()
	}
	return 0
}

// layFor cuts the text into lines for a field of the width.
func (f *composerField) layFor(width float32) {
	if f.layout != nil && f.width == width && f.layout.text == f.text {
		return
	}
	f.width = width
	f.layout = layoutText(f.text, messageStyle, max(width-2*fieldPadX, skin.TextBody), false)
}

// lines is how many lines the text has in a field of the width.
func (f *composerField) lines(width float32) int {
	f.layFor(width)
	return len(f.layout.lines)
}

// selection are the ends of what is selected, in their order.
func (f *composerField) selection() (from, to int) { return min(f.caret, f.mark), max(f.caret, f.mark) }

// selected is the selected text.
func (f *composerField) selected() string {
	from, to := f.selection()
	return f.text[from:to]
}

// setText replaces everything and forgets what could be undone.
func (f *composerField) setText(s string) {
	f.text = cleanText(s)
	f.caret, f.mark = len(f.text), len(f.text)
	f.history = fieldHistory{}
	f.moved()
}

// insert puts text in the place of what is selected, or at the caret.
func (f *composerField) insert(s string) {
	f.history.note(f, editPaste)
	f.replaceSelection(cleanText(s))
}

func (f *composerField) replaceSelection(s string) {
	from, to := f.selection()
	if s == "" && from == to {
		return
	}
	f.text = f.text[:from] + s + f.text[to:]
	f.caret = from + len(s)
	f.mark = f.caret
	f.changed()
}

func (f *composerField) changed() {
	f.moved()
	call(f.onChanged, f.text)
}

// moved draws anew after the caret or the text changed.
func (f *composerField) moved() {
	f.column.set = false
	f.Refresh()
	if f.onMoved != nil {
		f.onMoved()
	}
}

// caretPlace is where a place in the text is, relative to the first line's upper left
// corner.
func (f *composerField) caretPlace(offset int) (x float32, line int) {
	l := f.layout
	for i := range l.lines {
		if l.lines[i].start <= offset {
			line = i
		}
	}
	x = l.lines[line].x
	for _, p := range l.lines[line].pieces {
		l.edges(p, func(at float32, o int) {
			if o == offset {
				x = l.lines[line].x + at
			}
		})
	}
	return x, line
}

// CreateRenderer is called by Fyne.
func (f *composerField) CreateRenderer() fyne.WidgetRenderer {
	return newDrawn(f, f.draw, func() fyne.Size { return fyne.NewSize(40, skin.PitchBody) })
}

func (f *composerField) draw(size fyne.Size) []fyne.CanvasObject {
	dark := skin.Dark()
	f.layFor(size.Width)
	x, line := f.caretPlace(f.caret)
	f.showLine(line, size.Height)
	origin := fyne.NewPos(fieldPadX, fieldPadY-f.offset)
	var objects []fyne.CanvasObject
	if f.text == "" {
		hint := lineText(elide(f.placeholder, skin.TextBody, false, size.Width-2*fieldPadX), skin.TextBody, skin.Of(skin.Secondary, dark), false)
		messageStyle.placeBaseline(hint, fieldPadX+hintGap, fieldPadY+skin.PitchBody/2)
		objects = append(objects, hint)
	}
	from, to := f.selection()
	for _, s := range f.layout.selectionSpans(from, to) {
		r := canvas.NewRectangle(selectionGround(dark))
		place(r, origin.X+s.x, origin.Y+s.line*skin.PitchBody, s.width, skin.PitchBody)
		objects = append(objects, r)
	}
	ink := skin.Of(skin.Ink, dark)
	objects = f.layout.paint(objects, origin, ink, ink)
	if f.focused {
		caret := canvas.NewRectangle(skin.Of(skin.Accent, dark))
		left := min(origin.X+x, size.Width-skin.CaretWidth) - skin.CaretWidth/2
		place(caret, whole(left), origin.Y+float32(line)*skin.PitchBody+(skin.PitchBody-caretHeight)/2, skin.CaretWidth, caretHeight)
		objects = append(objects, caret)
	}
	return objects
}

// showLine scrolls so far that the line is in sight.
func (f *composerField) showLine(line int, height float32) {
	top := float32(line) * skin.PitchBody
	f.offset = min(f.offset, top)
	f.offset = max(f.offset, top+skin.PitchBody+2*fieldPadY-height)
	f.clampOffset(height)
}

func (f *composerField) clampOffset(height float32) {
	f.offset = max(min(f.offset, f.layout.height()+2*fieldPadY-height), 0)
}

// Scrolled is called by Fyne. The field is scrollable so that Fyne clips it as well.
func (f *composerField) Scrolled(e *fyne.ScrollEvent) {
	x, line := f.caretPlace(f.caret)
	by := 1
	if e.Scrolled.DY > 0 {
		by = -1
	}
	if target := line + by; f.layout.height()+2*fieldPadY > f.Size().Height && target >= 0 && target < len(f.layout.lines) {
		f.caret = f.layout.offsetAt(x, (float32(target)+0.5)*skin.PitchBody)
		f.mark = f.caret
		f.moved()
	}
}
