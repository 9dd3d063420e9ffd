package widgets

import (
	"fyne.io/fyne/v2"

	"dovekie/widgets/skin"
)

// Place is where the row of that index lies within the list, and whether any of it is in
// sight.
func (l *FlatList) Place(i int) (pos fyne.Position, size fyne.Size, ok bool) {
	if i < 0 || i >= len(l.rows.items) {
		return pos, size, false
	}
	top, height := l.rows.tops[i]-l.offset, l.rows.items[i].height()
	if top+height <= 0 || top >= l.Size().Height {
		return pos, size, false
	}
	return fyne.NewPos(0, top), fyne.NewSize(l.Size().Width, height), true
}

// AcceptMiddle is a place on the first button of a request, within its row.
func AcceptMiddle() fyne.Position {
	return fyne.NewPos(skin.RowTextLeft+requestButtonW/2, requestButtonY+requestButtonH/2)
}
