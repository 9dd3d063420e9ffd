//go:build soak

package soak_test

import (
	"math/rand/v2"
	"net"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// proxy is the network between one process and the server. It carries bytes until it is
// told at which one to break.
type proxy struct {
	tb     testing.TB
	addr   string
	target string
	log    *journal
	wg     sync.WaitGroup
	made   atomic.Int64 // connections so far; no lock, for a fault may ask in the middle of one

	mu       sync.Mutex // guards all below
	listener net.Listener
	links    []*link
	armed    *cut // for the next connection
	rate     int  // bytes a second each way, 0 for all there is
	closed   bool
}

// cut breaks a connection at a byte: when after more bytes have passed upwards or
// downwards, or at the latest after limit. do happens on the connection's own goroutine
// before the next byte.
type cut struct {
	up    bool
	after int
	limit time.Duration
	do    func(*link)
	fired chan struct{} // closed when do was called
}

func newCut(up bool, after int, limit time.Duration, do func(*link)) *cut {
	return &cut{up: up, after: after, limit: limit, do: do, fired: make(chan struct{})}
}

// newProxy listens on loopback until the test ends.
func newProxy(tb testing.TB, target string, log *journal) *proxy {
	tb.Helper()
	p := &proxy{tb: tb, target: target, log: log}
	// Below the range from which the system takes ports for outgoing connections, so
	// that the port is still free after a time of refusing.
	for try := 0; try < 100 && p.listener == nil; try++ {
		p.addr = net.JoinHostPort("127.0.0.1", strconv.Itoa(10_000+rand.IntN(5000)))
		p.listener, _ = net.Listen("tcp", p.addr)
	}
	if p.listener == nil {
		tb.Fatal("no free port for the proxy")
	}
	p.accepting(p.listener)
	tb.Cleanup(p.close)
	return p
}

func (p *proxy) accepting(l net.Listener) {
	p.wg.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			p.join(conn.(*net.TCPConn))
		}
	})
}

func (p *proxy) join(client *net.TCPConn) {
	conn, err := net.DialTimeout("tcp", p.target, 5*time.Second)
	if err != nil {
		reset(client)
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	l := newLink(p, len(p.links)+1, client, conn.(*net.TCPConn))
	if p.closed {
		l.end()
		return
	}
	p.links = append(p.links, l)
	p.made.Add(1)
	l.log("opened")
	l.rate = p.rate
	if c := p.armed; c != nil {
		p.armed = nil
		l.arm(c)
	}
	p.wg.Go(func() { l.pump(true) })
	p.wg.Go(func() { l.pump(false) })
}

// breakAt arms c on the connection that is open, or else on the next one.
func (p *proxy) breakAt(c *cut) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, l := range p.links {
		if l.passing() {
			l.arm(c)
			return
		}
	}
	p.armed = c
}

// breakNext arms c for the next connection.
func (p *proxy) breakNext(c *cut) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.armed = c
}

// disarm takes back what was armed for the next connection.
func (p *proxy) disarm() { p.breakNext(nil) }

// breakNow ends the open connection.
func (p *proxy) breakNow(how func(*link)) {
	p.mu.Lock()
	open := p.links
	p.mu.Unlock()
	for _, l := range open {
		if l.passing() {
			how(l)
		}
	}
}

// slow limits what passes, on open connections and new ones; 0 ends it.
func (p *proxy) slow(rate int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rate = rate
	for _, l := range p.links {
		l.setRate(rate)
	}
}

// shut lets nobody connect any more.
func (p *proxy) shut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.listener != nil {
		_ = p.listener.Close()
		p.listener = nil
	}
}

// open ends shut.
func (p *proxy) open() {
	for range 500 {
		if p.tryOpen() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	p.tb.Errorf("the proxy's port %s was taken", p.addr)
}

func (p *proxy) tryOpen() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.listener != nil || p.closed {
		return true
	}
	l, err := net.Listen("tcp", p.addr)
	if err != nil {
		return false
	}
	p.listener = l
	p.accepting(l)
	return true
}

// heal makes the network a good one again and ends what hangs.
func (p *proxy) heal() {
	p.open()
	p.slow(0)
	p.mu.Lock()
	p.armed = nil
	all := p.links
	p.mu.Unlock()
	for _, l := range all {
		l.heal()
	}
}

func (p *proxy) close() {
	p.shut()
	p.mu.Lock()
	p.closed = true
	all := p.links
	p.mu.Unlock()
	for _, l := range all {
		l.end()
	}
	p.wg.Wait()
}

// connections is how many were made so far.
func (p *proxy) connections() int { return int(p.made.Load()) }

// reset closes a connection so that the other side sees a reset.
func reset(conn *net.TCPConn) {
	_ = conn.SetLinger(0)
	_ = conn.Close()
}
