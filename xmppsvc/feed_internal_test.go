package xmppsvc

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
)

var (
	romeo  = jid.MustParse("romeo@verona.example")
	juliet = jid.MustParse("juliet@capulet.example")
	equal  = cmp.Comparer(func(x, y jid.JID) bool { return x == y })
)

// verona is a hub that knows romeo, whose only contact is juliet.
func verona() *hub {
	h := newHub()
	h.install(event.Account{
		Account:    model.Account{JID: romeo},
		Connection: model.Connection{State: model.Offline},
		Contacts:   []model.Contact{{RosterItem: model.RosterItem{JID: juliet}}},
	})
	return h
}

func added(n int) event.MessageAdded {
	return event.MessageAdded{Message: model.Message{ID: model.MessageID(fmt.Sprint(n))}}
}

func presence(status string) event.PresenceChanged {
	return event.PresenceChanged{Account: romeo, JID: juliet, Presence: []model.Presence{{Resource: "b", Status: status}}}
}

func next(t *testing.T, f *Feed) []event.Event {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	batch, err := f.Next(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return batch
}

func TestFeedBeginsWithASnapshotAndMissesNothingAfterIt(t *testing.T) {
	h := verona()
	const many = 2000
	var writer sync.WaitGroup
	writer.Go(func() {
		for n := range many {
			h.publish(event.SelfChanged{Account: romeo, Status: fmt.Sprint(n)})
		}
	})
	f := h.subscribe()
	writer.Wait()
	var last string
	count := 0
	for last != fmt.Sprint(many-1) {
		for _, ev := range next(t, f) {
			switch ev := ev.(type) {
			case event.Snapshot:
				if count != 0 {
					t.Fatal("the snapshot is not first")
				}
				last = ev.Accounts[0].Status
			case event.SelfChanged:
				want := "0"
				if last != "" {
					var n int
					_, _ = fmt.Sscan(last, &n)
					want = fmt.Sprint(n + 1)
				}
				if ev.Status != want {
					t.Fatalf("%s comes after %q", ev.Status, last)
				}
				last = ev.Status
			}
			count++
		}
	}
}

func TestWaitingPresenceGivesWayToTheNewerOneInItsPlaceInTime(t *testing.T) {
	h := verona()
	f := h.subscribe()
	h.publish(presence("old"), added(1), presence("new"), added(2))
	got := next(t, f)[1:]
	want := []event.Event{added(1), presence("new"), added(2)}
	if d := cmp.Diff(want, got, equal); d != "" {
		t.Errorf("events (-want +got):\n%s", d)
	}
	h.publish(presence("later"))
	if d := cmp.Diff([]event.Event{presence("later")}, next(t, f), equal); d != "" {
		t.Errorf("after what was read (-want +got):\n%s", d)
	}
}

func TestMessagesAreNeverMerged(t *testing.T) {
	h := verona()
	f := h.subscribe()
	for range 3 {
		h.publish(added(1))
	}
	if got := next(t, f); len(got) != 4 {
		t.Errorf("%d events, want the snapshot and three messages", len(got))
	}
}

func TestSlowReaderDelaysOnlyItself(t *testing.T) {
	h := verona()
	slow, quick := h.subscribe(), h.subscribe()
	for n := range 10_000 {
		h.publish(added(n))
	}
	if got := len(next(t, quick)); got != 10_001 {
		t.Errorf("the quick one has %d events", got)
	}
	if got := len(next(t, slow)); got != 10_001 {
		t.Errorf("the slow one has %d events", got)
	}
}

func TestClosedFeedGivesWhatIsLeftAndEnds(t *testing.T) {
	h := verona()
	f := h.subscribe()
	h.publish(added(1))
	f.Close()
	f.Close()
	h.publish(added(2))
	if got := next(t, f); len(got) != 2 {
		t.Errorf("%d events left, want snapshot and message", len(got))
	}
	if _, err := f.Next(t.Context()); model.KindOf(err) != model.ErrCancelled {
		t.Errorf("err = %v, want cancelled", err)
	}
}

// A session that is resumed goes on with the presences there were; nobody tells them again.
func TestPresenceOutlivesALossUntilTheSessionIsOver(t *testing.T) {
	h := verona()
	h.publish(event.ConnectionChanged{Account: romeo, Connection: model.Connection{State: model.Online}}, presence("here"))
	h.publish(event.ConnectionChanged{Account: romeo, Connection: model.Connection{State: model.Waiting}})
	if a, _ := h.account(romeo); len(a.Contacts[0].Presence) != 1 {
		t.Errorf("after the loss: %+v", a.Contacts)
	}
	over := event.RosterReplaced{Account: romeo}
	a, _ := h.account(romeo)
	for _, c := range a.Contacts {
		c.Presence = nil
		over.Contacts = append(over.Contacts, c)
	}
	h.publish(over)
	if a, _ := h.account(romeo); len(a.Contacts[0].Presence) != 0 {
		t.Errorf("after the session: %+v", a.Contacts)
	}
}

func TestSnapshotFoldsWhatWasTold(t *testing.T) {
	h := verona()
	tybalt := jid.MustParse("tybalt@capulet.example")
	chat := model.ChatID{Account: romeo, Peer: juliet}
	queued := model.Message{ID: "1", Chat: chat, Delivery: model.Queued}
	acked := queued
	acked.Delivery = model.Acked
	h.publish(
		event.ContactChanged{Account: romeo, Contact: model.Contact{RosterItem: model.RosterItem{JID: tybalt, Name: "T"}}},
		event.ContactRemoved{Account: romeo, JID: juliet},
		event.SubscriptionRequested{Account: romeo, Request: model.SubscriptionRequest{JID: juliet}},
		event.ChatChanged{Chat: model.Chat{ID: chat, Last: &queued}},
		event.MessageChanged{Message: acked},
		event.SelfChanged{Account: romeo, Show: model.ShowAway, Status: "out", Name: "R"},
		event.ChatChanged{Chat: model.Chat{ID: model.ChatID{Account: romeo, Peer: tybalt}}},
		event.ChatRemoved{Chat: model.ChatID{Account: romeo, Peer: tybalt}},
	)
	got, _ := h.account(romeo)
	want := event.Account{
		Account:    model.Account{JID: romeo, Name: "R"},
		Connection: model.Connection{State: model.Offline},
		Show:       model.ShowAway,
		Status:     "out",
		Contacts:   []model.Contact{{RosterItem: model.RosterItem{JID: tybalt, Name: "T"}}},
		Requests:   []model.SubscriptionRequest{{JID: juliet}},
		Chats:      []model.Chat{{ID: chat, Last: &acked}},
	}
	if d := cmp.Diff(want, got, equal); d != "" {
		t.Errorf("account (-want +got):\n%s", d)
	}
	h.publish(event.AccountRemoved{Account: romeo})
	h.publish(presence("of nobody"))
	if all := h.accounts(); len(all) != 0 {
		t.Errorf("accounts = %+v, want none", all)
	}
}
