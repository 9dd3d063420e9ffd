package stream_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stanza"
	"dovekie/xmppsvc/stream"
)

// established signs in at a scripted server in process and hands over to the script.
func established(tb testing.TB, sm bool, script func(p *peer)) (*stream.Stream, stream.Config) {
	tb.Helper()
	cfg := inProcess(scriptedConfig(tb, scripted(tb, func(p *peer) {
		p.signedIn(sm)
		script(p)
	})))
	s, e := signIn(tb, cfg)
	if e.SM != sm {
		tb.Fatalf("stream management: %t", e.SM)
	}
	return s, cfg
}

// all reads Inbound to its end.
func all(tb testing.TB, s *stream.Stream) []stream.Inbound {
	tb.Helper()
	var out []stream.Inbound
	limit := time.After(10 * time.Second)
	for {
		select {
		case in, ok := <-s.Inbound():
			if !ok {
				return out
			}
			out = append(out, in)
		case <-limit:
			tb.Fatal("the stream does not end")
		}
	}
}

func body(id string) stream.Outgoing {
	return stream.Outgoing{Element: stanza.NewMessage("chat", id, "you@scripted.test", stanza.NewText(stanza.NSClient, "body", id)), Tag: id}
}

func TestWhatEndsAStream(t *testing.T) {
	const streamError = "<stream:error><%s xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>"
	for name, c := range map[string]struct {
		script    func(p *peer)
		kind      model.ErrorKind
		condition string
	}{
		"conflict":       {func(p *peer) { p.send(streamError, "conflict") }, model.ErrConflict, "conflict"},
		"policy":         {func(p *peer) { p.send(streamError, "policy-violation") }, model.ErrServerRefused, "policy-violation"},
		"shutdown":       {func(p *peer) { p.send(streamError, "system-shutdown") }, model.ErrServerRefused, "system-shutdown"},
		"good bye":       {func(p *peer) { p.send("</stream:stream>") }, model.ErrUnreachable, ""},
		"end of bytes":   {func(*peer) {}, model.ErrUnreachable, ""},
		"broken XML":     {func(p *peer) { p.send("<message><body></message>") }, model.ErrProtocol, ""},
		"a comment":      {func(p *peer) { p.send("<!-- hello -->") }, model.ErrProtocol, ""},
		"ack of nothing": {func(p *peer) { p.send("<a xmlns='urn:xmpp:sm:3' h='7'/>"); p.wait() }, model.ErrProtocol, ""},
		"odd ack":        {func(p *peer) { p.send("<a xmlns='urn:xmpp:sm:3' h='-1'/>"); p.wait() }, model.ErrProtocol, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, cfg := established(t, true, func(p *peer) {
				p.send("<message id='last'/>")
				c.script(p)
			})
			got := all(t, s)
			if len(got) != 1 || got[0].Element.Get("id") != "last" || !got[0].Counts {
				t.Errorf("before the end came %+v", got)
			}
			err := s.Err()
			var told *model.Error
			if !errors.As(err, &told) || told.Kind != c.kind || told.Condition != c.condition {
				t.Errorf("ended with %v (%+v)", err, err)
			}
			if err := s.Send(body("late")); model.KindOf(err) != model.ErrNotOnline {
				t.Errorf("sending afterwards: %v", err)
			}
			noSecrets(t, cfg.Trace, err)
		})
	}
}

func TestNoStanzaEndsAStream(t *testing.T) {
	s, _ := established(t, true, func(p *peer) {
		p.send("<message id='large' from='a@b'><body>%s</body></message>", strings.Repeat("x", 1<<20))
		p.send("<message id='deep'>%s%s</message>", strings.Repeat("<x>", 100), strings.Repeat("</x>", 100))
		p.send("<push xmlns='p1:push'/><unknown/><presence id='odd'><priority>999</priority></presence>")
		p.send("<received xmlns='urn:xmpp:carbons:2'/><iq id='after'/><r xmlns='urn:xmpp:sm:3'/></stream:stream>")
	})
	var got []string
	counted := 0
	for _, in := range all(t, s) {
		if in.Counts {
			counted++
		}
		switch {
		case in.AckRequested:
			got = append(got, "ack please")
		case in.Dropped != "":
			got = append(got, "dropped "+in.Element.Get("id"))
		default:
			got = append(got, in.Element.Get("id"))
		}
	}
	want := []string{"dropped large", "dropped deep", "odd", "after", "ack please"}
	if !slices.Equal(got, want) || counted != 4 {
		t.Errorf("got %q, %d counted; want %q", got, counted, want)
	}
}

