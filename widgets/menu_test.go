package widgets_test

import (
	"fmt"
	"image"
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"dovekie/widgets"
	"dovekie/widgets/skin"
)

func samePixels(a, b image.Image) bool {
	if a.Bounds() != b.Bounds() {
		return false
	}
	for y := a.Bounds().Min.Y; y < a.Bounds().Max.Y; y++ {
		for x := a.Bounds().Min.X; x < a.Bounds().Max.X; x++ {
			if a.At(x, y) != b.At(x, y) {
				return false
			}
		}
	}
	return true
}

func menuWindow(t *testing.T, w, h float32) fyne.Window {
	t.Helper()
	themed(t, false)
	return show(t, canvas.NewRectangle(skin.Color(skin.Panel)), w, h)
}

func numbered(n int) []widgets.MenuItem {
	items := make([]widgets.MenuItem, n)
	for i := range items {
		items[i] = widgets.MenuItem{Key: fmt.Sprint(i), Text: fmt.Sprintf("Item %d", i)}
	}
	return items
}

func TestMenuIsChosenFromByTapAndClosesFirst(t *testing.T) {
	win := menuWindow(t, 300, 300)
	var got string
	open := -1
	m := widgets.ShowMenu(win.Canvas(), fyne.NewPos(20, 20), numbered(3), func(key string) {
		got, open = key, len(win.Canvas().Overlays().List())
	})
	test.TapAt(m, fyne.NewPos(60, 20+6+34+10))
	if got != "1" || open != 0 {
		t.Errorf("chose %q with %d overlays left", got, open)
	}
}

func TestTapOutsideAndEscapeCloseTheMenuWithoutAChoice(t *testing.T) {
	win := menuWindow(t, 300, 300)
	pick := func(key string) { t.Errorf("chose %q", key) }
	m := widgets.ShowMenu(win.Canvas(), fyne.NewPos(20, 20), numbered(3), pick)
	test.TapAt(m, fyne.NewPos(280, 280))
	if win.Canvas().Overlays().Top() != nil {
		t.Error("the menu stays after a tap outside")
	}
	m = widgets.ShowMenu(win.Canvas(), fyne.NewPos(20, 20), numbered(3), pick)
	key(m, fyne.KeyEscape)
	if win.Canvas().Overlays().Top() != nil {
		t.Error("the menu stays after Escape")
	}
}

func TestKeysInAMenuSkipRulesAndWhatIsDisabled(t *testing.T) {
	win := menuWindow(t, 300, 300)
	var got []string
	items := []widgets.MenuItem{{Key: "a", Text: "A"}, {}, {Key: "b", Text: "B", Disabled: true}, {Key: "c", Text: "C"}}
	pick := func(key string) { got = append(got, key) }
	key(widgets.ShowMenu(win.Canvas(), fyne.NewPos(0, 0), items, pick), fyne.KeyDown, fyne.KeyDown, fyne.KeyReturn)
	key(widgets.ShowMenu(win.Canvas(), fyne.NewPos(0, 0), items, pick), fyne.KeyUp, fyne.KeyReturn)
	key(widgets.ShowMenu(win.Canvas(), fyne.NewPos(0, 0), items, pick), fyne.KeyDown, fyne.KeyUp, fyne.KeyUp, fyne.KeySpace)
	if fmt.Sprint(got) != "[c c a]" {
		t.Errorf("chose %v", got)
	}
}

func TestLongMenuStaysInTheWindowAndScrolls(t *testing.T) {
	win := menuWindow(t, 300, 200)
	var got string
	m := widgets.ShowMenu(win.Canvas(), fyne.NewPos(250, 190), numbered(40), func(key string) { got = key })
	key(m, fyne.KeyEnd, fyne.KeyReturn)
	if got != "39" {
		t.Errorf("chose %q", got)
	}
	m = widgets.ShowMenu(win.Canvas(), fyne.NewPos(250, 190), numbered(40), func(key string) { got = key })
	m.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, -25)})
	m.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, -25)})
	test.TapAt(m, fyne.NewPos(200, 8+6+10))
	if got != "2" {
		t.Errorf("chose %q after scrolling by two", got)
	}
	for _, o := range test.WidgetRenderer(m).Objects() {
		if end := o.Position().Y + o.Size().Height; end > 200 || o.Position().X+o.Size().Width > 300 {
			t.Errorf("%T leaves the window: %v %v", o, o.Position(), o.Size())
		}
	}
}

