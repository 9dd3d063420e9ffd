package widgets_test

import (
	"fmt"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"dovekie/widgets"
	"dovekie/widgets/skin"
)

// listProbe is a list in a window that writes down what it calls.
type listProbe struct {
	list  *widgets.FlatList
	win   fyne.Window
	calls []string
	menu  fyne.Position
	now   time.Time
}

func newListProbe(t testing.TB, items []widgets.ListItem) *listProbe {
	t.Helper()
	themed(t, false)
	p := &listProbe{now: time.Unix(1000, 0)}
	note := func(what string) func(string) {
		return func(key string) { p.calls = append(p.calls, what+" "+key) }
	}
	p.list = widgets.NewFlatList(widgets.ListActions{
		OnSelect: note("select"), OnOpen: note("open"), OnFold: note("fold"),
		OnAccept: note("accept"), OnDecline: note("decline"), OnRename: note("rename"),
		OnMove: func(key, group string) { p.calls = append(p.calls, "move "+key+" "+group) },
		OnType: func(r rune) { p.calls = append(p.calls, "type "+string(r)) },
		OnMenu: func(key string, pos fyne.Position) {
			p.calls = append(p.calls, "menu "+key)
			p.menu = pos
		},
	}, func() time.Time { return p.now })
	p.list.SetItems(items)
	p.win = show(t, p.list, 304, 300)
	return p
}

func (p *listProbe) tap(x, y float32) {
	test.TapAt(p.list, fyne.NewPos(x, y))
}

func (p *listProbe) key(names ...fyne.KeyName) {
	for _, n := range names {
		p.list.TypedKey(&fyne.KeyEvent{Name: n})
	}
}

func (p *listProbe) expect(t *testing.T, calls ...string) {
	t.Helper()
	if fmt.Sprint(p.calls) != fmt.Sprint(calls) {
		t.Errorf("calls are %q, want %q", p.calls, calls)
	}
	p.calls = nil
}

// texts are what the list draws, and at which height.
func (p *listProbe) texts() map[string]float32 {
	found := map[string]float32{}
	var walk func(o fyne.CanvasObject, y float32)
	walk = func(o fyne.CanvasObject, y float32) {
		y += o.Position().Y
		switch o := o.(type) {
		case *fyne.Container:
			for _, c := range o.Objects {
				walk(c, y)
			}
		case *canvas.Text:
			found[o.Text] = y
		}
	}
	for _, o := range test.WidgetRenderer(p.list).Objects() {
		walk(o, 0)
	}
	return found
}

func contacts(n int) []widgets.ListItem {
	items := make([]widgets.ListItem, n)
	for i := range items {
		items[i] = person(fmt.Sprintf("c%d@example.org", i), fmt.Sprintf("Contact %d", i), "hello", widgets.Available)
	}
	return items
}

func TestFirstTapSelectsAtOnceAndSecondOpens(t *testing.T) {
	p := newListProbe(t, contacts(3))
	p.tap(100, 30)
	p.expect(t, "select c0@example.org")
	p.now = p.now.Add(200 * time.Millisecond)
	p.tap(100, 30)
	p.expect(t, "open c0@example.org")
	p.now = p.now.Add(100 * time.Millisecond)
	p.tap(100, 30)
	p.expect(t, "select c0@example.org")
}

func TestSlowTapsAndTapsOnTwoRowsDoNotOpen(t *testing.T) {
	p := newListProbe(t, contacts(3))
	p.tap(100, 30)
	p.now = p.now.Add(900 * time.Millisecond)
	p.tap(100, 30)
	p.now = p.now.Add(100 * time.Millisecond)
	p.tap(100, 90)
	p.expect(t, "select c0@example.org", "select c0@example.org", "select c1@example.org")
}

func TestClickThatSlipsIsStillAClick(t *testing.T) {
	p := newListProbe(t, contacts(3))
	drag := &fyne.DragEvent{Dragged: fyne.NewDelta(3, 2)}
	drag.Position = fyne.NewPos(103, 32)
	p.list.Dragged(drag)
	p.list.DragEnd()
	p.expect(t, "select c0@example.org")
}

func TestGroupFoldsAndCaptionDoesNothing(t *testing.T) {
	p := newListProbe(t, []widgets.ListItem{
		{Key: "cap", Kind: widgets.CaptionRow, Name: "Requests"},
		{Key: "g", Kind: widgets.GroupRow, Name: "Friends", Count: "1/2"},
		{Key: "m", Kind: widgets.MoreRow, Name: "Show more"},
	})
	p.tap(100, 15)
	p.tap(100, 50)
	p.tap(100, 85)
	p.expect(t, "fold g", "open m")
}

