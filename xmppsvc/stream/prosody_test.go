package stream_test

import (
	"context"
	"net"
	"slices"
	"strconv"
	"strings"
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

// figures signs in three times through a proxy that counts: with nothing known, with
// what that taught, and once more with 50 ms each way, where time must agree. A little
// delay is always needed: without it an answer may come in the middle of a flight.
func figures(t *testing.T, srv *xmpptest.Server, sec model.Security, addr string, atFirst, later int) {
	t.Helper()
	u := srv.NewUser("figures")
	proxy := xmpptest.DelayProxy(t, addr, 5*time.Millisecond)
	cfg := config(t, srv, u, proxy.Addr(), sec)
	login := func(want int) {
		t.Helper()
		s, e := signIn(t, cfg)
		if counted := proxy.RoundTrips(); e.Login.RoundTrips != counted {
			t.Errorf("we counted %d round trips, the network %d", e.Login.RoundTrips, counted)
		}
		if e.Login.RoundTrips > want {
			t.Errorf("%d round trips, want at most %d", e.Login.RoundTrips, want)
		}
		if err := s.Close(t.Context()); err != nil {
			t.Errorf("close: %v", err)
		}
		t.Logf("%+v", e.Login)
		cfg.Hint = e.Hint
	}
	login(atFirst)
	login(later)
	const oneWay = 50 * time.Millisecond
	proxy.SetDelay(oneWay)
	start := time.Now()
	_, e := signIn(t, cfg)
	// The proxy does not delay TCP's handshake, and the answer to the last flight comes
	// one round trip after it. How long the machine takes is not ours to say.
	if took, want := time.Since(start), time.Duration(e.Login.RoundTrips)*2*oneWay; took < want {
		t.Errorf("signing in took %v with %d round trips of %v", took, e.Login.RoundTrips, 2*oneWay)
	}
}

func TestRoundTripsOnProsody(t *testing.T) {
	srv := xmpptest.SharedProsody(t)
	t.Run("direct TLS", func(t *testing.T) { figures(t, srv, model.SecurityDirectTLS, srv.DirectTLSAddr(), 6, 4) })
	t.Run("STARTTLS", func(t *testing.T) { figures(t, srv, model.SecurityStartTLS, srv.StartTLSAddr(), 7, 5) })
}

func TestRoundTripsOnEjabberd(t *testing.T) {
	srv := xmpptest.SharedEjabberd(t)
	t.Run("direct TLS", func(t *testing.T) { figures(t, srv, model.SecurityDirectTLS, srv.DirectTLSAddr(), 6, 4) })
	t.Run("STARTTLS", func(t *testing.T) { figures(t, srv, model.SecurityStartTLS, srv.StartTLSAddr(), 7, 5) })
}

func TestEitherKindOfPortIsFoundOut(t *testing.T) {
	srv := xmpptest.SharedProsody(t)
	u := srv.NewUser("either")
	for _, addr := range []string{srv.DirectTLSAddr(), srv.StartTLSAddr()} {
		cfg := config(t, srv, u, addr, model.SecurityAuto)
		_, e := signIn(t, cfg)
		if e.Hint.Endpoint != addr || e.Hint.Direct != (addr == srv.DirectTLSAddr()) {
			t.Errorf("%s taught %+v", addr, e.Hint)
		}
		cfg.Hint = e.Hint
		if _, e = signIn(t, cfg); e.Login.RoundTrips > 5 {
			t.Errorf("with the hint: %d round trips", e.Login.RoundTrips)
		}
	}
}

func TestServersAreFoundByTheirRecords(t *testing.T) {
	srv := xmpptest.SharedProsody(t)
	u := srv.NewUser("records")
	ns := xmpptest.DNS(t)
	ns.AddSRV("_xmpps-client", srv.Domain(), record(t, "127.0.0.1:1", 1), record(t, srv.DirectTLSAddr(), 20))
	ns.AddSRV("_xmpp-client", srv.Domain(), record(t, srv.StartTLSAddr(), 10))
	cfg := config(t, srv, u, "", model.SecurityAuto)
	cfg.Resolver = ns.Resolver()
	ns.AddHost("loopback.test", "127.0.0.1")
	_, e := signIn(t, cfg)
	if e.Hint.Direct {
		t.Errorf("took %s, which has the lower priority", e.Hint.Endpoint)
	}
	// What worked is tried first, without asking.
	_, seen := cfg.Trace.Since(0)
	cfg.Hint = e.Hint
	signIn(t, cfg)
	steps, _ := cfg.Trace.Since(seen)
	if slices.ContainsFunc(steps, func(e trace.Entry) bool { return e.Name == "resolving" }) {
		t.Error("the records were looked up again")
	}
	// What works no longer is looked up again.
	cfg.Hint.Endpoint = "loopback.test:1"
	if _, e = signIn(t, cfg); e.Hint.Direct {
		t.Errorf("came to %s", e.Hint.Endpoint)
	}
}

// record points to a name with the port of addr.
func record(tb testing.TB, addr string, priority uint16) net.SRV {
	tb.Helper()
	_, text, err := net.SplitHostPort(addr)
	if err != nil {
		tb.Fatal(err)
	}
	port, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		tb.Fatal(err)
	}
	return net.SRV{Target: "loopback.test.", Port: uint16(port), Priority: priority}
}

