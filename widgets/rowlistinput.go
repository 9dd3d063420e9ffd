package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"dovekie/widgets/skin"
)

var (
	_ fyne.Scrollable        = (*RowList)(nil)
	_ fyne.Tappable          = (*RowList)(nil)
	_ fyne.SecondaryTappable = (*RowList)(nil)
	_ fyne.Draggable         = (*RowList)(nil)
	_ fyne.Focusable         = (*RowList)(nil)
	_ desktop.Hoverable      = (*RowList)(nil)
)

func (l *RowList) onBar(pos fyne.Position) bool {
	return !l.bar.Hidden && pos.X >= l.Size().Width-scrollBarZone
}

// Scrolled is called by Fyne.
func (l *RowList) Scrolled(e *fyne.ScrollEvent) { l.scrollTo(l.offset - e.Scrolled.DY*wheelFactor) }

// scrollTo leaves the end, or comes back to it.
func (l *RowList) scrollTo(offset float32) {
	before := l.offset
	l.offset = offset
	l.end = l.tail && offset >= l.most()-1
	l.settle()
	if l.offset != before {
		l.draw()
	}
}

// Tapped is called by Fyne.
func (l *RowList) Tapped(e *fyne.PointEvent) {
	if c := canvasFor(l); c != nil && !l.keys {
		l.byTap = true
		c.Focus(l)
	}
	if l.onBar(e.Position) {
		view := l.Size().Height
		if e.Position.Y < l.bar.Position().Y {
			l.scrollTo(l.offset - view)
		} else if e.Position.Y > l.bar.Position().Y+l.bar.Size().Height {
			l.scrollTo(l.offset + view)
		}
		return
	}
	if i := l.at(e.Position.Y); i >= 0 && l.rows.Pickable(i) {
		id := l.rows.ID(i)
		l.choose(i)
		l.open(id)
	}
}

// TappedSecondary is called by Fyne.
func (l *RowList) TappedSecondary(e *fyne.PointEvent) {
	if i := l.at(e.Position.Y); i >= 0 && l.rows.Pickable(i) {
		id := l.rows.ID(i)
		l.choose(i)
		if l.OnMenu != nil {
			l.OnMenu(id, e.AbsolutePosition)
		}
	}
}

// choose picks the row and tells.
func (l *RowList) choose(i int) {
	id := l.rows.ID(i)
	changed := l.picked != id
	l.picked = id
	l.reveal(i)
	l.draw()
	if changed && l.OnPick != nil {
		l.OnPick(id)
	}
}

func (l *RowList) open(id uint64) {
	if l.OnOpen != nil {
		l.OnOpen(id)
	}
}

// MouseIn is called by Fyne.
func (l *RowList) MouseIn(e *desktop.MouseEvent) { l.MouseMoved(e) }

// MouseMoved is called by Fyne.
func (l *RowList) MouseMoved(e *desktop.MouseEvent) {
	l.point(pointerPlace{inside: true, pos: e.Position, onBar: l.onBar(e.Position)})
}

// MouseOut is called by Fyne.
func (l *RowList) MouseOut() { l.point(pointerPlace{}) }

func (l *RowList) point(p pointerPlace) {
	p.index = l.under(p)
	changed := p.index != l.pointer.index || p.onBar != l.pointer.onBar || p.inside != l.pointer.inside
	l.pointer = p
	if changed {
		l.draw()
	}
}

// Dragged is called by Fyne. Only the scroll bar can be dragged.
func (l *RowList) Dragged(e *fyne.DragEvent) {
	if !l.drag.active {
		start := e.Position.Subtract(e.Dragged)
		l.drag = dragState{active: true, onBar: l.onBar(start), start: start, offset: l.offset}
	}
	l.drag.moved = fyne.NewDelta(l.drag.moved.DX+e.Dragged.DX, l.drag.moved.DY+e.Dragged.DY)
	if !l.drag.onBar {
		return
	}
	view := l.Size().Height
	if track := view - l.barHeight(view); track > 0 {
		l.scrollTo(l.drag.offset + l.drag.moved.DY*(l.height()-view)/track)
	}
}

// DragEnd is called by Fyne. A drag of a few pixels was meant as a click.
func (l *RowList) DragEnd() {
	d := l.drag
	l.drag = dragState{}
	if d.active && !d.onBar && abs(d.moved.DX) <= clickSlack && abs(d.moved.DY) <= clickSlack {
		l.Tapped(&fyne.PointEvent{Position: d.start})
		return
	}
	l.draw()
}

// FocusGained is called by Fyne.
func (l *RowList) FocusGained() {
	l.keys = true
	l.draw()
}

// FocusLost is called by Fyne.
func (l *RowList) FocusLost() {
	l.keys, l.byTap = false, false
	l.draw()
}

// TypedRune is called by Fyne.
func (l *RowList) TypedRune(rune) {}

// TypedShortcut hands shortcuts to the window.
func (l *RowList) TypedShortcut(s fyne.Shortcut) { passShortcut(canvasFor(l), s) }

// TypedKey is called by Fyne: the arrows choose, Enter and Space open.
func (l *RowList) TypedKey(e *fyne.KeyEvent) {
	l.byTap = false
	i := l.rows.Find(l.picked)
	if l.picked == 0 {
		i = -1
	}
	view := l.Size().Height
	switch e.Name {
	case fyne.KeyDown:
		l.step(i, 1, skin.PitchBody)
	case fyne.KeyUp:
		if i < 0 {
			i = l.rows.Len()
		}
		l.step(i, -1, -skin.PitchBody)
	case fyne.KeyHome:
		l.step(-1, 1, -l.height())
	case fyne.KeyEnd:
		l.step(l.rows.Len(), -1, l.height())
		l.end = l.tail
	case fyne.KeyPageDown:
		l.step(l.from(l.top(max(i, 0))+view)-1, 1, view)
	case fyne.KeyPageUp:
		l.step(l.from(l.top(max(i, 0))-view)+1, -1, -view)
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		if i >= 0 {
			l.open(l.picked)
		}
	case desktop.KeyMenu:
		if i >= 0 && l.OnMenu != nil {
			at := fyne.NewPos(rowIndent, l.top(i)-l.offset+l.rows.Height(i)/2)
			l.OnMenu(l.picked, fyne.CurrentApp().Driver().AbsolutePositionForObject(l).Add(at))
		}
	default:
		passKey(canvasFor(l), e)
	}
}

// step chooses the next row from i that can be chosen; without one the list scrolls.
func (l *RowList) step(i, by int, scroll float32) {
	for n := i + by; n >= 0 && n < l.rows.Len(); n += by {
		if l.rows.Pickable(n) {
			l.choose(n)
			return
		}
	}
	l.scrollTo(l.offset + scroll)
}