func TestButtonsOfARequestAnswerIt(t *testing.T) {
	p := newListProbe(t, []widgets.ListItem{{Key: "r", Kind: widgets.RequestRow, Name: "Sue", Second: "hi", Accept: "Accept", Decline: "Decline"}})
	p.tap(90, 4+60)
	p.tap(175, 4+60)
	p.tap(250, 4+20)
	p.expect(t, "accept r", "decline r", "select r")
	p.list.FocusGained()
	p.key(fyne.KeyRight, fyne.KeyReturn, fyne.KeyRight, fyne.KeyReturn, fyne.KeyLeft, fyne.KeyLeft, fyne.KeySpace)
	p.expect(t, "accept r", "decline r", "select r")
}

func TestSecondaryTapGivesThePlaceOnTheCanvas(t *testing.T) {
	p := newListProbe(t, contacts(3))
	test.TapSecondaryAt(p.list, fyne.NewPos(120, 70))
	p.expect(t, "menu c1@example.org")
	if p.menu != fyne.NewPos(120, 70) {
		t.Errorf("menu at %v", p.menu)
	}
}

func TestKeysWalkOpenAndAskForTheMenu(t *testing.T) {
	p := newListProbe(t, contacts(100))
	p.win.Canvas().Focus(p.list)
	p.key(fyne.KeyDown, fyne.KeyDown, fyne.KeyUp, fyne.KeyReturn)
	p.expect(t, "select c1@example.org", "open c1@example.org")
	p.key(fyne.KeyEnd, fyne.KeySpace)
	p.expect(t, "select c99@example.org")
	if _, ok := p.texts()["Contact 99"]; !ok {
		t.Error("the last row is not in sight after End")
	}
	p.key(fyne.KeyPageUp, fyne.KeySpace)
	p.expect(t, "select c94@example.org")
	p.key(fyne.KeyPageDown, fyne.KeySpace, fyne.KeyHome, desktop.KeyMenu)
	p.expect(t, "select c98@example.org", "menu c0@example.org")
	if y := p.texts()["Contact 0"]; y < 0 || y > 60 {
		t.Errorf("the first row is at %v after Home", y)
	}
	p.key(fyne.KeyF2)
	test.Type(p.list, "陈 s")
	p.expect(t, "rename c0@example.org", "type 陈", "type s")
}

func TestKeysSkipCaptionsAndFoldGroups(t *testing.T) {
	open := widgets.ListItem{Key: "g", Kind: widgets.GroupRow, Name: "Friends", Count: "1/1"}
	items := []widgets.ListItem{{Key: "cap", Kind: widgets.CaptionRow, Name: "All"}, open, contacts(1)[0], {Key: "h", Kind: widgets.HintRow, Name: "No more"}}
	p := newListProbe(t, items)
	p.list.FocusGained()
	p.key(fyne.KeyRight) // already open
	p.key(fyne.KeyDown, fyne.KeyDown, fyne.KeySpace, fyne.KeyLeft, fyne.KeyLeft)
	p.expect(t, "select c0@example.org", "fold g")
}

func TestScrollingEndsAtTheLastRow(t *testing.T) {
	p := newListProbe(t, contacts(50))
	for range 200 {
		p.list.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, -50)})
	}
	y, ok := p.texts()["Contact 49"]
	if !ok || y > 300-skin.ContactRow+20 || y < 300-skin.ContactRow-20 {
		t.Errorf("the last row is at %v (%v), want it at the lower edge", y, ok)
	}
	for range 200 {
		p.list.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, 50)})
	}
	if y := p.texts()["Contact 0"]; y < 0 || y > 30 {
		t.Errorf("the first row is at %v after scrolling back", y)
	}
}

func TestWhatIsInSightStaysWhenRowsAppearAbove(t *testing.T) {
	items := contacts(200)
	p := newListProbe(t, items)
	p.list.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, -1003)})
	before := p.texts()
	more := append([]widgets.ListItem{{Key: "g", Kind: widgets.GroupRow, Name: "Friends"}}, contacts(230)[200:]...)
	p.list.SetItems(append(more, items...))
	after := p.texts()
	for _, name := range []string{"Contact 38", "Contact 39"} {
		if before[name] == 0 || before[name] != after[name] {
			t.Errorf("%s moved from %v to %v", name, before[name], after[name])
		}
	}
}

func TestPlaceIsKeptWhenTheFirstRowInSightGoes(t *testing.T) {
	items := contacts(200)
	p := newListProbe(t, items)
	p.list.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, -1000)})
	before := p.texts()["Contact 38"]
	p.list.SetItems(append(append([]widgets.ListItem{}, items[:35]...), items[37:]...))
	if after := p.texts()["Contact 38"]; after != before {
		t.Errorf("row moved from %v to %v", before, after)
	}
}

