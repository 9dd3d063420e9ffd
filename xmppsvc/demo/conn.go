package demo

import (
	"crypto/rand"
	"crypto/tls"
	"errors"
	"net"
	"time"

	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/stanza"
	"dovekie/xmppsvc/xep"
)

const (
	loginTime  = 60 * time.Second // from connecting to bind
	writeTime  = 15 * time.Second
	lingerTime = time.Second
	maxConns   = 256
	maxQueued  = 32 << 20 // bytes waiting for a slow reader
	maxUnknown = 64 << 10 // the same, for who has not signed in
	maxUnacked = 20_000

	maxUnackedBytes = 16 << 20 // written at once when a session is resumed
)

// limits of what one client may send.
var limits = stanza.Limits{StanzaBytes: 256 << 10, HardBytes: 4 << 20, Depth: 64, Children: 5_000}

// streamError is a condition of RFC 6120 §4.9.3 that ends a stream.
type streamError string

func (e streamError) Error() string { return "stream error: " + string(e) }

// conn is one connection. A reader goroutine runs the stream, a writer goroutine
// writes what was queued; nc and all below are guarded by the server's mutex.
type conn struct {
	srv     *Server
	rd      *stanza.Reader
	secure  bool          // a pipe, or TLS is on
	tls     *tls.Conn     // nil on a pipe
	auth    *exchange     // the SASL exchange that waits for the client
	tries   int           // failed authentications
	past    bool          // bound or resumed: what comes is for a session
	wake    chan struct{} // room for one
	written chan struct{} // closed when the writer has gone
	gone    chan struct{} // closed when the reader has gone too

	raw     net.Conn // below TLS; never changes
	nc      net.Conn
	out     []byte
	idle    []chan struct{} // closed once out is empty and written
	closing bool            // nothing more is read or queued
	user    jid.JID         // authenticated as
	sess    *session        // bound here; nil again once it goes on elsewhere or ended
}

// accept starts the goroutines of a connection; the caller holds the mutex.
func (s *Server) accept(nc net.Conn, secure bool) {
	c := &conn{
		srv: s, raw: nc, nc: nc, secure: secure, rd: stanza.NewReader(nc, limits),
		wake: make(chan struct{}, 1), written: make(chan struct{}), gone: make(chan struct{}),
	}
	_ = nc.SetReadDeadline(time.Now().Add(loginTime))
	s.conns[c] = true
	s.wg.Go(c.write)
	s.wg.Go(c.read)
}

// read runs the stream to its end.
func (c *conn) read() {
	defer close(c.gone)
	err := c.run()
	c.srv.do(func() {
		var se streamError
		var xe *stanza.SyntaxError
		switch {
		case errors.As(err, &se):
			c.shut(string(se))
		case errors.As(err, &xe):
			c.shut("not-well-formed")
		case err != nil:
			// XEP-0198 §6: only a stream that was not closed can be resumed.
			c.srv.lost(c)
			c.shut("")
		default:
			c.shut("")
		}
		delete(c.srv.conns, c)
	})
	<-c.written
	c.nc.Close()
}

// run goes from stream header to stream header; nil is a stream that was closed well.
func (c *conn) run() error {
	if !c.secure {
		if err := c.detect(); err != nil {
			return err
		}
	}
	for {
		if err := c.open(); err != nil {
			return err
		}
		again, err := c.elements()
		if err != nil || !again {
			return err
		}
	}
}

// elements handles what comes until the stream ends or starts again (again).
func (c *conn) elements() (again bool, err error) {
	for {
		el, err := c.rd.Next()
		var dropped *stanza.DroppedError
		switch {
		case errors.Is(err, stanza.ErrStreamClosed):
			return false, nil
		case errors.As(err, &dropped):
			err = c.skipped(dropped.Head)
		case err != nil:
			return false, err
		default:
			again, err = c.element(el)
		}
		if err != nil || again {
			return again, err
		}
	}
}

// element handles one element of the current phase.
func (c *conn) element(el *stanza.Element) (again bool, err error) {
	switch {
	case c.user.IsZero():
		return c.negotiate(el)
	case !c.past:
		return false, c.prebind(el)
	}
	c.srv.do(func() { err = c.bound(el) })
	return false, err
}

