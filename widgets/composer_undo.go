package widgets

// editKind is what a change was: typing goes on being one step, others are one each.
type editKind int

const (
	editNone editKind = iota
	editTyping
	editSpace
	editRemove
	editPaste
)

// fieldState is what undo goes back to.
type fieldState struct {
	text        string
	caret, mark int
}

// fieldHistory is what can be undone and done again.
type fieldHistory struct {
	past, future []fieldState
	last         editKind
}

// historyMax is how many steps can be undone.
const historyMax = 200

// note is called before a change. A word that is typed and a run of deletions are one
// step; space begins a new one.
func (h *fieldHistory) note(f *composerField, kind editKind) {
	joined := kind == h.last && (kind == editTyping || kind == editRemove)
	h.last = kind
	h.future = nil
	if joined {
		return
	}
	h.past = append(h.past, fieldState{f.text, f.caret, f.mark})
	if len(h.past) > historyMax {
		h.past = append(h.past[:0], h.past[1:]...)
	}
}

// stop makes the next change a step of its own.
func (h *fieldHistory) stop() { h.last = editNone }

func (h *fieldHistory) undo(f *composerField) { h.swap(f, &h.past, &h.future) }

func (h *fieldHistory) redo(f *composerField) { h.swap(f, &h.future, &h.past) }

func (h *fieldHistory) swap(f *composerField, from, to *[]fieldState) {
	n := len(*from)
	if n == 0 {
		return
	}
	s := (*from)[n-1]
	*from = (*from)[:n-1]
	*to = append(*to, fieldState{f.text, f.caret, f.mark})
	h.last = editNone
	f.text, f.caret, f.mark = s.text, s.caret, s.mark
	f.changed()
}
