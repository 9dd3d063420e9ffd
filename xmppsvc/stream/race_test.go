package stream_test

import (
	"context"
	"crypto/tls"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stream"
	"dovekie/xmppsvc/trace"
	"dovekie/xmppsvc/xmpptest"
)

// evil is a server by STARTTLS that nobody trusts.
func evil(tb testing.TB) string {
	tb.Helper()
	return scripted(tb, func(p *peer) {
		p.open(offerTLS)
		p.next()
		p.send("<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")
		p.foreignTLS()
	})
}

// good is one that signs us in.
func good(tb testing.TB) string {
	tb.Helper()
	return scripted(tb, func(p *peer) {
		p.secure()
		p.open(mechanisms("SCRAM-SHA-1"))
		p.finish()
	})
}

// The certificate of the place of the last login is a question only if DNS still names it.
func TestTheGuessedPlacesCertificate(t *testing.T) {
	bad, fine := evil(t), good(t)
	for name, c := range map[string]struct {
		named string
		kind  model.ErrorKind
	}{"named": {bad, model.ErrCertificateRejected}, "not named any more": {fine, ""}} {
		cfg := scriptedConfig(t, "")
		cfg.Security, cfg.Hint.Endpoint = model.SecurityAuto, bad
		cfg.Resolver = onlySRV(t, c.named)
		asked := 0
		cfg.Trust = func(_ string, _ tls.ConnectionState, err error) error { asked++; return err }
		s, _, err := stream.Connect(t.Context(), cfg)
		if err == nil {
			s.Abort()
		}
		if model.KindOf(err) != c.kind {
			t.Errorf("%s: %v", name, err)
		}
		if bads := slices.Collect(steps(cfg.Trace, "connecting", bad)); len(bads) == 0 || c.kind != "" && asked != 1 {
			t.Errorf("%s: asked %d times, tried %q", name, asked, bads)
		}
	}
}

// steps are the details of the steps with that name that hold the text.
func steps(tr *trace.Trace, name, text string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		entries, _ := tr.Since(0)
		for _, e := range entries {
			if e.Kind == trace.KindStep && e.Name == name && strings.Contains(e.Detail, text) && !yield(e.Detail) {
				return
			}
		}
	}
}

// Two servers show their certificates at once; the person is asked about one at a time, and
// about none when it is over.
func TestQuestionsOfARaceAreAskedOneByOne(t *testing.T) {
	var hold sync.WaitGroup
	hold.Add(2)
	direct := func() string {
		return scripted(t, func(p *peer) {
			hold.Done()
			hold.Wait()
			p.tls()
			p.authenticated()
			p.open(offerBind)
			p.bound()
			p.wait()
		})
	}
	first, second := record(t, direct(), 1), record(t, direct(), 1)
	first.Target, second.Target = "127.0.0.1", "127.0.0.1"
	cfg := scriptedConfig(t, "")
	cfg.Security, cfg.Resolver, cfg.Roots = model.SecurityAuto, srvZone{"xmpps-client": {&first, &second}}, newCert().pool
	busy, asked := false, 0 // no lock: it is this goroutine that asks
	cfg.Trust = func(string, tls.ConnectionState, error) error {
		if busy {
			t.Error("asked twice at once")
		}
		busy = true
		time.Sleep(20 * time.Millisecond)
		busy = false
		asked++
		return nil
	}
	s, _ := signIn(t, cfg)
	s.Abort()
	if asked == 0 {
		t.Error("nobody was asked")
	}
	if won := slices.Collect(steps(cfg.Trace, "connecting", "is the one, of 2 tried")); len(won) != 1 {
		t.Errorf("won: %q", won)
	}
	if lost := slices.Collect(steps(cfg.Trace, "connecting", "given up")); len(lost) != 1 {
		t.Errorf("lost: %q", lost)
	}
}

func TestTheTraceNamesEachAddress(t *testing.T) {
	srv := xmpptest.SharedProsody(t)
	u := srv.NewUser("addresses")
	ns := xmpptest.DNS(t)
	ns.AddSRV("_xmpps-client", srv.Domain(), record(t, srv.DirectTLSAddr(), 1))
	ns.AddHost("loopback.test", "::1", "127.0.0.1") // it listens on the second alone
	cfg := config(t, srv, u, "", model.SecurityAuto)
	cfg.Resolver = ns.Resolver()
	_, e := signIn(t, cfg)
	_, port, _ := net.SplitHostPort(srv.DirectTLSAddr())
	name := "loopback.test:" + port
	if !e.Hint.Direct || e.Hint.Endpoint != name {
		t.Errorf("the next login begins at %+v", e.Hint)
	}
	want := []string{
		name + " at [::1]:" + port + " (direct TLS): ",
		name + " at 127.0.0.1:" + port + " (direct TLS)",
		name + " at 127.0.0.1:" + port + " (direct TLS) is the one, of 2 tried",
	}
	got := slices.Collect(steps(cfg.Trace, "connecting", ""))
	if len(got) != 3 || !strings.HasPrefix(got[0], want[0]) || got[1] != want[1] || got[2] != want[2] {
		t.Errorf("tried %q, want %q", got, want)
	}
}

// A proxy knows names that we do not.
func TestAProxyIsGivenTheName(t *testing.T) {
	addr := good(t)
	cfg := scriptedConfig(t, "hidden.invalid:5222")
	var asked []string
	cfg.Dial = func(ctx context.Context, network, name string) (net.Conn, error) {
		asked = append(asked, name)
		return new(net.Dialer).DialContext(ctx, network, addr)
	}
	signIn(t, cfg)
	if !slices.Equal(asked, []string{"hidden.invalid:5222"}) {
		t.Errorf("asked for %q", asked)
	}
}