func TestPlaceIsKeptWhenTheFirstRowInSightMovesToTheTop(t *testing.T) {
	items := contacts(200)
	p := newListProbe(t, items)
	p.list.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, -1000)})
	before := p.texts()["Contact 38"]
	moved := append([]widgets.ListItem{items[35]}, items[:35]...)
	p.list.SetItems(append(moved, items[36:]...))
	if after := p.texts()["Contact 38"]; after != before {
		t.Errorf("row moved from %v to %v", before, after)
	}
}

func TestListAtTheTopShowsWhatIsNew(t *testing.T) {
	items := contacts(50)
	p := newListProbe(t, items)
	p.list.SetItems(append([]widgets.ListItem{person("new@example.org", "Newcomer", "", widgets.Available)}, items...))
	if y, ok := p.texts()["Newcomer"]; !ok || y > 60 {
		t.Errorf("the new first row is at %v (%v)", y, ok)
	}
}

func TestOnlyRowsInSightExist(t *testing.T) {
	p := newListProbe(t, contacts(5000))
	if n := len(test.WidgetRenderer(p.list).Objects()); n > 10 {
		t.Errorf("%d objects for a view of 300", n)
	}
	if m := p.list.MinSize(); m.Height > 100 {
		t.Errorf("the least size grew with the rows: %v", m)
	}
}

func TestScrollBarCanBeDragged(t *testing.T) {
	p := newListProbe(t, contacts(1000))
	drag := &fyne.DragEvent{Dragged: fyne.NewDelta(0, 268)}
	drag.Position = fyne.NewPos(300, 5+268)
	p.list.Dragged(drag)
	p.list.DragEnd()
	if _, ok := p.texts()["Contact 999"]; !ok {
		t.Error("dragging the bar down does not show the end")
	}
	p.tap(300, 10)
	if _, ok := p.texts()["Contact 999"]; ok {
		t.Error("a tap above the bar does not page up")
	}
	p.expect(t)
}

func TestSelectionOutlivesItsRow(t *testing.T) {
	p := newListProbe(t, contacts(5))
	p.list.SetSelected("c3@example.org")
	p.list.SetItems(contacts(2))
	p.list.SetItems(contacts(5))
	if p.list.Selected() != "c3@example.org" {
		t.Errorf("selected is %q", p.list.Selected())
	}
	p.expect(t)
}

func TestFocusFollowsTheRowNotItsPlace(t *testing.T) {
	p := newListProbe(t, contacts(5))
	p.list.FocusGained()
	p.key(fyne.KeyDown, fyne.KeyDown)
	items := contacts(5)
	items[0], items[2] = items[2], items[0]
	p.list.SetItems(items)
	p.key(fyne.KeySpace)
	p.expect(t, "select c2@example.org")
}

func TestEmptyListTakesAnything(t *testing.T) {
	p := newListProbe(t, nil)
	p.list.FocusGained()
	p.key(fyne.KeyDown, fyne.KeyUp, fyne.KeyEnd, fyne.KeyPageDown, fyne.KeyPageUp, fyne.KeyReturn, fyne.KeyLeft, desktop.KeyMenu)
	p.tap(10, 10)
	p.list.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, -50)})
	p.list.MouseMoved(&desktop.MouseEvent{})
	p.expect(t)
}

func TestRevealScrollsNoFurtherThanNeeded(t *testing.T) {
	p := newListProbe(t, contacts(100))
	p.list.Reveal("c2@example.org")
	if p.texts()["Contact 0"] > 60 {
		t.Error("a row in sight made the list scroll")
	}
	p.list.Reveal("c50@example.org")
	if y, ok := p.texts()["Contact 50"]; !ok || y > 300-30 {
		t.Errorf("the row is at %v (%v)", y, ok)
	}
}

func BenchmarkSetItems5000(b *testing.B) {
	p := newListProbe(b, contacts(5000))
	p.win.Resize(fyne.NewSize(304, 650))
	one, other := contacts(5000), contacts(5000)
	for i := range other {
		other[i].Second = "changed"
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if i%2 == 0 {
			p.list.SetItems(one)
		} else {
			p.list.SetItems(other)
		}
	}
}

func BenchmarkSetItems5000WithOneChange(b *testing.B) {
	p := newListProbe(b, contacts(5000))
	p.win.Resize(fyne.NewSize(304, 650))
	one, other := contacts(5000), contacts(5000)
	other[3].Presence = widgets.Away
	for i := 0; b.Loop(); i++ {
		if i%2 == 0 {
			p.list.SetItems(one)
		} else {
			p.list.SetItems(other)
		}
	}
}

