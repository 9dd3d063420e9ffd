package storage

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
)

// A full disk in the middle of a transaction makes SQLite roll back by itself. What the
// same transaction writes behind that must not be kept each for itself.
func TestNothingOfATransactionThatSQLiteGaveUpIsKept(t *testing.T) {
	s, err := Open(context.Background(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	me, peer := jid.MustParse("me@example.org"), jid.MustParse("alice@example.org")
	message := func(id, body string) model.Message {
		return model.Message{
			ID: model.MessageID(id), Chat: model.ChatID{Account: me, Peer: peer}, Kind: model.KindText,
			From: peer, Body: body, Time: time.Now(), Live: true,
		}
	}
	update := func(fn func(Tx) error) error { return s.Update(context.Background(), fn) }
	if err := update(func(tx Tx) error { return tx.PutAccount(model.Account{JID: me}) }); err != nil {
		t.Fatal(err)
	}
	var pages int
	err = update(func(t Tx) error {
		_, err := t.(*tx).get("pragma page_count", nil, &pages)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	limit := func(n int) {
		if err := update(func(t Tx) error {
			var got int
			_, err := t.(*tx).get(fmt.Sprintf("pragma max_page_count = %d", n), nil, &got)
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	limit(pages + 40)
	failed, later := 0, 0
	err = update(func(tx Tx) error {
		if _, err := tx.InsertMessage(message("before", "before"), "", nil, false); err != nil {
			t.Fatal(err)
		}
		var first error
		if _, first = tx.InsertMessage(message("big", strings.Repeat("word ", 400_000)), "", nil, false); first != nil {
			failed++
		}
		for n := range 5 {
			if _, err := tx.InsertMessage(message(fmt.Sprint("after", n), "after"), "", nil, false); err == nil {
				later++
			}
		}
		return first
	})
	if failed == 0 || later != 0 || model.KindOf(err) != model.ErrDiskFull {
		t.Errorf("%d failed, %d behind it were accepted: %v", failed, later, err)
	}
	limit(1 << 30)
	page, _, err := s.History(context.Background(), model.ChatID{Account: me, Peer: peer}, "", 100)
	if err != nil || len(page) != 0 {
		t.Errorf("%d messages of a failed transaction are there: %v", len(page), err)
	}
	if err := update(func(tx Tx) error { _, err := tx.InsertMessage(message("again", "again"), "", nil, false); return err }); err != nil {
		t.Errorf("with room again: %v", err)
	}
}
