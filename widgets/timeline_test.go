package widgets

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"dovekie/widgets/skin"
)

func newTestTimeline(t testing.TB, actions TimelineActions, items []TimelineItem, h float32) *Timeline {
	t.Helper()
	withTheme(t)
	tl := NewTimeline(actions, TimelineLabels{Retry: "Retry", Again: "Send again", Read: "Read"}, time.Now)
	tl.SetItems(items)
	win := test.NewTempWindow(t, tl)
	win.SetPadded(false)
	win.Resize(fyne.NewSize(800, h))
	return tl
}

func chatOf(from, to int) []TimelineItem {
	var items []TimelineItem
	for i := from; i < to; i++ {
		items = append(items, TimelineItem{
			Key: fmt.Sprint("m", i), Outgoing: i%3 == 0, Time: "09:12",
			Text:   strings.Repeat(fmt.Sprintf("message %d ", i), 1+i%17),
			Avatar: AvatarSpec{Name: "Pip", Address: "pip@example.org"},
		})
	}
	return items
}

// yOf is where the row of the key stands.
func yOf(t testing.TB, tl *Timeline, key string) float32 {
	t.Helper()
	for _, s := range tl.shown {
		if s.row.item.Key == key {
			return s.y
		}
	}
	t.Fatalf("%s is not in sight", key)
	return 0
}

func TestOnlyRowsInSightHaveObjects(t *testing.T) {
	tl := newTestTimeline(t, TimelineActions{}, chatOf(0, 1000), 600)
	for range 40 {
		tl.scroll(333)
	}
	n := 0
	for _, r := range tl.rows {
		if r.box != nil {
			n++
		}
	}
	if n == 0 || n > 20 || n != len(tl.shown) {
		t.Errorf("%d rows have objects, %d are in sight", n, len(tl.shown))
	}
}

func TestOlderMessagesMoveNothingInSight(t *testing.T) {
	tl := newTestTimeline(t, TimelineActions{}, chatOf(500, 600), 600)
	tl.scroll(2000)
	key, _ := tl.VisibleKeys()
	before := yOf(t, tl, key)
	tl.SetItems(chatOf(400, 600))
	if after := yOf(t, tl, key); after != before {
		t.Errorf("the first row in sight moved from %g to %g", before, after)
	}
}

func TestRowThatGrowsAboveTheAnchorMovesNothingBelow(t *testing.T) {
	tl := newTestTimeline(t, TimelineActions{}, chatOf(0, 100), 600)
	tl.scroll(1500)
	first, last := tl.VisibleKeys()
	before := yOf(t, tl, last)
	item, _ := tl.Item(first)
	item.Text = strings.Repeat("much longer than it was before. ", 20)
	tl.UpdateItem(item)
	if after := yOf(t, tl, last); after != before {
		t.Errorf("the last row in sight moved from %g to %g", before, after)
	}
}

func TestNewMessageIsInSightAtTheEnd(t *testing.T) {
	tl := newTestTimeline(t, TimelineActions{}, chatOf(0, 100), 600)
	if !tl.AtBottom() {
		t.Fatal("a chat does not open at its end")
	}
	tl.SetItems(chatOf(0, 101))
	if _, last := tl.VisibleKeys(); last != "m100" || !tl.AtBottom() {
		t.Errorf("last in sight is %s", last)
	}
}

func TestNewMessageDoesNotPullAReaderDown(t *testing.T) {
	tl := newTestTimeline(t, TimelineActions{}, chatOf(0, 100), 600)
	tl.scroll(900)
	_, last := tl.VisibleKeys()
	before := yOf(t, tl, last)
	tl.SetItems(chatOf(0, 104))
	if after := yOf(t, tl, last); after != before || tl.AtBottom() {
		t.Errorf("the reader moved from %g to %g", before, after)
	}
	// m100, m101 and m103 are of others; m102 is ours.
	if tl.anchor.missed != 3 {
		t.Errorf("%d missed, want 3", tl.anchor.missed)
	}
	jump := tl.extras.jump
	test.TapAt(tl, fyne.NewPos(jump.x+10, jump.y+10))
	if !tl.AtBottom() || tl.anchor.missed != 0 {
		t.Error("the button does not lead to the end")
	}
}

func TestRemovedRowsLeaveTheOthersInPlace(t *testing.T) {
	tl := newTestTimeline(t, TimelineActions{}, chatOf(0, 100), 600)
	tl.scroll(1200)
	_, last := tl.VisibleKeys()
	i := tl.byKey[last]
	above := tl.rows[i-1].item.Key
	before := yOf(t, tl, above)
	items := chatOf(0, 100)
	tl.SetItems(append(items[:i:i], items[i+1:]...))
	if after := yOf(t, tl, above); after != before {
		t.Errorf("the row above the removed one moved from %g to %g", before, after)
	}
}

