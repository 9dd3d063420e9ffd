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
	OnRename  func(key string)        // F2
	OnMove    func(key, group string) // a ContactRow was dragged to another group, by the key of that
	OnType    func(r rune)            // a character: whoever types in a list looks for somebody
}

// FlatList is the list of contacts, chats and requests. It asks for its rows as values and
// draws them only while they are in sight; one widget takes all taps and finds the row by
// its place. For the UI goroutine.
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
	shown    listShown
	pool     []*row
	ring     *canvas.Rectangle
	bar      *canvas.Rectangle
	target   *canvas.Rectangle // around the group that a dragged row would go to
	ghost    dragGhost
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
	l.target = focusRing(fyne.Position{}, fyne.Size{}, skin.RadiusRow, false)
	l.target.Hide()
	l.ExtendBaseWidget(l)
	return l
}

// SetItems shows these rows, which must not change afterwards. It is SetSource for lists
// that are never long.
func (l *FlatList) SetItems(items []ListItem) { l.SetSource(itemSource(items)) }

// SetSource shows the rows of the source. What the user looks at stays where it is, unless
// that is the top of the list; and even there while the pointer is inside, which could be
// about to click.
func (l *FlatList) SetSource(source ListSource) {
	old := l.rows
	focus := old.key(l.keys.index)
	l.rows = newListRows(source)
	l.shown.old = true
	if l.fresh {
		l.offset, l.held = 0, 0
	} else if l.offset > 0 || l.pointer.inside {
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

// Len is the number of rows.
func (l *FlatList) Len() int { return l.rows.count }

// Row makes the row of that place anew; there must be one.
func (l *FlatList) Row(i int) ListItem { return l.rows.row(i) }

// Find makes the row of the key anew, if there is one.
func (l *FlatList) Find(key string) (item ListItem, ok bool) {
	i := l.rows.find(key, -1)
	if i < 0 {
		return item, false
	}
	return l.rows.row(i), true
}

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

// BeginAtTop shows the next rows, which are others, from the first one on.
func (l *FlatList) BeginAtTop() { l.fresh = true }

// Reveal scrolls just so far that the row of the key is wholly in sight.
func (l *FlatList) Reveal(key string) {
	if i := l.rows.find(key, -1); i >= 0 {
		l.reveal(i)
		l.draw()
	}
}

// restore scrolls so that the rows that were in sight stand where they were. Some of
// them may have moved on their own, as a chat with a new message does, so each one that
// is still there says where it would have the list, and the middle one is heard.
func (l *FlatList) restore(old listRows) {
	if offset, ok := l.restoreTo(old); ok {
		l.offset = offset
		return
	}
	var offsets []float32
	first, end := old.sight(l.offset, l.offset+l.Size().Height)
	for i := first; i < end; i++ {
		if by, ok := l.shift(old, i); ok {
			offsets = append(offsets, l.offset+by)
		}
	}
	if len(offsets) > 0 {
		slices.Sort(offsets)
		l.offset = offsets[len(offsets)/2]
	}
}

// shift is how far the old row i went.
func (l *FlatList) shift(old listRows, i int) (by float32, ok bool) {
	if !old.has(i) {
		return 0, false
	}
	now := l.rows.find(l.shown.key(old, i), i)
	if now < 0 {
		return 0, false
	}
	return l.rows.top(now) - old.top(i), true
}

// restoreTo is where the row under the pointer wants the list. A contact may have moved on
// its own; it is heard only when a neighbour of it moved likewise.
func (l *FlatList) restoreTo(old listRows) (offset float32, ok bool) {
	at := l.pointer.index
	by, ok := l.shift(old, at)
	if !ok {
		return 0, false
	}
	before, has := l.shift(old, at-1)
	after, also := l.shift(old, at+1)
	if old.kind(at) == GroupRow || has && before == by || also && after == by {
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
// they are on the screen while the pointer is on one of them, unless that is covered now.
func (l *FlatList) Moved(dy float32) {
	switch {
	case !l.pointer.inside || dy == 0:
		return
	case l.pointer.pos.Y < dy:
		l.point(pointerPlace{})
		return
	case l.pointer.index < 0 && l.held == 0:
		l.pointer.pos.Y -= dy
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
	top := l.rows.top(i)
	bottom := top + l.rows.height(i)
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
