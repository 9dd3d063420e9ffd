package stream_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stream"
)

// weakConn breaks, or falls silent, after so many bytes in one direction.
type weakConn struct {
	net.Conn
	silent  bool
	mu      sync.Mutex
	in, out int
}

func (w *weakConn) use(left *int, n int) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	n = min(n, *left)
	*left -= n
	return n
}

func (w *weakConn) Read(p []byte) (int, error) {
	w.mu.Lock()
	left := w.in
	w.mu.Unlock()
	n, err := 0, error(nil)
	if left > 0 {
		n, err = w.Conn.Read(p[:min(len(p), left)])
		// It may have become weaker while this waited.
		if n = w.use(&w.in, n); n > 0 || err != nil {
			return n, err
		}
	}
	if !w.silent {
		_ = w.Conn.Close()
	}
	return w.wait()
}

// wait reads from the line below, which brings nothing that is used.
func (w *weakConn) wait() (int, error) {
	for {
		if _, err := w.Conn.Read(make([]byte, 1)); err != nil {
			return 0, err
		}
	}
}

func (w *weakConn) Write(p []byte) (int, error) {
	n := w.use(&w.out, len(p))
	if n > 0 {
		if m, err := w.Conn.Write(p[:n]); err != nil {
			return m, err
		}
	}
	if n < len(p) {
		if !w.silent {
			_ = w.Conn.Close()
			return n, net.ErrClosed
		}
		return len(p), nil // swallowed
	}
	return n, nil
}

func TestACutAtAnyByteOfSigningInEndsItAndLeavesNothing(t *testing.T) {
	for _, silent := range []bool{false, true} {
		for _, inbound := range []bool{false, true} {
			t.Run(fmt.Sprintf("silent %t, inbound %t", silent, inbound), func(t *testing.T) {
				for at := 0; ; at++ {
					done := false
					synctest.Test(t, func(t *testing.T) { done = cutAt(t, at, silent, inbound) })
					if done || t.Failed() {
						break
					}
					if at > 5000 {
						t.Fatal("it never ends")
					}
				}
			})
		}
	}
}

// cutAt signs in over a line that breaks there; done tells that it did not break before the
// end.
func cutAt(t *testing.T, at int, silent, inbound bool) (done bool) {
	cfg := piped(t, func(p *peer) { p.signedIn(true); p.wait() })
	dial := cfg.Dial
	cfg.Dial = func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := dial(ctx, network, addr)
		w := &weakConn{Conn: conn, silent: silent, in: 1 << 30, out: 1 << 30}
		if inbound {
			w.in = at
		} else {
			w.out = at
		}
		return w, err
	}
	start := time.Now()
	s, _, err := stream.Connect(t.Context(), cfg)
	if took := time.Since(start); took > time.Minute {
		t.Errorf("byte %d: took %v", at, took)
	}
	if err != nil {
		var told *model.Error
		if !errors.As(err, &told) || told.Message == "" {
			t.Errorf("byte %d: %v", at, err)
		}
		return false
	}
	s.Abort()
	for range s.Inbound() {
	}
	return true
}

func TestSigningInHasAnEnd(t *testing.T) {
	for name, script := range map[string]func(p *peer){
		"stanzas instead of an answer": func(p *peer) {
			p.open(mechanisms("PLAIN"))
			p.next()
			p.send("<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>")
			p.rd.Restart()
			p.open("<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>")
			for {
				time.Sleep(10 * time.Second)
				p.send("<message from='x@y'><body>wait</body></message>")
			}
		},
		"stanzas before it": func(p *peer) {
			p.open(mechanisms("PLAIN"))
			p.next()
			for {
				time.Sleep(14 * time.Second)
				p.send("<challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>")
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cfg := piped(t, script)
				start := time.Now()
				_, _, err := stream.Connect(t.Context(), cfg)
				if took := time.Since(start); err == nil || took > 2*time.Minute {
					t.Errorf("%v after %v", err, took)
				}
				time.Sleep(20 * time.Second)
			})
		})
	}
}

func TestAServerThatNeverReadsHoldsNothingUp(t *testing.T) {
	for name, end := range map[string]func(s *stream.Stream) error{
		"close": func(s *stream.Stream) error { return s.Close(context.Background()) },
		"abort": func(s *stream.Stream) error { s.Abort(); return nil },
		"close twice": func(s *stream.Stream) error {
			go func() { _ = s.Close(context.Background()) }()
			return s.Close(context.Background())
		},
		"both": func(s *stream.Stream) error { go s.Abort(); return s.Close(context.Background()) },
		"impatient": func(s *stream.Stream) error {
			ctx, cancel := context.WithTimeout(context.Background(), time.Second)
			defer cancel()
			_ = s.Close(ctx)
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				hold := make(chan struct{})
				cfg := piped(t, func(p *peer) {
					p.signedIn(true)
					for range 400 { // more than Inbound holds: nobody drains it
						p.send("<message from='x@y'><body>x</body></message>")
					}
					<-hold
				})
				s, _, err := stream.Connect(t.Context(), cfg)
				if err != nil {
					t.Fatal(err)
				}
				for n := range 1000 {
					_ = s.Send(body(fmt.Sprint(n)))
				}
				s.Ack()
				synctest.Wait()
				start := time.Now()
				if err := end(s); err != nil {
					t.Error(err)
				}
				if took := time.Since(start); took > 15*time.Second {
					t.Errorf("took %v", took)
				}
				for range s.Inbound() {
				}
				if left := s.Unacked(); len(left) != 1000 {
					t.Errorf("%d of 1000 are known to be unconfirmed", len(left))
				}
				if err := s.Send(body("late")); err == nil {
					t.Error("sent after the end")
				}
				close(hold)
			})
		})
	}
}