func TestChannelBindingWithTLS12(t *testing.T) {
	for name, start := range map[string]func(testing.TB, xmpptest.Options) *xmpptest.Server{"prosody": xmpptest.Prosody, "ejabberd": xmpptest.Ejabberd} {
		t.Run(name, func(t *testing.T) {
			srv := start(t, xmpptest.Options{MaxTLS12: true})
			u := srv.AddUser("bound", "to the channel")
			cfg := config(t, srv, u, srv.StartTLSAddr(), model.SecurityStartTLS)
			for range 2 { // the second time it is guessed
				_, e := signIn(t, cfg)
				if !e.PlusUsed || e.BindingLost || e.Login.ChannelBinding != "tls-unique" || e.Login.TLSVersion != "1.2" {
					t.Errorf("signed in with %+v", e.Login)
				}
				cfg.Hint, cfg.PlusSeen = e.Hint, true
			}
		})
	}
}

func TestALostChannelBindingIsTold(t *testing.T) {
	srv := xmpptest.SharedProsody(t) // with TLS 1.3 it offers none
	u := srv.NewUser("lost")
	cfg := config(t, srv, u, srv.StartTLSAddr(), model.SecurityStartTLS)
	cfg.PlusSeen = true
	cfg.Hint = stream.Hint{Mechanism: "SCRAM-SHA-1-PLUS", Binding: "tls-exporter"}
	_, e := signIn(t, cfg)
	if !e.BindingLost || e.PlusUsed || !e.ScramUsed {
		t.Errorf("established %+v", e)
	}
	entries, _ := cfg.Trace.Since(0)
	if !slices.ContainsFunc(entries, func(e trace.Entry) bool { return e.Name == "weaker" && strings.Contains(e.Detail, "channel binding") }) {
		t.Error("the trace says nothing of it")
	}
}

func TestAWrongGuessIsMadeGood(t *testing.T) {
	srv := xmpptest.SharedProsody(t)
	u := srv.NewUser("guess")
	for _, hint := range []stream.Hint{
		{Mechanism: "SCRAM-SHA-256", Features: []byte(`{"flag":"n"}`)},
		{Mechanism: "SCRAM-SHA-256-PLUS", Binding: "tls-exporter", Features: []byte(`{"sm":true}`)},
		{Mechanism: "X-OAUTH2", Features: []byte(`{"flag":"y"}`)},
		{Mechanism: "PLAIN"},
	} {
		cfg := config(t, srv, u, srv.DirectTLSAddr(), model.SecurityDirectTLS)
		cfg.Hint, cfg.ScramSeen = hint, true
		_, e := signIn(t, cfg)
		if e.Login.Mechanism != "SCRAM-SHA-1" || e.Hint.Mechanism != "SCRAM-SHA-1" {
			t.Errorf("with %+v signed in by %s", hint, e.Login.Mechanism)
		}
	}
}

