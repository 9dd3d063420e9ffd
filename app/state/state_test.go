package state_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"dovekie/app/state"
	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
)

var (
	me     = jid.MustParse("lin@example.org")
	siyuan = jid.MustParse("siyuan@example.org")
	alex   = jid.MustParse("alex@example.org")
	start  = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
)

var sameState = cmp.Options{
	cmp.Comparer(func(a, b jid.JID) bool { return a == b }),
	cmpopts.IgnoreUnexported(state.Timeline{}, state.Account{}, state.Chat{}, state.State{}),
	cmpopts.EquateEmpty(),
}

func contact(j jid.JID, name string, online bool, groups ...string) model.Contact {
	c := model.Contact{RosterItem: model.RosterItem{JID: j, Name: name, Groups: groups, Subscription: model.SubscriptionBoth}}
	if online {
		c.Presence = []model.Presence{{Resource: "x", Show: model.ShowAvailable}}
	}
	return c
}

func snapshot() event.Snapshot {
	return event.Snapshot{Accounts: []event.Account{{
		Account:    model.Account{JID: me, Name: "林小满"},
		Connection: model.Connection{State: model.Online},
		Contacts:   []model.Contact{contact(siyuan, "陈思远", true, "同事"), contact(alex, "Alex Müller", false, "同事", "观鸟")},
	}}}
}

func chatID(peer jid.JID) model.ChatID { return model.ChatID{Account: me, Peer: peer} }

func message(peer jid.JID, n int) model.Message {
	return model.Message{ID: model.MessageID(fmt.Sprint("m", n)), Chat: chatID(peer), Kind: model.KindText, From: peer,
		Body: fmt.Sprint("text ", n), Position: int64(n), Time: start.Add(time.Duration(n) * time.Second), Live: true}
}

// randomEvents are a plausible stream: one place for every event that can repeat.
func randomEvents(r *rand.Rand, n int) []event.Event {
	peers := []jid.JID{siyuan, alex, jid.MustParse("stranger@example.net")}
	evs := []event.Event{snapshot()}
	for i := range n {
		p := peers[r.IntN(len(peers))]
		m := message(p, r.IntN(n))
		var ev event.Event
		switch r.IntN(14) {
		case 0:
			ev = event.ContactChanged{Account: me, Contact: contact(p, fmt.Sprint("name", r.IntN(9)), r.IntN(2) == 0, "g")}
		case 1:
			ev = event.ContactRemoved{Account: me, JID: p}
		case 2:
			ev = event.PresenceChanged{Account: me, JID: p, Presence: contact(p, "", r.IntN(2) == 0).Presence}
		case 3:
			ev = event.ChatChanged{Chat: model.Chat{ID: chatID(p), Unread: r.IntN(5), Last: &m, Updated: m.Time}}
		case 4:
			ev = event.TypingChanged{Chat: chatID(p), From: p, State: []model.ChatState{model.ChatComposing, model.ChatPaused}[r.IntN(2)]}
		case 5:
			m.Outgoing, m.Delivery = true, model.Sent
			ev = event.MessageChanged{Message: m, Why: event.WhyDelivery}
		case 6:
			ev = event.MessageRemoved{Chat: m.Chat, ID: m.ID}
		case 7:
			ev = event.SubscriptionRequested{Account: me, Request: model.SubscriptionRequest{JID: p, Message: fmt.Sprint(i)}}
		case 8:
			ev = event.SubscriptionAnswered{Account: me, JID: p}
		case 9:
			ev = event.ConnectionChanged{Account: me, Connection: model.Connection{State: []model.ConnState{model.Online, model.Waiting}[r.IntN(2)]}}
		case 10:
			ev = event.HistoryChanged{Chat: chatID(p)}
		case 11:
			m.ID, m.Position = model.MessageID(fmt.Sprint("g", i)), int64(i)
			m.Kind, m.Gap, m.Body, m.Live = model.KindGap, model.GapFilling, "", false
			ev = event.MessageAdded{Message: m}
		case 12:
			ev = event.SelfChanged{Account: me, Show: model.ShowAway, Status: fmt.Sprint(i)}
		default:
			ev = event.MessageAdded{Message: m}
		}
		evs = append(evs, ev)
	}
	return evs
}

