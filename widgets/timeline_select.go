package widgets

import (
	"fyne.io/fyne/v2"
)

// selection is marked text inside one bubble, as bytes of its harmless text.
type selection struct {
	row      *timelineRow
	text     string // of the row when it was marked
	from, to int    // to may lie before from: where the pointer is
	dragging bool
	taps     tapMemory
	double   bool
}

func (s *selection) ordered() (from, to int) { return min(s.from, s.to), max(s.from, s.to) }

// spans are the grounds of the selection in the row, if it is there.
func (s *selection) spans(r *timelineRow) []span {
	if s.row != r || s.from == s.to || r.shape == nil {
		return nil
	}
	from, to := s.ordered()
	if to > len(r.shape.text.text) {
		return nil // the message was changed
	}
	return r.shape.text.selectionSpans(from, to)
}

// SelectedText is what is marked, "" for nothing.
func (t *Timeline) SelectedText() string {
	r := t.pick.row
	from, to := t.pick.ordered()
	if r == nil || r.shape == nil || to > len(r.shape.text.text) {
		return ""
	}
	return r.shape.text.text[from:to]
}

// ClearSelection marks nothing.
func (t *Timeline) ClearSelection() {
	old := t.pick.row
	t.pick.row, t.pick.from, t.pick.to = nil, 0, 0
	t.repick(old, nil)
}

// checkSelection drops the selection when its row went or its text is another. A row that
// only has other neighbours keeps it.
func (t *Timeline) checkSelection() {
	r := t.pick.row
	if r == nil {
		return
	}
	if i, ok := t.byKey[r.item.Key]; !ok || t.rows[i] != r || r.item.Text != t.pick.text {
		t.pick.row = nil
		r.box = nil
	}
}

// SelectAll marks the whole text of the row of the key.
func (t *Timeline) SelectAll(key string) {
	i, ok := t.byKey[key]
	if !ok || t.rows[i].shape == nil {
		return
	}
	t.mark(t.rows[i], 0, len(t.rows[i].shape.text.text))
}

func (t *Timeline) mark(r *timelineRow, from, to int) {
	if t.pick.row == r && t.pick.from == from && t.pick.to == to {
		return
	}
	old := t.pick.row
	t.pick.row, t.pick.text, t.pick.from, t.pick.to = r, r.item.Text, from, to
	t.repick(old, r)
}

// repick draws only the rows anew whose selection changed.
func (t *Timeline) repick(rows ...*timelineRow) {
	changed := false
	for _, r := range rows {
		if r != nil && r.box != nil {
			r.box = nil
			changed = true
		}
	}
	if changed {
		t.draw()
	}
}

// textOffset is the place in the row's text that is nearest to a point of the timeline.
func (t *Timeline) textOffset(r *timelineRow, pos fyne.Position) int {
	for _, s := range t.shown {
		if s.row == r && r.shape != nil {
			return r.shape.text.offsetAt(pos.X-r.shape.textAt.X, pos.Y-s.y-r.shape.textAt.Y)
		}
	}
	return 0
}
