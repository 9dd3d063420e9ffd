package storage_test

import (
	"slices"
	"testing"

	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/storage"
)

var allDeliveries = []model.Delivery{
	model.Queued, model.Sent, model.Acked, model.Delivered, model.Displayed, model.Failed,
}

// reach brings a fresh message of ours to d.
func reach(t *testing.T, s *storage.Store, id string, d model.Delivery) {
	t.Helper()
	queue(t, s, written(id, alice, "x"), "")
	if d != model.Queued {
		setDelivery(t, s, id, d)
	}
	if m, err := s.Message(t.Context(), model.MessageID(id)); err != nil || m.Delivery != d {
		t.Fatalf("reached %q, want %q; %v", m.Delivery, d, err)
	}
}

func TestDeliveryMovesOnlyAsAllowed(t *testing.T) {
	allowed := map[model.Delivery][]model.Delivery{
		model.Queued:    {model.Sent, model.Acked, model.Delivered, model.Displayed, model.Failed},
		model.Sent:      {model.Queued, model.Acked, model.Delivered, model.Displayed, model.Failed},
		model.Acked:     {model.Delivered, model.Displayed, model.Failed},
		model.Delivered: {model.Displayed},
		model.Displayed: {},
		model.Failed:    {model.Queued, model.Delivered, model.Displayed},
	}
	s := openStore(t)
	for _, from := range allDeliveries {
		for _, to := range allDeliveries {
			id := string(from + ">" + to)
			reach(t, s, id, from)
			want, may := from, slices.Contains(allowed[from], to)
			if may {
				want = to
			}
			m, changed := setDelivery(t, s, id, to)
			stored, err := s.Message(t.Context(), m.ID)
			if err != nil || changed != may || m.Delivery != want || stored.Delivery != want {
				t.Errorf("%s: changed %v, told %q, stored %q; %v", id, changed, m.Delivery, stored.Delivery, err)
			}
			waits := slices.Contains(outbox(t, s), m.ID)
			if waits != (want == model.Queued) {
				t.Errorf("%s: in the outbox: %v", id, waits)
			}
		}
	}
}

func TestInDoubtMayChangeAlone(t *testing.T) {
	s := openStore(t)
	reach(t, s, "1", model.Sent)
	for _, c := range []struct{ doubt, changed bool }{{true, true}, {true, false}, {false, true}} {
		update(t, s, func(tx storage.Tx) error {
			m, changed, err := tx.SetDelivery("1", model.Sent, c.doubt, nil)
			if changed != c.changed || m.InDoubt != c.doubt {
				t.Errorf("doubt %v: changed %v, told %v", c.doubt, changed, m.InDoubt)
			}
			return err
		})
	}
}

func TestDeliveryOfWhatIsNotOursChangesNothing(t *testing.T) {
	s := openStore(t)
	insert(t, s, received("1", alice, "x"))
	for _, id := range []string{"1", "none"} {
		if m, changed := setDelivery(t, s, id, model.Displayed); changed || m.Delivery != "" {
			t.Errorf("%s: %+v", id, m)
		}
	}
}

func TestOutboxKeepsTheOrderOfSending(t *testing.T) {
	dir := t.TempDir()
	s := reopen(t, dir)
	addAccount(t, s, me)
	for _, id := range []string{"1", "2", "3", "4"} {
		queue(t, s, written(id, alice, "x"), "key"+id)
	}
	setDelivery(t, s, "1", model.Sent)
	setDelivery(t, s, "2", model.Sent)
	setDelivery(t, s, "1", model.Acked)
	same(t, outbox(t, s), []model.MessageID{"3", "4"})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = reopen(t, dir)
	update(t, s, func(tx storage.Tx) error {
		back, err := tx.RequeueSent(me, false)
		same(t, outgoingIDs(back), []model.MessageID{"2"})
		if back[0].Message.Delivery != model.Queued {
			t.Errorf("told %q", back[0].Message.Delivery)
		}
		return err
	})
	same(t, outbox(t, s), []model.MessageID{"2", "3", "4"})
	out, err := s.Outbox(t.Context(), me)
	if err != nil || out[0].Key != "key2" || out[0].Message.Delivery != model.Queued {
		t.Errorf("%+v %v", out, err)
	}
	// A retry goes to the end: what was written after it is not held up.
	setDelivery(t, s, "2", model.Failed)
	setDelivery(t, s, "2", model.Queued)
	same(t, outbox(t, s), []model.MessageID{"3", "4", "2"})
}

func TestRequeueIsPerAccount(t *testing.T) {
	s := openStore(t)
	addAccount(t, s, bob)
	m := written("1", alice, "x")
	m.Chat.Account = bob
	queue(t, s, m, "")
	setDelivery(t, s, "1", model.Sent)
	update(t, s, func(tx storage.Tx) error {
		back, err := tx.RequeueSent(me, false)
		if len(back) != 0 {
			t.Errorf("took %v", outgoingIDs(back))
		}
		return err
	})
}

func TestSameKeyIsTheMessageOfThen(t *testing.T) {
	s := openStore(t)
	queue(t, s, written("1", alice, "x"), "key")
	setDelivery(t, s, "1", model.Delivered)
	in := queue(t, s, written("2", alice, "x"), "key")
	if !in.Known || in.Message.ID != "1" || in.Message.Delivery != model.Delivered {
		t.Errorf("%+v", in)
	}
	for _, id := range []string{"3", "4"} {
		if in = queue(t, s, written(id, alice, "x"), ""); in.Known {
			t.Error("no key is no key")
		}
	}
	addAccount(t, s, bob)
	m := written("5", alice, "x")
	m.Chat.Account = bob
	if in = queue(t, s, m, "key"); in.Known {
		t.Error("the key of another account")
	}
	same(t, outbox(t, s), []model.MessageID{"3", "4"})
}

func TestQueuedMessageIsKnownByItsID(t *testing.T) {
	s := openStore(t)
	m := written("1", alice, "x")
	m.OriginID = ""
	in := queue(t, s, m, "")
	if in.Message.OriginID != "1" || in.Message.Delivery != model.Queued || in.Chat.Last.ID != "1" || in.Chat.Unread != 0 {
		t.Errorf("%+v", in)
	}
	insert(t, s, received("2", alice, "theirs"))
	update(t, s, func(tx storage.Tx) error {
		for _, c := range []struct {
			chat  model.ChatID
			wire  string
			found bool
		}{{chatWith(alice), "1", true}, {chatWith(bob), "1", false}, {chatWith(alice), "2", false}, {chatWith(alice), "", false}} {
			m, found, err := tx.ByWireID(c.chat, c.wire)
			if err != nil || found != c.found || found && m.ID != "1" {
				t.Errorf("ByWireID(%v, %q) = %v %v %v", c.chat, c.wire, m.ID, found, err)
			}
		}
		return nil
	})
}

func outgoingIDs(all []storage.Outgoing) []model.MessageID {
	var out []model.MessageID
	for _, o := range all {
		out = append(out, o.Message.ID)
	}
	return out
}
