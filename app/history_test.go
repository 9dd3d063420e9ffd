package app_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"dovekie/widgets"
	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/model"
)

// stored are messages of the chat with nora as the service keeps them, at positions from
// from*1000 on.
func stored(from, to int) (list []model.Message) {
	for i := from; i < to; i++ {
		m := received("h"+itoa(i), int64(i)*1000, "line "+itoa(i)+strings.Repeat(" and more", i%7))
		m.Live, m.Time = false, time.Date(2026, 11, 20, 9, 0, i, 0, time.UTC)
		list = append(list, m)
	}
	return list
}

func gap(id string, position int64, state model.GapState) model.Message {
	m := received(id, position, "")
	m.Kind, m.Gap, m.Live = model.KindGap, state, false
	return m
}

func (b *bench) timeline() *widgets.Timeline {
	b.t.Helper()
	tl, ok := b.app.Facts()["chat.messages"].Object.(*widgets.Timeline)
	if !ok {
		b.t.Fatalf("no chat is shown: %v", b.texts())
	}
	return tl
}

// scrollUp moves the messages down by that many notches of the wheel.
func (b *bench) scrollUp(by int) {
	for range by {
		b.timeline().Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, 9)})
	}
	b.drain()
}

func (b *bench) offline() {
	b.svc.feed.put(event.ConnectionChanged{Account: me, Connection: model.Connection{State: model.Waiting, Cause: model.ErrUnreachable, RetryAt: time.Now().Add(time.Minute)}})
	b.until("offline", func() bool { return b.text("chat.strip") != "" })
}

func (b *bench) online() {
	b.svc.feed.put(event.ConnectionChanged{Account: me, Connection: model.Connection{State: model.Online}})
	b.until("online", func() bool { return b.text("chat.strip") == "" })
}

// action clicks the words of a centred line.
func (b *bench) action(key string) {
	b.t.Helper()
	b.until("something to click at "+key, func() bool { return b.app.Facts()[key].Rect != nil })
	b.tapRow(key)
}

func TestGapSaysWhatBecomesOfItAndGoes(t *testing.T) {
	for lang, want := range map[string][4]string{
		"en": {"Loading messages…", "Messages may be missing here", "Messages may be missing here; they are loaded when you are online", "Messages may be missing here; the server no longer has them"},
		"zh": {"正在加载消息…", "这里可能缺少消息", "这里可能缺少消息，联网后补齐", "这里可能缺少消息，服务器已不再保存"},
	} {
		t.Run(lang, func(t *testing.T) {
			b := signedIn(t, lang)
			b.svc.setPage(append(stored(0, 3), gap("lost", 2500, model.GapLost), gap("open", 2600, model.GapOpen)))
			b.open(nora)
			b.until("the gap that is lost", func() bool { return b.text("gap.lost") == want[3] })
			b.until("the open gap", func() bool { return b.text("gap.open") == want[1] })
			m := received("live", 9000, "just now")
			b.svc.feed.put(event.MessageAdded{Message: gap("filling", 8000, model.GapFilling)}, event.MessageAdded{Message: m})
			b.until("the gap before what came", func() bool { return b.text("gap.filling") == want[0] && b.text("message.live") != "" })
			b.offline()
			if b.text("gap.filling") != want[2] || b.text("gap.open") != want[2] || b.text("gap.lost") != want[3] {
				t.Errorf("offline: %v", b.texts())
			}
			b.online()
			b.svc.feed.put(event.MessageRemoved{Chat: chatWith(nora), ID: "filling"})
			b.until("the gap to go", func() bool { return b.text("gap.filling") == "" && b.text("message.live") != "" })
		})
	}
}

func TestClickOnAGapFetchesIt(t *testing.T) {
	b := signedIn(t, "en")
	b.svc.setPage(append(append(stored(0, 3), gap("g", 2500, model.GapOpen)), stored(3, 6)...))
	b.open(nora)
	b.action("gap.g")
	b.command(`history nora@example.org before "h3"`)
	b.until("the words", func() bool { return b.text("gap.g") == "Loading messages…" })
	if b.app.Facts()["gap.g"].Rect != nil {
		t.Error("it can be clicked again")
	}
}

