package widgets

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"github.com/clipperhouse/uax29/v2/graphemes"

	"dovekie/widgets/skin"
)

var (
	_ fyne.Focusable         = (*composerField)(nil)
	_ fyne.Tabbable          = (*composerField)(nil)
	_ fyne.Shortcutable      = (*composerField)(nil)
	_ fyne.Scrollable        = (*composerField)(nil)
	_ fyne.Draggable         = (*composerField)(nil)
	_ fyne.SecondaryTappable = (*composerField)(nil)
	_ desktop.Mouseable      = (*composerField)(nil)
	_ desktop.Cursorable     = (*composerField)(nil)
)

// FocusGained is called by Fyne.
func (f *composerField) FocusGained() {
	f.focused = true
	f.onFocus(true)
	f.Refresh()
}

// FocusLost is called by Fyne.
func (f *composerField) FocusLost() {
	f.focused = false
	f.onFocus(false)
	f.Refresh()
}

// TypedRune is called by Fyne, also for what an input method writes.
func (f *composerField) TypedRune(r rune) {
	kind := editTyping
	if unicode.IsSpace(r) {
		kind = editSpace
	}
	f.history.note(f, kind)
	f.replaceSelection(cleanText(string(r)))
	if emoji, from := closed(f.text, f.caret); emoji != "" && isColon(r) {
		f.mark = from
		f.insert(emoji)
	}
}

// AcceptsTab is called by Fyne: without proposals Tab goes on to the next control.
func (f *composerField) AcceptsTab() bool { return f.proposing != nil && f.proposing() }

// TypedKey is called by Fyne.
func (f *composerField) TypedKey(e *fyne.KeyEvent) {
	shift := f.mods()&fyne.KeyModifierShift != 0
	if f.onKey != nil && f.onKey(e.Name) {
		return
	}
	switch e.Name {
	case fyne.KeyReturn, fyne.KeyEnter:
		f.enter(f.mods() == 0 && !f.ctrlSends)
	case fyne.KeyEscape:
		f.onEscape()
	case fyne.KeyPageUp, fyne.KeyPageDown:
		f.onPage(e.Name == fyne.KeyPageUp)
	case fyne.KeyBackspace:
		f.remove(f.before(f.caret))
	case fyne.KeyDelete:
		f.remove(f.after(f.caret))
	case fyne.KeyUp, fyne.KeyDown:
		f.vertical(e.Name == fyne.KeyUp, shift)
	case fyne.KeyF1, fyne.KeyF2:
		passKey(fyne.CurrentApp().Driver().CanvasForObject(f), e)
	default:
		if to, ok := f.target(e.Name, shift); ok {
			f.moveTo(to, shift)
		}
	}
}

func (f *composerField) enter(sends bool) {
	if sends {
		f.onSend()
	} else {
		f.breakLine()
	}
}

// target is where a key takes the caret.
func (f *composerField) target(name fyne.KeyName, shift bool) (int, bool) {
	from, to := f.selection()
	switch name {
	case fyne.KeyLeft:
		if from != to && !shift {
			return from, true
		}
		return f.before(f.caret), true
	case fyne.KeyRight:
		if from != to && !shift {
			return to, true
		}
		return f.after(f.caret), true
	case fyne.KeyHome, fyne.KeyEnd:
		if f.layout == nil {
			return 0, false
		}
		_, i := f.caretPlace(f.caret)
		line := f.layout.lines[i]
		if name == fyne.KeyHome {
			return line.start, true
		}
		if i < len(f.layout.lines)-1 && f.layout.lines[i+1].start == line.end {
			return f.before(line.end), true // a wrapped line: its end is the start of the next
		}
		return line.end, true
	}
	return 0, false
}

// moveTo puts the caret at a place and keeps the other end of the selection with extend.
func (f *composerField) moveTo(at int, extend bool) {
	f.caret = at
	if !extend {
		f.mark = at
	}
	f.history.stop()
	f.moved()
}

