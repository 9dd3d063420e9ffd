package xmppsvc_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"dovekie/xmppsvc"
	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/model"
)

// The disk is full in the middle of catching up: the user is told, and when there is room
// all is there, once and in order.
func TestDiskThatFillsWhileCatchingUp(t *testing.T) {
	const missed, peers = 5000, 3
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=64m"); err != nil {
		t.Skipf("mounting a small disk takes root: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	ballast := filepath.Join(dir, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 62<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	l := &library{tb: t, peers: peers}
	l.holds.Store(1)
	svc, err := xmppsvc.Open(t.Context(), xmppsvc.Options{Dir: filepath.Join(dir, "data"), Pipe: l.dial})
	if err != nil {
		t.Fatal(err)
	}
	c := &client{tb: t, svc: svc, jid: l.me(), feed: svc.Subscribe()}
	t.Cleanup(func() { c.close(); l.lines.Wait() })
	request := model.ConnectRequest{JID: l.me(), Password: model.NewSecret("secret"), Security: model.SecurityInProcess}
	if _, err := svc.Connect(t.Context(), request); err != nil {
		t.Fatal(err)
	}
	expect(c, "the first message", func(ev event.ChatChanged) bool { return ev.Chat.Last != nil })
	if err := svc.Disconnect(t.Context(), l.me()); err != nil {
		t.Fatal(err)
	}
	l.holds.Store(missed + 1)
	if _, err := svc.Connect(t.Context(), request); err != nil {
		t.Fatal(err)
	}
	expect(c, "a word about it", func(ev event.NoticeRaised) bool {
		return ev.Kind == event.NoticeStorage && ev.Detail == string(model.ErrDiskFull)
	})
	before := c.stored(peers)
	if before == 0 || before >= missed {
		t.Fatalf("%d messages are stored: the disk did not get full on the way", before)
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	// A slow machine may take its time as long as it gets on. Counting reads all of them.
	stored, end := before, time.Now().Add(patience)
	for stored < missed+1 {
		_ = svc.ConnectNow(t.Context(), l.me())
		time.Sleep(500 * time.Millisecond)
		if n := c.stored(peers); n > stored {
			stored, end = n, time.Now().Add(patience)
		}
		if time.Now().After(end) {
			t.Fatalf("%d of %d messages are stored, %d before there was room", stored, missed+1, before)
		}
	}
	for p := range peers {
		page, _, err := svc.History(t.Context(), model.ChatID{Account: l.me(), Peer: peerOf(p)}, "", missed+1)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, m := range page {
			for l.peer(n) != peerOf(p) {
				n++
			}
			if m.Body != libraryText(n) {
				t.Fatalf("%s: %q stands where %q should", peerOf(p), m.Body, libraryText(n))
			}
			n++
		}
	}
}

// stored is how many messages the chats with the library's peers have.
func (c *client) stored(peers int) int {
	c.tb.Helper()
	n := 0
	for p := range peers {
		page, _, err := c.svc.History(c.tb.Context(), model.ChatID{Account: c.jid, Peer: peerOf(p)}, "", 1<<20)
		if err != nil {
			c.tb.Fatal(err)
		}
		n += len(page)
	}
	return n
}