// TestReadingAgainMovesNothing lets the archive fill the past and the end of a chat whose
// middle is being read, with text marked and half a message typed.
func TestReadingAgainMovesNothing(t *testing.T) {
	b := signedIn(t, "en")
	b.svc.setPage(stored(0, 150))
	b.open(nora)
	b.until("the newest page", func() bool { return b.text("message.h149") != "" })
	b.typeText("half a thought")
	b.scrollUp(300)
	tl := b.timeline()
	b.until("more of the past", func() bool { _, ok := tl.Item("h80"); return ok })
	first, last := tl.VisibleKeys()
	if tl.AtBottom() || first == "" {
		t.Fatalf("at the end: %s to %s", first, last)
	}
	tl.SelectAll(last)
	marked := tl.SelectedText()
	before, _ := tl.BubblePlace(last)

	older, newer := stored(0, 150), stored(1000, 1040)
	list := append(append(append(older[:60:60], archived(60, 500, 40)...), older[60:145]...), archived(145, 700, 40)...)
	list = append(list, older[145:]...)
	b.svc.setPage(append(list, newer...))
	b.svc.feed.put(event.HistoryChanged{Chat: chatWith(nora)},
		event.ChatChanged{Chat: model.Chat{ID: chatWith(nora), Last: &newer[39], Unread: 80, Updated: newer[39].Time}})
	b.until("the new end", func() bool { _, ok := tl.Item("h1039"); return ok })
	if after, size := tl.BubblePlace(last); after != before || size.Width == 0 {
		t.Errorf("what was read moved from %v to %v", before, after)
	}
	if tl.SelectedText() != marked || marked == "" {
		t.Errorf("marked %q, was %q", tl.SelectedText(), marked)
	}
	if got := b.text("composer"); got != "half a thought" {
		t.Errorf("typed %q", got)
	}
	if title := b.text("title"); title != "(80) Dovekie" {
		t.Errorf("title %q", title)
	}
	time.Sleep(200 * time.Millisecond) // as long as it takes to count as seen
	b.drain()
	if b.svc.called("displayed nora@example.org h1039") {
		t.Error("read to the end although the end was not in sight")
	}
}

// archived are messages between two neighbours.
func archived(behind int, id, n int) (list []model.Message) {
	for i := range n {
		m := stored(id+i, id+i+1)[0]
		m.Position = int64(behind-1)*1000 + int64(i) + 1
		list = append(list, m)
	}
	return list
}

func TestReadingAgainAtTheEndStaysAtTheEnd(t *testing.T) {
	b := signedIn(t, "en")
	b.svc.setPage(stored(0, 30))
	b.open(nora)
	b.until("the newest page", func() bool { return b.text("message.h29") != "" })
	list := stored(0, 330)
	b.svc.setPage(list)
	b.svc.feed.put(event.HistoryChanged{Chat: chatWith(nora)},
		event.ChatChanged{Chat: model.Chat{ID: chatWith(nora), Last: &list[329], Unread: 300, Updated: list[329].Time}})
	b.until("the new end", func() bool { return b.text("message.h329") != "" })
	if !b.timeline().AtBottom() {
		t.Error("it is not at the end")
	}
	b.command("displayed nora@example.org h329")
	if title := b.text("title"); title != "Dovekie" {
		t.Errorf("title %q", title)
	}
}

func TestSlowArchiveIsSaidAndHidesNothing(t *testing.T) {
	b := signedIn(t, "en")
	answer := make(chan struct{})
	b.svc.archive = func(context.Context, model.MessageID) ([]model.Message, bool, error) {
		<-answer
		return stored(0, 40), true, nil
	}
	b.open(nora)
	b.until("the word", func() bool { return b.text("older") == "Loading older messages…" })
	own := received("own", 90_000, "hello")
	own.Outgoing, own.Delivery = true, model.Queued
	b.svc.feed.put(event.MessageAdded{Message: own})
	b.until("our message", func() bool { return b.text("message.own") == "out queued: hello" })
	close(answer)
	b.until("the past", func() bool { _, ok := b.timeline().Item("h0"); return ok && b.text("older") == "No older messages" })
	if b.text("message.own") == "" || !b.timeline().AtBottom() {
		t.Error("our message went out of sight")
	}
}