func BenchmarkScroll5000(b *testing.B) {
	p := newListProbe(b, contacts(5000))
	p.win.Resize(fyne.NewSize(304, 650))
	by := float32(-25)
	for i := 0; b.Loop(); i++ {
		if i%5000 == 4999 {
			by = -by
		}
		p.list.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, by)})
	}
}

// pointed is a list at its top with the pointer on Contact 3, and where that row is.
func pointed(t *testing.T, n int) (p *listProbe, items []widgets.ListItem, at float32) {
	t.Helper()
	items = contacts(n)
	p = newListProbe(t, items)
	at = p.texts()["Contact 3"]
	p.list.MouseIn(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(100, at+4)}})
	return p, items, at
}

func TestRowUnderThePointerStaysWhenARequestComes(t *testing.T) {
	for _, n := range []int{4, 50} { // shorter and longer than the view
		p, items, at := pointed(t, n)
		request := widgets.ListItem{Key: "r:new", Kind: widgets.RequestRow, Name: "Newcomer", Accept: "Accept", Decline: "Decline"}
		p.list.SetItems(append([]widgets.ListItem{request}, items...))
		if y := p.texts()["Contact 3"]; y != at {
			t.Errorf("of %d rows, the one under the pointer went from %v to %v", n, at, y)
		}
		p.tap(100, at+4)
		p.expect(t, "select "+items[3].Key)
		p.list.MouseOut()
		if y, ok := p.texts()["Newcomer"]; !ok || y > 60 {
			t.Errorf("of %d rows, the request is at %v (%v) once the pointer is gone", n, y, ok)
		}
	}
}

func TestRowUnderThePointerStaysWhenAStripComesAndGoes(t *testing.T) {
	p, _, at := pointed(t, 4)
	p.list.Moved(40)
	if y := p.texts()["Contact 3"]; y != at-40 {
		t.Errorf("below a strip of 40 the row is at %v, was at %v", y, at)
	}
	p.list.Moved(-40)
	if y := p.texts()["Contact 3"]; y != at {
		t.Errorf("without the strip the row is at %v, was at %v", y, at)
	}
}

func TestRowsAreNotHiddenUnderAStripThatCoversThePointer(t *testing.T) {
	p, _, at := pointed(t, 4)
	first := p.texts()["Contact 0"]
	p.list.Moved(at + 40) // where the pointer is there is no list any more
	if y, ok := p.texts()["Contact 0"]; !ok || y != first {
		t.Errorf("the first row is at %v (%v), was at %v", y, ok, first)
	}
	p, _, _ = pointed(t, 4)
	p.list.MouseMoved(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(100, 56*4+30)}})
	p.list.Moved(100) // nor is there a row under it
	if y, ok := p.texts()["Contact 0"]; !ok || y != first {
		t.Errorf("below the pointer's empty place the first row is at %v (%v), was at %v", y, ok, first)
	}
}

func TestUnfoldingUnderThePointerOpensBelow(t *testing.T) {
	group := func(n string) widgets.ListItem { return widgets.ListItem{Key: n, Kind: widgets.GroupRow, Name: n} }
	p := newListProbe(t, []widgets.ListItem{group("one"), group("two"), group("three"), group("four")})
	at := p.texts()["one"]
	p.list.MouseIn(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(100, at+4)}})
	p.list.SetItems(append(append([]widgets.ListItem{group("one")}, contacts(9)...), group("two"), group("three"), group("four")))
	if y := p.texts()["one"]; y != at {
		t.Errorf("the group went from %v to %v", at, y)
	}
}

func TestOtherRowsBeginAtTheTop(t *testing.T) {
	p, items, _ := pointed(t, 50)
	p.list.BeginAtTop()
	p.list.SetItems(append([]widgets.ListItem{person("new@example.org", "Newcomer", "", widgets.Available)}, items...))
	if y, ok := p.texts()["Newcomer"]; !ok || y > 60 {
		t.Errorf("the new first row is at %v (%v)", y, ok)
	}
}

func TestAnsweredRequestLeavesNoGap(t *testing.T) {
	items := contacts(4)
	request := widgets.ListItem{Key: "r:new", Kind: widgets.RequestRow, Name: "Newcomer", Accept: "Accept", Decline: "Decline"}
	p := newListProbe(t, append([]widgets.ListItem{request}, items...))
	at := p.texts()["Newcomer"]
	p.list.MouseIn(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(100, at+4)}})
	p.list.SetItems(items)
	if y := p.texts()["Contact 0"]; y > 30 {
		t.Errorf("the first row is at %v", y)
	}
}