// loaded is a state with a tab open whose first page has come.
func loaded() *state.State {
	s := state.New()
	s.Choose(me)
	s.OpenChat(chatID(siyuan))
	ask, _ := s.AskPage(chatID(siyuan), false)
	s.AddPage(ask, nil, true)
	return s
}

func TestBatchSplitAnywhereGivesTheSameState(t *testing.T) {
	for seed := range uint64(50) {
		r := rand.New(rand.NewPCG(seed, 1))
		evs := randomEvents(r, 120)
		whole, split := loaded(), loaded()
		wholeChange := state.ApplyAll(whole, evs)
		var splitChange state.Change
		for rest := evs; len(rest) > 0; {
			n := 1 + r.IntN(len(rest))
			splitChange.Add(state.ApplyAll(split, rest[:n]))
			rest = rest[n:]
		}
		if d := cmp.Diff(whole, split, sameState); d != "" {
			t.Fatalf("seed %d: state differs:\n%s", seed, d)
		}
		if d := cmp.Diff(wholeChange, splitChange, sameState); d != "" {
			t.Fatalf("seed %d: change differs:\n%s", seed, d)
		}
	}
}

func TestEveryEventTwiceEqualsOnce(t *testing.T) {
	for seed := range uint64(50) {
		evs := randomEvents(rand.New(rand.NewPCG(seed, 2)), 120)
		once, twice := loaded(), loaded()
		var arrivedOnce, arrivedTwice int
		for _, ev := range evs {
			c := state.Apply(once, ev)
			arrivedOnce += len(c.Arrived)
			c = state.Apply(twice, ev)
			arrivedTwice += len(c.Arrived)
			c = state.Apply(twice, ev)
			if ev, ok := ev.(event.MessageAdded); ok && ev.Message.Chat == chatID(siyuan) {
				arrivedTwice += len(c.Arrived)
			}
		}
		if d := cmp.Diff(once, twice, sameState); d != "" {
			t.Fatalf("seed %d: %s", seed, d)
		}
		if arrivedOnce != arrivedTwice {
			t.Errorf("seed %d: %d messages announced, %d when each event came twice", seed, arrivedOnce, arrivedTwice)
		}
	}
}

func TestSnapshotKeepsTabsAndDrafts(t *testing.T) {
	s := loaded()
	state.Apply(s, snapshot())
	s.SetDraft(chatID(siyuan), "half a thought")
	c := state.Apply(s, snapshot())
	if s.Front != chatID(siyuan) || s.Chats[s.Front].Draft != "half a thought" {
		t.Errorf("front %v, draft %q", s.Front, s.Chats[chatID(siyuan)].Draft)
	}
	if len(c.Reload) != 1 || c.Reload[0] != chatID(siyuan) {
		t.Errorf("the loaded chat is not read again: %v", c.Reload)
	}
}

func TestMessageThatComesBeforeItsPageIsInItsPlaceOnce(t *testing.T) {
	s := state.New()
	id := chatID(siyuan)
	s.OpenChat(id)
	ask, ok := s.AskPage(id, false)
	if !ok {
		t.Fatal("no page asked for")
	}
	late := message(siyuan, 9)
	state.Apply(s, event.MessageAdded{Message: late})
	old := message(siyuan, 3)
	changed := old
	changed.Body = "newer than the page"
	state.Apply(s, event.MessageChanged{Message: changed})
	s.AddPage(ask, []model.Message{message(siyuan, 2), old}, true)
	var got []string
	for _, m := range s.Chats[id].Timeline.Messages {
		got = append(got, m.Body)
	}
	if d := cmp.Diff([]string{"text 2", "newer than the page", "text 9"}, got); d != "" {
		t.Error(d)
	}
}

func TestMessageOlderThanTheLoadedPartWaitsForItsPage(t *testing.T) {
	s := state.New()
	id := chatID(siyuan)
	s.OpenChat(id)
	ask, _ := s.AskPage(id, false)
	s.AddPage(ask, []model.Message{message(siyuan, 50), message(siyuan, 51)}, false)
	state.Apply(s, event.MessageAdded{Message: message(siyuan, 7)})
	if n := len(s.Chats[id].Timeline.Messages); n != 2 {
		t.Errorf("%d messages, a hole lies between them", n)
	}
	ask, ok := s.AskPage(id, false)
	if !ok || ask.Before != "m50" {
		t.Errorf("next page before %q, %v", ask.Before, ok)
	}
}