func TestOlderMessagesWaitForTheConnection(t *testing.T) {
	b := signedIn(t, "zh")
	b.svc.archive = func(context.Context, model.MessageID) ([]model.Message, bool, error) {
		return nil, false, model.Errorf(model.ErrNotOnline, "offline")
	}
	b.svc.setPage(stored(10, 13))
	b.open(nora)
	b.until("the words", func() bool { return b.text("older") == "联网后可以看到更早的消息" })
	if b.text("toast") != "" {
		t.Errorf("and aloud: %q", b.text("toast"))
	}
	place, _ := b.timeline().BubblePlace("h10")
	b.svc.mu.Lock()
	b.svc.archive = func(context.Context, model.MessageID) ([]model.Message, bool, error) { return nil, true, nil }
	b.svc.mu.Unlock()
	b.offline()
	b.online()
	b.until("no older ones", func() bool { return b.text("older") == "没有更早的消息了" })
	if now, _ := b.timeline().BubblePlace("h10"); now != place {
		t.Errorf("the chat jumped from %v to %v", place, now)
	}
}

func TestOlderMessagesThatDidNotComeAreAskedForByAClick(t *testing.T) {
	b := signedIn(t, "en")
	b.svc.archive = func(context.Context, model.MessageID) ([]model.Message, bool, error) {
		return nil, false, model.Errorf(model.ErrTimeout, "no answer")
	}
	b.svc.setPage(stored(10, 13))
	b.open(nora)
	b.until("the words", func() bool { return b.text("older") == "Older messages could not be loaded." })
	asked := len(b.svc.all())
	b.app.NextTab(1)
	b.drain()
	b.svc.mu.Lock()
	b.svc.archive = func(context.Context, model.MessageID) ([]model.Message, bool, error) { return stored(0, 10), true, nil }
	b.svc.mu.Unlock()
	if n := len(b.svc.all()); n != asked {
		t.Errorf("asked again by itself: %q", b.svc.all()[asked:])
	}
	b.action("older")
	b.until("the older ones", func() bool { _, ok := b.timeline().Item("h0"); return ok })
}

func TestChatThatIsCompleteHasNoLineAboveIt(t *testing.T) {
	b := signedIn(t, "en")
	b.svc.setPage(stored(0, 3))
	b.open(nora)
	b.until("the messages", func() bool { return b.text("message.h2") != "" })
	place, _ := b.timeline().BubblePlace("h0")
	b.offline()
	b.online()
	b.until("asked again", func() bool { return b.svc.called(`history nora@example.org before "h0"`) })
	b.drain()
	if _, ok := b.app.Facts()["older"]; ok {
		t.Error("a line says something of older ones")
	}
	if now, _ := b.timeline().BubblePlace("h0"); now != place {
		t.Errorf("the chat jumped from %v to %v", place, now)
	}
}

// TestLossAndReturnKeepPlaceDraftAndUnread goes through a loss, a resumption and a
// catch-up as the service tells them.
func TestLossAndReturnKeepPlaceDraftAndUnread(t *testing.T) {
	b := signedIn(t, "en")
	b.svc.setPage(stored(0, 100))
	b.open(nora)
	b.until("the newest page", func() bool { return b.text("message.h99") != "" })
	b.arrive(model.Message{ID: "t1", Chat: chatWith(tom), Kind: model.KindText, From: tom, Body: "hi", Time: time.Now(), Position: 1, Live: true}, 1)
	b.until("one unread", func() bool { return b.text("title") == "(1) Dovekie" })
	b.typeText("half")
	b.scrollUp(30)
	_, last := b.timeline().VisibleKeys()
	place, _ := b.timeline().BubblePlace(last)
	first := place
	same := func(when string) {
		t.Helper()
		if now, _ := b.timeline().BubblePlace(last); now != place {
			t.Errorf("%s: moved from %v to %v", when, place, now)
		}
		if b.text("composer") != "half" {
			t.Errorf("%s: typed %q", when, b.text("composer"))
		}
		if title := b.text("title"); title != "(1) Dovekie" {
			t.Errorf("%s: title %q", when, title)
		}
	}
	height := b.timeline().Size().Height
	b.offline()
	// The strip above the composer takes some of the chat's height: the end of what is in sight stays.
	place = place.AddXY(0, b.timeline().Size().Height-height)
	same("lost")
	b.online()
	place = first
	same("resumed")
	for range 3 { // pages that bring nothing to this chat but its order
		b.svc.feed.put(event.HistoryChanged{Chat: chatWith(nora)})
	}
	b.until("read again", func() bool {
		return strings.Count(strings.Join(b.svc.all(), "\n"), `history nora@example.org before ""`) > 1
	})
	b.drain()
	same("caught up")
}
