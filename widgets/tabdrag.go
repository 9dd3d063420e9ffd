package widgets

import "fyne.io/fyne/v2"

var _ fyne.Draggable = (*TabStrip)(nil)

// tabDrag is a tab on its way.
type tabDrag struct {
	other  bool // begun by another button than the first
	active bool
	key    string // "" where the drag began on no tab
	start  fyne.Position
	moved  fyne.Delta
}

// slipped reports whether the pointer hardly moved: it was meant as a click.
func (d *tabDrag) slipped() bool {
	return abs(d.moved.DX) <= clickSlack && abs(d.moved.DY) <= clickSlack
}

// Dragged is called by Fyne. The tab takes the place of the one that the pointer is over;
// the others make room.
func (s *TabStrip) Dragged(e *fyne.DragEvent) {
	d := &s.drag
	if d.other {
		return
	}
	if !d.active {
		*d = tabDrag{active: true, start: e.Position.Subtract(e.Dragged)}
		if p := s.at(d.start); p.part == tabBody {
			d.key = s.tabs[p.index].Key
		}
	}
	d.moved = fyne.NewDelta(d.moved.DX+e.Dragged.DX, d.moved.DY+e.Dragged.DY)
	from := s.index(d.key)
	if d.slipped() || from < 0 || s.OnMove == nil {
		return
	}
	// Below or above the strip it goes on: a hand does not keep to a line.
	p := s.at(fyne.NewPos(e.Position.X, tabMiddle))
	if (p.part == tabBody || p.part == tabCross) && p.index != from {
		s.OnMove(d.key, p.index)
	}
}

// DragEnd is called by Fyne. A drag of a few pixels was meant as a click.
func (s *TabStrip) DragEnd() {
	d := s.drag
	s.drag = tabDrag{}
	if d.active && d.slipped() {
		s.Tapped(&fyne.PointEvent{Position: d.start})
	}
}
