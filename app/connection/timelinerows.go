package connection

import (
	"fyne.io/fyne/v2"

	"dovekie/widgets"
)

var _ widgets.Rows = (*timeline)(nil)

// Fit implements widgets.Rows.
func (t *timeline) Fit(width float32) { t.width = width }

// Len implements widgets.Rows.
func (t *timeline) Len() int { return len(t.rows) }

// ID implements widgets.Rows.
func (t *timeline) ID(i int) uint64 { return t.rows[i].id }

// Find implements widgets.Rows.
func (t *timeline) Find(id uint64) int {
	for i := range t.rows {
		if t.rows[i].id == id {
			return i
		}
	}
	return -1
}

// Height implements widgets.Rows.
func (t *timeline) Height(i int) float32 {
	switch r := t.rows[i].what.(type) {
	case widgets.ConnectionRow:
		return widgets.ConnectionRowHeight
	case widgets.CaptionLine:
		return widgets.CaptionRowHeight
	case widgets.GapRow:
		return widgets.GapRowHeight
	case widgets.FactRow:
		return r.Height(t.width)
	}
	return widgets.StepRowHeight
}

// Version implements widgets.Rows.
func (t *timeline) Version(i int) uint64 { return t.rows[i].version }

// Pickable implements widgets.Rows.
func (t *timeline) Pickable(i int) bool {
	switch t.rows[i].what.(type) {
	case widgets.CaptionLine, widgets.GapRow:
		return false
	}
	return true
}

// Draw implements widgets.Rows.
func (t *timeline) Draw(i int, width float32, dark bool) []fyne.CanvasObject {
	return t.rows[i].what.Draw(width, dark)
}

// headAt is the connection that the row heads, 0 for another row.
func (t *timeline) headAt(id uint64) int {
	i := t.Find(id)
	if i < 0 {
		return 0
	}
	if _, head := t.rows[i].what.(widgets.ConnectionRow); !head {
		return 0
	}
	return t.rows[i].number
}