func TestMenuGivesTheKeyboardBack(t *testing.T) {
	themed(t, false)
	f := widgets.NewField(widgets.FieldSpec{})
	win := show(t, f, 300, 200)
	win.Canvas().Focus(f.Input())
	m := widgets.ShowMenu(win.Canvas(), fyne.NewPos(0, 0), numbered(2), nil)
	if win.Canvas().Focused() != fyne.Focusable(m) {
		t.Errorf("the keyboard is at %T", win.Canvas().Focused())
	}
	m.Cancel()
	if win.Canvas().Focused() != f.Input() {
		t.Errorf("the keyboard is at %T", win.Canvas().Focused())
	}
}

func TestChoiceOpensAMenuAndKeepsWhatWasChosen(t *testing.T) {
	themed(t, false)
	var got string
	c := widgets.NewChoice(numbered(3), "0", func(key string) { got = key })
	win := show(t, c, 300, 300)
	c.Resize(fyne.NewSize(300, 44))
	key(c, fyne.KeyDown)
	m, ok := win.Canvas().Overlays().Top().(*widgets.Menu)
	if !ok {
		t.Fatal("no menu")
	}
	if !m.Items()[0].Checked {
		t.Error("the present choice is not ticked")
	}
	key(m, fyne.KeyEnd, fyne.KeyReturn)
	if got != "2" || c.Chosen() != "2" {
		t.Errorf("told %q, chosen %q", got, c.Chosen())
	}
}

func TestHalfTabsChangeByTapAndKeys(t *testing.T) {
	themed(t, false)
	var got []int
	tabs := widgets.NewHalfTabs("Messages", "Contacts", func(i int) { got = append(got, i) })
	show(t, tabs, 304, 42)
	test.TapAt(tabs, fyne.NewPos(250, 20))
	test.TapAt(tabs, fyne.NewPos(250, 20))
	key(tabs, fyne.KeyLeft, fyne.KeyLeft, fyne.KeyRight)
	tabs.SetChosen(0)
	if fmt.Sprint(got) != "[1 0 1]" || tabs.Chosen() != 0 {
		t.Errorf("told %v, chosen %d", got, tabs.Chosen())
	}
}

type stripProbe struct {
	strip *widgets.TabStrip
	win   fyne.Window
	calls []string
}

func newStripProbe(t *testing.T, n int, width float32) *stripProbe {
	t.Helper()
	themed(t, false)
	p := &stripProbe{}
	note := func(what string) func(string) {
		return func(key string) { p.calls = append(p.calls, what+" "+key) }
	}
	p.strip = widgets.NewTabStrip(widgets.TabActions{OnChosen: note("chosen"), OnClose: note("close"),
		OnMove: p.move})
	tabs := make([]widgets.ChatTab, n)
	for i := range tabs {
		tabs[i] = widgets.ChatTab{Key: fmt.Sprint(i), Title: fmt.Sprintf("Chat %d", i)}
	}
	p.strip.SetTabs(tabs, "0")
	p.win = show(t, p.strip, width, 42)
	return p
}

// move does what the window does with a tab that was dragged.
func (p *stripProbe) move(key string, to int) {
	p.calls = append(p.calls, fmt.Sprintf("move %s to %d", key, to))
	tabs := slices.Clone(p.strip.Tabs())
	i := slices.IndexFunc(tabs, func(t widgets.ChatTab) bool { return t.Key == key })
	tab := tabs[i]
	p.strip.SetTabs(slices.Insert(slices.Delete(tabs, i, i+1), to, tab), p.strip.Chosen())
}

// drag moves the pointer from one place to another, in steps as Fyne tells them.
func (p *stripProbe) drag(from, to fyne.Position) {
	step, at := fyne.NewDelta((to.X-from.X)/10, (to.Y-from.Y)/10), from
	for range 10 {
		at = at.Add(step)
		e := &fyne.DragEvent{Dragged: step}
		e.Position = at
		p.strip.Dragged(e)
	}
	p.strip.DragEnd()
}

