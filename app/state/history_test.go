package state_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"dovekie/app/state"
	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/model"
)

func TestHistoryChangedWhileItIsReadIsReadOnceMore(t *testing.T) {
	s := loaded()
	first, ok := s.AskAgain(chatID(siyuan), "")
	if !ok {
		t.Fatal("not asked")
	}
	for range 3 {
		c := state.Apply(s, event.HistoryChanged{Chat: chatID(siyuan)})
		if _, again := s.AskAgain(c.Reload[0], ""); again {
			t.Fatal("two readings at once")
		}
	}
	if c := s.AddPage(first, []model.Message{message(siyuan, 1)}, true); len(c.Reload) != 1 {
		t.Fatalf("what changed meanwhile is not read: %v", c.Reload)
	}
	second, ok := s.AskAgain(chatID(siyuan), "")
	if !ok {
		t.Fatal("not asked again")
	}
	if c := s.AddPage(second, []model.Message{message(siyuan, 1)}, true); len(c.Reload) != 0 {
		t.Error("it is read for ever")
	}
}

func TestHistoryIsReadAgainWhileAnOlderPageIsAwaited(t *testing.T) {
	s := state.New()
	s.OpenChat(chatID(siyuan))
	older, _ := s.AskPage(chatID(siyuan), false) // waits for the archive
	c := state.Apply(s, event.HistoryChanged{Chat: chatID(siyuan)})
	if len(c.Reload) != 1 {
		t.Fatal("the change is not read")
	}
	again, ok := s.AskAgain(chatID(siyuan), "")
	if !ok {
		t.Fatal("it waits for the older page")
	}
	s.AddPage(again, []model.Message{message(siyuan, 5), message(siyuan, 6)}, false)
	s.AddPage(older, []model.Message{message(siyuan, 4), message(siyuan, 5)}, false)
	if got := len(s.Chats[chatID(siyuan)].Timeline.Messages); got != 3 {
		t.Errorf("%d messages", got)
	}
}

func span(from, to int) (list []model.Message) {
	for i := from; i < to; i++ {
		list = append(list, message(siyuan, i))
	}
	return list
}

func TestOlderPageThatComesDuringAReadingStays(t *testing.T) {
	s := state.New()
	id := chatID(siyuan)
	s.OpenChat(id)
	ask, _ := s.AskPage(id, false)
	s.AddPage(ask, span(20, 30), false)
	again, _ := s.AskAgain(id, "")
	older, _ := s.AskPage(id, false)
	s.AddPage(older, span(10, 20), false)
	c := s.AddPage(again, span(20, 31), false)
	if n := len(s.Chats[id].Timeline.Messages); n != 21 {
		t.Errorf("%d messages: what somebody scrolled to is gone", n)
	}
	if len(c.Reload) != 1 {
		t.Error("the older page is not read again with the rest")
	}
}

func TestOlderPageThatDoesNotJoinIsLeftOut(t *testing.T) {
	s := state.New()
	id := chatID(siyuan)
	s.OpenChat(id)
	ask, _ := s.AskPage(id, false)
	s.AddPage(ask, span(20, 300), false)
	older, _ := s.AskPage(id, false)
	again, _ := s.AskAgain(id, "")
	s.AddPage(again, span(100, 300), false) // gives up what lies far above
	s.AddPage(older, span(10, 20), false)
	if m := s.Chats[id].Timeline.Messages; m[0].ID != "m100" {
		t.Errorf("it begins with %s, a hole behind it", m[0].ID)
	}
	if next, ok := s.AskPage(id, false); !ok || next.Before != "m100" {
		t.Errorf("then asked before %q, %v", next.Before, ok)
	}
}

func TestNewsOlderThanAReadingDoesNotUndoIt(t *testing.T) {
	s := state.New()
	id := chatID(siyuan)
	s.OpenChat(id)
	ask, _ := s.AskPage(id, false)
	s.AddPage(ask, span(20, 30), false)
	older, _ := s.AskPage(id, false)
	state.Apply(s, event.MessageAdded{Message: message(siyuan, 30)})
	again, _ := s.AskAgain(id, "")
	moved := message(siyuan, 30)
	moved.Position = 25 // by the archive, which tells of no single message
	page := append(span(20, 25), moved)
	s.AddPage(again, append(page, span(26, 30)...), false)
	s.AddPage(older, span(10, 20), false)
	if m := s.Chats[id].Timeline.Messages; m[15].ID != "m30" || len(m) != 20 {
		t.Errorf("%v", ids(m))
	}
}

