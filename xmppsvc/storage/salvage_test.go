package storage_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/storage"
)

// What no server gives back outlives a torn database: accounts, pins, what was not sent.
var carol = jid.MustParse("carol@example.org")

func TestTornFileLosesOnlyWhatTheServerHas(t *testing.T) {
	dir := t.TempDir()
	s := reopen(t, dir)
	account := model.Account{JID: me, Enabled: true, Remember: true, Address: "x:5222", Resource: "desk", LastUsed: start, Privacy: model.Privacy{NoTyping: true}}
	pin := storage.Pin{Domain: "example.org", Fingerprint: "f1", Added: start}
	update(t, s, func(tx storage.Tx) error {
		for _, err := range []error{
			tx.PutAccount(account), tx.PutPin(me, pin), tx.PutOwnPresence(me, model.ShowAway, "在海边", "Me"),
			tx.PutStreamState(storage.StreamState{Account: me, ScramSeen: true, PlusSeen: true, Session: storage.Session{ID: "sm", JID: me}}),
			tx.PutDraft(model.Draft{Chat: chatWith(alice), Text: "half a sen", Time: start}),
			tx.PutCursor(me, model.Cursor{Begun: true, ID: "a9"}),
		} {
			if err != nil {
				return err
			}
		}
		_, err := tx.MarkChat(chatWith(carol), model.ChatMarks{Muted: true}, start)
		return err
	})
	queue(t, s, written("sent", alice, "on its way"), "")
	setDelivery(t, s, "sent", model.Sent)
	queue(t, s, written("queued", bob, "not sent yet"), "key")
	for i := range 200 {
		insert(t, s, received(number(i), alice, strings.Repeat("word ", 300)))
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	damage(t, dbIn(dir), 0.6)
	if err := os.WriteFile(dbIn(dir)+"-wal", []byte("left"), 0o600); err != nil {
		t.Fatal(err)
	}
	s = reopen(t, dir)
	if s.Recovered() == "" {
		t.Fatal("the damage was not found")
	}
	accounts, err := s.Accounts(t.Context())
	if err != nil || !slices.Equal(accounts, []model.Account{account}) {
		t.Errorf("%+v %v", accounts, err)
	}
	pins, err := s.Pins(t.Context(), me)
	if err != nil || !slices.Equal(pins, []storage.Pin{pin}) {
		t.Errorf("%v %v", pins, err)
	}
	if drafts, err := s.Drafts(t.Context(), me); err != nil || !slices.Equal(drafts, []model.Draft{{Chat: chatWith(alice), Text: "half a sen", Time: start}}) {
		t.Errorf("%v %v", drafts, err)
	}
	chats, err := s.Chats(t.Context(), me)
	if i := slices.IndexFunc(chats, func(c model.Chat) bool { return c.ID == chatWith(carol) }); err != nil || i < 0 || !chats[i].Muted {
		t.Errorf("a chat that was muted is not: %+v %v", chats, err)
	}
	st, err := s.StreamState(t.Context(), me)
	if err != nil || !st.ScramSeen || !st.PlusSeen || st.Session != (storage.Session{}) {
		t.Errorf("%+v %v: what protects must stay, the session must not", st, err)
	}
	if show, status, name, err := s.OwnPresence(t.Context(), me); show != model.ShowAway || status != "在海边" || name != "Me" || err != nil {
		t.Error(show, status, name, err)
	}
	if c, err := s.Cursor(t.Context(), me); err != nil || c.Begun {
		t.Errorf("%+v %v: the archive must be read again", c, err)
	}
	out, err := s.Outbox(t.Context(), me)
	if err != nil || len(out) != 2 || out[0].Message.ID != "sent" || out[1].Message.ID != "queued" || out[1].Key != "key" || !out[0].Held || !out[1].Held {
		t.Errorf("%+v %v", out, err)
	}
}

// A file that was torn where its accounts are gives none, and that is all.
func TestWhatCannotBeSalvagedIsNoError(t *testing.T) {
	for _, part := range []float64{0, 0.02, 0.05, 0.1, 0.2, 0.4} {
		dir := t.TempDir()
		someMessages(t, dir)
		damage(t, dbIn(dir), part)
		if err := os.WriteFile(dbIn(dir)+"-wal", []byte("left"), 0o600); err != nil {
			t.Fatal(err)
		}
		s := reopen(t, dir)
		if s.Recovered() == "" {
			t.Fatal("the damage was not found")
		}
		if _, err := s.Accounts(t.Context()); err != nil {
			t.Error(err)
		}
		addAccount(t, s, me)
		insert(t, s, received("new", alice, "x"))
	}
}