func TestResizeKeepsTheEndAndTheAnchor(t *testing.T) {
	tl := newTestTimeline(t, TimelineActions{}, chatOf(0, 100), 600)
	tl.Resize(fyne.NewSize(500, 400))
	if _, last := tl.VisibleKeys(); last != "m99" || !tl.AtBottom() {
		t.Errorf("after a resize the last in sight is %s", last)
	}
	tl.scroll(1000)
	_, last := tl.VisibleKeys()
	tl.Resize(fyne.NewSize(700, 300))
	if _, now := tl.VisibleKeys(); now != last {
		t.Errorf("the resize went from %s to %s", last, now)
	}
}

func TestShortChatStandsAtTheTop(t *testing.T) {
	tl := newTestTimeline(t, TimelineActions{}, chatOf(0, 2), 600)
	if y := yOf(t, tl, "m0"); y != timelineTop {
		t.Errorf("the first bubble is at %g", y)
	}
	if !tl.AtBottom() {
		t.Error("a chat that fits is not at its end")
	}
	if tl.scroll(100) || tl.scroll(-100) {
		t.Error("a chat that fits scrolls")
	}
}

func TestScrollStopsAtBothEnds(t *testing.T) {
	tl := newTestTimeline(t, TimelineActions{}, chatOf(0, 60), 600)
	tl.TypedKey(&fyne.KeyEvent{Name: fyne.KeyHome})
	if y := yOf(t, tl, "m0"); y != timelineTop {
		t.Errorf("Home: the first row is at %g", y)
	}
	if tl.scroll(100) {
		t.Error("it scrolls above the first row")
	}
	tl.TypedKey(&fyne.KeyEvent{Name: fyne.KeyPageDown})
	if tl.AtBottom() {
		t.Error("one page is the whole chat")
	}
	tl.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEnd})
	if !tl.AtBottom() || tl.scroll(-100) {
		t.Error("End is not the end")
	}
}

func TestUnchangedRowKeepsItsObjects(t *testing.T) {
	tl := newTestTimeline(t, TimelineActions{}, chatOf(0, 50), 600)
	row := tl.rows[48]
	box := row.box
	items := chatOf(0, 50)
	items[49].State = TickDelivered
	changed := tl.rows[49].box
	tl.SetItems(items)
	if tl.rows[48] != row || row.box != box {
		t.Error("a row that did not change was drawn anew")
	}
	if tl.rows[49].box == changed {
		t.Error("the row that changed was not drawn anew")
	}
}

func TestTapsReachRetryLinkAndSuggestion(t *testing.T) {
	var got []string
	tl := newTestTimeline(t, TimelineActions{
		OnRetry:      func(key string) { got = append(got, "retry "+key) },
		OnLink:       func(url string) { got = append(got, "link "+url) },
		OnSuggestion: func(key, text string) { got = append(got, key+" "+text) },
	}, []TimelineItem{
		{Key: "a", Text: "see https://example.org/x", Time: "09:00"},
		{Key: "b", Outgoing: true, Text: "hello", Time: "09:01", State: TickFailed, Error: "no answer"},
		{Key: "c", Text: "try", Time: "09:02", Suggestions: []string{"Say hello", "Cut the network"}},
	}, 600)
	at := func(key string, r rect) fyne.Position {
		return fyne.NewPos(r.x+r.w/2, yOf(t, tl, key)+r.y+r.h/2)
	}
	link := tl.rows[0].shape
	piece := link.text.lines[0].pieces[1]
	test.TapAt(tl, fyne.NewPos(link.textAt.X+piece.x+5, yOf(t, tl, "a")+link.textAt.Y+5))
	test.TapAt(tl, at("b", tl.rows[1].shape.retry))
	test.TapAt(tl, at("c", tl.rows[2].shape.chips[1].rect))
	test.TapAt(tl, fyne.NewPos(link.textAt.X+2, yOf(t, tl, "a")+link.textAt.Y+5))
	want := "link https://example.org/x|retry b|c Cut the network"
	if s := strings.Join(got, "|"); s != want {
		t.Errorf("taps gave %s, want %s", s, want)
	}
}

func mouse(x, y float32) *desktop.MouseEvent {
	return &desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(x, y)}, Button: desktop.MouseButtonPrimary}
}