func TestMessageThatMovedAboveAndBackIsThereOnce(t *testing.T) {
	s := state.New()
	id := chatID(siyuan)
	s.OpenChat(id)
	ask, _ := s.AskPage(id, false)
	s.AddPage(ask, span(20, 30), false)
	older, _ := s.AskPage(id, false)
	moved := message(siyuan, 25)
	moved.Position = 15
	state.Apply(s, event.MessageChanged{Message: moved, Why: event.WhyPosition})
	again, _ := s.AskAgain(id, "")
	s.AddPage(again, span(20, 30), false)
	s.AddPage(older, span(10, 20), false)
	if m := s.Chats[id].Timeline.Messages; len(m) != 20 || m[15].ID != "m25" {
		t.Errorf("%v", ids(m))
	}
}

func TestReadingAgainKeepsWhatIsInSight(t *testing.T) {
	s := state.New()
	id := chatID(siyuan)
	s.OpenChat(id)
	ask, _ := s.AskPage(id, false)
	s.AddPage(ask, span(0, 1000), false)
	if a, _ := s.AskAgain(id, ""); a.Down != "m800" || a.Least != 200 {
		t.Errorf("at the end: down to %s, %d", a.Down, a.Least)
	} else {
		s.PageFailed(a, false)
	}
	if a, _ := s.AskAgain(id, "m300"); a.Down != "m300" || a.Least != 700 {
		t.Errorf("in the middle: down to %s, %d", a.Down, a.Least)
	}
}

func TestOwnMessageIsShownWhileTheFirstPageIsAwaited(t *testing.T) {
	s := state.New()
	s.OpenChat(chatID(siyuan))
	ask, _ := s.AskPage(chatID(siyuan), false)
	own := message(siyuan, 7)
	own.Outgoing, own.Delivery = true, model.Queued
	state.Apply(s, event.MessageAdded{Message: own})
	if n := len(s.Chats[chatID(siyuan)].Timeline.Messages); n != 1 {
		t.Fatalf("%d messages while the archive is asked", n)
	}
	s.AddPage(ask, []model.Message{message(siyuan, 2)}, true)
	if got := ids(s.Chats[chatID(siyuan)].Timeline.Messages); len(got) != 2 || got[1] != "m7 queued" {
		t.Errorf("then %v", got)
	}
}

func TestAnswerToAChatThatWasClosedAndOpenedAgainIsForgotten(t *testing.T) {
	s := state.New()
	id := chatID(siyuan)
	s.OpenChat(id)
	ask, _ := s.AskPage(id, false)
	s.AddPage(ask, []model.Message{message(siyuan, 50)}, false)
	late, _ := s.AskPage(id, false)
	s.CloseChat(id)
	s.OpenChat(id)
	now, _ := s.AskPage(id, false)
	s.AddPage(late, []model.Message{message(siyuan, 1)}, true)
	if tl := s.Chats[id].Timeline; len(tl.Messages) != 0 || tl.Past != state.PastUnknown {
		t.Errorf("the late answer was taken: %v", tl.Messages)
	}
	s.AddPage(now, []model.Message{message(siyuan, 50)}, false)
	if n := len(s.Chats[id].Timeline.Messages); n != 1 {
		t.Errorf("%d messages", n)
	}
}

func TestPastIsUnknownAgainOnceTheAccountIsOnline(t *testing.T) {
	s := loaded()
	state.Apply(s, snapshot())
	id := chatID(siyuan)
	tl := func() *state.Timeline { return &s.Chats[id].Timeline }
	if tl().Past != state.PastNone {
		t.Fatalf("past %d", tl().Past)
	}
	c := state.Apply(s, event.ConnectionChanged{Account: me, Connection: model.Connection{State: model.Online}})
	if tl().Past != state.PastUnknown || !c.Timelines[id] {
		t.Fatalf("past %d, touched %v", tl().Past, c.Timelines)
	}
	if tl().Headed {
		t.Error("a chat that was complete gets a line above it")
	}
	ask, ok := s.AskPage(id, false)
	if !ok {
		t.Fatal("not asked")
	}
	s.PageFailed(ask, true)
	if tl().Past != state.PastOffline || !tl().Headed {
		t.Errorf("past %d", tl().Past)
	}
	if _, ok := s.AskPage(id, false); ok {
		t.Error("asked again by itself without a connection")
	}
	state.Apply(s, event.ConnectionChanged{Account: me, Connection: model.Connection{State: model.Online}})
	if _, ok := s.AskPage(id, false); !ok {
		t.Error("not asked once there is a connection")
	}
}

