package widgets

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

var (
	_ fyne.Scrollable        = (*FlatList)(nil)
	_ fyne.Tappable          = (*FlatList)(nil)
	_ fyne.SecondaryTappable = (*FlatList)(nil)
	_ fyne.Focusable         = (*FlatList)(nil)
	_ desktop.Hoverable      = (*FlatList)(nil)
)

// doubleTap is the longest time between the two taps. The list times them itself, since
// Fyne would hold back every single tap until it knows that no second one comes.
const doubleTap = 400 * time.Millisecond

// wheelFactor makes a notch of the wheel about a row.
const wheelFactor = 2

// tapMemory knows the last tap.
type tapMemory struct {
	now func() time.Time
	key string
	at  time.Time
}

// again records a tap and reports whether it is the second one of two on the same row.
func (t *tapMemory) again(key string) bool {
	now := t.now()
	double := key == t.key && now.Sub(t.at) <= doubleTap
	t.key, t.at = key, now
	if double {
		t.key = "" // a third tap starts anew
	}
	return double
}

// pointerPlace is where the pointer is, and over which row.
type pointerPlace struct {
	inside bool
	pos    fyne.Position
	index  int // -1 for none
	onBar  bool
}

func (l *FlatList) rowUnder(p pointerPlace) int {
	if !p.inside || l.onBar(p.pos) {
		return -1
	}
	return l.rows.at(p.pos.Y + l.offset)
}

func (l *FlatList) onBar(pos fyne.Position) bool {
	return !l.bar.Hidden && pos.X >= l.Size().Width-scrollBarZone
}

// Scrolled is called by Fyne.
func (l *FlatList) Scrolled(e *fyne.ScrollEvent) {
	before := l.offset
	l.held = 0
	l.offset -= e.Scrolled.DY * wheelFactor
	l.clampOffset()
	if l.offset == before {
		return
	}
	l.pointer.index = l.rowUnder(l.pointer)
	l.draw()
}

// Tapped is called by Fyne.
func (l *FlatList) Tapped(e *fyne.PointEvent) {
	l.takeFocus()
	if l.onBar(e.Position) {
		l.pageTowards(e.Position.Y)
		return
	}
	i := l.rows.at(e.Position.Y + l.offset)
	if i < 0 {
		return
	}
	if l.rows.kind(i).reachable() {
		l.keys.index, l.keys.button = i, 0
	}
	l.tapRow(i, e.Position)
}

func (l *FlatList) tapRow(i int, pos fyne.Position) {
	item := l.rows.row(i)
	switch item.Kind {
	case GroupRow:
		call(l.OnFold, item.Key)
	case MoreRow:
		call(l.OnOpen, item.Key)
	case RequestRow:
		if b := l.buttonAt(i, pos); b > 0 {
			l.answer(item.Key, b)
			return
		}
		l.choose(item.Key)
	case ContactRow, ChatRow:
		l.choose(item.Key)
	case CaptionRow, HintRow:
	}
}

// choose selects on the first tap and opens on the second.
func (l *FlatList) choose(key string) {
	if l.tap.again(key) {
		call(l.OnOpen, key)
		return
	}
	l.selectKey(key)
}

func (l *FlatList) selectKey(key string) {
	l.selected = key
	l.draw()
	call(l.OnSelect, key)
}

// buttonAt is the button of the request at the place, from 1; 0 for none.
func (l *FlatList) buttonAt(i int, pos fyne.Position) int {
	r := l.shown.row(i)
	if r == nil {
		return 0
	}
	y := pos.Y + l.offset - l.rows.top(i)
	for n, b := range r.buttons {
		if pos.X >= b.position.X && pos.X < b.position.X+b.size.Width &&
			y >= b.position.Y && y < b.position.Y+b.size.Height {
			return n + 1
		}
	}
	return 0
}

func (l *FlatList) answer(key string, button int) {
	if button == 1 {
		call(l.OnAccept, key)
		return
	}
	call(l.OnDecline, key)
}

// TappedSecondary is called by Fyne.
func (l *FlatList) TappedSecondary(e *fyne.PointEvent) {
	i := l.rows.at(e.Position.Y + l.offset)
	if i < 0 || !l.rows.kind(i).reachable() {
		return
	}
	l.keys.index, l.keys.button = i, 0
	l.draw()
	if l.OnMenu != nil {
		l.OnMenu(l.rows.key(i), e.AbsolutePosition)
	}
}

// MouseIn is called by Fyne.
func (l *FlatList) MouseIn(e *desktop.MouseEvent) { l.MouseMoved(e) }

// MouseMoved is called by Fyne.
func (l *FlatList) MouseMoved(e *desktop.MouseEvent) {
	l.point(pointerPlace{inside: true, pos: e.Position, onBar: l.onBar(e.Position)})
}

// MouseOut is called by Fyne.
func (l *FlatList) MouseOut() { l.point(pointerPlace{}) }

func (l *FlatList) point(p pointerPlace) {
	p.index = l.rowUnder(p)
	changed := p.index != l.pointer.index || p.onBar != l.pointer.onBar || p.inside != l.pointer.inside
	l.pointer = p
	if !p.inside && l.letGo() {
		changed = true
	}
	if changed {
		l.draw()
	}
}

func (l *FlatList) pageTowards(y float32) {
	if y < l.bar.Position().Y {
		l.offset -= l.page()
	} else if y > l.bar.Position().Y+l.bar.Size().Height {
		l.offset += l.page()
	}
	l.clampOffset()
	l.draw()
}

func call(f func(string), key string) {
	if f != nil {
		f(key)
	}
}

func abs(v float32) float32 { return max(v, -v) }