func TestAcksComeInOrderWithTheStanzas(t *testing.T) {
	s, _ := established(t, true, func(p *peer) {
		handled := 0
		for handled < 7 {
			el := p.next()
			if el.Is("urn:xmpp:sm:3", "r") {
				p.send("<message id='before %d'/><a xmlns='urn:xmpp:sm:3' h='%d'/>", handled, handled)
				continue
			}
			handled++
		}
		p.next() // the <r/> after a quiet second
		p.send("<a xmlns='urn:xmpp:sm:3' h='%d'/></stream:stream>", handled-1)
	})
	for _, id := range []string{"1", "2", "3", "4", "5"} {
		if err := s.Send(body(id)); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	for in := range s.Inbound() {
		if in.Element != nil {
			got = append(got, in.Element.Get("id"))
		}
		got = append(got, in.Acked...)
		if slices.Contains(in.Acked, "5") {
			if err := s.Send(body("6"), body("7")); err != nil {
				t.Fatal(err)
			}
		}
	}
	if want := []string{"before 5", "1", "2", "3", "4", "5", "6"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	left := s.Unacked()
	if len(left) != 1 || left[0].Tag != "7" || !left[0].Written {
		t.Errorf("left: %+v", left)
	}
}

func TestWeConfirmWhatWasCommitted(t *testing.T) {
	answers := make(chan string, 8)
	s, _ := established(t, true, func(p *peer) {
		for {
			if el := p.next(); el.Is("urn:xmpp:sm:3", "a") {
				answers <- el.Get("h")
			}
		}
	})
	expect := func(want string) {
		t.Helper()
		select {
		case got := <-answers:
			if got != want {
				t.Errorf("h=%s, want %s", got, want)
			}
		case <-time.After(5 * time.Second):
			t.Fatalf("no answer %s", want)
		}
	}
	s.Handled(99)
	s.Ack()
	expect("99")
	s.Handled(99)
	s.Handled(1) // the hundredth since the last answer
	expect("199")
	s.Handled(3)
	if err := s.Close(t.Context()); err != nil {
		t.Log(err) // this server never says good bye
	}
	expect("202")
}

func TestClosingIsPromptAndClean(t *testing.T) {
	closed := make(chan string, 1)
	s, _ := established(t, false, func(p *peer) {
		for n := range 1000 { // more than anybody reads
			p.send("<message id='%d'/>", n)
		}
		got := ""
		for {
			el, err := p.rd.Next()
			if err != nil {
				closed <- got + err.Error()
				p.send("</stream:stream>")
				return
			}
			got += el.Get("id") + " "
		}
	})
	if err := s.Send(body("farewell")); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	if err := s.Close(t.Context()); err != nil {
		t.Errorf("close: %v", err)
	}
	if took := time.Since(start); took > 2*time.Second {
		t.Errorf("took %v", took)
	}
	if got := <-closed; got != "farewell "+stanza.ErrStreamClosed.Error() {
		t.Errorf("the server saw %q", got)
	}
	if err := s.Err(); err != nil {
		t.Errorf("ended with %v", err)
	}
	for range s.Inbound() { // closed, however much was left
	}
}

func TestClosingDoesNotWaitForASilentServer(t *testing.T) {
	s, _ := established(t, false, func(p *peer) { p.wait() })
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	start := time.Now()
	if err := s.Close(ctx); model.KindOf(err) != model.ErrTimeout {
		t.Errorf("close: %v", err)
	}
	if took := time.Since(start); took > time.Second {
		t.Errorf("took %v", took)
	}
}

func TestManyGoroutinesMaySend(t *testing.T) {
	const each, senders = 200, 5
	seen := make(chan []string, 1)
	s, _ := established(t, true, func(p *peer) {
		var ids []string
		for len(ids) < each*senders {
			if el := p.next(); el.IsStanza() {
				ids = append(ids, el.Get("id"))
			}
		}
		seen <- ids
		p.send("<a xmlns='urn:xmpp:sm:3' h='%d'/></stream:stream>", len(ids))
	})
	for g := range senders {
		go func() {
			for n := range each {
				_ = s.Send(body(fmt.Sprintf("%d-%03d", g, n)))
			}
		}()
	}
	var acked []string
	for _, in := range all(t, s) {
		acked = append(acked, in.Acked...)
	}
	ids := <-seen
	if !slices.Equal(acked, ids) {
		t.Error("what was confirmed is not what was sent, in its order")
	}
	for g := range senders {
		own := slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return !strings.HasPrefix(id, fmt.Sprint(g, "-")) })
		if len(own) != each || !slices.IsSorted(own) {
			t.Errorf("sender %d: %d, in order %t", g, len(own), slices.IsSorted(own))
		}
	}
}

