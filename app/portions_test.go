package app_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dovekie/app"
	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
)

// longBatch is what a server tells after a while away: a list, who is there, and messages.
func longBatch(seed uint64) []event.Event {
	r := rand.New(rand.NewPCG(seed, 1))
	peer := func() jid.JID { return jidOf(fmt.Sprintf("c%d@example.org", r.IntN(80))) }
	list := make([]model.Contact, 80)
	for i := range list {
		list[i] = contact(jidOf(fmt.Sprintf("c%d@example.org", i)), fmt.Sprint("Contact ", i), "")
		list[i].Groups = []string{fmt.Sprint("g", i%3)}
	}
	evs := []event.Event{event.Snapshot{Accounts: []event.Account{{
		Account: model.Account{JID: me, Enabled: true, Remember: true}, Connection: model.Connection{State: model.Online}, Contacts: list,
	}}}}
	unread := map[jid.JID]int{}
	for i := range 600 {
		j := peer()
		switch r.IntN(10) {
		case 0:
			m := model.Message{ID: model.MessageID(fmt.Sprint("m", i)), Chat: chatWith(j), Kind: model.KindText, From: j,
				Body: fmt.Sprint("message ", i), Time: time.Unix(int64(i), 0), Position: int64(i), Live: true}
			unread[j]++
			evs = append(evs, event.MessageAdded{Message: m},
				event.ChatChanged{Chat: model.Chat{ID: m.Chat, Last: &m, Unread: unread[j], Updated: m.Time}})
		case 1:
			c := contact(j, fmt.Sprint("Renamed ", i), "")
			c.Groups = []string{fmt.Sprint("g", r.IntN(4))}
			evs = append(evs, event.ContactChanged{Account: me, Contact: c})
		case 2:
			if i%4 == 0 {
				evs = append(evs, event.RosterReplaced{Account: me, Contacts: list})
			}
		default:
			evs = append(evs, event.PresenceChanged{Account: me, JID: j, Presence: contact(j, "", []model.Show{"", model.ShowAway, model.ShowAvailable}[r.IntN(3)]).Presence})
		}
	}
	last := contact(jidOf("last@example.org"), "000 last", model.ShowAvailable)
	last.Groups = []string{"g0"}
	return append(evs, event.ContactChanged{Account: me, Contact: last})
}

// shownAfter enters the batch with a clock that takes a step whenever it is asked. It
// returns what the window then shows and told, and in how many calls.
func shownAfter(t *testing.T, evs []event.Event, step time.Duration) (texts map[string]string, told []string, calls int) {
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	b := newBenchAt(t, "en", app.Start{}, func() time.Time {
		now = now.Add(step)
		return now
	})
	b.svc.feed.put(evs...)
	b.until("the end of the batch", func() bool { return b.text("row.c:g0/last@example.org") != "" })
	messages := map[string]bool{}
	for _, ev := range evs {
		if ev, ok := ev.(event.MessageAdded); ok {
			messages[ev.Message.Body] = true
		}
	}
	b.until("the notifications", func() bool { return len(b.notified()) == len(messages) })
	told = b.notified()
	slices.Sort(told) // each is a command of its own
	texts = maps.Clone(b.texts())
	return texts, told, b.app.Probe().CallsOf("events")
}

func TestLongBatchInPortionsEndsAsInOneCall(t *testing.T) {
	for seed := range uint64(4) {
		evs := longBatch(seed)
		var whole, portioned map[string]string
		var toldWhole, told []string
		t.Run("whole", func(t *testing.T) {
			var calls int
			whole, toldWhole, calls = shownAfter(t, evs, 0)
			if calls != 1 {
				t.Errorf("with time to spare it took %d calls", calls)
			}
		})
		t.Run("in portions", func(t *testing.T) {
			var calls int
			portioned, told, calls = shownAfter(t, evs, time.Millisecond)
			if calls < 10 {
				t.Errorf("%d events were entered in %d calls", len(evs), calls)
			}
		})
		if d := cmp.Diff(whole, portioned); d != "" {
			t.Errorf("seed %d, the window shows: %s", seed, d)
		}
		if d := cmp.Diff(toldWhole, told); d != "" {
			t.Errorf("seed %d, the window told: %s", seed, d)
		}
	}
}
