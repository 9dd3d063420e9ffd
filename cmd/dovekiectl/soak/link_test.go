//go:build soak

package soak_test

import (
	"errors"
	"io"
	"net"
	"sync"
	"time"
)

// mode is what a connection does with bytes.
type mode int

const (
	passes  mode = iota // carries them
	stalled             // holds them back
	swallow             // takes them and forgets them
	drains              // the same, after both sides were told that it ends
	over
)

// link is one connection through the proxy.
type link struct {
	proxy          *proxy
	number         int
	client, server *net.TCPConn
	clientGone     chan struct{} // closed when the client side has ended

	mu    sync.Mutex // guards all below
	mode  mode
	moved chan struct{} // closed when mode changes
	cut   *cut
	rate  int
	ended [2]bool // client side, server side
}

func newLink(p *proxy, number int, client, server *net.TCPConn) *link {
	return &link{
		proxy: p, number: number, client: client, server: server,
		clientGone: make(chan struct{}), moved: make(chan struct{}),
	}
}

func (l *link) log(format string, args ...any) { l.proxy.log.note(l.number, format, args...) }

func (l *link) passing() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.mode == passes && !l.ended[0] && !l.ended[1]
}

func (l *link) setRate(rate int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rate = rate
}

// arm sets the byte at which the connection breaks.
func (l *link) arm(c *cut) {
	l.mu.Lock()
	l.cut = c
	atOnce := c.after == 0
	l.mu.Unlock()
	if atOnce {
		l.fire(c)
		return
	}
	time.AfterFunc(c.limit, func() { l.fire(c) })
}

// fire carries out c unless it happened already or the connection ended by itself.
func (l *link) fire(c *cut) {
	l.mu.Lock()
	mine := l.cut == c
	if mine {
		l.cut = nil
	}
	l.mu.Unlock()
	if !mine {
		return
	}
	c.do(l)
	close(c.fired)
}

// turn changes the mode; false if it is too late for that.
func (l *link) turn(m mode) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.mode == over || l.mode == m {
		return false
	}
	l.mode = m
	close(l.moved)
	l.moved = make(chan struct{})
	return true
}

// pump carries one direction until it ends.
func (l *link) pump(up bool) {
	from, to := l.server, l.client
	if up {
		from, to = l.client, l.server
	}
	buf := make([]byte, 16<<10)
	for {
		n, err := from.Read(buf)
		for rest := buf[:n]; len(rest) > 0; {
			rest = l.pass(rest, to, up)
		}
		if err != nil {
			l.finished(err, to, up)
			return
		}
	}
}

// pass deals with the first bytes of b and returns what is left of them.
func (l *link) pass(b []byte, to *net.TCPConn, up bool) []byte {
	l.mu.Lock()
	m, moved, rate := l.mode, l.moved, l.rate
	now := b
	var due *cut
	if m == passes {
		if rate > 0 {
			now = now[:min(len(now), max(1, rate/20))]
		}
		if c := l.cut; c != nil && c.up == up {
			now = now[:min(len(now), c.after)]
			if c.after -= len(now); c.after == 0 {
				due = c
			}
		}
	}
	l.mu.Unlock()
	switch m {
	case stalled:
		<-moved
		return b
	case passes:
	default:
		l.proxy.log.carried(l.number, up, false, b)
		return nil
	}
	if rate > 0 {
		time.Sleep(50 * time.Millisecond)
	}
	_, err := to.Write(now)
	l.proxy.log.carried(l.number, up, err == nil, now)
	if due != nil {
		l.fire(due)
	}
	return b[len(now):]
}

// finished is the end of one direction, by the will of its sender.
func (l *link) finished(err error, to *net.TCPConn, up bool) {
	l.mu.Lock()
	m := l.mode
	side := 1
	if up {
		side = 0
		close(l.clientGone)
	}
	l.ended[side] = true
	both := l.ended[0] && l.ended[1]
	l.mu.Unlock()
	switch {
	case m == swallow:
		// The other side never hears of it.
		if up {
			_ = l.client.Close()
		} else {
			_ = l.server.Close()
		}
	case m == drains:
	case errors.Is(err, io.EOF):
		_ = to.CloseWrite()
	case m == passes || m == stalled:
		l.log("%s ended with %v", direction(up), err)
		l.reset()
	}
	if both {
		l.end()
	}
}

// end forgets the connection.
func (l *link) end() {
	l.turn(over)
	_ = l.client.Close()
	_ = l.server.Close()
}

// fin ends both sides in good order. What they still send is read, or the system would
// turn the end into a reset.
func (l *link) fin() {
	if !l.turn(drains) {
		return
	}
	l.log("cut")
	_ = l.client.CloseWrite()
	_ = l.server.CloseWrite()
	soon := time.Now().Add(5 * time.Second)
	_ = l.client.SetReadDeadline(soon)
	_ = l.server.SetReadDeadline(soon)
}

// reset ends both sides at once.
func (l *link) reset() {
	if !l.turn(over) {
		return
	}
	l.log("reset")
	reset(l.client)
	reset(l.server)
}

// stall holds everything back for a while and ends the connection then.
func (l *link) stall(d time.Duration, then func(*link)) {
	if !l.turn(stalled) {
		return
	}
	l.log("stalled for %v", d)
	time.AfterFunc(d, func() { then(l) })
}

// halfOpen lets all vanish. The client is left alone until it gives up or hold has
// passed; the server, longer still.
func (l *link) halfOpen(hold, ghost time.Duration) {
	if !l.turn(swallow) {
		return
	}
	l.log("half-open for %v", hold)
	time.AfterFunc(hold, func() { reset(l.client) })
	time.AfterFunc(hold+ghost, func() {
		reset(l.server)
		l.turn(over)
	})
}

// heal ends a connection that hangs.
func (l *link) heal() {
	l.mu.Lock()
	m := l.mode
	l.cut = nil
	l.mu.Unlock()
	if m == stalled || m == swallow {
		l.reset()
	}
}
