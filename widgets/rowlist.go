package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"dovekie/widgets/skin"
)

// Rows is what a RowList shows. All is asked on the UI goroutine; nothing may change but
// before RowList.Changed.
type Rows interface {
	// Fit tells the width that the rows will have, before their heights are asked for.
	Fit(width float32)
	Len() int
	// ID names the row whatever its place; never 0.
	ID(i int) uint64
	// Find is the place of the row, -1 if it is gone.
	Find(id uint64) int
	Height(i int) float32
	// Version is another one whenever the row looks different.
	Version(i int) uint64
	// Pickable reports whether the row can be chosen.
	Pickable(i int) bool
	// Draw gives what the row shows, relative to its upper left corner.
	Draw(i int, width float32, dark bool) []fyne.CanvasObject
}

// RowActions are what a RowList calls; each may be nil.
type RowActions struct {
	OnPick func(id uint64)                    // another row is chosen
	OnOpen func(id uint64)                    // a tap on a row or Enter
	OnMenu func(id uint64, pos fyne.Position) // pos is on the canvas
}

// RowList is a long list of which only the rows in sight are drawn; one widget takes all
// taps. With Tail it stays at its end while rows are added there, as a log does. For the
// UI goroutine.
type RowList struct {
	widget.BaseWidget
	RowActions

	rows    Rows
	uniform float32   // height of every row, 0 when they differ
	fitted  float32   // the width that the rows were told
	tops    []float32 // of each row and the end, when they differ
	tail    bool
	end     bool // the end is in sight and is to stay there
	offset  float32
	anchor  rowAnchor
	picked  uint64
	keys    bool // the keyboard is here
	byTap   bool // it came by a tap: no ring until a key is typed
	pointer pointerPlace
	drag    dragState
	visible []*drawnRow
	ring    *canvas.Rectangle
	bar     *canvas.Rectangle
}

// rowAnchor is a row in sight and how far its top lies below that of the list.
type rowAnchor struct {
	id uint64
	y  float32
}

// drawnRow is a row in sight.
type drawnRow struct {
	id, version uint64
	width       float32
	dark        bool
	lit         int // 0 not, 1 hovered, 2 picked
	box         *fyne.Container
	height      float32
}

// NewRowList makes a list over rows of one height, or of different ones with 0. tail says
// that new rows come at the end.
func NewRowList(rows Rows, uniform float32, tail bool, actions RowActions) *RowList {
	l := &RowList{rows: rows, uniform: uniform, tail: tail, end: tail, RowActions: actions}
	l.pointer.index = -1
	l.ring = focusRing(fyne.Position{}, fyne.Size{}, skin.RadiusQuote, false)
	l.ring.Hide()
	l.bar = rounded(skin.Of(skin.Edge, false), scrollBarWidth/2)
	l.bar.Hide()
	l.ExtendBaseWidget(l)
	l.measure()
	return l
}

// Changed shows the rows as they are now. What was in sight stays where it was.
func (l *RowList) Changed() {
	l.measure()
	if i := l.rows.Find(l.anchor.id); l.anchor.id != 0 && i >= 0 && l.offset > 0 {
		l.offset = l.top(i) - l.anchor.y
	}
	l.settle()
	l.draw()
}

// Pick chooses the row, or none with 0, and shows it. It calls nothing.
func (l *RowList) Pick(id uint64) {
	l.picked = id
	if i := l.rows.Find(id); id != 0 && i >= 0 {
		l.reveal(i)
	}
	l.draw()
}

// Picked is the row chosen, 0 for none.
func (l *RowList) Picked() uint64 { return l.picked }

// ToEnd shows the last row and stays there, with Tail.
func (l *RowList) ToEnd() {
	l.end = l.tail
	l.offset = l.height()
	l.settle()
	l.draw()
}

// AtEnd reports whether the last row is in sight.
func (l *RowList) AtEnd() bool { return l.end || l.offset >= l.most()-1 }

// Place is where the row lies within the list, and whether any of it is in sight.
func (l *RowList) Place(i int) (pos fyne.Position, size fyne.Size, ok bool) {
	if i < 0 || i >= l.rows.Len() {
		return pos, size, false
	}
	top, h := l.top(i)-l.offset, l.rows.Height(i)
	if top+h <= 0 || top >= l.Size().Height {
		return pos, size, false
	}
	return fyne.NewPos(0, top), fyne.NewSize(l.Size().Width, h), true
}

func (l *RowList) measure() {
	if w := l.Size().Width; w > 0 {
		l.rows.Fit(w)
		l.fitted = w
	}
	if l.uniform > 0 {
		return
	}
	n := l.rows.Len()
	l.tops = append(l.tops[:0], 0)
	y := float32(0)
	for i := range n {
		y += l.rows.Height(i)
		l.tops = append(l.tops, y)
	}
}

func (l *RowList) top(i int) float32 {
	if l.uniform > 0 {
		return l.uniform * float32(i)
	}
	return l.tops[min(i, len(l.tops)-1)]
}

// height is that of all rows with a little room below.
func (l *RowList) height() float32 {
	if l.rows.Len() == 0 {
		return 0
	}
	return l.top(l.rows.Len()) + listBottom
}

func (l *RowList) most() float32 { return max(l.height()-l.Size().Height, 0) }

// from is the first row that reaches below the height y.
func (l *RowList) from(y float32) int {
	n := l.rows.Len()
	if l.uniform > 0 {
		return min(max(int(y/l.uniform), 0), n)
	}
	low, high := 0, n
	for low < high {
		middle := (low + high) / 2
		if l.tops[middle+1] > y {
			high = middle
		} else {
			low = middle + 1
		}
	}
	return low
}

