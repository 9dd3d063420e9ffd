package storage_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/storage"
)

func dbIn(dir string) string { return filepath.Join(dir, "dovekie.db") }

func TestFolderAndFilesAreForTheUserAlone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	s := reopen(t, dir)
	addAccount(t, s, me)
	l, err := storage.Lock(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Release() }()
	mode := func(path string, want os.FileMode) {
		t.Helper()
		st, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if st.Mode().Perm() != want {
			t.Errorf("%s is %o, want %o", filepath.Base(path), st.Mode().Perm(), want)
		}
	}
	mode(dir, 0o700)
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) < 4 {
		t.Fatal(entries, err)
	}
	for _, e := range entries {
		mode(filepath.Join(dir, e.Name()), 0o600)
	}
	if err := errors.Join(s.Close(), os.Chmod(dir, 0o755), os.Chmod(dbIn(dir), 0o644)); err != nil {
		t.Fatal(err)
	}
	reopen(t, dir)
	mode(dir, 0o700)
	mode(dbIn(dir), 0o600)
}

func TestForeignFolderKeepsItsMode(t *testing.T) {
	dir := t.TempDir()
	if err := errors.Join(os.Chmod(dir, 0o755), os.WriteFile(filepath.Join(dir, "other"), nil, 0o644)); err != nil {
		t.Fatal(err)
	}
	reopen(t, dir)
	if st, err := os.Stat(dir); err != nil || st.Mode().Perm() != 0o755 {
		t.Errorf("%v %v", st.Mode(), err)
	}
}

func TestOddFolderNamesWork(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a b?c=d&e#f%20", "数据")
	addAccount(t, reopen(t, dir), me)
	if _, err := os.Stat(dbIn(dir)); err != nil {
		t.Error(err)
	}
}

func TestCleanEndLeavesOneFile(t *testing.T) {
	dir := t.TempDir()
	s := reopen(t, dir)
	addAccount(t, s, me)
	if _, err := s.Accounts(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.Close(), s.Close()); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("left: %v %v", entries, err)
	}
}

func TestDurabilityIsAsPromised(t *testing.T) {
	s := openStore(t)
	for pragma, want := range map[string]int64{"synchronous": 2, "foreign_keys": 1} {
		if n, err := storage.One(s, `pragma `+pragma); n != want || err != nil {
			t.Errorf("%s = %d, %v", pragma, n, err)
		}
	}
	update(t, s, func(tx storage.Tx) error {
		return storage.Exec(tx, `create temp table seen as select
			(select secure_delete from pragma_secure_delete) d, (select journal_mode from pragma_journal_mode) j,
			(select synchronous from pragma_synchronous) s`)
	})
	update(t, s, func(tx storage.Tx) error {
		return storage.Exec(tx, `insert into accounts select 'ok', 0, 0, '', '', '', '', '', '', 0, 0, 0, 0
			from seen where d = 1 and j = 'wal' and s = 2`)
	})
	if n, err := storage.One(s, `select count(*) from accounts where jid = 'ok'`); n != 1 || err != nil {
		t.Error("the writer lacks secure_delete, WAL or synchronous=FULL", err)
	}
}

// damage overwrites the file from the given part of its length on.
func damage(t *testing.T, path string, part float64) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if len(b) < 40<<10 {
		t.Fatalf("only %d bytes", len(b))
	}
	for i := max(4096, int(part*float64(len(b)))); i < len(b); i++ {
		b[i] ^= 0xa5
	}
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return b
}

// someMessages makes a closed database in dir.
func someMessages(t *testing.T, dir string) {
	t.Helper()
	s := reopen(t, dir)
	addAccount(t, s, me)
	update(t, s, func(tx storage.Tx) error {
		for i := range 50 {
			if _, err := tx.InsertMessage(received(number(i), alice, strings.Repeat("word ", 500)), "", nil, false); err != nil {
				return err
			}
		}
		return nil
	})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestDamagedFileIsPutAside(t *testing.T) {
	for name, spoil := range map[string]func(t *testing.T, dir string) []byte{
		"after an unclean end": func(t *testing.T, dir string) []byte {
			b := damage(t, dbIn(dir), 0)
			if err := os.WriteFile(dbIn(dir)+"-wal", []byte("left"), 0o600); err != nil {
				t.Fatal(err)
			}
			return b
		},
		"found while running": func(t *testing.T, dir string) []byte {
			b := damage(t, dbIn(dir), 0.75)
			s := reopen(t, dir)
			if s.Recovered() != "" {
				t.Fatal("found at the start")
			}
			if _, _, err := s.History(t.Context(), chatWith(alice), "", 100); model.KindOf(err) != model.ErrStorage {
				t.Fatalf("reading: %v", err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			return b
		},
		"no database at all": func(t *testing.T, dir string) []byte {
			b := []byte(strings.Repeat("this is no database ", 500))
			if err := os.WriteFile(dbIn(dir), b, 0o600); err != nil {
				t.Fatal(err)
			}
			return b
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			someMessages(t, dir)
			spoilt := spoil(t, dir)
			s := reopen(t, dir)
			aside, err := os.ReadFile(s.Recovered())
			if err != nil || !bytes.Equal(aside, spoilt) {
				t.Fatalf("put aside as %q: %d bytes, %v", s.Recovered(), len(aside), err)
			}
			if filepath.Dir(s.Recovered()) != dir {
				t.Errorf("it went to %s", s.Recovered())
			}
			addAccount(t, s, me)
			insert(t, s, received("new", alice, "x"))
			same(t, history(t, s, chatWith(alice)), []model.MessageID{"new"})
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			if s = reopen(t, dir); s.Recovered() != "" {
				t.Error("put aside again")
			}
			same(t, history(t, s, chatWith(alice)), []model.MessageID{"new"})
		})
	}
}

func TestSecondDamageDoesNotReplaceTheFirst(t *testing.T) {
	dir := t.TempDir()
	names := map[string]bool{}
	for range 3 {
		if err := os.WriteFile(dbIn(dir), []byte(strings.Repeat("no database ", 500)), 0o600); err != nil {
			t.Fatal(err)
		}
		s := reopen(t, dir)
		names[s.Recovered()] = true
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	for n := range names {
		if _, err := os.Stat(n); err != nil {
			t.Error(err)
		}
	}
	if len(names) != 3 {
		t.Errorf("%v", names)
	}
}

func TestSoundFileAfterAnUncleanEndIsKept(t *testing.T) {
	dir := t.TempDir()
	someMessages(t, dir)
	if err := os.WriteFile(dbIn(dir)+".suspect", []byte("check\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := reopen(t, dir)
	if s.Recovered() != "" || len(history(t, s, chatWith(alice))) != 50 {
		t.Errorf("recovered %q", s.Recovered())
	}
	if _, err := os.Stat(dbIn(dir) + ".suspect"); !os.IsNotExist(err) {
		t.Error("it stays suspect")
	}
}

func TestNewerSchemaIsRefusedAndLeftAlone(t *testing.T) {
	dir := t.TempDir()
	someMessages(t, dir)
	s, err := storage.OpenWith(t.Context(), dir, `create table future (x)`)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(dbIn(dir))
	if err != nil {
		t.Fatal(err)
	}
	_, err = storage.Open(t.Context(), dir)
	var e *model.Error
	if !errors.As(err, &e) || e.Kind != model.ErrStorage || !strings.Contains(e.Message, "newer version of Dovekie") {
		t.Errorf("%v", err)
	}
	after, err := os.ReadFile(dbIn(dir))
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("the file was changed: %v", err)
	}
}
