package widgets

import (
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"dovekie/widgets/skin"
)

func (r *timelineRow) texts() string {
	var all []string
	for _, o := range r.box.Objects {
		if t, ok := o.(*canvas.Text); ok {
			all = append(all, t.Text)
		}
	}
	return strings.Join(all, "|")
}

func TestCentredLineIsClickedAtItsWordsAlone(t *testing.T) {
	var got []string
	tl := newTestTimeline(t, TimelineActions{
		OnAction: func(key string) { got = append(got, key) },
		OnMenu:   func(key string, _ fyne.Position) { got = append(got, "menu "+key) },
	}, []TimelineItem{
		{Key: "older", Kind: TimelineEdge, Text: "Older messages did not come.", Action: "Retry"},
		{Key: "a", Text: "hello", Time: "09:00"},
		{Key: "g", Kind: TimelineGap, Text: "There may be more messages here", Action: "Fetch"},
		{Key: "b", Text: "hello again", Time: "09:02"},
	}, 600)
	for _, i := range []int{0, 2} {
		r := tl.rows[i]
		y := yOf(t, tl, r.item.Key)
		test.TapAt(tl, fyne.NewPos(r.action.x+r.action.w/2, y+r.action.h/2))
		test.TapAt(tl, fyne.NewPos(r.action.x-40, y+r.action.h/2))
		tl.TappedSecondary(&fyne.PointEvent{Position: fyne.NewPos(r.action.x+3, y+r.action.h/2)})
	}
	if s := strings.Join(got, ","); s != "older,g" {
		t.Errorf("clicks gave %q", s)
	}
	if s := tl.rows[2].texts(); s != "There may be more messages here|Fetch" {
		t.Errorf("the gap says %q", s)
	}
}

func TestCentredLineInANarrowChatKeepsItsWordsToClick(t *testing.T) {
	tl := newTestTimeline(t, TimelineActions{}, []TimelineItem{
		{Key: "g", Kind: TimelineGap, Text: strings.Repeat("far too many words ", 9), Action: "Fetch"},
	}, 600)
	tl.Resize(fyne.NewSize(300, 600))
	r := tl.rows[0]
	if r.action.x < newSide || r.action.x+r.action.w > 300-newSide+1 {
		t.Errorf("the words lie at %g, %g wide", r.action.x, r.action.w)
	}
	if s := r.texts(); !strings.HasSuffix(s, "…|Fetch") {
		t.Errorf("it says %q", s)
	}
}

func TestLineAboveAllDoesNotHideThatOlderOnesCame(t *testing.T) {
	asked := 0
	edge := TimelineItem{Key: "older", Kind: TimelineEdge}
	with := func(from, to int) []TimelineItem { return append([]TimelineItem{edge}, chatOf(from, to)...) }
	tl := newTestTimeline(t, TimelineActions{OnNeedOlder: func() { asked++ }}, with(500, 600), 600)
	tl.TypedKey(&fyne.KeyEvent{Name: fyne.KeyHome})
	tl.SetItems(with(450, 600))
	tl.TypedKey(&fyne.KeyEvent{Name: fyne.KeyHome})
	if asked != 2 {
		t.Errorf("asked %d times", asked)
	}
}

func TestWordsOfTheLineAboveAllMoveNothing(t *testing.T) {
	edge := TimelineItem{Key: "older", Kind: TimelineEdge}
	with := func(words string) []TimelineItem {
		edge.Text = words
		return append([]TimelineItem{edge}, chatOf(0, 3)...)
	}
	tl := newTestTimeline(t, TimelineActions{}, with(""), 600)
	before := yOf(t, tl, "m0")
	for _, words := range []string{"Fetching older messages", "No older messages"} {
		tl.SetItems(with(words))
		if y := yOf(t, tl, "m0"); y != before {
			t.Errorf("%q moved the chat from %g to %g", words, before, y)
		}
	}
}

