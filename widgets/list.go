package widgets

import (
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"dovekie/widgets/skin"
)

// ListActions are what the list calls; each may be nil. All are called on the UI
// goroutine with the key of the row.
type ListActions struct {
	OnSelect  func(key string)                    // a single tap or Space
	OnOpen    func(key string)                    // a double tap, Enter, or a tap on a MoreRow
	OnMenu    func(key string, pos fyne.Position) // pos is on the canvas
	OnFold    func(key string)                    // a tap on a GroupRow
	OnAccept  func(key string)
	OnDecline func(key string)
}

// FlatList is the list of contacts, chats and requests. It holds its rows as values and
// draws only those in sight; one widget takes all taps and finds the row by its place.
// For the UI goroutine.
type FlatList struct {
	widget.BaseWidget
	ListActions

	rows     listRows
	offset   float32 // how far the content is moved up
	held     float32 // so far from its top the list was moved to stay under the pointer
	fresh    bool    // the next items are others: begin at the top
	selected string
	tap      tapMemory
	keys     keyCursor
	pointer  pointerPlace
	drag     dragState
	visible  []*row
	pool     []*row
	ring     *canvas.Rectangle
	bar      *canvas.Rectangle
}

// listRows are the items and where they stand.
type listRows struct {
	items []ListItem
	tops  []float32 // one for each item, and the end of the last one
}

// The space above the first row and below the last one.
const (
	listTop    = 4
	listBottom = 8
)

// NewFlatList makes an empty list. now is the clock that tells a double tap.
func NewFlatList(actions ListActions, now func() time.Time) *FlatList {
	l := &FlatList{ListActions: actions, tap: tapMemory{now: now}}
	l.keys.index, l.pointer.index = -1, -1
	l.ring = focusRing(fyne.Position{}, fyne.Size{}, skin.RadiusRow, false)
	l.ring.Hide()
	l.bar = rounded(skin.Of(skin.Edge, false), scrollBarWidth/2)
	l.bar.Hide()
	l.ExtendBaseWidget(l)
	return l
}

// SetItems shows these rows. The list keeps the slice, which must not change afterwards.
// What the user looks at stays where it is, unless that is the top of the list; and even
// there while the pointer is inside, which could be about to click.
func (l *FlatList) SetItems(items []ListItem) {
	old := l.rows
	focus := l.keyAt(l.keys.index)
	l.rows = newListRows(items)
	if !l.fresh && (l.offset > 0 || l.pointer.inside) {
		least := min(l.offset, 0) // rows that go leave no gap above
		l.hold(func() {
			l.restore(old)
			l.offset = max(l.offset, least)
		})
	}
	l.fresh = false
	l.keys.index = l.rows.find(focus, l.keys.index)
	l.keys.button = 0
	l.clampOffset()
	l.pointer.index = l.rowUnder(l.pointer)
	l.draw()
}

// Items are the rows as given. They belong to the list.
func (l *FlatList) Items() []ListItem { return l.rows.items }

// SetSelected marks the row of the key, or none. It calls nothing and does not scroll.
func (l *FlatList) SetSelected(key string) {
	if l.selected == key {
		return
	}
	l.selected = key
	l.draw()
}

// Selected is the key of the marked row, "" for none.
func (l *FlatList) Selected() string { return l.selected }

// ScrollToTop shows the first row.
func (l *FlatList) ScrollToTop() {
	l.offset, l.held, l.fresh = 0, 0, true
	l.draw()
}

// Reveal scrolls just so far that the row of the key is wholly in sight.
func (l *FlatList) Reveal(key string) {
	if i := l.rows.find(key, -1); i >= 0 {
		l.reveal(i)
		l.draw()
	}
}

func newListRows(items []ListItem) listRows {
	r := listRows{items: items, tops: make([]float32, len(items)+1)}
	y := float32(listTop)
	for i := range items {
		if items[i].Kind == GroupRow && i > 0 && items[i-1].Kind != GroupRow {
			y += skin.GroupGap
		}
		r.tops[i] = y
		y += items[i].height()
	}
	r.tops[len(items)] = y
	return r
}

// end is the height of all rows with the space around them.
func (r *listRows) end() float32 {
	if len(r.items) == 0 {
		return 0
	}
	return r.tops[len(r.items)] + listBottom
}

