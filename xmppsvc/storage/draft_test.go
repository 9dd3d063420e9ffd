package storage_test

import (
	"slices"
	"testing"
	"time"

	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/storage"
)

func TestDraftsAreKeptAndGo(t *testing.T) {
	dir := t.TempDir()
	s := reopen(t, dir)
	put := func(d model.Draft) {
		t.Helper()
		update(t, s, func(tx storage.Tx) error { return tx.PutDraft(d) })
	}
	want := func(drafts ...model.Draft) {
		t.Helper()
		if got, err := s.Drafts(t.Context(), me); err != nil || !slices.Equal(got, drafts) {
			t.Errorf("drafts = %+v, %v; want %+v", got, err, drafts)
		}
	}
	update(t, s, func(tx storage.Tx) error { return tx.PutAccount(model.Account{JID: me}) })
	toAlice := model.Draft{Chat: chatWith(alice), Text: "你好 👋\nand", Time: start}
	toBob := model.Draft{Chat: chatWith(bob), Text: "b", Time: start.Add(time.Second)}
	put(toAlice)
	put(toBob)
	want(toBob, toAlice)
	toAlice.Text, toAlice.Time = "你好 👋\nand more", start.Add(time.Minute)
	put(toAlice)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = reopen(t, dir)
	want(toAlice, toBob)
	put(model.Draft{Chat: chatWith(bob)})
	want(toAlice)
	put(model.Draft{Chat: chatWith(bob)}) // there is none
	put(toBob)
	for _, text := range []string{"你好", "", "something else"} { // from another program, or a suggestion
		update(t, s, func(tx storage.Tx) error { return tx.DraftSent(chatWith(alice), text) })
		want(toAlice, toBob)
	}
	update(t, s, func(tx storage.Tx) error { return tx.DraftSent(chatWith(alice), toAlice.Text+" of it") })
	want(toBob)
	put(toAlice)
	update(t, s, func(tx storage.Tx) error { return tx.RemoveChat(chatWith(alice)) })
	want(toBob)
	update(t, s, func(tx storage.Tx) error { return tx.RemoveAccount(me) })
	want()
}
