package widgets_test

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"dovekie/assets"
	"dovekie/widgets"
	"dovekie/widgets/skin"
)

// numbers are rows that count what is drawn; every tenth one cannot be picked.
type numbers struct {
	ids   []uint64
	high  func(i int) float32
	drawn int
	width float32
}

func (n *numbers) Fit(width float32) { n.width = width }
func (n *numbers) Len() int          { return len(n.ids) }
func (n *numbers) ID(i int) uint64   { return n.ids[i] }
func (n *numbers) Find(id uint64) int {
	for i := range n.ids {
		if n.ids[i] == id {
			return i
		}
	}
	return -1
}
func (n *numbers) Height(i int) float32 {
	if n.high != nil {
		return n.high(i)
	}
	return 20
}
func (n *numbers) Version(int) uint64  { return 1 }
func (n *numbers) Pickable(i int) bool { return n.ids[i]%10 != 0 }
func (n *numbers) Draw(int, float32, bool) []fyne.CanvasObject {
	n.drawn++
	return []fyne.CanvasObject{canvas.NewText("x", nil)}
}

func count(from, to uint64) []uint64 {
	var ids []uint64
	for ; from <= to; from++ {
		ids = append(ids, from)
	}
	return ids
}

func place(t *testing.T, l *widgets.RowList, rows *numbers, id uint64) float32 {
	t.Helper()
	pos, _, ok := l.Place(rows.Find(id))
	if !ok {
		t.Fatalf("row %d is out of sight", id)
	}
	return pos.Y
}

func TestOnlyRowsInSightAreDrawnAndOnce(t *testing.T) {
	themed(t, false)
	rows := &numbers{ids: count(1, 10_000)}
	l := widgets.NewRowList(rows, 20, false, widgets.RowActions{})
	show(t, l, 300, 200)
	if rows.drawn < 10 || rows.drawn > 30 || rows.width != 300 {
		t.Errorf("%d rows drawn at first, %g wide", rows.drawn, rows.width)
	}
	before := rows.drawn
	l.Changed()
	if rows.drawn != before {
		t.Errorf("%d rows drawn again though nothing changed", rows.drawn-before)
	}
	l.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, -10)})
	if rows.drawn-before > 2 {
		t.Errorf("%d rows drawn for one that came in sight", rows.drawn-before)
	}
}

func TestALogStaysAtItsEndUntilSomebodyScrolls(t *testing.T) {
	themed(t, false)
	rows := &numbers{ids: count(1, 100)}
	l := widgets.NewRowList(rows, 20, true, widgets.RowActions{})
	show(t, l, 300, 200)
	add := func(n uint64) {
		last := rows.ids[len(rows.ids)-1]
		rows.ids = append(rows.ids, count(last+1, last+n)...)
		l.Changed()
	}
	add(50)
	if !l.AtEnd() || place(t, l, rows, 150) < 150 {
		t.Error("it did not follow")
	}
	l.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, 100)})
	if l.AtEnd() {
		t.Fatal("scrolled away, but at the end")
	}
	y := place(t, l, rows, 140)
	add(50)
	rows.ids = rows.ids[30:] // old ones go
	l.Changed()
	if got := place(t, l, rows, 140); got != y {
		t.Errorf("what was looked at moved from %g to %g", y, got)
	}
	l.ToEnd()
	add(1)
	if !l.AtEnd() {
		t.Error("back at the end it does not follow")
	}
}

func TestRowsOfManyHeightsKeepTheirPlaceWhenOthersComeAbove(t *testing.T) {
	themed(t, false)
	rows := &numbers{ids: count(1, 50)}
	rows.high = func(i int) float32 { return 20 + float32(rows.ids[i]%3)*10 }
	l := widgets.NewRowList(rows, 0, false, widgets.RowActions{})
	show(t, l, 300, 200)
	l.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, -200)})
	y := place(t, l, rows, 20)
	rows.ids = append([]uint64{1001, 1002}, rows.ids...)
	l.Changed()
	if got := place(t, l, rows, 20); got != y {
		t.Errorf("moved from %g to %g", y, got)
	}
}

