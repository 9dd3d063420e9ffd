package storage_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/storage"
)

// child starts this test binary in a role; its output can be read line by line.
func child(t *testing.T, role, dir string) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "DOVEKIE_TEST_ROLE="+role, "DOVEKIE_TEST_DIR="+dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	return cmd, bufio.NewScanner(out)
}

// writeForEver inserts and queues messages in batches and prints the number of the last
// one that Update acknowledged.
func writeForEver(dir string) error {
	s, err := storage.Open(context.Background(), dir)
	if err != nil {
		return err
	}
	first, err := storage.One(s, `select count(*) from messages`)
	if err != nil {
		return err
	}
	for i := int(first); ; i += 2 {
		err := s.Update(context.Background(), func(tx storage.Tx) error {
			if err := tx.PutAccount(model.Account{JID: me}); err != nil {
				return err
			}
			if _, err := tx.InsertMessage(received(number(i), alice, "在 word"), "", []byte("<message/>"), false); err != nil {
				return err
			}
			_, err := tx.QueueMessage(written(number(i+1), alice, "word"), number(i+1))
			return err
		})
		if err != nil {
			return err
		}
		fmt.Println(i + 2)
	}
}

func TestKilledProcessKeepsWhatItAcknowledged(t *testing.T) {
	dir := t.TempDir()
	rounds := 6
	if testing.Short() {
		rounds = 2
	}
	for range rounds {
		cmd, lines := child(t, "write", dir)
		acknowledged := 0
		for n := 20 + rand.IntN(100); n > 0 && lines.Scan(); n-- {
			i, err := strconv.Atoi(lines.Text())
			if err != nil {
				t.Fatal(lines.Text())
			}
			acknowledged = i
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		for lines.Scan() { // what it had printed before it died
			if i, err := strconv.Atoi(lines.Text()); err == nil {
				acknowledged = i
			}
		}
		_ = cmd.Wait()
		checkAfterKill(t, dir, acknowledged)
	}
}

func checkAfterKill(t *testing.T, dir string, acknowledged int) {
	t.Helper()
	s := reopen(t, dir)
	if s.Recovered() != "" {
		t.Fatal("the database was damaged")
	}
	count := func(query string) int {
		n, err := storage.One(s, query)
		if err != nil {
			t.Fatal(err)
		}
		return int(n)
	}
	got := count(`select count(*) from messages`)
	// One more batch may have been committed than its process lived to tell.
	if got != acknowledged && got != acknowledged+2 {
		t.Fatalf("%d messages, acknowledged %d", got, acknowledged)
	}
	if n := count(`select count(*) from outbox`); n != got/2 {
		t.Errorf("%d in the outbox of %d", n, got)
	}
	if n := count(`select unread from chats`); n != got/2 {
		t.Errorf("%d unread of %d", n, got)
	}
	if n := count(`select count(*) from message_text where message_text match 'word'`); n != got {
		t.Errorf("%d are found by search of %d", n, got)
	}
	if n := count(`select count(*) from messages where id = printf('%06d', key - 1)`); n != got {
		t.Errorf("%d of %d have their number", n, got)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// lockAndWait takes the lock and keeps it until it is killed.
func lockAndWait(dir string) error {
	if _, err := storage.Lock(dir); err != nil {
		return err
	}
	fmt.Println("locked")
	time.Sleep(time.Minute)
	return errors.New("nobody came to kill it")
}

func TestSecondProcessIsRefusedUntilTheFirstIsGone(t *testing.T) {
	dir := t.TempDir()
	first, lines := child(t, "lock", dir)
	if !lines.Scan() || lines.Text() != "locked" {
		t.Fatal(lines.Text())
	}
	if _, err := storage.Lock(dir); model.KindOf(err) != model.ErrInUse {
		t.Fatalf("here: %v", err)
	}
	second, lines := child(t, "lock", dir)
	if !lines.Scan() || !strings.HasPrefix(lines.Text(), "error: "+string(model.ErrInUse)) {
		t.Fatalf("there: %q", lines.Text())
	}
	var exit *exec.ExitError
	if err := second.Wait(); !errors.As(err, &exit) {
		t.Errorf("the second ended with %v", err)
	}
	if err := first.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = first.Wait()
	l, err := storage.Lock(dir)
	if err != nil {
		t.Fatalf("after the kill: %v", err)
	}
	if _, err := storage.Lock(dir); model.KindOf(err) != model.ErrInUse {
		t.Errorf("twice in one process: %v", err)
	}
	if err := errors.Join(l.Release(), l.Release()); err != nil {
		t.Error(err)
	}
}