func TestDragMarksTextAndCtrlCCopiesIt(t *testing.T) {
	copied := ""
	tl := newTestTimeline(t, TimelineActions{OnCopy: func(s string) { copied = s }}, []TimelineItem{
		{Key: "a", Text: "你好 wonderful world", Time: "09:00"},
	}, 600)
	s := tl.rows[0].shape
	y := yOf(t, tl, "a") + s.textAt.Y + 8
	x := s.textAt.X + messageStyle.width("你好") + messageStyle.width(" ")
	tl.MouseDown(mouse(x, y))
	to := x + messageStyle.width("wonderful")
	tl.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(to, y)}, Dragged: fyne.NewDelta(to-x, 0)})
	tl.DragEnd()
	if got := tl.SelectedText(); got != "wonderful" {
		t.Fatalf("marked %q", got)
	}
	tl.TypedShortcut(&fyne.ShortcutCopy{})
	if copied != "wonderful" {
		t.Errorf("copied %q", copied)
	}
	tl.TypedShortcut(&fyne.ShortcutSelectAll{})
	if got := tl.SelectedText(); got != "你好 wonderful world" {
		t.Errorf("all is %q", got)
	}
	tl.MouseDown(mouse(700, y))
	if got := tl.SelectedText(); got != "" {
		t.Errorf("a click elsewhere leaves %q marked", got)
	}
}

func TestDoubleClickMarksAWordAndOpensNoLink(t *testing.T) {
	opened := 0
	tl := newTestTimeline(t, TimelineActions{OnLink: func(string) { opened++ }}, []TimelineItem{
		{Key: "a", Text: "see https://example.org/x", Time: "09:00"},
	}, 600)
	s := tl.rows[0].shape
	x, y := s.textAt.X+s.text.lines[0].pieces[1].x+5, yOf(t, tl, "a")+s.textAt.Y+8
	for range 2 {
		tl.MouseDown(mouse(x, y))
		test.TapAt(tl, fyne.NewPos(x, y))
	}
	if got := tl.SelectedText(); got != "https://example.org/x" || opened != 1 {
		t.Errorf("marked %q, opened %d times", got, opened)
	}
}

func TestClickTakesTheKeyboardAndTypingIsHandedOn(t *testing.T) {
	typed := ""
	tl := newTestTimeline(t, TimelineActions{OnTyped: func(r rune) { typed += string(r) }}, chatOf(0, 3), 600)
	tl.MouseDown(mouse(200, 30))
	c := canvasFor(tl)
	if c.Focused() != fyne.Focusable(tl) || tl.extras.ringed {
		t.Fatal("a click does not bring the keyboard, or with a ring")
	}
	test.Type(tl, "hi")
	if typed != "hi" {
		t.Errorf("handed on %q", typed)
	}
	c.Unfocus()
	c.FocusNext()
	if !tl.extras.ringed {
		t.Error("Tab shows no ring")
	}
}

func TestSelectionGoesWhenTheMessageChanges(t *testing.T) {
	tl := newTestTimeline(t, TimelineActions{}, chatOf(0, 3), 600)
	tl.SelectAll("m2")
	if tl.SelectedText() == "" {
		t.Fatal("nothing is marked")
	}
	items := chatOf(0, 3)
	items[2].Text = "other"
	tl.SetItems(items)
	if got := tl.SelectedText(); got != "" {
		t.Errorf("%q is still marked", got)
	}
}

func TestOlderAreAskedForOnceAndTheLastKeyIsTold(t *testing.T) {
	asked, last := 0, ""
	tl := newTestTimeline(t, TimelineActions{
		OnNeedOlder: func() { asked++ },
		OnVisible:   func(key string) { last = key },
	}, chatOf(500, 600), 600)
	if asked != 0 || last != "m599" {
		t.Fatalf("at the end: asked %d times, last %q", asked, last)
	}
	tl.TypedKey(&fyne.KeyEvent{Name: fyne.KeyHome})
	tl.scroll(-50)
	tl.scroll(50)
	if asked != 1 {
		t.Errorf("asked %d times", asked)
	}
	tl.SetItems(chatOf(450, 600))
	tl.TypedKey(&fyne.KeyEvent{Name: fyne.KeyHome})
	if asked != 2 {
		t.Errorf("asked %d times after older ones came", asked)
	}
}

func TestTypingLineIsBelowTheLastBubbleAndStaysInSight(t *testing.T) {
	tl := newTestTimeline(t, TimelineActions{}, chatOf(0, 100), 600)
	before := tl.shown[len(tl.shown)-1].bottom
	tl.SetTyping("Pip is typing")
	if after := tl.shown[len(tl.shown)-1].bottom; !tl.AtBottom() || after >= before {
		t.Errorf("the last bubble ends at %g, before at %g", after, before)
	}
	tl.SetTyping("")
	if after := tl.shown[len(tl.shown)-1].bottom; after != before {
		t.Errorf("the last bubble ends at %g, before at %g", after, before)
	}
}

