package widgets

import (
	"fyne.io/fyne/v2"

	"dovekie/widgets/skin"
)

var _ fyne.Draggable = (*FlatList)(nil)

// clickSlack is how far a click may slip: Fyne takes it for a drag from 2 on.
const clickSlack = 6

// So close to an edge of the list a dragged row scrolls it, by so much an event.
const (
	dragEdge = 20
	dragStep = 8
)

// dragState is a drag in course: of the scroll bar, or of a contact to another group.
type dragState struct {
	active bool
	onBar  bool
	start  fyne.Position
	moved  fyne.Delta
	offset float32 // of the list when the drag began

	key   string // of the contact that is on its way, "" for none
	item  ListItem
	pos   fyne.Position // of the pointer
	group string        // where it would go now, "" for nowhere
}

// slipped reports whether the pointer hardly moved: it was meant as a click.
func (d *dragState) slipped() bool {
	return abs(d.moved.DX) <= clickSlack && abs(d.moved.DY) <= clickSlack
}

// Dragged is called by Fyne.
func (l *FlatList) Dragged(e *fyne.DragEvent) {
	if !l.drag.active {
		start := e.Position.Subtract(e.Dragged)
		l.drag = dragState{active: true, onBar: l.onBar(start), start: start, offset: l.offset}
		l.takeRowAt(start)
	}
	l.drag.moved = fyne.NewDelta(l.drag.moved.DX+e.Dragged.DX, l.drag.moved.DY+e.Dragged.DY)
	switch {
	case l.drag.onBar:
		l.dragBar()
	case l.drag.key != "" && !l.drag.slipped():
		l.dragTo(e.Position)
	}
}

// DragEnd is called by Fyne. A drag of a few pixels was meant as a click.
func (l *FlatList) DragEnd() {
	d := l.drag
	l.drag = dragState{}
	if d.active && !d.onBar && d.slipped() {
		l.Tapped(&fyne.PointEvent{Position: d.start})
		return
	}
	l.draw()
	if d.key != "" && d.group != "" && l.OnMove != nil {
		l.OnMove(d.key, d.group)
	}
}

func (l *FlatList) dragBar() {
	view := l.Size().Height
	track := view - l.barHeight(view)
	if track <= 0 {
		return
	}
	l.offset = l.drag.offset + l.drag.moved.DY*(l.rows.end()-view)/track
	l.clampOffset()
	l.draw()
}

// takeRowAt takes the contact at the place along, if there are groups to take it to.
func (l *FlatList) takeRowAt(pos fyne.Position) {
	i := l.rows.at(pos.Y + l.offset)
	if l.OnMove == nil || l.drag.onBar || i < 0 || l.rows.kind(i) != ContactRow || l.rows.kind(l.groupOf(i)) != GroupRow {
		return
	}
	l.drag.item = l.rows.row(i)
	l.drag.key = l.drag.item.Key
	l.takeFocus() // Escape gives the drag up
}

// dragTo has the contact follow the pointer.
func (l *FlatList) dragTo(pos fyne.Position) {
	height := l.Size().Height
	switch {
	case pos.Y < dragEdge:
		l.offset -= dragStep
	case pos.Y > height-dragEdge:
		l.offset += dragStep
	}
	l.clampOffset()
	l.drag.pos, l.drag.group = pos, ""
	inside := pos.X >= 0 && pos.X < l.Size().Width && pos.Y >= 0 && pos.Y < height
	if g := l.groupAt(pos.Y + l.offset); inside && g >= 0 && g != l.groupOf(l.rows.find(l.drag.key, -1)) {
		l.drag.group = l.rows.key(g)
	}
	l.draw()
}

// dropNowhere leaves the contact where it was.
func (l *FlatList) dropNowhere() {
	l.drag.key, l.drag.group = "", ""
	l.draw()
}

// groupAt is the group whose row or contacts are at the height y of the content, -1 for none.
func (l *FlatList) groupAt(y float32) int {
	i := min(l.rows.from(y), l.rows.count-1)
	if i < 0 {
		return -1
	}
	if g := l.groupOf(i); l.rows.kind(g) == GroupRow {
		return g
	}
	return -1
}

// placeTarget frames the group that the contact would go to, with all of its contacts.
func (l *FlatList) placeTarget(size fyne.Size, dark bool) {
	g := l.rows.find(l.drag.group, -1)
	l.target.Hidden = g < 0
	if g < 0 {
		return
	}
	end := g + 1
	for end < l.rows.count && l.rows.kind(end) == ContactRow {
		end = l.rows.span(end).first + l.rows.span(end).Len
	}
	top := max(l.rows.top(g)-l.offset, 0)
	bottom := min(l.rows.top(end-1)+l.rows.height(end-1)-l.offset, size.Height)
	l.target.StrokeColor = skin.Of(skin.Accent, dark)
	place(l.target, skin.RowInset, top, size.Width-2*skin.RowInset, bottom-top)
}

// dragGhost is the name that goes with the pointer.
type dragGhost struct {
	box  *fyne.Container // nil while nothing is dragged
	name string
	dark bool
}

// The ghost: its height, the space beside its name, and where it stands from the pointer.
const (
	ghostHeight = 32
	ghostPad    = 12
	ghostAway   = 12
)

// draw follows the drag and reports whether that changed anything.
func (g *dragGhost) draw(d dragState, size fyne.Size, dark bool) bool {
	if d.key == "" || d.slipped() {
		gone := g.box != nil
		g.box = nil
		return gone
	}
	made := g.box == nil || g.name != d.item.Name || g.dark != dark
	if made {
		g.make(d.item.Name, size.Width, dark)
	}
	at := fyne.NewPos(
		whole(max(min(d.pos.X+ghostAway, size.Width-g.box.Size().Width-skin.RowInset), skin.RowInset)),
		whole(max(min(d.pos.Y+ghostAway, size.Height-ghostHeight), 0)))
	moved := at != g.box.Position()
	g.box.Move(at)
	return made || moved
}

func (g *dragGhost) make(name string, room float32, dark bool) {
	words, width := userLine(name, skin.TextBody, false, skin.Of(skin.OnAccent, dark), room-2*ghostPad-2*skin.RowInset)
	ground := rounded(skin.Of(skin.Accent, dark), ghostHeight/2)
	place(ground, 0, 0, width+2*ghostPad, ghostHeight)
	moveBy(words, fyne.NewPos(ghostPad, ghostHeight/2))
	g.box = boxOf(append([]fyne.CanvasObject{ground}, words...)...)
	g.box.Resize(ground.Size())
	g.name, g.dark = name, dark
}
