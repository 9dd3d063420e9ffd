package stream_test

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"dovekie/xmppsvc/stream"
)

// keeper is a server that keeps the session of one client over its connections: the other
// side of XEP-0198, counted from the specification and not from our code.
type keeper struct {
	mu    sync.Mutex
	in    uint32   // the client's stanzas that were taken
	got   []string // their ids
	out   []string // ids of what it sends; out[n] has the number n+1
	sent  int      // how many of out were ever on the wire
	older func()   // ends the connection that has the session
}

// serve is one connection: it sends what it has left while it reads.
func (k *keeper) serve(p *peer) {
	p.authenticated()
	p.open(offerBind + offerSM)
	el := p.next()
	from := 0
	over := make(chan struct{})
	defer close(over)
	takeOver := func() (older func()) {
		k.mu.Lock()
		defer k.mu.Unlock()
		older, k.older = k.older, func() { _ = p.conn.Close(); <-over }
		return older
	}
	switch {
	case el.Is(nsSM, "resume"):
		h, err := strconv.Atoi(el.Get("h"))
		p.must(err)
		takeOver()()
		k.mu.Lock()
		in, sent := k.in, k.sent
		k.mu.Unlock()
		if h > sent || el.Get("previd") != "kept" {
			p.tb.Errorf("asked with h=%d of %d, %s", h, sent, el.Get("previd"))
		}
		p.send("<resumed xmlns='urn:xmpp:sm:3' previd='kept' h='%d'/>", in)
		from = h
	default:
		p.send("<iq type='result' id='%s'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>me@%s/here</jid></bind></iq>", el.Get("id"), scriptedDomain)
		p.next()
		takeOver()
		p.send("<enabled xmlns='urn:xmpp:sm:3' id='kept' resume='true'/>")
	}
	var reading sync.WaitGroup
	reading.Go(func() { k.take(p) })
	defer reading.Wait()
	for n := from; n < len(k.out); n++ {
		k.mu.Lock()
		k.sent = max(k.sent, n+1)
		k.mu.Unlock()
		if _, err := fmt.Fprintf(p.conn, "<message id='%s'/><r xmlns='urn:xmpp:sm:3'/>", k.out[n]); err != nil {
			return
		}
	}
}

// take reads until the connection breaks.
func (k *keeper) take(p *peer) {
	defer p.conn.Close()
	for {
		el, err := p.rd.Next()
		if err != nil {
			return
		}
		k.mu.Lock()
		if el.IsStanza() {
			k.in++
			k.got = append(k.got, el.Get("id"))
		}
		in, sent := k.in, k.sent
		k.mu.Unlock()
		if el.Is(nsSM, "a") {
			if h, err := strconv.Atoi(el.Get("h")); err != nil || h > sent {
				p.tb.Errorf("confirmed %s of %d", el.Get("h"), sent)
			}
		}
		if el.Is(nsSM, "r") {
			if _, err := fmt.Fprintf(p.conn, "<a xmlns='urn:xmpp:sm:3' h='%d'/>", in); err != nil {
				return
			}
		}
	}
}

// sweep is a client that goes on until all arrived both ways.
type sweep struct {
	tb     testing.TB
	cfg    stream.Config
	line   *weakConn // of the newest connection
	unsent []string
	got    []string
	acked  []string
}

// online makes one connection and uses it to its end; done when nothing is left to come.
func (s *sweep) online(cut func(*weakConn), sent, expected int) (done bool) {
	st, est, err := stream.Connect(s.tb.Context(), s.cfg)
	if err != nil {
		return false
	}
	if est.Login.Resumed != (s.cfg.Resume != nil) || est.Refused {
		s.tb.Errorf("established %+v", est)
	}
	s.acked = append(s.acked, est.Acked...)
	if cut != nil {
		cut(s.line)
	}
	for len(s.unsent) > 0 && st.Send(body(s.unsent[0])) == nil {
		s.unsent = s.unsent[1:]
	}
	patience := time.NewTimer(time.Minute)
	defer patience.Stop()
	inbound := st.Inbound()
	for inbound != nil {
		if len(s.acked) == sent && len(s.got) == expected {
			st.Abort()
			return true
		}
		select {
		case in, ok := <-inbound:
			if !ok {
				inbound = nil
				break
			}
			if in.Counts {
				s.got = append(s.got, in.Element.Get("id"))
				st.Handled(1)
			}
			if in.AckRequested {
				st.Ack()
			}
			s.acked = append(s.acked, in.Acked...)
		case <-patience.C:
			st.Abort() // the line is silent
		}
	}
	next, ok := st.Session()
	if !ok {
		s.tb.Errorf("the session cannot be gone on with: %v", st.Err())
	}
	s.cfg.Resume = &next
	return false
}

func numbered(prefix string, n int) []string {
	var out []string
	for i := range n {
		out = append(out, prefix+strconv.Itoa(i+1))
	}
	return out
}

// The line breaks at every byte in turn, on the way in or out, once while the session
// lives and once while it is being resumed: all arrives once and in order.
func TestACutAtAnyByteLosesAndDoublesNothing(t *testing.T) {
	for _, silent := range []bool{false, true} {
		for _, inbound := range []bool{false, true} {
			for _, resuming := range []bool{false, true} {
				t.Run(fmt.Sprintf("silent %t, inbound %t, resuming %t", silent, inbound, resuming), func(t *testing.T) {
					t.Parallel()
					for at := 0; ; at++ {
						whole := false
						synctest.Test(t, func(t *testing.T) { whole = cutSession(t, at, silent, inbound, resuming) })
						if t.Failed() {
							t.Fatalf("byte %d", at)
						}
						if whole {
							break
						}
					}
				})
			}
		}
	}
}

// cutSession breaks the first connection at the byte, or in its middle and the second at
// the byte; whole when the byte was never reached.
func cutSession(t *testing.T, at int, silent, inbound, resuming bool) (whole bool) {
	const each = 4
	k := &keeper{out: numbered("s", each)}
	cfg := piped(t, k.serve)
	dial := cfg.Dial
	s := &sweep{tb: t, cfg: cfg, unsent: numbered("c", each)}
	s.cfg.Hint.Features = []byte(`{"sm":true}`)
	connection := 0
	s.cfg.Dial = func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := dial(ctx, network, addr)
		s.line = &weakConn{Conn: conn, silent: silent, in: 1 << 30, out: 1 << 30}
		if connection++; connection == 2 && resuming {
			s.line.breakAt(at, inbound)
		}
		return s.line, err
	}
	first := func(w *weakConn) { w.breakAt(at, inbound) }
	if resuming {
		first = func(w *weakConn) { w.breakAt(200, !inbound) }
	}
	done := s.online(first, each, each)
	for tries := 0; !done && tries < 5; tries++ {
		done = s.online(nil, each, each)
	}
	time.Sleep(time.Minute) // the scripts see that we are gone
	k.mu.Lock()
	defer k.mu.Unlock()
	if !done || !slices.Equal(k.got, numbered("c", each)) || !slices.Equal(s.got, k.out) || !slices.Equal(s.acked, k.got) {
		t.Errorf("the server got %s, we got %s, confirmed were %s, done %t",
			strings.Join(k.got, " "), strings.Join(s.got, " "), strings.Join(s.acked, " "), done)
	}
	if resuming {
		return connection == 2
	}
	return connection == 1
}

// breakAt lets so many bytes pass from now on.
func (w *weakConn) breakAt(at int, inbound bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if inbound {
		w.in = at
	} else {
		w.out = at
	}
}