// at is the row at the height y of the content, -1 for none.
func (r *listRows) at(y float32) int {
	i := r.from(y)
	if i == len(r.items) || r.tops[i] > y {
		return -1
	}
	return i
}

// from is the first row that reaches below the height y.
func (r *listRows) from(y float32) int {
	low, high := 0, len(r.items)
	for low < high {
		middle := (low + high) / 2
		if r.tops[middle]+r.items[middle].height() > y {
			high = middle
		} else {
			low = middle + 1
		}
	}
	return low
}

// find is the place of the key, looked for first where it may still be.
func (r *listRows) find(key string, guess int) int {
	if key == "" {
		return -1
	}
	if guess >= 0 && guess < len(r.items) && r.items[guess].Key == key {
		return guess
	}
	for i := range r.items {
		if r.items[i].Key == key {
			return i
		}
	}
	return -1
}

func (l *FlatList) keyAt(i int) string {
	if i < 0 || i >= len(l.rows.items) {
		return ""
	}
	return l.rows.items[i].Key
}

// restore scrolls so that the rows that were in sight stand where they were. Some of
// them may have moved on their own, as a chat with a new message does, so each one that
// is still there says where it would have the list, and the middle one is heard.
func (l *FlatList) restore(old listRows) {
	if offset, ok := l.restoreTo(old); ok {
		l.offset = offset
		return
	}
	seen := make(map[string]float32)
	for i := old.from(l.offset); i < len(old.items) && old.tops[i] < l.offset+l.Size().Height; i++ {
		seen[old.items[i].Key] = old.tops[i]
	}
	var offsets []float32
	for i := range l.rows.items {
		if top, ok := seen[l.rows.items[i].Key]; ok {
			offsets = append(offsets, l.offset+l.rows.tops[i]-top)
		}
	}
	if len(offsets) > 0 {
		slices.Sort(offsets)
		l.offset = offsets[len(offsets)/2]
	}
}

// restoreTo is where the row under the pointer wants the list. A contact may have moved on
// its own; it is heard only when a neighbour of it moved likewise.
func (l *FlatList) restoreTo(old listRows) (offset float32, ok bool) {
	at := l.pointer.index
	shift := func(i int) (float32, bool) {
		if i < 0 || i >= len(old.items) {
			return 0, false
		}
		now := l.rows.find(old.items[i].Key, i)
		if now < 0 {
			return 0, false
		}
		return l.rows.tops[now] - old.tops[i], true
	}
	by, ok := shift(at)
	if !ok {
		return 0, false
	}
	before, has := shift(at - 1)
	after, also := shift(at + 1)
	if old.items[at].Kind == GroupRow || has && before == by || also && after == by {
		return l.offset + by, true
	}
	return 0, false
}

// hold moves the list for the pointer's sake. What was at its top goes back there once
// the pointer is gone; until then it may stand away from it however few rows there are.
func (l *FlatList) hold(move func()) {
	top := l.offset == 0 || l.held != 0
	move()
	if top {
		l.held = l.offset
	}
}

// Moved tells the list that its upper edge will stand lower by dy. Its rows stay where
// they are on the screen while the pointer is inside.
func (l *FlatList) Moved(dy float32) {
	if !l.pointer.inside || dy == 0 {
		return
	}
	l.hold(func() { l.offset += dy })
	l.pointer.pos.Y -= dy
	l.draw()
}

// letGo brings a list back to its top that was moved for the pointer.
func (l *FlatList) letGo() bool {
	if l.held == 0 {
		return false
	}
	l.held, l.offset = 0, 0
	return true
}

func (l *FlatList) clampOffset() {
	most := max(l.rows.end()-l.Size().Height, 0, l.held)
	l.offset = whole(max(min(l.offset, most), min(l.held, 0)))
}

func (l *FlatList) reveal(i int) {
	top, bottom := l.rows.tops[i], l.rows.tops[i]+l.rows.items[i].height()
	if i == 0 {
		top = 0
	}
	h := l.Size().Height
	switch {
	case top < l.offset:
		l.offset = top
	case bottom+listTop > l.offset+h:
		l.offset = bottom + listTop - h
	}
	l.clampOffset()
}
