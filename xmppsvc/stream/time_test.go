package stream_test

import (
	"context"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stanza"
	"dovekie/xmppsvc/stream"
)

// piped signs in over a pipe inside the process, so that time can be virtual.
func piped(tb testing.TB, script func(p *peer)) stream.Config {
	tb.Helper()
	cfg := scriptedConfig(tb, "")
	cfg.Security = model.SecurityInProcess
	cfg.Dial = func(context.Context, string, string) (net.Conn, error) {
		near, far := net.Pipe()
		go func() {
			defer far.Close()
			script(&peer{tb: tb, conn: far, rd: stanza.NewReader(far, stanza.DefaultLimits)})
		}()
		return near, nil
	}
	return cfg
}

func TestEachStepHasItsTime(t *testing.T) {
	for name, script := range map[string]func(p *peer){
		"no header": func(p *peer) { p.wait() },
		"no features": func(p *peer) {
			_, _ = p.rd.Open()
			p.send("<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>")
			p.wait()
		},
		"no answer": func(p *peer) { p.open(mechanisms("SCRAM-SHA-1")); p.wait() },
		"a byte a second": func(p *peer) {
			p.open(mechanisms("PLAIN"))
			p.next()
			for {
				p.send(" ")
				time.Sleep(time.Second)
			}
		},
		"never bound": func(p *peer) {
			p.open(mechanisms("PLAIN"))
			p.next()
			p.send("<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>")
			p.rd.Restart()
			p.open("<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>")
			p.wait()
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cfg := piped(t, script)
				start := time.Now()
				_, _, err := stream.Connect(t.Context(), cfg)
				if took := time.Since(start); model.KindOf(err) != model.ErrTimeout || took > 16*time.Second {
					t.Errorf("%v after %v", err, took)
				}
				time.Sleep(2 * time.Second) // the script sees that we are gone
			})
		})
	}
}

func TestAPeerThatReadsNothingIsGoneAfterTenSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hold := make(chan struct{})
		cfg := piped(t, func(p *peer) {
			p.signedIn(true)
			<-hold
		})
		s, _, err := stream.Connect(t.Context(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		if err := s.Send(body("lost")); err != nil {
			t.Fatal(err)
		}
		for range s.Inbound() {
		}
		if took := time.Since(start); took != 10*time.Second || model.KindOf(s.Err()) != model.ErrTimeout {
			t.Errorf("%v after %v", s.Err(), took)
		}
		if left := s.Unacked(); len(left) != 1 || !left[0].Written {
			t.Errorf("left: %+v", left)
		}
		close(hold)
	})
}

func TestTheServerIsAskedAfterFiveOrAQuietSecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		type heard struct {
			what string
			at   time.Duration
		}
		log := make(chan heard, 100)
		var start time.Time
		cfg := piped(t, func(p *peer) {
			p.signedIn(true)
			for {
				el, err := p.rd.Next()
				if err != nil {
					p.send("</stream:stream>")
					close(log)
					return
				}
				log <- heard{el.Name.Local, time.Since(start)}
			}
		})
		s, _, err := stream.Connect(t.Context(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		start = time.Now()
		if err := s.Send(body("1"), body("2"), body("3"), body("4"), body("5")); err != nil {
			t.Fatal(err)
		}
		time.Sleep(3 * time.Second)
		if err := s.Send(body("6")); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		if err := s.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		var got []heard
		for h := range log {
			if h.what != "message" {
				got = append(got, h)
			}
		}
		if len(got) != 2 || got[0].at != 0 || got[1].at != 4*time.Second {
			t.Errorf("asked %+v", got)
		}
	})
}