func TestFailedPageIsAskedForOnlyWhenTheUserInsists(t *testing.T) {
	s := state.New()
	id := chatID(siyuan)
	s.OpenChat(id)
	ask, _ := s.AskPage(id, false)
	s.PageFailed(ask, false)
	if _, ok := s.AskPage(id, false); ok {
		t.Error("asked again by itself")
	}
	if _, ok := s.AskPage(id, true); !ok {
		t.Error("not asked although the user insists")
	}
}

func TestGapIsNoMessage(t *testing.T) {
	s := loaded()
	state.Apply(s, event.MessageAdded{Message: message(siyuan, 1)})
	g := message(siyuan, 2)
	g.ID, g.Kind, g.Gap, g.Live = "gap", model.KindGap, model.GapFilling, false
	c := state.Apply(s, event.MessageAdded{Message: g})
	chat := s.Chats[chatID(siyuan)]
	if c.Chats || len(c.Arrived) != 0 || chat.Last.ID != "m1" {
		t.Errorf("change %+v, last %v", c, chat.Last)
	}
	if len(chat.Timeline.Messages) != 2 {
		t.Errorf("%d rows", len(chat.Timeline.Messages))
	}
	state.Apply(s, event.MessageRemoved{Chat: chatID(siyuan), ID: "gap"})
	if len(chat.Timeline.Messages) != 1 {
		t.Error("the gap stayed")
	}
}

func TestGapAtTheEdgeOfAPageComesOnce(t *testing.T) {
	s := state.New()
	id := chatID(siyuan)
	s.OpenChat(id)
	gap := message(siyuan, 10)
	gap.ID, gap.Kind, gap.Gap = "gap", model.KindGap, model.GapOpen
	ask, _ := s.AskPage(id, false)
	s.AddPage(ask, []model.Message{gap, message(siyuan, 11)}, false)
	next, _ := s.AskPage(id, false)
	if next.Before != "m11" {
		t.Fatalf("asked before %q: a gap may go", next.Before)
	}
	s.AddPage(next, []model.Message{message(siyuan, 9), gap}, false)
	if got := ids(s.Chats[id].Timeline.Messages); cmp.Diff([]string{"m9 ", "gap ", "m11 "}, got) != "" {
		t.Error(got)
	}
}

func TestCalledGapGoesBackToTheUserIfNothingComes(t *testing.T) {
	s := state.New()
	id := chatID(siyuan)
	s.OpenChat(id)
	gap := message(siyuan, 10)
	gap.ID, gap.Kind, gap.Gap = "gap", model.KindGap, model.GapOpen
	ask, _ := s.AskPage(id, false)
	s.AddPage(ask, []model.Message{gap, message(siyuan, 11)}, false)
	behind, _, ok := s.CallGap(id, "gap")
	if !ok || behind != "m11" || !s.Chats[id].Timeline.Called["gap"] {
		t.Fatalf("behind %q, %v", behind, ok)
	}
	if _, _, ok := s.CallGap(id, "m11"); ok {
		t.Error("a message is called like a gap")
	}
	s.GapQuiet(id, "gap")
	if s.Chats[id].Timeline.Called["gap"] {
		t.Error("it is fetched for ever")
	}
}

func TestUnreadThatNoMessageToldIsMissed(t *testing.T) {
	s := loaded()
	state.Apply(s, snapshot())
	chat := func(n int) event.ChatChanged {
		return event.ChatChanged{Chat: model.Chat{ID: chatID(alex), Unread: n}}
	}
	batch := []event.Event{
		event.MessageAdded{Message: message(alex, 1)}, chat(1), // came by itself
		chat(4), chat(4), // three from the archive
		event.MessageAdded{Message: message(alex, 5)}, chat(5),
		chat(0), // read
	}
	c := state.ApplyAll(s, batch)
	if len(c.Arrived) != 2 || len(c.Missed) != 1 || c.Missed[0] != chatID(alex) {
		t.Errorf("%d arrived, missed %v", len(c.Arrived), c.Missed)
	}
}
