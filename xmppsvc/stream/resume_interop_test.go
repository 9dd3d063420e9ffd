package stream_test

import (
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stanza"
	"dovekie/xmppsvc/stream"
	"dovekie/xmppsvc/xmpptest"
)

// servers are the real ones that all tests share.
func servers(tb testing.TB) map[string]*xmpptest.Server {
	tb.Helper()
	return map[string]*xmpptest.Server{"prosody": xmpptest.SharedProsody(tb), "ejabberd": xmpptest.SharedEjabberd(tb)}
}

// member is a client that commits what it gets at once.
type member struct {
	st *stream.Stream

	mu    sync.Mutex
	got   []string // ids of messages
	acked []string
	ended chan struct{}
}

// follow reads the stream to its end.
func (m *member) follow(st *stream.Stream) {
	m.st, m.ended = st, make(chan struct{})
	go func() {
		defer close(m.ended)
		for in := range st.Inbound() {
			m.mu.Lock()
			m.acked = append(m.acked, in.Acked...)
			if in.Element.Is(stanza.NSClient, "message") && in.Element.Child(stanza.NSClient, "body") != nil {
				m.got = append(m.got, in.Element.Get("id"))
			}
			m.mu.Unlock()
			if in.Counts {
				st.Handled(1)
			}
			if in.AckRequested {
				st.Ack()
			}
		}
	}()
}

// has waits until so many messages came.
func (m *member) has(tb testing.TB, messages int) []string {
	tb.Helper()
	return m.await(tb, &m.got, messages)
}

// await waits until one of the lists is so long.
func (m *member) await(tb testing.TB, list *[]string, length int) []string {
	tb.Helper()
	for start := time.Now(); ; time.Sleep(5 * time.Millisecond) {
		m.mu.Lock()
		got := slices.Clone(*list)
		m.mu.Unlock()
		if len(got) >= length {
			return got
		}
		if time.Since(start) > 20*time.Second {
			tb.Fatalf("%d of %d came", len(got), length)
		}
	}
}

func letters(to xmpptest.User, first, last int) (out []stream.Outgoing, ids []string) {
	for n := first; n <= last; n++ {
		id := "m" + strconv.Itoa(n)
		el := stanza.NewMessage("chat", id, to.JID(), stanza.NewText(stanza.NSClient, "body", id))
		out, ids = append(out, stream.Outgoing{Element: el, Tag: id}), append(ids, id)
	}
	return out, ids
}

// The link of one of two breaks in the middle of a conversation, twice; both go on writing.
func TestASessionOutlivesACut(t *testing.T) {
	const each = 240
	for name, srv := range servers(t) {
		t.Run(name, func(t *testing.T) {
			romeo, juliet := srv.NewUser("romeo"), srv.NewUser("juliet")
			proxy := xmpptest.DelayProxy(t, srv.DirectTLSAddr(), time.Millisecond)
			cfg := config(t, srv, romeo, proxy.Addr(), model.SecurityDirectTLS)
			var a, b member
			st, e := signIn(t, cfg)
			cfg.Hint = e.Hint
			if e.SMID == "" || e.Max < time.Minute || int(e.Sent) != len(cfg.First) {
				t.Fatalf("established %+v", e)
			}
			a.follow(st)
			other, _ := signIn(t, config(t, srv, juliet, srv.StartTLSAddr(), model.SecurityStartTLS))
			b.follow(other)

			mine, want := letters(juliet, 1, each)
			theirs, wanted := letters(romeo, 1, each)
			sent := uint32(len(cfg.First))
			for part := range 3 {
				first, last := part*each/3, (part+1)*each/3
				if err := b.st.Send(theirs[first:last]...); err != nil {
					t.Fatal(err)
				}
				if part == 1 {
					proxy.Stall() // none of this arrives
				}
				if err := a.st.Send(mine[first:last]...); err != nil {
					t.Fatal(err)
				}
				sent += uint32(last - first)
				if part == 2 {
					break
				}
				if part == 0 {
					a.has(t, (last-first)/2)
				}
				proxy.CutAll()
				proxy.Resume()
				// ejabberd hands the session from one of its processes to another and mixes
				// up what comes in just then, so it is given nothing to mix up.
				b.await(t, &b.acked, last)
				<-a.ended
				left, alive := a.st.Session()
				if !alive || left.Sent != sent || uint32(len(left.Queue)) != left.Sent-left.Acked {
					t.Fatalf("left after %v: sent %d of %d, acked %d, %d queued, alive %t", a.st.Err(), left.Sent, sent, left.Acked, len(left.Queue), alive)
				}
				cfg.Resume = &left
				st, e := signIn(t, cfg)
				if !e.Login.Resumed || e.Sent != sent || e.SMID != left.ID || e.Login.JID != left.JID {
					t.Fatalf("established %+v", e)
				}
				t.Logf("%d of ours were not confirmed, %d of them had arrived; %d round trips", len(left.Queue), len(e.Acked), e.Login.RoundTrips)
				a.acked = append(a.acked, e.Acked...)
				a.follow(st)
			}
			if got := a.has(t, each); !slices.Equal(got, wanted) {
				t.Errorf("the one with the bad link got %d: %s", len(got), strings.Join(got, " "))
			}
			if got := b.has(t, each); !slices.Equal(got, want) {
				t.Errorf("the other got %d: %s", len(got), strings.Join(got, " "))
			}
			time.Sleep(1500 * time.Millisecond) // the last question for an acknowledgement
			a.mu.Lock()
			defer a.mu.Unlock()
			if !slices.Equal(a.acked, want) {
				t.Errorf("confirmed were %d: %q", len(a.acked), a.acked)
			}
		})
	}
}

