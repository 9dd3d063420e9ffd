package widgets

import (
	"fyne.io/fyne/v2"
)

// olderNear is how many rows before the first one older ones are asked for.
const olderNear = 8

// draw puts the rows in their places, tells who wants to know and repaints once.
func (t *Timeline) draw() {
	t.follow()
	t.place(t.Size())
	repaint(t)
	t.tell()
}

// hold remembers the rows in sight, so that restore can find one of them again.
func (t *Timeline) hold() []shownRow {
	return append([]shownRow(nil), t.shown...)
}

// restore anchors the lowest of the rows that were in sight and still exist.
func (t *Timeline) restore(hold []shownRow) {
	if t.anchor.stick {
		return
	}
	for i := len(hold) - 1; i >= 0; i-- {
		now, ok := t.byKey[hold[i].row.item.Key]
		if !ok {
			continue
		}
		t.anchor.index = now
		t.anchor.below = t.Size().Height - hold[i].bottom
		return
	}
	t.anchor.stick = true
}

// endGap is the space below the last row.
func (t *Timeline) endGap() float32 {
	if t.extras.typing != "" {
		return timelineBottom + typingHeight + typingAbove
	}
	return timelineBottom
}

// place finds the rows in sight from the anchor, in both directions, and binds them.
func (t *Timeline) place(size fyne.Size) {
	t.extras.ground.Resize(size)
	if len(t.rows) == 0 || size.Width < 1 || size.Height < 1 {
		t.release(nil)
		t.extras.lay(t, size, timelineTop)
		return
	}
	a := &t.anchor
	if a.stick || a.index >= len(t.rows) {
		a.index, a.below = len(t.rows)-1, t.endGap()
	}
	first, top, last, bottom := t.reach(size)
	limit := size.Height - t.endGap()
	a.stick = last == len(t.rows)-1 && bottom <= limit+0.5
	if a.stick {
		a.missed = 0
	}
	shown := make([]shownRow, 0, last-first+1)
	y := top
	for i := first; i <= last; i++ {
		r := t.rows[i]
		y += r.gap
		if y+r.height > 0 && y < size.Height {
			shown = append(shown, shownRow{r, i, y, y + r.height})
		}
		y += r.height
	}
	t.release(shown)
	if n := len(shown); n > 0 && !a.stick {
		a.index = shown[n-1].index
		a.below = size.Height - shown[n-1].y - shown[n-1].row.height
	}
	t.extras.lay(t, size, bottom)
}

// reach measures rows from the anchor until the view is full. The end never stands higher
// than its place, and then the beginning never lower than its own.
func (t *Timeline) reach(size fyne.Size) (first int, top float32, last int, bottom float32) {
	n := len(t.rows)
	first, last = t.anchor.index, t.anchor.index
	bottom = size.Height - t.anchor.below
	anchor := t.measured(first, size.Width)
	down := func() {
		for bottom < size.Height && last < n-1 {
			last++
			bottom += t.measured(last, size.Width).total()
		}
	}
	top = bottom - anchor.total()
	down()
	if limit := size.Height - t.endGap(); last == n-1 && bottom < limit {
		top += limit - bottom
		bottom = limit
	}
	for top > 0 && first > 0 {
		first--
		top -= t.measured(first, size.Width).total()
	}
	if first == 0 && top > timelineTop {
		bottom -= top - timelineTop
		top = timelineTop
		down()
	}
	return first, top, last, bottom
}

func (t *Timeline) measured(i int, width float32) *timelineRow {
	r := t.rows[i]
	r.measure(width, &t.labels)
	return r
}

// release drops the objects of rows that went out of sight and binds those that came.
func (t *Timeline) release(shown []shownRow) {
	keep := make(map[*timelineRow]bool, len(shown))
	for _, s := range shown {
		keep[s.row] = true
	}
	for _, s := range t.shown {
		if !keep[s.row] {
			s.row.box = nil
		}
	}
	t.shown = shown
	for _, s := range shown {
		if s.row.box == nil {
			s.row.bind(&t.labels, t.pick.spans(s.row), t.bound.dark)
		}
		s.row.box.Move(fyne.NewPos(0, s.y))
	}
}

// tell calls OnVisible and OnNeedOlder where something is new.
func (t *Timeline) tell() {
	if len(t.shown) == 0 {
		return
	}
	last := t.shown[len(t.shown)-1]
	if len(t.shown) > 1 && last.y+last.row.height > t.Size().Height {
		last = t.shown[len(t.shown)-2]
	}
	if key := last.row.item.Key; key != t.last {
		t.last = key
		call(t.OnVisible, key)
	}
	if len(t.shown) == 0 {
		return // emptied by who was told
	}
	if head := t.head(); t.NearTop() && t.older != head && t.OnNeedOlder != nil {
		t.older = head
		t.OnNeedOlder()
	}
}

// head is the key of the first row that belongs to a message.
func (t *Timeline) head() string {
	for _, r := range t.rows {
		if r.item.Kind != TimelineEdge {
			return r.item.Key
		}
	}
	return ""
}

// NearTop reports whether the first rows are near enough for older ones to be wanted.
func (t *Timeline) NearTop() bool { return len(t.shown) > 0 && t.shown[0].index < olderNear }

// FirstMessage is the key of the first message in sight, or "".
func (t *Timeline) FirstMessage() string {
	for _, s := range t.shown {
		if s.row.item.Kind == TimelineMessage {
			return s.row.item.Key
		}
	}
	return ""
}

// scroll moves the content down by dy and reports whether anything moved.
func (t *Timeline) scroll(dy float32) bool {
	if len(t.shown) == 0 || dy == 0 {
		return false
	}
	before := t.shown[0]
	if t.anchor.stick {
		last := t.shown[len(t.shown)-1]
		t.anchor.index = last.index
		t.anchor.below = t.Size().Height - last.y - last.row.height
		t.anchor.stick = false
	}
	t.anchor.below = whole(t.anchor.below - dy)
	t.draw()
	moved := len(t.shown) == 0 || t.shown[0].index != before.index || t.shown[0].y != before.y
	if moved && t.OnScroll != nil {
		t.OnScroll()
	}
	return moved
}

// scrollToShare brings the row at a share of all rows, from 0 to 1, to the upper edge.
func (t *Timeline) scrollToShare(share float32) {
	n := float32(len(t.rows))
	if n == 0 {
		return
	}
	at := min(max(share, 0), 1) * n
	i := min(int(at), len(t.rows)-1)
	r := t.measured(i, t.Size().Width)
	t.anchor.stick = false
	t.anchor.index = i
	t.anchor.below = whole(t.Size().Height - r.height + (at-float32(i))*r.total() - timelineTop*max(1-at, 0))
	t.draw()
	if t.OnScroll != nil {
		t.OnScroll()
	}
}
