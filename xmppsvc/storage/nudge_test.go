package storage_test

import (
	"slices"
	"testing"
	"time"

	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/storage"
)

func nudge(id string, at time.Time) model.Message {
	m := received(id, alice, "")
	m.Kind, m.Time = model.KindNudge, at
	return m
}

// order is the messages of the chat with alice in their order.
func order(t *testing.T, s *storage.Store) (list []string) {
	t.Helper()
	page, _, err := s.History(t.Context(), chatWith(alice), "", 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range page {
		list = append(list, string(m.ID))
	}
	return list
}

func TestWhatWasMissedAfterANudgeThatWasReadIsUnread(t *testing.T) {
	for _, tt := range []struct {
		name   string
		before int // messages that came by themselves before the nudge
	}{{"behind what has its place", 0}, {"behind what has none yet", 1}} {
		t.Run(tt.name, func(t *testing.T) {
			s := openStore(t)
			place(t, s, model.ArchivePage{Messages: []model.ArchivedMessage{archived(2)}})
			want, page := []string{"copy-2"}, []model.ArchivedMessage{archived(8), archived(10)}
			if tt.before > 0 {
				insert(t, s, archived(4).Message)
				want, page = append(want, "copy-4"), append([]model.ArchivedMessage{archived(4)}, page...)
			}
			insert(t, s, nudge("nudge", start.Add(7*time.Second)))
			update(t, s, func(tx storage.Tx) error {
				_, _, err := tx.MarkDisplayed(chatWith(alice), "nudge")
				return err
			})
			placed := place(t, s, model.ArchivePage{Messages: page})
			if got := order(t, s); !slices.Equal(got, append(want, "nudge", "copy-8", "copy-10")) {
				t.Errorf("the order is %v", got)
			}
			if c := placed.Chats[0]; c.Unread != 2 || c.Last.ID != "copy-10" {
				t.Errorf("%d unread, the last is %s; want 2, the last copy-10", c.Unread, c.Last.ID)
			}
		})
	}
}

func TestWhatWasMissedBeforeANudgeStandsBeforeItAndIsUnread(t *testing.T) {
	s := openStore(t)
	place(t, s, model.ArchivePage{Messages: []model.ArchivedMessage{archived(2)}})
	insert(t, s, nudge("nudge", start.Add(time.Minute))) // came while we were catching up
	update(t, s, func(tx storage.Tx) error {
		_, _, err := tx.MarkDisplayed(chatWith(alice), "nudge")
		return err
	})
	placed := place(t, s, model.ArchivePage{Messages: []model.ArchivedMessage{archived(8), archived(10)}})
	if got := order(t, s); !slices.Equal(got, []string{"copy-2", "copy-8", "copy-10", "nudge"}) {
		t.Errorf("the order is %v", got)
	}
	if placed.Chats[0].Unread != 2 {
		t.Errorf("%d unread, want 2", placed.Chats[0].Unread)
	}
}

func TestOurNudgeStaysBeforeItsAnswer(t *testing.T) {
	s := openStore(t)
	place(t, s, model.ArchivePage{Messages: []model.ArchivedMessage{archived(2)}})
	m := written("nudge", alice, "")
	m.Kind, m.Time = model.KindNudge, start.Add(3*time.Second)
	queue(t, s, m, "")
	setDelivery(t, s, "nudge", model.Acked)
	insert(t, s, archived(4).Message) // the answer
	place(t, s, model.ArchivePage{Messages: []model.ArchivedMessage{archived(4)}})
	if got := order(t, s); !slices.Equal(got, []string{"copy-2", "nudge", "copy-4"}) {
		t.Errorf("the order is %v", got)
	}
}
