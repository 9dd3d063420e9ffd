package widgets

import (
	"fyne.io/fyne/v2"

	"dovekie/widgets/skin"
)

// The scroll bar.
const (
	scrollBarWidth = 4
	scrollBarGap   = 2  // from the right edge
	scrollBarZone  = 12 // what the pointer can take
	scrollBarLeast = 32
)

// CreateRenderer is called by Fyne.
func (l *FlatList) CreateRenderer() fyne.WidgetRenderer {
	return &listRenderer{list: l}
}

// MinSize does not depend on the rows: Fyne asks for it at every frame.
func (l *FlatList) MinSize() fyne.Size { return fyne.NewSize(120, 64) }

// draw binds what is in sight and asks for one repaint.
func (l *FlatList) draw() {
	l.layRows(l.Size())
	repaint(l)
}

// layRows binds the rows in sight to their items. Rows that were in sight keep their
// item, so that their objects, and the textures of these, stay.
func (l *FlatList) layRows(size fyne.Size) {
	first := l.rows.from(l.offset)
	end := first
	for end < len(l.rows.items) && l.rows.tops[end] < l.offset+size.Height {
		end++
	}
	kept := make(map[string]*row, len(l.visible))
	for _, r := range l.visible {
		kept[r.item.Key] = r
	}
	now := make([]*row, end-first)
	for i := first; i < end; i++ {
		if r := kept[l.rows.items[i].Key]; r != nil {
			now[i-first] = r
			delete(kept, r.item.Key)
		}
	}
	for _, r := range kept {
		l.pool = append(l.pool, r)
	}
	dark := skin.Dark()
	for i := first; i < end; i++ {
		if now[i-first] == nil {
			now[i-first] = l.takeRow()
		}
		l.bindRow(now[i-first], i, size.Width, dark)
	}
	l.visible = now
	l.placeRing(size, dark)
	l.placeBar(size, dark)
}

func (l *FlatList) takeRow() *row {
	if n := len(l.pool); n > 0 {
		r := l.pool[n-1]
		l.pool = l.pool[:n-1]
		return r
	}
	return newRow()
}

func (l *FlatList) bindRow(r *row, i int, width float32, dark bool) {
	item := &l.rows.items[i]
	s := rowState{
		selected: item.selectable() && item.Key == l.selected,
		hovered:  i == l.pointer.index,
		width:    width,
		dark:     dark,
	}
	if l.keys.focused && i == l.keys.index {
		s.button = l.keys.button
	}
	r.bind(item, s)
	place(r.box, 0, l.rows.tops[i]-l.offset, width, item.height())
}

// placeRing shows where the keyboard is.
func (l *FlatList) placeRing(size fyne.Size, dark bool) {
	i := l.keys.index
	if !l.keys.focused || l.keys.byTap || l.keys.button > 0 || i < 0 || i >= len(l.rows.items) {
		l.ring.Hidden = true
		return
	}
	l.ring.Hidden = false
	l.ring.StrokeColor = skin.Of(skin.Accent, dark)
	place(l.ring, skin.RowInset, l.rows.tops[i]-l.offset, size.Width-2*skin.RowInset, l.rows.items[i].height())
}

func (l *FlatList) placeBar(size fyne.Size, dark bool) {
	end := l.rows.end()
	if end <= size.Height || size.Height <= 0 {
		l.bar.Hidden = true
		return
	}
	l.bar.Hidden = false
	c := skin.Of(skin.Edge, dark)
	switch {
	case l.pointer.onBar || l.drag.onBar:
		c.A = 0xD0
	case l.pointer.inside:
		c.A = 0x90
	default:
		c.A = 0x40
	}
	l.bar.FillColor = c
	h := l.barHeight(size.Height)
	y := (size.Height - h) * l.offset / (end - size.Height)
	place(l.bar, size.Width-scrollBarWidth-scrollBarGap, whole(y), scrollBarWidth, whole(h))
}

func (l *FlatList) barHeight(view float32) float32 {
	return max(view*view/l.rows.end(), scrollBarLeast)
}

type listRenderer struct {
	list *FlatList
}

func (r *listRenderer) Destroy() {}

func (r *listRenderer) Layout(size fyne.Size) {
	r.list.clampOffset()
	r.list.layRows(size)
}

func (r *listRenderer) MinSize() fyne.Size { return r.list.MinSize() }

func (r *listRenderer) Objects() []fyne.CanvasObject {
	objects := make([]fyne.CanvasObject, 0, len(r.list.visible)+2)
	for _, row := range r.list.visible {
		objects = append(objects, row.box)
	}
	return append(objects, r.list.ring, r.list.bar)
}

// Refresh follows a change of the theme.
func (r *listRenderer) Refresh() {
	r.list.draw()
}
