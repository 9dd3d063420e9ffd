package xmpptest_test

import (
	"bufio"
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"time"

	"dovekie/xmppsvc/xmpptest"
)

// echoServer sends every line back until the test ends.
func echoServer(t *testing.T) string {
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

type line struct {
	t    *testing.T
	conn net.Conn
	in   *bufio.Reader
}

func connect(t *testing.T, addr string) *line {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return &line{t, conn, bufio.NewReader(conn)}
}

func (l *line) say(text string) {
	l.t.Helper()
	if _, err := io.WriteString(l.conn, text); err != nil {
		l.t.Fatal(err)
	}
}

func (l *line) hear(limit time.Duration) (string, error) {
	l.t.Helper()
	if err := l.conn.SetReadDeadline(time.Now().Add(limit)); err != nil {
		l.t.Fatal(err)
	}
	return l.in.ReadString('\n')
}

func TestProxyDelaysAndCountsRoundTrips(t *testing.T) {
	const oneWay = 40 * time.Millisecond
	p := xmpptest.DelayProxy(t, echoServer(t), oneWay)
	l := connect(t, p.Addr())
	start := time.Now()
	for n := range 3 {
		// Two writes in one flight are one trip.
		l.say("a")
		time.Sleep(2 * time.Millisecond)
		l.say("b\n")
		if _, err := l.hear(5 * time.Second); err != nil {
			t.Fatal(err)
		}
		if got := p.RoundTrips(); got != n+1 {
			t.Errorf("flight %d was written after %d round trips", n, got)
		}
	}
	if took := time.Since(start); took < 6*oneWay {
		t.Errorf("three answers took %v", took)
	}
	if up, down := p.Bytes(); up != 9 || down != 9 {
		t.Errorf("%d bytes up, %d down", up, down)
	}
}

func TestProxyCutResetsAndAcceptsAgain(t *testing.T) {
	p := xmpptest.DelayProxy(t, echoServer(t), 0)
	l := connect(t, p.Addr())
	l.say("hello\n")
	if _, err := l.hear(5 * time.Second); err != nil {
		t.Fatal(err)
	}
	p.CutAll()
	if _, err := l.hear(5 * time.Second); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("after the cut: %v", err)
	}
	if p.Open() != 0 {
		t.Errorf("%d connections open", p.Open())
	}
	again := connect(t, p.Addr())
	again.say("again\n")
	if got, err := again.hear(5 * time.Second); err != nil || got != "again\n" {
		t.Errorf("second connection: %q, %v", got, err)
	}
	if p.Connections() != 2 {
		t.Errorf("%d connections counted", p.Connections())
	}
	p.Refuse(true)
	// The reset may come before the dial has returned, or after.
	refused, err := net.Dial("tcp", p.Addr())
	if err != nil {
		return
	}
	defer refused.Close()
	if err := refused.SetDeadline(time.Now().Add(5 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := refused.Read(make([]byte, 1)); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("refused connection: %v", err)
	}
}

func TestStalledProxyPassesNothingUntilResumed(t *testing.T) {
	p := xmpptest.DelayProxy(t, echoServer(t), 0)
	l := connect(t, p.Addr())
	p.Stall()
	l.say("hello\n")
	if got, err := l.hear(150 * time.Millisecond); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("stalled: %q, %v", got, err)
	}
	if p.Open() != 1 {
		t.Error("the connection is gone")
	}
	p.Resume()
	if got, err := l.hear(5 * time.Second); err != nil || got != "hello\n" {
		t.Errorf("resumed: %q, %v", got, err)
	}
}

func TestLostConnectionIsSilent(t *testing.T) {
	p := xmpptest.DelayProxy(t, echoServer(t), 0)
	l := connect(t, p.Addr())
	l.say("here\n")
	if _, err := l.hear(5 * time.Second); err != nil {
		t.Fatal(err)
	}
	p.LoseAll()
	time.Sleep(50 * time.Millisecond)
	l.say("anybody?\n")
	if got, err := l.hear(300 * time.Millisecond); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("heard %q, %v", got, err)
	}
	l.say("still here\n") // a reset would have come by now
	if got, err := l.hear(300 * time.Millisecond); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("heard %q, %v", got, err)
	}
	if n := p.Nowhere(); n != int64(len("anybody?\nstill here\n")) {
		t.Errorf("%d bytes went nowhere", n)
	}
	again := connect(t, p.Addr())
	again.say("new\n")
	if got, err := again.hear(5 * time.Second); got != "new\n" {
		t.Errorf("a new connection heard %q, %v", got, err)
	}
}
