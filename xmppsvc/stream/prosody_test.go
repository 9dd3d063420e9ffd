package stream_test

import (
	"context"
	"testing"
	"time"

	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stanza"
	"dovekie/xmppsvc/stream"
	"dovekie/xmppsvc/trace"
	"dovekie/xmppsvc/xmpptest"
)

// first is what an account sends behind bind.
func first() []stream.Outgoing {
	return []stream.Outgoing{
		{Element: stanza.NewIQ("get", "roster", "", stanza.New("jabber:iq:roster", "query").With("ver", ""))},
		{Element: stanza.NewPresence("", "")},
	}
}

// config is a login of u at addr, traced into the test's log.
func config(tb testing.TB, s *xmpptest.Server, u xmpptest.User, addr string, sec model.Security) stream.Config {
	tb.Helper()
	tr := trace.New(200)
	tr.WatchStanzas(true)
	tb.Cleanup(func() {
		if tb.Failed() {
			dump(tb, tr)
		}
	})
	return stream.Config{
		JID: jid.MustParse(u.JID()), Resource: "dovekie.test", Password: model.NewSecret(u.Password),
		Address: addr, Security: sec, Roots: s.CAPool(), First: first(), Trace: tr,
	}
}

func dump(tb testing.TB, tr *trace.Trace) {
	tb.Helper()
	entries, _ := tr.Since(0)
	for _, e := range entries {
		if e.Kind == trace.KindStep {
			tb.Logf("%s %s: %s (%v)", e.Time.Format("05.000"), e.Name, e.Detail, e.Took)
		} else {
			tb.Logf("%s out=%t %s", e.Time.Format("05.000"), e.Out, e.XML)
		}
	}
}

// signIn connects and closes with the test.
func signIn(tb testing.TB, c stream.Config) (*stream.Stream, stream.Established) {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	s, e, err := stream.Connect(ctx, c)
	if err != nil {
		tb.Fatalf("sign in: %v (%v)", err, model.KindOf(err))
	}
	tb.Cleanup(func() { s.Abort() })
	return s, e
}

func TestFirstAndLaterLoginsOnProsody(t *testing.T) {
	srv := xmpptest.SharedProsody(t)
	for _, c := range []struct {
		sec          model.Security
		addr         string
		first, later int
	}{
		{model.SecurityDirectTLS, srv.DirectTLSAddr(), 6, 4},
		{model.SecurityStartTLS, srv.StartTLSAddr(), 7, 5},
	} {
		t.Run(string(c.sec), func(t *testing.T) {
			u := srv.NewUser("login")
			proxy := xmpptest.DelayProxy(t, c.addr, 0)
			cfg := config(t, srv, u, proxy.Addr(), c.sec)
			s, e := signIn(t, cfg)
			t.Logf("%+v %s", e.Login, e.Hint.Features)
			if e.Login.RoundTrips > c.first {
				t.Errorf("first login: %d round trips, want at most %d", e.Login.RoundTrips, c.first)
			}
			if err := s.Close(t.Context()); err != nil {
				t.Errorf("close: %v", err)
			}
			cfg.Hint = e.Hint
			_, e = signIn(t, cfg)
			t.Logf("%+v", e.Login)
			if e.Login.RoundTrips > c.later {
				t.Errorf("later login: %d round trips, want at most %d", e.Login.RoundTrips, c.later)
			}
		})
	}
}