func TestPLAINOnlyServer(t *testing.T) {
	srv := xmpptest.Prosody(t, xmpptest.Options{Mechanisms: []string{"PLAIN"}})
	u := srv.AddUser("plain", "p\u00e4ssword & <more>")
	cfg := config(t, srv, u, srv.DirectTLSAddr(), model.SecurityDirectTLS)
	_, e := signIn(t, cfg)
	if e.Login.Mechanism != "PLAIN" || e.ScramUsed {
		t.Errorf("signed in by %+v", e.Login)
	}
	cfg.Hint = e.Hint
	if _, e = signIn(t, cfg); e.Login.RoundTrips > 4 {
		t.Errorf("later: %d round trips", e.Login.RoundTrips)
	}
	cfg.ScramSeen = true
	if _, _, err := stream.Connect(t.Context(), cfg); model.KindOf(err) != model.ErrDowngrade {
		t.Errorf("after SCRAM: %v", err)
	}
}

func TestWhoMayNotSignIn(t *testing.T) {
	for name, srv := range map[string]*xmpptest.Server{"prosody": xmpptest.SharedProsody(t), "ejabberd": xmpptest.SharedEjabberd(t)} {
		u := srv.NewUser("real")
		wrong := u
		wrong.Password += "x"
		nobody := xmpptest.User{Name: "nobody-at-all", Domain: u.Domain, Password: "p"}
		for _, u := range []xmpptest.User{wrong, nobody} {
			cfg := config(t, srv, u, srv.DirectTLSAddr(), model.SecurityDirectTLS)
			if _, _, err := stream.Connect(t.Context(), cfg); model.KindOf(err) != model.ErrAuthFailed {
				t.Errorf("%s: %s: %v", name, u.Name, err)
			}
			// With a guess from the days when it worked, it is the same.
			cfg.Hint = stream.Hint{Mechanism: "SCRAM-SHA-1", Features: []byte(`{"flag":"y"}`)}
			if _, _, err := stream.Connect(t.Context(), cfg); model.KindOf(err) != model.ErrAuthFailed {
				t.Errorf("%s: %s with a guess: %v", name, u.Name, err)
			}
		}
		cfg := config(t, srv, xmpptest.User{Name: "a", Domain: "elsewhere.test", Password: "p"}, srv.StartTLSAddr(), model.SecurityStartTLS)
		_, _, err := stream.Connect(t.Context(), cfg)
		if k := model.KindOf(err); k != model.ErrServerRefused && k != model.ErrCertificateRejected {
			t.Errorf("%s: a domain that is not served: %v (%s)", name, err, k)
		}
	}
}

func TestAServerWithoutTLS(t *testing.T) {
	srv := xmpptest.Prosody(t, xmpptest.Options{NoTLS: true})
	u := srv.AddUser("bare", "secret")
	for _, sec := range []model.Security{model.SecurityStartTLS, model.SecurityAuto, model.SecurityDirectTLS} {
		cfg := config(t, srv, u, srv.StartTLSAddr(), sec)
		if _, _, err := stream.Connect(t.Context(), cfg); model.KindOf(err) != model.ErrTLSRequired {
			t.Errorf("%s: %v", sec, err)
		}
	}
	cfg := config(t, srv, u, srv.StartTLSAddr(), model.SecurityPlaintext)
	if _, e := signIn(t, cfg); e.Login.TLSVersion != "" || !e.ScramUsed {
		t.Errorf("on this computer, by choice: %+v", e.Login)
	}
}

func TestServersWithoutStreamManagement(t *testing.T) {
	srv := xmpptest.Prosody(t, xmpptest.Options{NoModules: []string{"smacks"}})
	u := srv.AddUser("simple", "secret")
	cfg := config(t, srv, u, srv.DirectTLSAddr(), model.SecurityDirectTLS)
	cfg.Hint = stream.Hint{Mechanism: "SCRAM-SHA-1", Features: []byte(`{"sm":true,"flag":"y"}`)}
	s, e := signIn(t, cfg)
	if e.SM {
		t.Error("stream management is said to be on")
	}
	if err := s.Close(t.Context()); err != nil {
		t.Error(err)
	}
	cfg.Hint = e.Hint
	if _, e = signIn(t, cfg); e.Login.RoundTrips > 4 {
		t.Errorf("later: %d round trips", e.Login.RoundTrips)
	}
}

