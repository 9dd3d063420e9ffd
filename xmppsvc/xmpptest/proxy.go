package xmpptest

import (
	"errors"
	"io"
	"net"
	"sync"
	"testing"
	"time"
)

// Proxy is a TCP proxy that plays a network: slow, broken or dead.
type Proxy struct {
	target   string
	listener net.Listener
	wg       sync.WaitGroup

	mu       sync.Mutex // guards all below
	oneWay   time.Duration
	stalled  chan struct{} // not nil while nothing passes; closed on Resume
	refusing bool
	closed   bool
	links    []*link // all connections ever, oldest first
	toServer int64
	toClient int64
	nowhere  int64 // bytes that clients wrote into lost connections
}

// link is one connection through the proxy. Its fields are guarded by Proxy.mu.
type link struct {
	client, server net.Conn
	open           bool
	lost           bool // no longer leads to the server
	// Causal depths as in Lamport's clocks: how deep a chain of flights, each
	// written after the one before was read, has reached each side.
	atClient, atServer int
	clientFlight       int
}

// DelayProxy listens on loopback and passes all to target, each direction later
// by oneWay, until the test ends. The TCP handshake itself is not delayed.
func DelayProxy(tb testing.TB, target string, oneWay time.Duration) *Proxy {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatalf("listen for the proxy: %v", err)
	}
	p := &Proxy{target: target, listener: l, oneWay: oneWay}
	p.wg.Go(p.accept)
	tb.Cleanup(p.close)
	return p
}

// Addr is where clients connect.
func (p *Proxy) Addr() string { return p.listener.Addr().String() }

// SetDelay changes the delay for all that is sent from now on.
func (p *Proxy) SetDelay(oneWay time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.oneWay = oneWay
}

// CutAll resets every open connection on both sides, as a router does that lost
// its memory. New ones are accepted.
func (p *Proxy) CutAll() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, l := range p.links {
		l.cut()
	}
}

// LoseAll resets the server's side of every open connection and tells the clients
// nothing: what they write goes nowhere. So it is after a router between them has
// forgotten the connection and drops what belongs to none. New ones are accepted.
func (p *Proxy) LoseAll() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, l := range p.links {
		if l.open && !l.lost {
			l.lost = true
			reset(l.server)
		}
	}
}

// Nowhere is how many bytes clients wrote into lost connections.
func (p *Proxy) Nowhere() int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.nowhere
}

// Stall lets nothing pass any more, neither bytes nor the end of a connection,
// and answers nothing on new connections: a dead network. What is sent
// meanwhile arrives after Resume.
func (p *Proxy) Stall() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stalled == nil {
		p.stalled = make(chan struct{})
	}
}

// Resume ends Stall.
func (p *Proxy) Resume() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.resume()
}

func (p *Proxy) resume() {
	if p.stalled != nil {
		close(p.stalled)
		p.stalled = nil
	}
}

// Refuse makes new connections end at once, or not any more.
func (p *Proxy) Refuse(refuse bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refusing = refuse
}

// Connections is how many connections were made so far.
func (p *Proxy) Connections() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.links)
}

// Open is how many connections are open now.
func (p *Proxy) Open() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := 0
	for _, l := range p.links {
		if l.open {
			n++
		}
	}
	return n
}

// Bytes is what was passed on so far, over all connections.
func (p *Proxy) Bytes() (toServer, toClient int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.toServer, p.toClient
}

// RoundTrips is the number of round trips that went by before the client wrote
// the last bytes it wrote on the newest connection, the one of TCP's handshake
// included. It counts by cause, not by time: a flight of the client is one
// deeper than the deepest flight of the server that had reached it.
func (p *Proxy) RoundTrips() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.links) == 0 {
		return 0
	}
	return p.links[len(p.links)-1].clientFlight
}

func (p *Proxy) accept() {
	for {
		conn, err := p.listener.Accept()
		if err != nil {
			return // closed at the end of the test
		}
		p.join(conn)
	}
}

// join connects one client with the target and starts both directions.
func (p *Proxy) join(client net.Conn) {
	p.mu.Lock()
	refusing := p.refusing
	p.mu.Unlock()
	if refusing {
		reset(client)
		return
	}
	server, err := net.DialTimeout("tcp", p.target, 5*time.Second)
	if err != nil {
		reset(client)
		return
	}
	l := &link{client: client, server: server, open: true}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		l.cut()
		return
	}
	p.links = append(p.links, l)
	var both sync.WaitGroup
	both.Go(func() { p.carry(l, client, server, true) })
	both.Go(func() { p.carry(l, server, client, false) })
	p.wg.Go(func() {
		both.Wait()
		p.mu.Lock()
		defer p.mu.Unlock()
		l.cut()
	})
}

// chunk is what one read brought, to be written when it is due.
type chunk struct {
	bytes []byte
	due   time.Time
	depth int
	end   bool
}

// carry moves one direction until it ends; up means from client to server.
func (p *Proxy) carry(l *link, from, to net.Conn, up bool) {
	pending := make(chan chunk, 4096)
	var reader sync.WaitGroup
	reader.Go(func() {
		defer close(pending)
		for {
			buf := make([]byte, 16<<10)
			n, err := from.Read(buf)
			pending <- p.received(l, buf[:n], up, err)
			if err != nil {
				return
			}
		}
	})
	broken := false
	for c := range pending {
		time.Sleep(time.Until(c.due))
		p.whileStalled()
		if broken || p.swallowed(l, c, up) {
			continue // so that the reader is never left waiting
		}
		p.delivered(l, c, up)
		if _, err := to.Write(c.bytes); err != nil && !p.swallowed(l, c, up) {
			broken = true
			_ = from.Close()
		}
		if c.end {
			if tcp, ok := to.(*net.TCPConn); ok {
				_ = tcp.CloseWrite()
			}
		}
	}
	reader.Wait()
}

func (p *Proxy) received(l *link, bytes []byte, up bool, err error) chunk {
	p.mu.Lock()
	defer p.mu.Unlock()
	c := chunk{bytes: bytes, due: time.Now().Add(p.oneWay), end: errors.Is(err, io.EOF)}
	if up {
		c.depth = l.atClient + 1
		if len(bytes) > 0 {
			l.clientFlight = c.depth
		}
	} else {
		c.depth = l.atServer
	}
	return c
}

func (p *Proxy) delivered(l *link, c chunk, up bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(c.bytes) == 0 {
		return
	}
	if up {
		l.atServer = max(l.atServer, c.depth)
		p.toServer += int64(len(c.bytes))
	} else {
		l.atClient = max(l.atClient, c.depth)
		p.toClient += int64(len(c.bytes))
	}
}

// swallowed reports whether the connection leads nowhere; what the client wrote is counted.
func (p *Proxy) swallowed(l *link, c chunk, up bool) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if l.lost && up {
		p.nowhere += int64(len(c.bytes))
	}
	return l.lost
}

func (p *Proxy) whileStalled() {
	for {
		p.mu.Lock()
		wait := p.stalled
		p.mu.Unlock()
		if wait == nil {
			return
		}
		<-wait
	}
}

func (p *Proxy) close() {
	_ = p.listener.Close()
	p.mu.Lock()
	p.closed = true
	p.resume()
	p.oneWay = 0
	for _, l := range p.links {
		l.cut()
	}
	p.mu.Unlock()
	p.wg.Wait()
}

// cut resets both sides once.
func (l *link) cut() {
	if l.open {
		l.open = false
		reset(l.client)
		reset(l.server)
	}
}

// reset closes a connection so that the other side sees a reset, not an end.
func reset(conn net.Conn) {
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}