// bound handles an element of a bound stream.
func (c *conn) bound(el *stanza.Element) error {
	sess := c.sess
	if c.closing || sess == nil {
		return nil
	}
	switch {
	case el.IsStanza():
		if err := c.srv.fromClient(sess, el); err != nil {
			return err
		}
		sess.sm.in++
	case el.Name.Space == nsSM:
		return c.nonza(el)
	case el.Name.Space == xep.NSClientState:
		c.srv.clientState(sess, el.Name.Local)
	case el.Name.Space == stanza.NSClient:
		return streamError("unsupported-stanza-type")
	}
	// A nonza of an unknown namespace was not asked for, but harms nobody.
	return nil
}

// skipped answers a stanza over a limit, of which only the head is known.
func (c *conn) skipped(head *stanza.Element) error {
	if !c.past {
		return streamError("policy-violation")
	}
	c.srv.do(func() {
		if sess := c.sess; head.IsStanza() && !c.closing && sess != nil {
			c.srv.bounce(sess, head, policyViolation)
			sess.sm.in++
		}
	})
	return nil
}

// write writes what was queued until the connection ends.
func (c *conn) write() {
	defer close(c.written)
	for range c.wake {
		for {
			c.srv.mu.Lock()
			b, nc, patience := c.take(), c.nc, writeTime
			last := c.closing && len(b) == 0
			if c.closing {
				patience = lingerTime
			}
			_ = nc.SetWriteDeadline(time.Now().Add(patience))
			c.srv.mu.Unlock()
			if last {
				// The reader gets a moment for the other side's goodbye.
				_ = nc.SetReadDeadline(time.Now().Add(lingerTime))
				return
			}
			if len(b) == 0 {
				break
			}
			if _, err := nc.Write(b); err != nil {
				nc.Close()
				c.srv.mu.Lock()
				c.closing, c.out = true, nil
				c.release()
				c.srv.mu.Unlock()
				return
			}
		}
	}
}

// take gives the writer all that waits, with a request for an ack behind it.
func (c *conn) take() []byte {
	if c.sess != nil && c.sess.sm.wantsAck() && !c.closing {
		c.sess.sm.asked, c.sess.sm.waiting = c.sess.sm.sent, true
		c.out = append(c.out, "<r xmlns='"+nsSM+"'/>"...)
	}
	b := c.out
	c.out = nil
	if len(b) == 0 {
		c.release()
	}
	return b
}

func (c *conn) release() {
	for _, ch := range c.idle {
		close(ch)
	}
	c.idle = nil
}

// drained is closed once all that is queued now has been written, or never will be.
func (c *conn) drained() <-chan struct{} {
	ch := make(chan struct{})
	if c.closing {
		close(ch)
		return ch
	}
	c.idle = append(c.idle, ch)
	c.poke()
	return ch
}

func (c *conn) poke() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// queue has an element written; nothing is queued on a connection that ends.
func (c *conn) queue(el *stanza.Element) {
	if c.closing {
		return
	}
	c.out = el.Append(c.out, stanza.NSClient)
	if len(c.out) > maxQueued || c.user.IsZero() && len(c.out) > maxUnknown {
		c.drop()
		return
	}
	c.poke()
}

// queueBytes is queue for a stream header.
func (c *conn) queueBytes(b []byte) {
	if !c.closing {
		c.out = append(c.out, b...)
		c.poke()
	}
}

// shut ends the session and closes the stream, with a stream error unless condition
// is "". The caller holds the mutex; a second call does nothing.
func (c *conn) shut(condition string) {
	if !c.closing {
		if condition != "" {
			c.queue(stanza.New(stanza.NSStream, "error", stanza.New(stanza.NSStreams, condition)))
		}
		c.queueBytes([]byte(stanza.CloseStream))
		c.closing = true
		_ = c.raw.SetWriteDeadline(time.Now().Add(lingerTime)) // of a write that hangs
	}
	if c.sess != nil {
		c.srv.end(c.sess)
	}
	c.poke()
}

// drop breaks the connection without a word, as a network would. A session that can be
// resumed waits for that.
func (c *conn) drop() {
	c.closing, c.out = true, nil
	c.raw.Close()
	c.srv.lost(c)
	c.poke()
}

func newID() string { return rand.Text() }