// A restarted server has no sessions; Prosody at least remembers how much it had.
func TestAfterARestartWeBindAnew(t *testing.T) {
	for name, start := range map[string]func(testing.TB, xmpptest.Options) *xmpptest.Server{"prosody": xmpptest.Prosody, "ejabberd": xmpptest.Ejabberd} {
		t.Run(name, func(t *testing.T) {
			srv := start(t, xmpptest.Options{})
			romeo, juliet := srv.AddUser("romeo", "of verona"), srv.AddUser("juliet", "of verona")
			cfg := config(t, srv, romeo, srv.DirectTLSAddr(), model.SecurityDirectTLS)
			st, e := signIn(t, cfg)
			cfg.Hint = e.Hint
			var a member
			a.follow(st)
			out, _ := letters(juliet, 1, 3)
			if err := st.Send(out...); err != nil {
				t.Fatal(err)
			}
			time.Sleep(300 * time.Millisecond)
			for _, crash := range []bool{false, true} {
				if crash && name == "ejabberd" {
					break // is the same to us, and takes long
				}
				if crash {
					srv.Crash()
					srv.Start()
				} else {
					srv.Restart()
				}
				<-a.ended
				left, alive := a.st.Session()
				t.Logf("ended with %v; the session may live: %t, %d of %d not confirmed", a.st.Err(), alive, len(left.Queue), left.Sent)
				if left.ID == "" {
					t.Fatalf("left %+v", left)
				}
				cfg.Resume = &left
				st, e := signIn(t, cfg)
				if e.Login.Resumed || !e.Refused || !e.SM || e.SMID == left.ID || e.Login.RoundTrips > 5 {
					t.Errorf("established %+v", e)
				}
				t.Logf("of what was left the server had %q; %d round trips", e.Acked, e.Login.RoundTrips)
				a.follow(st)
			}
		})
	}
}

// The figures of xmpp.md: until <resumed/> was read. The proxy counts them as well, up to
// the last thing we write, which is the question: nothing is left to be sent again.
func TestRoundTripsOfResumption(t *testing.T) {
	for name, srv := range servers(t) {
		for _, c := range []struct {
			sec  model.Security
			addr string
			most int
		}{
			{model.SecurityDirectTLS, srv.DirectTLSAddr(), 5},
			{model.SecurityStartTLS, srv.StartTLSAddr(), 6},
		} {
			t.Run(name+" "+string(c.sec), func(t *testing.T) {
				proxy := xmpptest.DelayProxy(t, c.addr, 5*time.Millisecond)
				u := srv.NewUser("figures")
				cfg := config(t, srv, u, proxy.Addr(), c.sec)
				var m member
				st, e := signIn(t, cfg)
				cfg.Hint = e.Hint
				m.follow(st)
				note, _ := letters(u, 1, 1)
				if err := st.Send(note...); err != nil {
					t.Fatal(err)
				}
				m.await(t, &m.acked, 1)
				st.Abort()
				left, _ := st.Session()
				if len(left.Queue) > 0 {
					t.Fatalf("left %+v", left)
				}
				cfg.Resume = &left
				proxy.SetDelay(50 * time.Millisecond)
				start := time.Now()
				_, e = signIn(t, cfg)
				counted := proxy.RoundTrips() + 1
				if !e.Login.Resumed || e.Login.RoundTrips > c.most || e.Login.RoundTrips != counted {
					t.Errorf("resumed %t, %d round trips, the network counted %d; want at most %d", e.Login.Resumed, e.Login.RoundTrips, counted, c.most)
				}
				t.Logf("%d round trips, %v", e.Login.RoundTrips, time.Since(start))
			})
		}
	}
}
