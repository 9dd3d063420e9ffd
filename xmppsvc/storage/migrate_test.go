package storage_test

import (
	"fmt"
	"os"
	"testing"

	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/storage"
)

// Each released schema has a file testdata/v<n>.sql that fills it as that version of the
// program did; the newest program must show it.
func TestEveryOlderSchemaIsBroughtUpToDate(t *testing.T) {
	for version := 1; version <= storage.SchemaVersion; version++ {
		name := "v" + string(rune('0'+version))
		t.Run(name, func(t *testing.T) {
			fill, err := os.ReadFile("testdata/" + name + ".sql")
			if err != nil {
				t.Fatalf("a schema without its test data: %v", err)
			}
			dir := t.TempDir()
			old, err := storage.OpenAt(t.Context(), dir, version)
			if err != nil {
				t.Fatal(err)
			}
			update(t, old, func(tx storage.Tx) error { return storage.Exec(tx, string(fill)) })
			if err := old.Close(); err != nil {
				t.Fatal(err)
			}
			checkOld(t, dir, version)
			_, err = os.Stat(dbIn(dir) + "." + name + ".bak")
			if copied := err == nil; copied != (version < storage.SchemaVersion) {
				t.Errorf("a copy was made: %v", copied)
			}
		})
	}
}

func checkOld(t *testing.T, dir string, schema int) {
	t.Helper()
	s := reopen(t, dir)
	if s.Recovered() != "" {
		t.Fatal("put aside")
	}
	accounts, err := s.Accounts(t.Context())
	if err != nil || len(accounts) != 1 || accounts[0].JID != me || accounts[0].Resource != "dovekie.r4nd" {
		t.Errorf("accounts: %+v %v", accounts, err)
	}
	items, version, err := s.Roster(t.Context(), me)
	if err != nil || version != "ver1" || len(items) != 1 || items[0].JID != alice || items[0].Groups[0] != "朋友" {
		t.Errorf("roster: %+v %q %v", items, version, err)
	}
	same(t, history(t, s, chatWith(alice)), []model.MessageID{"m1", "m2"})
	chats, err := s.Chats(t.Context(), me)
	if err != nil || len(chats) != 1 || chats[0].Unread != 1 || chats[0].Last.ID != "m2" {
		t.Errorf("chats: %+v %v", chats, err)
	}
	if want := (model.ChatMarks{Pinned: schema >= 3}); chats[0].ChatMarks != want {
		t.Errorf("marks: %+v", chats[0].ChatMarks)
	}
	out, err := s.Outbox(t.Context(), me)
	if err != nil || len(out) != 1 || out[0].Message.ID != "m2" || out[0].Key != "key" {
		t.Errorf("outbox: %+v %v", out, err)
	}
	found, err := s.Search(t.Context(), chatWith(alice), "你好", 5)
	if err != nil {
		t.Error(err)
	}
	same(t, ids(found), []model.MessageID{"m1"})
	drafts, err := s.Drafts(t.Context(), me)
	if want := map[bool]int{true: 1}[schema >= 3]; err != nil || len(drafts) != want || want == 1 && drafts[0].Text != "还没写完" {
		t.Errorf("drafts: %+v %v", drafts, err)
	}
	if pins, err := s.Pins(t.Context(), me); err != nil || len(pins) != 1 {
		t.Errorf("pins: %+v %v", pins, err)
	}
}

func TestMigrationKeepsACopyOfTheFileBefore(t *testing.T) {
	dir := t.TempDir()
	someMessages(t, dir)
	s, err := storage.OpenWith(t.Context(), dir, `drop table outbox; delete from messages;`)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	backup := dbIn(dir) + fmt.Sprintf(".v%d.bak", storage.SchemaVersion)
	if st, err := os.Stat(backup); err != nil || st.Mode().Perm() != 0o600 {
		t.Fatal(st, err)
	}
	other := t.TempDir()
	if err := os.Rename(backup, dbIn(other)); err != nil {
		t.Fatal(err)
	}
	old := reopen(t, other)
	if n := len(history(t, old, chatWith(alice))); n != 50 || old.Recovered() != "" {
		t.Errorf("the copy has %d messages", n)
	}
	if found, err := old.Search(t.Context(), chatWith(alice), "word", 100); len(found) != 50 || err != nil {
		t.Errorf("search in the copy finds %d, %v", len(found), err)
	}
}

func TestFailedMigrationChangesNothing(t *testing.T) {
	dir := t.TempDir()
	someMessages(t, dir)
	_, err := storage.OpenWith(t.Context(), dir, `create table half (x); delete from messages; create table half (y);`)
	if model.KindOf(err) != model.ErrStorage {
		t.Fatalf("err = %v", err)
	}
	s := reopen(t, dir)
	if n := len(history(t, s, chatWith(alice))); n != 50 {
		t.Errorf("%d messages are left", n)
	}
	if n, err := storage.One(s, `select count(*) from sqlite_master where name = 'half'`); n != 0 || err != nil {
		t.Errorf("half a table, %v", err)
	}
}