func TestRowsArePickedByTapAndByKeyAndSomeAreNot(t *testing.T) {
	themed(t, false)
	rows := &numbers{ids: count(1, 100)}
	var picked, opened, menu []uint64
	l := widgets.NewRowList(rows, 20, false, widgets.RowActions{
		OnPick: func(id uint64) { picked = append(picked, id) },
		OnOpen: func(id uint64) { opened = append(opened, id) },
		OnMenu: func(id uint64, _ fyne.Position) { menu = append(menu, id) },
	})
	win := show(t, l, 300, 200)
	test.TapCanvas(win.Canvas(), fyne.NewPos(50, 30))
	test.TapCanvas(win.Canvas(), fyne.NewPos(50, 190)) // the tenth one
	if l.Picked() != 2 || len(picked) != 1 || len(opened) != 1 {
		t.Errorf("picked %v, opened %v", picked, opened)
	}
	key := func(names ...fyne.KeyName) {
		for _, n := range names {
			l.TypedKey(&fyne.KeyEvent{Name: n})
		}
	}
	key(fyne.KeyDown, fyne.KeyDown)
	if l.Picked() != 4 {
		t.Errorf("two further: %d", l.Picked())
	}
	key(fyne.KeyEnd)
	if l.Picked() != 99 { // the hundredth cannot be
		t.Errorf("the last: %d", l.Picked())
	}
	place(t, l, rows, 99)
	key(fyne.KeyHome, fyne.KeyUp)
	if l.Picked() != 1 {
		t.Errorf("the first: %d", l.Picked())
	}
	key(fyne.KeyReturn, desktop.KeyMenu)
	if len(opened) != 2 || opened[1] != 1 || len(menu) != 1 || menu[0] != 1 {
		t.Errorf("opened %v, menu of %v", opened, menu)
	}
	key(fyne.KeyPageDown)
	place(t, l, rows, l.Picked())
	if l.Picked() < 8 {
		t.Errorf("a page further: %d", l.Picked())
	}
}

func TestTheBarOfALongListIsDragged(t *testing.T) {
	themed(t, false)
	rows := &numbers{ids: count(1, 1000)}
	l := widgets.NewRowList(rows, 20, true, widgets.RowActions{})
	show(t, l, 300, 200)
	l.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(297, 20)}, Dragged: fyne.NewDelta(0, -170)})
	l.DragEnd()
	place(t, l, rows, 5)
	if l.AtEnd() {
		t.Error("still at the end")
	}
}

func TestCodeIsWrappedToItsWidthAndLosesNothing(t *testing.T) {
	themed(t, false)
	v := widgets.NewCodeView()
	show(t, v, 200, 100)
	v.SetLines([]widgets.CodeLine{
		{Spans: []widgets.Span{{Text: "<a "}, {Text: "href='https://example.org/a-very-long-path-without-any-space-at-all-in-it-that-goes-on'"}, {Text: ">"}}},
		{Level: 1, Spans: []widgets.Span{{Text: "words and words and words and 你好 and words"}}},
		{Level: 40, Spans: []widgets.Span{{Text: "deep"}}},
	})
	n := 0
	for i := 0; ; i++ {
		pos, size, ok := v.Place(i)
		if !ok {
			break
		}
		n++
		if pos.Y < 0 || size.Width != 200 {
			t.Errorf("line %d at %v, %v", i, pos, size)
		}
	}
	if n < 5 {
		t.Errorf("only %d lines in sight", n)
	}
	if got := v.Lines(); got != "<a href='https://example.org/a-very-long-path-without-any-space-at-all-in-it-that-goes-on'>words and words and words and 你好 and wordsdeep" {
		t.Errorf("drawn are %q", got)
	}
	v.TypedKey(&fyne.KeyEvent{Name: fyne.KeyPageDown}) // nothing can be picked: it scrolls
	if _, _, ok := v.Place(0); ok {
		t.Error("it did not scroll")
	}
}

func TestAHintComesAfterAWhileAndGoesWithThePointer(t *testing.T) {
	themed(t, false)
	var wait func()
	h := widgets.NewHints(func(_ time.Duration, fn func()) (stop func()) {
		wait = fn
		return func() { wait = nil }
	})
	pressed := 0
	b := widgets.NewIconButton(assets.IconClose, func() { pressed++ })
	h.Name(b, "Close it")
	win := show(t, container.NewStack(container.NewCenter(b), h), 300, 200)
	test.MoveMouse(win.Canvas(), fyne.NewPos(150, 100))
	if wait == nil || h.Text() != "" {
		t.Fatal("nothing waits, or it comes at once")
	}
	wait()
	if h.Text() != "Close it" {
		t.Errorf("it says %q", h.Text())
	}
	win.Canvas().Capture() // the layer draws, and asks nobody for places meanwhile
	test.TapCanvas(win.Canvas(), fyne.NewPos(150, 100))
	if pressed != 1 || h.Text() != "" {
		t.Errorf("pressed %d times, and it says %q", pressed, h.Text())
	}
	test.MoveMouse(win.Canvas(), fyne.NewPos(10, 10))
	if wait != nil {
		t.Error("the pointer is gone, but something waits")
	}
}