// at is the row under the height y of the list, -1 for none.
func (l *RowList) at(y float32) int {
	if i := l.from(y + l.offset); y >= 0 && i < l.rows.Len() && l.top(i) <= y+l.offset {
		return i
	}
	return -1
}

// settle keeps the list within its bounds, or at its end, and notes what is in sight.
func (l *RowList) settle() {
	if l.end {
		l.offset = l.most()
	}
	l.offset = whole(max(min(l.offset, l.most()), 0))
	l.anchor = rowAnchor{}
	if i := l.from(l.offset); i < l.rows.Len() {
		l.anchor = rowAnchor{l.rows.ID(i), l.top(i) - l.offset}
	}
	l.pointer.index = l.under(l.pointer)
}

func (l *RowList) under(p pointerPlace) int {
	if !p.inside || l.onBar(p.pos) {
		return -1
	}
	return l.at(p.pos.Y)
}

func (l *RowList) reveal(i int) {
	top, bottom := l.top(i), l.top(i)+l.rows.Height(i)
	switch h := l.Size().Height; {
	case top < l.offset:
		l.offset = top
	case bottom > l.offset+h:
		l.offset = bottom - h
	}
	l.end = l.tail && l.offset >= l.most()-1
	l.settle()
}

// MinSize does not depend on the rows: Fyne asks for it at every frame.
func (l *RowList) MinSize() fyne.Size { return fyne.NewSize(120, 64) }

// CreateRenderer is called by Fyne.
func (l *RowList) CreateRenderer() fyne.WidgetRenderer { return &rowListRenderer{l} }

// draw binds what is in sight and asks for one repaint.
func (l *RowList) draw() {
	l.bind(l.Size())
	repaint(l)
}

// bind draws the rows in sight; those that look as before keep their objects.
func (l *RowList) bind(size fyne.Size) {
	kept := make(map[uint64]*drawnRow, len(l.visible))
	for _, r := range l.visible {
		kept[r.id] = r
	}
	l.visible = l.visible[:0:0]
	dark := skin.Dark()
	for i := l.from(l.offset); i < l.rows.Len() && l.top(i) < l.offset+size.Height; i++ {
		r := l.drawn(kept[l.rows.ID(i)], i, size.Width, dark)
		place(r.box, 0, l.top(i)-l.offset, size.Width, r.height)
		l.visible = append(l.visible, r)
	}
	l.placeRing(size, dark)
	l.placeBar(size, dark)
}

func (l *RowList) drawn(old *drawnRow, i int, width float32, dark bool) *drawnRow {
	r := drawnRow{id: l.rows.ID(i), version: l.rows.Version(i), width: width, dark: dark, height: l.rows.Height(i)}
	switch {
	case !l.rows.Pickable(i):
	case r.id == l.picked:
		r.lit = 2
	case i == l.pointer.index:
		r.lit = 1
	}
	if old != nil {
		r.box = old.box
		if *old == r {
			return old
		}
	}
	var objects []fyne.CanvasObject
	if r.lit > 0 {
		role := [...]skin.Role{skin.Panel, skin.Hovered, skin.Selected}[r.lit]
		ground := canvas.NewRectangle(skin.Of(role, dark))
		ground.Resize(fyne.NewSize(width, r.height))
		objects = append(objects, ground)
	}
	objects = append(objects, l.rows.Draw(i, width, dark)...)
	r.box = boxOf(objects...)
	return &r
}

func (l *RowList) placeRing(size fyne.Size, dark bool) {
	i := l.rows.Find(l.picked)
	l.ring.Hidden = !l.keys || l.byTap || l.picked == 0 || i < 0
	if !l.ring.Hidden {
		l.ring.StrokeColor = skin.Of(skin.Accent, dark)
		place(l.ring, 2, l.top(i)-l.offset, size.Width-4, l.rows.Height(i))
	}
}

func (l *RowList) placeBar(size fyne.Size, dark bool) {
	end := l.height()
	l.bar.Hidden = end <= size.Height || size.Height <= 0
	if l.bar.Hidden {
		return
	}
	c := skin.Of(skin.Edge, dark)
	if l.pointer.onBar || l.drag.onBar {
		c = skin.Of(skin.Secondary, dark)
	}
	l.bar.FillColor = c
	h := l.barHeight(size.Height)
	y := (size.Height - h) * l.offset / (end - size.Height)
	place(l.bar, size.Width-scrollBarWidth-scrollBarGap, whole(y), scrollBarWidth, whole(h))
}

func (l *RowList) barHeight(view float32) float32 { return max(view*view/l.height(), scrollBarLeast) }

type rowListRenderer struct{ list *RowList }

func (r *rowListRenderer) Destroy() {}

func (r *rowListRenderer) Layout(size fyne.Size) {
	if r.list.fitted != size.Width {
		r.list.measure()
	}
	r.list.settle()
	r.list.bind(size)
}

func (r *rowListRenderer) MinSize() fyne.Size { return r.list.MinSize() }

func (r *rowListRenderer) Objects() []fyne.CanvasObject {
	objects := make([]fyne.CanvasObject, 0, len(r.list.visible)+2)
	for _, row := range r.list.visible {
		objects = append(objects, row.box)
	}
	return append(objects, r.list.ring, r.list.bar)
}

// Refresh follows a change of the theme.
func (r *rowListRenderer) Refresh() { r.list.draw() }