func TestManagementThatIsRefusedIsLeftOut(t *testing.T) {
	cfg := inProcess(scriptedConfig(t, scripted(t, func(p *peer) {
		p.open(mechanisms("PLAIN"))
		p.next()
		p.send("<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>")
		p.rd.Restart()
		p.open("<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/><sm xmlns='urn:xmpp:sm:3'/>")
		p.bound()
		p.next()
		p.send("<failed xmlns='urn:xmpp:sm:3'><unexpected-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></failed>")
		p.next() // presence
		p.send("<message id='1'/><a xmlns='urn:xmpp:sm:3' h='9'/></stream:stream>")
	})))
	cfg.First = []stream.Outgoing{{Element: stanza.NewPresence("", ""), Tag: "first"}}
	s, e := signIn(t, cfg)
	got := all(t, s)
	if e.SM || len(got) != 1 || got[0].Counts || len(s.Unacked()) != 0 || model.KindOf(s.Err()) != model.ErrUnreachable {
		t.Errorf("established %t, got %+v, left %+v, %v", e.SM, got, s.Unacked(), s.Err())
	}
}

func TestAServersWordsCannotChangeASentence(t *testing.T) {
	s, _ := established(t, false, func(p *peer) {
		p.send("<stream:error><policy-violation xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><text xmlns='urn:ietf:params:xml:ns:xmpp-streams'>Go to\n\u202eevil %s</text></stream:error></stream:stream>", strings.Repeat("x", 5000))
	})
	all(t, s)
	says := s.Err().Error()
	if strings.ContainsAny(says, "\n\u202e") || len(says) > 400 || !strings.Contains(says, "Go to  evil") {
		t.Errorf("it says %q", says)
	}
}

func TestAHintThatIsNoLongerTrueCostsNoLogin(t *testing.T) {
	connections := make(chan string, 10)
	addr := scripted(t, func(p *peer) {
		p.open(mechanisms("PLAIN"))
		p.next()
		p.send("<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>")
		p.rd.Restart()
		p.open("<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>")
		p.bound()
		if el, err := p.rd.Next(); err == nil && el.Is("urn:xmpp:sm:3", "enable") {
			connections <- "enable"
			p.send("<stream:error><unsupported-stanza-type xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>")
			return
		}
		connections <- "fine"
		p.wait()
	})
	cfg := inProcess(scriptedConfig(t, addr))
	cfg.Hint.Features = []byte(`{"sm":true}`)
	cfg.First = []stream.Outgoing{{Element: stanza.NewPresence("", "")}}
	_, e := signIn(t, cfg)
	if e.SM || <-connections != "enable" || <-connections != "fine" {
		t.Errorf("established %+v", e)
	}
}