func TestMarkedTextStaysWhenRowsComeAround(t *testing.T) {
	tl := newTestTimeline(t, TimelineActions{}, chatOf(10, 20), 600)
	tl.SelectAll("m15")
	want := tl.SelectedText()
	items := chatOf(10, 20)
	other := TimelineItem{Key: "between", Text: "from the archive", Time: "09:12", Outgoing: true}
	items = append(items[:5:5], append([]TimelineItem{other}, items[5:]...)...)
	tl.SetItems(items)
	if got := tl.SelectedText(); got != want || got == "" {
		t.Errorf("marked %q, was %q", got, want)
	}
	tl.SetItems(chatOf(0, 20))
	if got := tl.SelectedText(); got != want {
		t.Errorf("after older ones came %q is marked", got)
	}
	changed := chatOf(10, 20)
	changed[5].Text = "another text"
	tl.SetItems(changed)
	if got := tl.SelectedText(); got != "" {
		t.Errorf("%q is marked in another text", got)
	}
}

// hover moves the pointer to the middle of a part of the row.
func (t *Timeline) hover(tb testing.TB, key string, part rect) {
	tb.Helper()
	t.MouseMoved(mouse(part.x+part.w/2, yOf(tb, t, key)+part.y+part.h/2))
}

func TestRestingOnAStateTellsItInWords(t *testing.T) {
	var due func()
	stopped := 0
	items := []TimelineItem{
		{Key: "a", Outgoing: true, Text: "hello", Time: "09:00", State: TickSent, Hint: "The server has it"},
		{Key: "b", Outgoing: true, Text: "hello", Time: "09:01", State: TickFailed, Error: "no", Hint: "Nobody has this address."},
	}
	tl := newTestTimeline(t, TimelineActions{After: func(d time.Duration, fn func()) func() {
		if d < 300*time.Millisecond {
			t.Errorf("it comes after %s, wherever the pointer passes", d)
		}
		due = fn
		return func() { stopped++; due = nil }
	}}, items, 600)
	a, b := tl.rows[0].shape, tl.rows[1].shape
	tl.hover(t, "a", rect{a.textAt.X, a.textAt.Y, 10, 10})
	if due != nil {
		t.Fatal("the text of a message has a hint")
	}
	tl.hover(t, "a", a.signs(TickSent)[0])
	if tl.Hint() != "" || due == nil {
		t.Fatalf("at once: %q", tl.Hint())
	}
	due()
	if tl.Hint() != "The server has it" {
		t.Errorf("it says %q", tl.Hint())
	}
	items[0].State, items[0].Hint = TickDelivered, "It has arrived"
	tl.SetItems(items)
	if tl.Hint() != "It has arrived" {
		t.Errorf("after the state changed it says %q", tl.Hint())
	}
	tl.hover(t, "b", b.ring())
	if tl.Hint() != "" || due == nil {
		t.Fatalf("on the way to the next: %q", tl.Hint())
	}
	tl.MouseOut()
	if due != nil || stopped == 0 {
		t.Error("the timer runs on without the pointer")
	}
	if tl.Hint() != "" {
		t.Errorf("left: %q", tl.Hint())
	}
}

// A crowded chat: long and short bubbles of both sides, a failed one, one in doubt, a gap.
func crowd() []TimelineItem {
	long := strings.Repeat("some words that take room ", 6)
	return []TimelineItem{
		{Key: "g", Kind: TimelineGap, Text: "Messages may be missing here", Action: "Load"},
		{Key: "in", Text: long, Time: "09:00", Hint: "Sunday 22 November 2026 09:00:12"},
		{Key: "out", Outgoing: true, Text: long, Time: "09:01", State: TickSent, Hint: "The server has it"},
		{Key: "short", Text: "yes", Time: "09:02", Hint: "Sunday 22 November 2026 09:02:12", Suggestions: []string{"Cut the network", "Fail once"}},
		{Key: "failed", Outgoing: true, Text: "And a spare one.", Time: "09:03", State: TickFailed, Error: "Not delivered: " + strings.Repeat("it breaks a rule ", 3),
			Hint: "It breaks a rule of a server on the way, such as its length or how many may come at once."},
		{Key: "doubt", Outgoing: true, Text: "Meet you.", Time: "09:04", State: TickDoubt, Error: "Not known whether it arrived", Hint: "Not known whether it arrived"},
		{Key: "last", Text: long, Time: "09:05", Hint: "Sunday 22 November 2026 09:05:12"},
	}
}