func (p *stripProbe) expect(t *testing.T, calls ...string) {
	t.Helper()
	if fmt.Sprint(p.calls) != fmt.Sprint(calls) {
		t.Errorf("calls are %q, want %q", p.calls, calls)
	}
	p.calls = nil
}

func TestTabIsChosenClosedByCrossAndByMiddleButton(t *testing.T) {
	p := newStripProbe(t, 3, 816)
	test.TapAt(p.strip, fyne.NewPos(10+180+60, 20))
	test.TapAt(p.strip, fyne.NewPos(10+156, 22))
	p.strip.MouseDown(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(10+360+60, 20)}, Button: desktop.MouseButtonTertiary})
	p.strip.MouseDown(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(10+360+60, 20)}, Button: desktop.MouseButtonPrimary})
	p.expect(t, "chosen 1", "close 0", "close 2")
}

func TestMiddleButtonThatSlipsOnlyCloses(t *testing.T) {
	for _, by := range []float32{3, 200} {
		p := newStripProbe(t, 4, 816)
		at := fyne.NewPos(10+180+60, 20)
		p.strip.MouseDown(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: at}, Button: desktop.MouseButtonTertiary})
		p.drag(at, at.AddXY(by, 0))
		p.expect(t, "close 1")
		p.strip.MouseDown(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: at}, Button: desktop.MouseButtonPrimary})
		p.drag(at, at.AddXY(3, 0))
		p.expect(t, "chosen 1")
	}
}

func TestTabIsDraggedToAnotherPlace(t *testing.T) {
	p := newStripProbe(t, 4, 816)
	middle := func(i int) fyne.Position { return fyne.NewPos(10+180*float32(i)+60, 20) }
	order := func(want string) {
		t.Helper()
		got := ""
		for _, tab := range p.strip.Tabs() {
			got += tab.Key
		}
		if got != want {
			t.Errorf("the order is %s, want %s", got, want)
		}
	}
	p.drag(middle(0), middle(2))
	p.expect(t, "move 0 to 1", "move 0 to 2")
	order("1203")
	p.drag(middle(3), middle(0).AddXY(0, 90)) // the hand is not steady
	order("3120")
	p.calls = nil
	p.drag(middle(0), fyne.NewPos(3, 20))   // beyond the first
	p.drag(fyne.NewPos(805, 20), middle(0)) // from where no tab is
	p.expect(t)
	p.drag(middle(1), middle(1).AddXY(3, 3)) // a click that slipped
	p.expect(t, "chosen 1")
	order("3120")
}

func TestBadgeOfATabIsNoCrossUntilThePointerIsThere(t *testing.T) {
	p := newStripProbe(t, 2, 816)
	tabs := p.strip.Tabs()
	tabs[1].Unread = 4
	p.strip.SetTabs(tabs, "0")
	at := fyne.NewPos(10+180+156, 22)
	test.TapAt(p.strip, at)
	p.expect(t, "chosen 1")
	p.strip.MouseMoved(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: at}})
	test.TapAt(p.strip, at)
	p.expect(t, "close 1")
}

func TestManyTabsScrollAndTheMenuListsThemAll(t *testing.T) {
	p := newStripProbe(t, 30, 600)
	p.strip.SetTabs(p.strip.Tabs(), "29")
	key(p.strip, fyne.KeyLeft)
	p.expect(t, "chosen 28")
	for range 40 {
		test.TapAt(p.strip, fyne.NewPos(600-3*28+5, 20))
	}
	test.TapAt(p.strip, fyne.NewPos(60, 20))
	p.expect(t, "chosen 0")
	test.TapAt(p.strip, fyne.NewPos(595, 20))
	m, ok := p.win.Canvas().Overlays().Top().(*widgets.Menu)
	if !ok || len(m.Items()) != 30 {
		t.Fatal("the arrow does not open a menu of all tabs")
	}
	key(m, fyne.KeyEnd, fyne.KeyReturn)
	key(p.strip, fyne.KeyDelete)
	p.expect(t, "chosen 29", "close 29")
}

func TestStripWithoutTabsTakesAnything(t *testing.T) {
	p := newStripProbe(t, 0, 400)
	test.TapAt(p.strip, fyne.NewPos(50, 20))
	key(p.strip, fyne.KeyLeft, fyne.KeyRight, fyne.KeyEnd, fyne.KeyDelete)
	p.strip.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, -25)})
	p.expect(t)
}
