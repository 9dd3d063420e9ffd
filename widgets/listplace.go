package widgets

import (
	"fyne.io/fyne/v2"

	"dovekie/widgets/skin"
)

// Place is where the row of that index lies within the list, and whether any of it is in
// sight.
func (l *FlatList) Place(i int) (pos fyne.Position, size fyne.Size, ok bool) {
	if !l.rows.has(i) {
		return pos, size, false
	}
	top, height := l.rows.top(i)-l.offset, l.rows.height(i)
	if top+height <= 0 || top >= l.Size().Height {
		return pos, size, false
	}
	return fyne.NewPos(0, top), fyne.NewSize(l.Size().Width, height), true
}

// InSight are the rows from first to before end of which any part is in sight.
func (l *FlatList) InSight() (first, end int) {
	return l.rows.sight(l.offset, l.offset+l.Size().Height)
}

// AcceptMiddle is a place on the first button of a request, within its row.
func AcceptMiddle() fyne.Position {
	return fyne.NewPos(skin.RowTextLeft+requestButtonW/2, requestButtonY+requestButtonH/2)
}