// vertical moves by a line, keeping to the column that the first of several moves had.
func (f *composerField) vertical(up, extend bool) {
	if f.layout == nil {
		return
	}
	x, line := f.caretPlace(f.caret)
	if f.column.set {
		x = f.column.x
	}
	to := line + 1
	if up {
		to = line - 1
	}
	switch {
	case to < 0:
		f.moveTo(0, extend)
	case to >= len(f.layout.lines):
		f.moveTo(len(f.text), extend)
	default:
		f.moveTo(f.layout.offsetAt(x, (float32(to)+0.5)*skin.PitchBody), extend)
	}
	f.column = fieldColumn{x, true}
}

// remove takes the selection away, or what lies between the caret and a place.
func (f *composerField) remove(to int) {
	f.history.note(f, editRemove)
	if f.caret == f.mark {
		f.mark = to
	}
	f.replaceSelection("")
}

func (f *composerField) breakLine() {
	f.history.note(f, editSpace)
	f.replaceSelection("\n")
}

// before is the start of the cluster before a place.
func (f *composerField) before(at int) int {
	last := 0
	g := graphemes.FromString(f.text[:at])
	for g.Next() {
		last = g.Start()
	}
	return last
}

// after is the end of the cluster after a place.
func (f *composerField) after(at int) int {
	g := graphemes.FromString(f.text[at:])
	if g.Next() {
		return at + g.End()
	}
	return at
}

// wordBefore and wordAfter skip space, then one word or one run of marks.
func (f *composerField) wordBefore(at int) int {
	s := strings.TrimRightFunc(f.text[:at], unicode.IsSpace)
	if s == "" {
		return 0
	}
	r, _ := utf8.DecodeLastRuneInString(s)
	return len(strings.TrimRightFunc(s, sameKind(r)))
}

func (f *composerField) wordAfter(at int) int {
	s := strings.TrimLeftFunc(f.text[at:], unicode.IsSpace)
	if s == "" {
		return len(f.text)
	}
	r, _ := utf8.DecodeRuneInString(s)
	return len(f.text) - len(strings.TrimLeftFunc(s, sameKind(r)))
}

func sameKind(r rune) func(rune) bool {
	letter := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) }
	is := letter(r)
	return func(o rune) bool { return letter(o) == is && !unicode.IsSpace(o) }
}

// TypedShortcut is called by Fyne. Ctrl with Enter, arrows and the like come as custom
// shortcuts, not as keys.
func (f *composerField) TypedShortcut(s fyne.Shortcut) {
	switch s := s.(type) {
	case *fyne.ShortcutCopy:
		f.copy()
	case *fyne.ShortcutCut:
		f.cut()
	case *fyne.ShortcutPaste:
		f.insert(s.Clipboard.Content())
	case *fyne.ShortcutSelectAll:
		f.selectAll()
	case *fyne.ShortcutUndo:
		f.history.undo(f)
	case *fyne.ShortcutRedo:
		f.history.redo(f)
	case *desktop.CustomShortcut:
		if !f.custom(s) {
			f.onOther(s)
		}
	}
}

// custom does what Ctrl changes about a key and reports whether it did anything.
func (f *composerField) custom(s *desktop.CustomShortcut) bool {
	if s.Modifier&^fyne.KeyModifierShift != fyne.KeyModifierShortcutDefault {
		return false
	}
	shift := s.Modifier&fyne.KeyModifierShift != 0
	switch s.KeyName {
	case fyne.KeyReturn, fyne.KeyEnter:
		f.enter(f.ctrlSends && !shift)
	case fyne.KeyLeft:
		f.moveTo(f.wordBefore(f.caret), shift)
	case fyne.KeyRight:
		f.moveTo(f.wordAfter(f.caret), shift)
	case fyne.KeyHome:
		f.moveTo(0, shift)
	case fyne.KeyEnd:
		f.moveTo(len(f.text), shift)
	case fyne.KeyBackspace:
		f.remove(f.wordBefore(f.caret))
	case fyne.KeyDelete:
		f.remove(f.wordAfter(f.caret))
	default:
		return false
	}
	return true
}

func (f *composerField) copy() {
	if s := f.selected(); s != "" {
		fyne.CurrentApp().Clipboard().SetContent(s)
	}
}

func (f *composerField) cut() {
	if f.selected() != "" {
		f.copy()
		f.remove(f.caret)
	}
}

func (f *composerField) paste() { f.insert(fyne.CurrentApp().Clipboard().Content()) }

func (f *composerField) selectAll() {
	f.mark = 0
	f.moveTo(len(f.text), true)
}