func TestChipsAndTabsTellWhatTheUserDid(t *testing.T) {
	themed(t, true)
	var told []bool
	c := widgets.NewChip("Sent", true, func(on bool) { told = append(told, on) })
	show(t, container.NewCenter(c), 200, 60)
	test.Tap(c)
	c.SetOn(true)
	c.TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
	if len(told) != 2 || told[0] || told[1] {
		t.Errorf("told %v", told)
	}
	if c.SetText("only a@b/\u202Egpj\nx"); c.Text() != "only a@b/gpj x" {
		t.Errorf("%q", c.Text())
	}
	var pages []int
	tabs := widgets.NewPageTabs([]string{"One", "Two", "Three"}, func(i int) { pages = append(pages, i) })
	show(t, tabs, 400, 42)
	pos, size, text := tabs.Place(1)
	tabs.Tapped(&fyne.PointEvent{Position: pos.AddXY(size.Width/2, 10)})
	tabs.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEnd})
	tabs.TypedKey(&fyne.KeyEvent{Name: fyne.KeyRight})
	tabs.TypedKey(&fyne.KeyEvent{Name: fyne.KeyLeft})
	tabs.Tapped(&fyne.PointEvent{Position: fyne.NewPos(390, 10)}) // beside them
	if text != "Two" || len(pages) != 3 || pages[0] != 1 || pages[1] != 2 || pages[2] != 1 || tabs.Chosen() != 1 {
		t.Errorf("%q, %v", text, pages)
	}
}

func TestBarsStandOnBothSidesOfTheLine(t *testing.T) {
	themed(t, false)
	c := widgets.NewBarChart()
	win := show(t, c, 376, 196)
	series := make([]float64, 60)
	ink := func() (up, down int) {
		img := win.Canvas().Capture()
		r, g, b, _ := skin.Of(skin.Accent, false).RGBA()
		r2, g2, b2, _ := skin.Of(skin.Secondary, false).RGBA()
		for y := 32; y < 172; y++ {
			for x := range 300 {
				pr, pg, pb, _ := img.At(x, y).RGBA()
				if pr == r && pg == g && pb == b && y < 102 {
					up++
				}
				if pr == r2 && pg == g2 && pb == b2 && y > 102 {
					down++
				}
			}
		}
		return up, down
	}
	c.SetSpec(widgets.BarChartSpec{Up: series, Down: series})
	if up, down := ink(); up+down != 0 {
		t.Errorf("nothing went by, but %d and %d pixels", up, down)
	}
	high := make([]float64, 60)
	high[59] = 100
	c.SetSpec(widgets.BarChartSpec{Up: high, Down: series})
	if up, down := ink(); up < 60 || down != 0 {
		t.Errorf("received only: %d and %d pixels", up, down)
	}
	c.SetSpec(widgets.BarChartSpec{Up: series, Down: high})
	if up, down := ink(); up != 0 || down < 60 {
		t.Errorf("sent only: %d and %d pixels", up, down)
	}
}

func TestAStripHasRoomForTwoLinks(t *testing.T) {
	themed(t, false)
	taps := ""
	s := widgets.NewStrip(assets.IconNoNetwork, "No connection, again in 8 s", "Now", func() { taps += "now " })
	s.SetMore("Details", func() { taps += "more " })
	win := show(t, container.NewVBox(s), 304, 100)
	link, text := s.More()
	if text != "Details" {
		t.Fatal(text)
	}
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(link)
	if at.X+link.Size().Width > 304 {
		t.Errorf("the second link lies at %v, %v", at, link.Size())
	}
	test.TapCanvas(win.Canvas(), at.AddXY(4, 8))
	if taps != "more " {
		t.Errorf("tapped %q", taps)
	}
}
