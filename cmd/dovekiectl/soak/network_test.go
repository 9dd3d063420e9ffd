//go:build soak

package soak_test

import (
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// echo answers every byte with itself until the test ends.
func echo(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				_, _ = io.Copy(conn, conn)
			}()
		}
	}()
	return l.Addr().String()
}

func network(t *testing.T) (*proxy, string) {
	t.Helper()
	wire := filepath.Join(t.TempDir(), "wire.log")
	return newProxy(t, echo(t), newJournal(t, wire, true)), wire
}

func dial(t *testing.T, p *proxy) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", p.addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return conn
}

func TestCutFallsBehindExactlyThatByte(t *testing.T) {
	const text = "0123456789abcdef"
	for _, up := range []bool{true, false} {
		for after := range len(text) {
			p, _ := network(t)
			p.breakNext(newCut(up, after, time.Minute, (*link).fin))
			conn := dial(t, p)
			if _, err := io.WriteString(conn, text); err != nil && after > 0 {
				t.Fatal(err)
			}
			got, err := io.ReadAll(conn)
			// A cut upwards ends both directions: what came back by then may be less.
			if err != nil || !up && string(got) != text[:after] || !strings.HasPrefix(text[:after], string(got)) {
				t.Errorf("up %v: cut behind byte %d, %q came, %v", up, after, got, err)
			}
		}
	}
}

func TestResetIsSeenAsOne(t *testing.T) {
	p, _ := network(t)
	p.breakNext(newCut(false, 4, time.Minute, (*link).reset))
	conn := dial(t, p)
	if _, err := io.WriteString(conn, "0123456789"); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(conn); string(got) != "0123" || !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("%q came, %v", got, err)
	}
}

func TestHalfOpenSwallowsWithoutAWord(t *testing.T) {
	p, wire := network(t)
	p.breakNext(newCut(true, 4, time.Minute, func(l *link) { l.halfOpen(300*time.Millisecond, time.Second) }))
	conn := dial(t, p)
	if _, err := io.WriteString(conn, "0123"); err != nil {
		t.Fatal(err)
	}
	time.Sleep(50 * time.Millisecond)
	if _, err := io.WriteString(conn, "lost"); err != nil {
		t.Fatal(err)
	}
	if err := conn.SetDeadline(time.Now().Add(100 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(conn); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("%q came, %v", got, err)
	}
	if err := conn.SetDeadline(time.Now().Add(5 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(conn); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("at the end of its time: %v", err)
	}
	p.close()
	all, err := pieces(wire)
	if err != nil {
		t.Fatal(err)
	}
	vanished := ""
	for _, one := range all {
		if one.up && !one.passed {
			vanished += string(one.bytes)
		}
	}
	if vanished != "lost" {
		t.Errorf("the journal has %q as vanished", vanished)
	}
}

func TestShutProxyRefusesUntilOpened(t *testing.T) {
	p, _ := network(t)
	p.shut()
	if conn, err := net.Dial("tcp", p.addr); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("%v, %v", conn, err)
	}
	p.open()
	if _, err := io.WriteString(dial(t, p), "hello"); err != nil {
		t.Error(err)
	}
}

func TestStalledAndSlowBytesComeLate(t *testing.T) {
	p, _ := network(t)
	p.slow(100) // five bytes in 50 ms
	conn := dial(t, p)
	begun := time.Now()
	if _, err := io.WriteString(conn, "twenty slow bytes..."); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(conn, make([]byte, 20)); err != nil {
		t.Fatal(err)
	}
	if d := time.Since(begun); d < 200*time.Millisecond {
		t.Errorf("twenty bytes took %v", d)
	}
	p.slow(0)
	p.breakAt(newCut(true, 0, time.Minute, func(l *link) { l.stall(200*time.Millisecond, (*link).fin) }))
	begun = time.Now()
	if _, err := io.WriteString(conn, "never echoed"); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(conn); err != nil || len(got) != 0 || time.Since(begun) < 200*time.Millisecond {
		t.Errorf("after %v came %q, %v", time.Since(begun), got, err)
	}
}

func TestWireKnowsWhatTheServerAcknowledged(t *testing.T) {
	type step struct {
		link   int
		up     bool
		passed bool
		text   string
	}
	const up, down, passed, vanished = true, false, true, false
	first := []step{
		{1, up, passed, "<enable xmlns='urn:xmpp:sm:3' resume='true'/><presence/>"},
		{1, up, passed, "<message id='1'><body>a 1 x</body></message><mess"},
		{1, up, passed, "age id='2'><body>a 2 x</body></message>"},
	}
	for name, c := range map[string]struct {
		then []step
		two  bool // whether message a 2 was acknowledged
	}{
		"nothing said":             {nil, false},
		"acknowledged short of it": {[]step{{1, down, passed, "<a xmlns='urn:xmpp:sm:3' h='2'/>"}}, false},
		"acknowledged":             {[]step{{1, down, passed, "<a xmlns='urn:xmpp:sm:3' h='3'/>"}}, true},
		"resumed behind it":        {[]step{{2, up, passed, "<resume previd='x' h='1'/>"}, {2, down, passed, "<resumed previd='x' h='3'/>"}}, true},
		"resumed before it":        {[]step{{2, up, passed, "<resume previd='x' h='1'/>"}, {2, down, passed, "<resumed previd='x' h='2'/>"}}, false},
		"refused with its count":   {[]step{{2, up, passed, "<resume previd='x' h='1'/>"}, {2, down, passed, "<failed xmlns='urn:xmpp:sm:3' h='3'><item-not-found/></failed>"}}, true},
		"refused after an attempt that was cut": {[]step{
			{2, up, passed, "<resume previd='x' h='1'/>"}, {3, up, passed, "<resume previd='x' h='1'/>"},
			{3, down, passed, "<failed xmlns='urn:xmpp:sm:3' h='3'><item-not-found/></failed>"},
		}, true},
		"refused, and a new session counts anew": {[]step{
			{2, up, passed, "<resume previd='x' h='1'/>"}, {2, down, passed, "<failed xmlns='urn:xmpp:sm:3'><item-not-found/></failed>"},
			{3, down, passed, "<a xmlns='urn:xmpp:sm:3' h='3'/>"},
		}, false},
		"a new session counts anew":    {[]step{{2, up, passed, "<enable xmlns='urn:xmpp:sm:3'/>"}, {2, down, passed, "<a xmlns='urn:xmpp:sm:3' h='3'/>"}}, false},
		"sent again, and acknowledged": {[]step{{2, down, passed, "<resumed previd='x' h='2'/>"}, {2, up, passed, "<resume previd='x' h='1'/><message id='2'><body>a 2 x</body></message>"}, {2, down, passed, "<a xmlns='urn:xmpp:sm:3' h='3'/>"}}, true},
		"sent again into nothing":      {[]step{{2, down, passed, "<resumed previd='x' h='2'/>"}, {2, up, passed, "<resume previd='x' h='1'/>"}, {2, up, vanished, "<message id='2'><body>a 2 x</body></message>"}}, false},
	} {
		path := filepath.Join(t.TempDir(), "wire.log")
		j := newJournal(t, path, true)
		for _, s := range append(first, c.then...) {
			j.carried(s.link, s.up, s.passed, []byte(s.text))
		}
		if quote, acked := ackOnWire(path, "a 2 "); acked != c.two {
			t.Errorf("%s: %v, %s", name, acked, quote)
		}
	}
}