func TestMessagesAreAcknowledged(t *testing.T) {
	for name, srv := range map[string]*xmpptest.Server{"prosody": xmpptest.SharedProsody(t), "ejabberd": xmpptest.SharedEjabberd(t)} {
		t.Run(name, func(t *testing.T) {
			romeo, juliet := srv.NewUser("romeo"), srv.NewUser("juliet")
			a, _ := signIn(t, config(t, srv, romeo, srv.DirectTLSAddr(), model.SecurityDirectTLS))
			b, _ := signIn(t, config(t, srv, juliet, srv.StartTLSAddr(), model.SecurityStartTLS))
			const count = 300
			var want []string
			for n := range count {
				id := strconv.Itoa(n)
				m := stanza.NewMessage("chat", id, juliet.JID(), stanza.NewText(stanza.NSClient, "body", "\u4f60\u597d "+id))
				if err := a.Send(stream.Outgoing{Element: m, Tag: id}); err != nil {
					t.Fatal(err)
				}
				want = append(want, id)
			}
			acked := make(chan []string, 1)
			go func() {
				var got []string
				for in := range a.Inbound() {
					if got = append(got, in.Acked...); len(got) >= count {
						break
					}
				}
				acked <- got
			}()
			var received []string
			for len(received) < count {
				select {
				case in, ok := <-b.Inbound():
					if !ok {
						t.Fatalf("ended: %v", b.Err())
					}
					if in.AckRequested {
						b.Ack()
					}
					if in.Counts {
						b.Handled(1)
					}
					if in.Element.Is(stanza.NSClient, "message") {
						received = append(received, in.Element.Get("id"))
					}
				case <-time.After(20 * time.Second):
					t.Fatalf("%d came", len(received))
				}
			}
			if !slices.Equal(received, want) {
				t.Error("not in order")
			}
			select {
			case got := <-acked:
				if !slices.Equal(got, want) {
					t.Errorf("%d acknowledged, or not in order", len(got))
				}
			case <-time.After(10 * time.Second):
				t.Error("not all was acknowledged")
			}
		})
	}
}

func TestAServerThatEndsOurStream(t *testing.T) {
	srv := xmpptest.SharedProsody(t)
	u := srv.NewUser("kicked")
	s, _ := signIn(t, config(t, srv, u, srv.DirectTLSAddr(), model.SecurityDirectTLS))
	srv.KillSessions(u)
	all(t, s)
	if err := s.Err(); err == nil {
		t.Error("it ended without a cause")
	} else {
		t.Logf("%v (%s)", err, model.KindOf(err))
	}
}

func TestTheSameResourceReplacesTheOlderStream(t *testing.T) {
	srv := xmpptest.SharedEjabberd(t)
	u := srv.NewUser("twice")
	cfg := config(t, srv, u, srv.DirectTLSAddr(), model.SecurityDirectTLS)
	older, _ := signIn(t, cfg)
	signIn(t, cfg)
	all(t, older)
	if err := older.Err(); model.KindOf(err) != model.ErrConflict {
		t.Errorf("the older one ended with %v", err)
	}
}

func TestADeadNetworkEndsAttemptsAndStreams(t *testing.T) {
	srv := xmpptest.SharedProsody(t)
	u := srv.NewUser("cut")
	proxy := xmpptest.DelayProxy(t, srv.DirectTLSAddr(), 0)
	cfg := config(t, srv, u, proxy.Addr(), model.SecurityDirectTLS)
	s, _ := signIn(t, cfg)
	proxy.CutAll()
	all(t, s)
	if err := s.Err(); model.KindOf(err) != model.ErrUnreachable {
		t.Errorf("cut: %v", err)
	}
	proxy.Stall()
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if _, _, err := stream.Connect(ctx, cfg); model.KindOf(err) != model.ErrTimeout {
		t.Errorf("stalled: %v", err)
	}
}