func TestPositionChangeMovesTheMessage(t *testing.T) {
	s := loaded()
	for i := 1; i <= 3; i++ {
		state.Apply(s, event.MessageAdded{Message: message(siyuan, i)})
	}
	moved := message(siyuan, 1)
	moved.Position = 10
	state.Apply(s, event.MessageChanged{Message: moved, Why: event.WhyPosition})
	var got []model.MessageID
	for _, m := range s.Chats[chatID(siyuan)].Timeline.Messages {
		got = append(got, m.ID)
	}
	if d := cmp.Diff([]model.MessageID{"m2", "m3", "m1"}, got); d != "" {
		t.Error(d)
	}
}

func TestGroupsShowOnlineFirstThenBySound(t *testing.T) {
	s := state.New()
	state.Apply(s, event.Snapshot{Accounts: []event.Account{{
		Account: model.Account{JID: me},
		Contacts: []model.Contact{
			contact(jid.MustParse("z@x"), "张三", true, "同事"), contact(jid.MustParse("b@x"), "白鹭", true, "同事"),
			contact(jid.MustParse("e@x"), "Émile", true, "同事"), contact(jid.MustParse("a@x"), "阿布", false, "同事"),
			contact(jid.MustParse("n@x"), "", false),
		},
	}}})
	groups := state.Groups(s.Accounts[me])
	if len(groups) != 2 || groups[0].Name != "" || groups[0].Contacts[0].Label != "n" {
		t.Fatalf("groups %+v", groups)
	}
	var got []string
	for _, c := range groups[1].Contacts {
		got = append(got, c.Label)
	}
	if d := cmp.Diff([]string{"白鹭", "Émile", "张三", "阿布"}, got); d != "" || groups[1].Online != 3 {
		t.Errorf("online %d, order %s", groups[1].Online, d)
	}
}

func TestPreparingBeforehandGivesTheSameState(t *testing.T) {
	var list []model.Contact
	for i := range 200 {
		list = append(list, contact(jid.MustParse(fmt.Sprintf("c%d@x", i)), fmt.Sprintf("联系人 %d", i), i%3 == 0, "g"))
	}
	evs := []event.Event{snapshot(), event.RosterReplaced{Account: me, Contacts: list}}
	plain, prepared := state.New(), state.New()
	state.ApplyAll(plain, evs)
	ready := state.Prepare(evs)
	if len(ready) == 0 {
		t.Fatal("nothing was made ready")
	}
	prepared.Use(ready)
	state.ApplyAll(prepared, evs)
	if d := cmp.Diff(plain, prepared, sameState); d != "" {
		t.Error(d)
	}
}

func TestSearchFindsByNameAddressPinyinAndInitials(t *testing.T) {
	s := state.New()
	state.Apply(s, snapshot())
	a := s.Accounts[me]
	for query, want := range map[string]string{
		"思远": "陈思远", "siyu": "陈思远", "CSY": "陈思远", "chensi": "陈思远", "chen si": "陈思远",
		"muller": "Alex Müller", "am": "Alex Müller", "alex@": "Alex Müller",
	} {
		found := state.Find(a, query, 9)
		if len(found) != 1 || found[0].Label != want {
			t.Errorf("%q found %d contacts, want %s", query, len(found), want)
		}
	}
	if found := state.Find(a, "nobody", 9); len(found) != 0 {
		t.Errorf("found %d", len(found))
	}
}

func TestClosingATabBringsItsNeighbourInFront(t *testing.T) {
	s := loaded()
	s.OpenChat(chatID(alex))
	s.OpenChat(chatID(siyuan))
	s.CloseChat(chatID(siyuan))
	if s.Front != chatID(alex) || len(s.Open) != 1 {
		t.Errorf("front %v of %d", s.Front, len(s.Open))
	}
	s.CloseChat(chatID(alex))
	if s.Front != (model.ChatID{}) || len(s.Open) != 0 {
		t.Errorf("front %v of %d", s.Front, len(s.Open))
	}
}

