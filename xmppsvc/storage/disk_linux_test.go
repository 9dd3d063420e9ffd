package storage_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/storage"
)

func init() { children["limit"] = writeUnderLimit }

// fillUp writes until an Update fails and gives the number of those that did not, and
// the error.
func fillUp(s *storage.Store, from int) (int, error) {
	body := strings.Repeat("很长的文字 and long words ", 50)
	for i := from; ; i++ {
		err := s.Update(context.Background(), func(tx storage.Tx) error {
			if _, err := tx.InsertMessage(received(number(i), alice, body+number(i)), "", nil, false); err != nil {
				return err
			}
			_, err := tx.QueueMessage(written("q"+number(i), alice, body), "")
			return err
		})
		if err != nil {
			return i, err
		}
		if i > 1_000_000 {
			return i, errors.New("the disk never gets full")
		}
	}
}

func TestFullDiskLosesNothingAndHeals(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=4m"); err != nil {
		t.Skipf("mounting a small disk takes root: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	ballast := filepath.Join(dir, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 1<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	s := reopen(t, filepath.Join(dir, "data"))
	addAccount(t, s, me)
	stored, err := fillUp(s, 0)
	if model.KindOf(err) != model.ErrDiskFull {
		t.Fatalf("after %d: %v", stored, err)
	}
	whole := func(s *storage.Store, want int) {
		t.Helper()
		n, err := storage.One(s, `select count(*) from messages`)
		if err != nil || int(n) != 2*want {
			t.Errorf("%d messages of %d; %v", n, 2*want, err)
		}
		if n, err = storage.One(s, `select count(*) from outbox`); err != nil || int(n) != want {
			t.Errorf("%d in the outbox of %d; %v", n, want, err)
		}
	}
	whole(s, stored)
	if _, err := s.Message(t.Context(), model.MessageID(number(stored-1))); err != nil {
		t.Errorf("the last one acknowledged: %v", err)
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	insert(t, s, received("after", alice, "there is room again"))
	update(t, s, func(tx storage.Tx) error { return storage.Exec(tx, `delete from messages where id = 'after'`) })
	more, err := fillUp(s, stored)
	if model.KindOf(err) != model.ErrDiskFull || more <= stored {
		t.Fatalf("after %d: %v", more, err)
	}
	whole(s, more)
	if err := s.Close(); err != nil {
		t.Logf("closing on a full disk: %v", err)
	}
	s = reopen(t, filepath.Join(dir, "data"))
	if s.Recovered() != "" {
		t.Error("the database was damaged")
	}
	whole(s, more)
}

// writeUnderLimit fills a database whose file may not grow over 2 MiB.
func writeUnderLimit(dir string) error {
	signal.Ignore(syscall.SIGXFSZ)
	limit := syscall.Rlimit{Cur: 2 << 20, Max: 2 << 20}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		return err
	}
	s, err := storage.Open(context.Background(), dir)
	if err != nil {
		return err
	}
	err = s.Update(context.Background(), func(tx storage.Tx) error { return tx.PutAccount(model.Account{JID: me}) })
	if err != nil {
		return err
	}
	n, err := fillUp(s, 0)
	fmt.Println(n, model.KindOf(err))
	return nil // without Close, as a process that is killed
}

func TestFileThatCannotGrowLosesNothing(t *testing.T) {
	dir := t.TempDir()
	cmd, lines := child(t, "limit", dir)
	if !lines.Scan() {
		t.Fatal("no answer")
	}
	first, kind, _ := strings.Cut(lines.Text(), " ")
	stored, err := strconv.Atoi(first)
	if err != nil || stored == 0 || kind != string(model.ErrStorage) && kind != string(model.ErrDiskFull) {
		t.Fatalf("it said %q", lines.Text())
	}
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	s := reopen(t, dir)
	n, err := storage.One(s, `select count(*) from messages`)
	if err != nil || int(n) != 2*stored || s.Recovered() != "" {
		t.Errorf("%d messages, acknowledged %d; recovered %q, %v", n, 2*stored, s.Recovered(), err)
	}
}

func TestReadOnlyFolderIsAnErrorNotACrash(t *testing.T) {
	dir := t.TempDir()
	target := filepath.Join(dir, "data")
	s := reopen(t, target)
	addAccount(t, s, me)
	insert(t, s, received("1", alice, "x"))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	readOnly(t, target)
	_, err := storage.Open(t.Context(), target)
	if model.KindOf(err) != model.ErrStorage || !strings.Contains(err.Error(), "cannot be written") {
		t.Errorf("Open: %v", err)
	}
	if _, err = storage.Lock(target); model.KindOf(err) != model.ErrStorage {
		t.Errorf("Lock: %v", err)
	}
	if _, err = storage.Open(t.Context(), filepath.Join(target, "new")); model.KindOf(err) != model.ErrStorage {
		t.Errorf("Open of a folder inside: %v", err)
	}
}

// readOnly makes dir read-only until the test ends: root ignores the mode, so it gets a
// read-only mount.
func readOnly(t *testing.T, dir string) {
	t.Helper()
	if os.Getuid() != 0 {
		if err := os.Chmod(filepath.Join(dir, "dovekie.db"), 0o400); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(dir, 0o500); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = os.Chmod(dir, 0o700) })
		return
	}
	err := syscall.Mount(dir, dir, "", syscall.MS_BIND, "")
	if err == nil {
		t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
		err = syscall.Mount("", dir, "", syscall.MS_BIND|syscall.MS_REMOUNT|syscall.MS_RDONLY, "")
	}
	if err != nil {
		t.Skipf("root without the right to mount cannot have a read-only folder: %v", err)
	}
}
