package widgets

import (
	"image/color"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

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

// listShown are the rows as they are drawn.
type listShown struct {
	first   int // the row of the list that rows[0] shows
	rows    []*row
	old     bool // the list got another source since
	objects []fyne.CanvasObject
	items   []ListItem // room for what rows are to show
	spare   []*row     // room for the next rows
}

// row is what shows row i of the list, nil when that is not in sight.
func (s *listShown) row(i int) *row {
	if i < s.first || i >= s.first+len(s.rows) {
		return nil
	}
	return s.rows[i-s.first]
}

// key is the key of row i of the rows that are drawn.
func (s *listShown) key(rows listRows, i int) string {
	if r := s.row(i); r != nil {
		return r.item.Key
	}
	return rows.key(i)
}

// take takes the row out that shows the key, looking at place n first. It returns where
// that was, -1 for none.
func (s *listShown) take(key string, n int) (r *row, at int) {
	is := func(r *row) bool { return r != nil && r.item.Key == key }
	if n >= len(s.rows) || !is(s.rows[n]) {
		n = slices.IndexFunc(s.rows, is)
	}
	if n < 0 {
		return nil, -1
	}
	r, s.rows[n] = s.rows[n], nil
	return r, n
}

// draw binds what is in sight and asks for a repaint if that changed anything.
func (l *FlatList) draw() {
	if l.layRows(l.Size()) {
		repaint(l)
	}
}

// layRows binds the rows in sight to their items and reports whether the list looks
// different now. Rows that were in sight keep their item, so that their objects, and the
// textures of these, stay.
func (l *FlatList) layRows(size fyne.Size) (changed bool) {
	s, dark := &l.shown, skin.Dark()
	ring, bar, target := lookOf(l.ring), lookOf(l.bar), lookOf(l.target)
	first := l.takeItems(size.Height)
	changed = l.takeRows() || s.objects == nil
	s.first = first
	for n, r := range s.rows {
		if l.bindRow(r, &s.items[n], first+n, size.Width, dark) {
			changed = true
		}
	}
	l.placeRing(size, dark)
	l.placeBar(size, dark)
	l.placeTarget(size, dark)
	changed = l.ghost.draw(l.drag, size, dark) || changed
	if changed {
		s.objects = make([]fyne.CanvasObject, 0, len(s.rows)+4)
		for _, r := range s.rows {
			s.objects = append(s.objects, r.box)
		}
		s.objects = append(s.objects, l.ring, l.bar, l.target)
		if l.ghost.box != nil {
			s.objects = append(s.objects, l.ghost.box)
		}
	}
	return changed || ring != lookOf(l.ring) || bar != lookOf(l.bar) || target != lookOf(l.target)
}

// takeItems takes the items of the rows in sight: from the rows that show them already,
// else from the source.
func (l *FlatList) takeItems(height float32) (first int) {
	s := &l.shown
	first, end := l.rows.sight(l.offset, l.offset+height)
	s.items = s.items[:0]
	for i := first; i < end; i++ {
		if r := s.row(i); r != nil && !s.old {
			s.items = append(s.items, r.item)
		} else {
			s.items = append(s.items, l.rows.row(i))
		}
	}
	s.old = false
	return first
}

// takeRows finds a row for each item and reports whether they are not the ones drawn.
func (l *FlatList) takeRows() (changed bool) {
	s := &l.shown
	now := s.spare[:0]
	changed = len(s.items) != len(s.rows)
	for n := range s.items {
		r, at := s.take(s.items[n].Key, n)
		changed = changed || at != n
		now = append(now, r)
	}
	for _, r := range s.rows {
		if r != nil {
			l.pool = append(l.pool, r)
		}
	}
	for n := range now {
		if now[n] == nil {
			now[n] = l.takeRow()
		}
	}
	s.rows, s.spare = now, s.rows
	return changed
}

func (l *FlatList) takeRow() *row {
	if n := len(l.pool); n > 0 {
		r := l.pool[n-1]
		l.pool = l.pool[:n-1]
		return r
	}
	return newRow()
}

// bindRow shows the item in the place of row i and reports whether that changed anything.
func (l *FlatList) bindRow(r *row, item *ListItem, i int, width float32, dark bool) bool {
	s := rowState{
		selected: item.selectable() && item.Key == l.selected,
		hovered:  i == l.pointer.index,
		width:    width,
		dark:     dark,
	}
	if l.keys.focused && i == l.keys.index {
		s.button = l.keys.button
	}
	changed := r.bind(item, s)
	pos, size := r.box.Position(), r.box.Size()
	place(r.box, 0, l.rows.top(i)-l.offset, width, item.height())
	return changed || pos != r.box.Position() || size != r.box.Size()
}

// barLook is what can change of a bar or ring.
type barLook struct {
	hidden       bool
	position     fyne.Position
	size         fyne.Size
	fill, stroke color.Color
}

func lookOf(r *canvas.Rectangle) barLook {
	return barLook{r.Hidden, r.Position(), r.Size(), r.FillColor, r.StrokeColor}
}

// placeRing shows where the keyboard is.
func (l *FlatList) placeRing(size fyne.Size, dark bool) {
	i := l.keys.index
	if !l.keys.focused || l.keys.byTap || l.keys.button > 0 || !l.rows.has(i) {
		l.ring.Hidden = true
		return
	}
	l.ring.Hidden = false
	l.ring.StrokeColor = skin.Of(skin.Accent, dark)
	place(l.ring, skin.RowInset, l.rows.top(i)-l.offset, size.Width-2*skin.RowInset, l.rows.height(i))
}

func (l *FlatList) placeBar(size fyne.Size, dark bool) {
	end := l.rows.end()
	if end <= size.Height || size.Height <= 0 {
		l.bar.Hidden = true
		return
	}
	l.bar.Hidden = false
	c := skin.Of(skin.Edge, dark)
	if l.pointer.onBar || l.drag.onBar {
		c = skin.Of(skin.Secondary, dark)
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
	if r.list.shown.objects == nil {
		r.list.layRows(r.list.Size())
	}
	return r.list.shown.objects
}

// Refresh follows a change of the theme.
func (r *listRenderer) Refresh() {
	r.list.layRows(r.list.Size())
	repaint(r.list)
}