func TestPlaceInAChatIsFoundAgain(t *testing.T) {
	tl := newTestTimeline(t, TimelineActions{}, chatOf(0, 200), 600)
	tl.scroll(2500)
	first, _ := tl.VisibleKeys()
	y := yOf(t, tl, first)
	place := tl.Place()
	tl.ShowChat(chatOf(5000, 5050), TimelinePlace{})
	if _, last := tl.VisibleKeys(); last != "m5049" {
		t.Errorf("the other chat ends with %s", last)
	}
	tl.ShowChat(chatOf(0, 200), place)
	if got := yOf(t, tl, first); got != y {
		t.Errorf("the row is at %g, was at %g", got, y)
	}
}

func TestThemeChangeDrawsTheRowsAnew(t *testing.T) {
	tl := newTestTimeline(t, TimelineActions{}, chatOf(0, 20), 600)
	box := tl.rows[19].box
	fyne.CurrentApp().Settings().SetTheme(skin.NewTheme(skin.AlwaysDark, true))
	tl.Refresh()
	if tl.rows[19].box == box || tl.extras.ground.FillColor != skin.Of(skin.ChatGround, true) {
		t.Error("the dark theme did not reach the chat")
	}
}

func TestStampStandsOnTheLastLineOnlyWhereItFits(t *testing.T) {
	withTheme(t)
	labels := &TimelineLabels{Retry: "Retry", Read: "Read"}
	short := shapeBubble(&TimelineItem{Text: "ok", Time: "09:12"}, true, 800, labels)
	if short.bubble.h != skin.PitchBody+2*skin.BubblePadY {
		t.Errorf("a short message is %g high", short.bubble.h)
	}
	full := shapeBubble(&TimelineItem{Text: strings.Repeat("字", 32), Time: "09:12"}, true, 800, labels)
	if full.bubble.h != skin.PitchBody+stampLine+2*skin.BubblePadY {
		t.Errorf("a full line is %g high", full.bubble.h)
	}
	if most := whole(800*skin.BubbleMax) + 1; full.bubble.w > most {
		t.Errorf("the bubble is %g wide, at most %g", full.bubble.w, most)
	}
}

func TestWordReadStandsOnlyWhereItIsAskedFor(t *testing.T) {
	withTheme(t)
	labels := &TimelineLabels{Read: "Read"}
	for _, c := range []struct {
		item TimelineItem
		want string
	}{
		{TimelineItem{State: TickRead, ReadWord: true}, "Read"},
		{TimelineItem{State: TickRead}, ""},
		{TimelineItem{State: TickDelivered, ReadWord: true}, ""},
	} {
		if got := shapeBubble(&c.item, true, 800, labels).stamp.word; got != c.want {
			t.Errorf("%v: %q", c.item.State, got)
		}
	}
}

func BenchmarkTimelineOpen10k(b *testing.B) {
	items := chatOf(0, 10000)
	tl := newTestTimeline(b, TimelineActions{}, items, 800)
	b.ResetTimer()
	for b.Loop() {
		tl.ShowChat(items, TimelinePlace{})
	}
}

func BenchmarkTimelineAppendTo10k(b *testing.B) {
	items := chatOf(0, 10001)
	tl := newTestTimeline(b, TimelineActions{}, items, 800)
	n := 0
	for b.Loop() {
		tl.SetItems(items[:10000+n%2])
		n++
	}
}

func BenchmarkTimelineScroll10k(b *testing.B) {
	tl := newTestTimeline(b, TimelineActions{}, chatOf(0, 10000), 800)
	dy := float32(50)
	for b.Loop() {
		if !tl.scroll(dy) {
			dy = -dy
		}
	}
}

func TestBubblesUseMoreOfANarrowChat(t *testing.T) {
	before := float32(0)
	for width := float32(240); width <= 1000; width += 10 {
		w := bubbleWidth(width)
		if w < before {
			t.Errorf("a wider chat of %g has a narrower bubble: %g after %g", width, w, before)
		}
		if w > width-skin.BubbleInX-skin.BubbleOutX {
			t.Errorf("the bubble of %g leaves the chat of %g", w, width)
		}
		before = w
	}
	if w := bubbleWidth(480); w < 480*0.7 {
		t.Errorf("a narrow chat's bubble is %g wide", w)
	}
	if w := bubbleWidth(800); w != whole(800*skin.BubbleMax) {
		t.Errorf("a usual chat's bubble is %g wide", w)
	}
}