func TestNewLineStandsBehindWhatWasReadAndGoesWithAnAnswer(t *testing.T) {
	s := loaded()
	state.Apply(s, event.ChatChanged{Chat: model.Chat{ID: chatID(alex), Unread: 2, ReadUpTo: "m1"}})
	s.OpenChat(chatID(alex))
	c := s.Chats[chatID(alex)]
	if !c.HasNew || c.NewAfter != "m1" {
		t.Fatalf("line %v behind %q", c.HasNew, c.NewAfter)
	}
	own := message(alex, 5)
	own.Outgoing = true
	state.Apply(s, event.MessageAdded{Message: own})
	if c.HasNew {
		t.Error("the line stayed after our answer")
	}
}

func TestNewLineGoesWhenTheWindowLosesTheFocusAfterAllWasRead(t *testing.T) {
	s := loaded()
	state.Apply(s, event.ChatChanged{Chat: model.Chat{ID: chatID(alex), Unread: 2, ReadUpTo: "m1"}})
	s.OpenChat(chatID(alex))
	s.LookAway()
	if c := s.Chats[chatID(alex)]; !c.HasNew {
		t.Error("the line went although nothing was read")
	}
	state.Apply(s, event.ChatChanged{Chat: model.Chat{ID: chatID(alex), ReadUpTo: "m3"}})
	s.LookAway()
	state.Apply(s, event.ChatChanged{Chat: model.Chat{ID: chatID(alex), Unread: 1, ReadUpTo: "m3"}})
	s.NewLine()
	if c := s.Chats[chatID(alex)]; !c.HasNew || c.NewAfter != "m3" {
		t.Errorf("line %v behind %q, want it behind m3", c.HasNew, c.NewAfter)
	}
}

func TestLossOfConnectionEndsTyping(t *testing.T) {
	s := loaded()
	state.Apply(s, snapshot())
	state.Apply(s, event.TypingChanged{Chat: chatID(siyuan), From: siyuan, State: model.ChatComposing})
	if !s.Chats[chatID(siyuan)].Typing {
		t.Fatal("not typing")
	}
	state.Apply(s, event.ConnectionChanged{Account: me, Connection: model.Connection{State: model.Waiting}})
	if s.Chats[chatID(siyuan)].Typing {
		t.Error("still typing")
	}
}

func BenchmarkPresenceAmongFiveThousand(b *testing.B) {
	s := state.New()
	var list []model.Contact
	for i := range 5000 {
		list = append(list, contact(jid.MustParse(fmt.Sprintf("c%d@x", i)), fmt.Sprintf("联系人%d", i*7919%5000), i%3 == 0, fmt.Sprint("g", i%10)))
	}
	state.Apply(s, event.Snapshot{Accounts: []event.Account{{Account: model.Account{JID: me}, Contacts: list}}})
	i := 0
	for b.Loop() {
		i++
		state.Apply(s, event.PresenceChanged{Account: me, JID: list[i*7%5000].JID, Presence: []model.Presence{{Show: model.ShowAway}}})
		state.Groups(s.Accounts[me])
	}
}

func TestTabsChangePlaces(t *testing.T) {
	s := state.New()
	var ids []model.ChatID
	for _, peer := range []string{"a@example.org", "b@example.org", "c@example.org"} {
		ids = append(ids, model.ChatID{Account: me, Peer: jid.MustParse(peer)})
		s.OpenChat(ids[len(ids)-1])
	}
	if c := s.MoveTab(ids[0], 2); !c.Tabs || !slices.Equal(s.Open, []model.ChatID{ids[1], ids[2], ids[0]}) {
		t.Errorf("%v", s.Open)
	}
	for _, to := range []int{-1, 2, 3} {
		if c := s.MoveTab(ids[0], to); c.Tabs {
			t.Errorf("moved to %d: %v", to, s.Open)
		}
	}
	if c := s.MoveTab(model.ChatID{Account: me}, 0); c.Tabs || s.Front != ids[2] {
		t.Errorf("front %v", s.Front)
	}
}
