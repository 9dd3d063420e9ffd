package storage_test

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"go.uber.org/goleak"

	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/storage"
)

// children are the roles this test binary plays as a process of its own.
var children = map[string]func(dir string) error{
	"write": writeForEver,
	"lock":  lockAndWait,
}

func TestMain(m *testing.M) {
	if role := os.Getenv("DOVEKIE_TEST_ROLE"); role != "" {
		if err := children[role](os.Getenv("DOVEKIE_TEST_DIR")); err != nil {
			fmt.Println("error:", model.KindOf(err), err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

var (
	me    = jid.MustParse("me@example.org")
	alice = jid.MustParse("alice@example.org")
	bob   = jid.MustParse("bob@example.net")
	room  = jid.MustParse("room@muc.example.org")
	start = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
)

func chatWith(peer jid.JID) model.ChatID { return model.ChatID{Account: me, Peer: peer} }

// openStore opens a fresh store with the account me.
func openStore(t testing.TB) *storage.Store {
	t.Helper()
	s := reopen(t, t.TempDir())
	addAccount(t, s, me)
	return s
}

func reopen(t testing.TB, dir string) *storage.Store {
	t.Helper()
	s, err := storage.Open(context.Background(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func addAccount(t testing.TB, s *storage.Store, account jid.JID) {
	t.Helper()
	update(t, s, func(tx storage.Tx) error { return tx.PutAccount(model.Account{JID: account, LastUsed: start}) })
}

func update(t testing.TB, s *storage.Store, fn func(storage.Tx) error) {
	t.Helper()
	if err := s.Update(context.Background(), fn); err != nil {
		t.Fatal(err)
	}
}

// received is a live text from the peer of the chat.
func received(id string, peer jid.JID, body string) model.Message {
	return model.Message{
		ID: model.MessageID(id), Chat: chatWith(peer), Kind: model.KindText, From: peer, Body: body,
		Time: start, Live: true,
	}
}

// written is a text of ours.
func written(id string, peer jid.JID, body string) model.Message {
	return model.Message{
		ID: model.MessageID(id), Chat: chatWith(peer), Kind: model.KindText, From: me, Body: body,
		Time: start, Outgoing: true, OriginID: id,
	}
}

func insert(t testing.TB, s *storage.Store, m model.Message) (in storage.Inserted) {
	t.Helper()
	update(t, s, func(tx storage.Tx) (err error) {
		in, err = tx.InsertMessage(m, "", nil, false)
		return err
	})
	return in
}

func queue(t testing.TB, s *storage.Store, m model.Message, key string) (in storage.Inserted) {
	t.Helper()
	update(t, s, func(tx storage.Tx) (err error) {
		in, err = tx.QueueMessage(m, key)
		return err
	})
	return in
}

func setDelivery(t testing.TB, s *storage.Store, id string, d model.Delivery) (m model.Message, changed bool) {
	t.Helper()
	update(t, s, func(tx storage.Tx) (err error) {
		m, changed, err = tx.SetDelivery(model.MessageID(id), d, false, nil)
		return err
	})
	return m, changed
}

// history is the ids of the chat, oldest first.
func history(t testing.TB, s *storage.Store, chat model.ChatID) []model.MessageID {
	t.Helper()
	page, _, err := s.History(context.Background(), chat, "", 1000)
	if err != nil {
		t.Fatal(err)
	}
	return ids(page)
}

func outbox(t testing.TB, s *storage.Store) []model.MessageID {
	t.Helper()
	out, err := s.Outbox(context.Background(), me)
	if err != nil {
		t.Fatal(err)
	}
	var list []model.MessageID
	for _, o := range out {
		list = append(list, o.Message.ID)
	}
	return list
}

func ids(page []model.Message) []model.MessageID {
	var list []model.MessageID
	for _, m := range page {
		list = append(list, m.ID)
	}
	return list
}

func number(i int) string { return fmt.Sprintf("%06d", i) }