func TestHintCoversNothingWrittenOrClickable(t *testing.T) {
	items := crowd()
	for _, width := range []float32{560, 815, 1400} {
		tl := newTestTimeline(t, TimelineActions{}, items, 900)
		tl.Resize(fyne.NewSize(width, 900))
		for i := 1; i < len(items); i++ {
			item := tl.rows[i].item
			for _, sign := range tl.rows[i].shape.signs(item.State) {
				tl.MouseOut()
				tl.hover(t, item.Key, sign)
				if tl.Hint() != item.Hint {
					t.Errorf("%g wide, %s: it says %q", width, item.Key, tl.Hint())
				}
				at := tl.hint.at
				if at.x < 0 || at.y < 0 || at.x+at.w > width || at.y+at.h > 900 {
					t.Errorf("%g wide, %s: out of sight at %+v", width, item.Key, at)
				}
				for _, s := range tl.shown {
					for _, o := range s.row.box.Objects {
						if r, rule := o.(*canvas.Rectangle); rule && r.Size().Height <= 1 {
							continue // a line beside words
						}
						p := s.row.box.Position().Add(o.Position())
						if !at.free([]rect{{p.X, p.Y, o.Size().Width, o.Size().Height}}) {
							t.Errorf("%g wide, %s: the hint at %+v covers %T of %s", width, item.Key, at, o, s.row.item.Key)
						}
					}
				}
			}
		}
	}
}

func TestReasonIsReadToItsEndInANarrowChat(t *testing.T) {
	tl := newTestTimeline(t, TimelineActions{}, []TimelineItem{
		{Key: "a", Outgoing: true, Text: "hello", Time: "09:00", State: TickFailed, Error: "Not delivered: their server did not answer"},
	}, 335)
	if s := tl.rows[0].texts(); !strings.Contains(s, "Not delivered: their server did not answer") {
		t.Errorf("it says %q", s)
	}
	r := tl.rows[0].shape
	if r.retry.y+r.retry.h > r.height {
		t.Errorf("the way out ends at %g in a row of %g", r.retry.y+r.retry.h, r.height)
	}
}

func TestEveryStateHasAShapeOfItsOwn(t *testing.T) {
	withTheme(t)
	labels := &TimelineLabels{Retry: "Retry", Again: "Send again", Read: "Read"}
	looks := map[string]TickState{}
	for _, state := range []TickState{TickNone, TickWaiting, TickUnderway, TickSent, TickDelivered, TickRead, TickFailed, TickDoubt} {
		item := TimelineItem{Key: "a", Outgoing: true, Text: "hello", Time: "09:00", State: state, ReadWord: state == TickRead, Error: "why"}
		s := shapeBubble(&item, true, 800, labels)
		look := string(s.stamp.icon()) + "/" + s.stamp.word + "/" + labels.wayOut(state)
		if state == TickFailed || state == TickDoubt {
			if b := s.signs(state)[1]; b.x+b.w > s.bubble.x || b.w == 0 {
				t.Errorf("state %d has no sign beside its bubble", state)
			}
		}
		if other, taken := looks[look]; taken {
			t.Errorf("states %d and %d both look like %q", other, state, look)
		}
		looks[look] = state
		for _, o := range s.paint(nil, &item, true, labels, nil, false) {
			if text, ok := o.(*canvas.Text); ok && text.TextSize < skin.TextStamp {
				t.Errorf("%q is smaller than anything may be", text.Text)
			}
		}
	}
}

func TestMessageInDoubtOffersToSendAgain(t *testing.T) {
	retried := ""
	tl := newTestTimeline(t, TimelineActions{OnRetry: func(key string) { retried = key }}, []TimelineItem{
		{Key: "a", Outgoing: true, Text: "hello", Time: "09:00", State: TickDoubt, Error: "Nobody can tell whether it arrived"},
	}, 600)
	if s := tl.rows[0].texts(); !strings.Contains(s, "Nobody can tell") || !strings.Contains(s, "Send again") {
		t.Errorf("it says %q", s)
	}
	r := tl.rows[0].shape.retry
	test.TapAt(tl, fyne.NewPos(r.x+r.w/2, yOf(t, tl, "a")+r.y+r.h/2))
	if retried != "a" {
		t.Error("the words do nothing")
	}
}
