package demo

import (
	"context"
	"net"
	"time"
)

// flushTime is how long CutFor lets the last words out.
const flushTime = 300 * time.Millisecond

// Dial connects to the server inside the process. The connection needs no TLS: it
// leaves the process nowhere. While the network is cut it fails with ErrCut.
func (s *Server) Dial(ctx context.Context) (net.Conn, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closed:
		return nil, net.ErrClosed
	case s.isCut():
		return nil, &net.OpError{Op: "dial", Net: "pipe", Err: ErrCut}
	}
	near, far := net.Pipe()
	s.accept(far, true)
	return near, nil
}

// CutFor really drops every connection and refuses new ones for d. If the owner is
// there, the guide says so first; CutFor waits up to 0.3 s for that to be read. It
// returns once everything is cut.
func (s *Server) CutFor(d time.Duration) {
	var said []<-chan struct{}
	s.do(func() {
		if s.isCut() || !s.script.announceCut(d) {
			return
		}
		for c := range s.conns {
			if c.sess != nil && c.sess.acct.jid == s.owner {
				said = append(said, c.drained())
			}
		}
	})
	ctx, cancel := context.WithTimeout(context.Background(), flushTime)
	defer cancel()
	for _, done := range said {
		if wait(ctx, done) != nil {
			break
		}
	}
	s.do(func() { s.cut(d) })
}

func (s *Server) isCut() bool { return time.Now().Before(s.cutUntil) }

// cut drops everything now. A cut within a cut can only make it longer.
func (s *Server) cut(d time.Duration) {
	if until := time.Now().Add(d); until.After(s.cutUntil) {
		s.cutUntil = until
	}
	for c := range s.conns {
		c.drop()
	}
	s.script.cut = true
}
