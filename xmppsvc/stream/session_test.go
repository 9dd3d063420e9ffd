package stream_test

import (
	"context"
	"errors"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stanza"
	"dovekie/xmppsvc/stream"
)

func TestWhatAStreamLeaves(t *testing.T) {
	const streamError = "<stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>"
	for name, c := range map[string]struct {
		script func(p *peer)
		end    func(s *stream.Stream)
		alive  bool
	}{
		"cut by the network": {func(*peer) {}, nil, true},
		"given up by us":     {func(p *peer) { p.wait() }, func(s *stream.Stream) { s.Abort() }, true},
		"closed by us, and nobody answers": {func(p *peer) { p.wait() }, func(s *stream.Stream) {
			ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
			defer cancel()
			_ = s.Close(ctx)
		}, true},
		"closed by us": {func(p *peer) {
			for {
				if _, err := p.rd.Next(); err != nil {
					p.send("</stream:stream>")
					return
				}
			}
		}, func(s *stream.Stream) { _ = s.Close(context.Background()) }, false},
		"closed by the server": {func(p *peer) { p.send("</stream:stream>") }, nil, false},
		"ended with an error":  {func(p *peer) { p.send(streamError) }, nil, false},
		"broken XML":           {func(p *peer) { p.send("<message><body></message>") }, nil, false},
		"a wrong count":        {func(p *peer) { p.send("<a xmlns='urn:xmpp:sm:3' h='7'/>"); p.wait() }, nil, false},
		"a count that goes back": {func(p *peer) {
			p.send("<a xmlns='urn:xmpp:sm:3' h='2'/><a xmlns='urn:xmpp:sm:3' h='1'/>")
			p.wait()
		}, nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, _ := established(t, true, func(p *peer) {
				p.ids(4)
				p.send("<message id='1'/><message id='2'/><message id='3'/><a xmlns='urn:xmpp:sm:3' h='1'/>")
				c.script(p)
			})
			if err := s.Send(body("1"), body("2"), body("3"), body("4")); err != nil {
				t.Fatal(err)
			}
			counted := 0
			for in := range s.Inbound() {
				if in.Counts {
					if counted++; counted < 3 { // the third is not committed
						s.Handled(1)
					}
				}
				if len(in.Acked) > 0 && c.end != nil {
					go c.end(s)
				}
			}
			r, alive := s.Session()
			if alive != c.alive {
				t.Errorf("alive: %t, %v", alive, s.Err())
			}
			if r.ID != "some-id" || r.JID.Resource() != "here" || r.Handled != 2 || r.Sent != 4 {
				t.Errorf("left: %+v", r)
			}
			var numbers []uint32
			for i, q := range r.Queue {
				numbers = append(numbers, q.N)
				if u := s.Unacked()[i]; u.N != q.N || u.Tag != q.Tag {
					t.Errorf("%+v stands beside %+v", u, q)
				}
			}
			want := []uint32{2, 3, 4}
			if name == "a count that goes back" {
				want = want[1:]
			}
			if !slices.Equal(numbers, want) || r.Acked != want[0]-1 {
				t.Errorf("left %v after %d, want %v", numbers, r.Acked, want)
			}
		})
	}
}

// A goodbye would end the session that is to be gone on with.
func TestGivingAConnectionUpIsNoGoodbye(t *testing.T) {
	const times = 100
	seen := make(chan string, times)
	for range times {
		s, _ := established(t, true, func(p *peer) {
			_, err := p.rd.Next()
			seen <- err.Error()
		})
		s.Abort()
		if _, alive := s.Session(); !alive || s.Err() != nil {
			t.Errorf("alive %t, %v", alive, s.Err())
		}
		if got := <-seen; got == stanza.ErrStreamClosed.Error() {
			t.Fatalf("the server saw %q", got)
		}
	}
}

// The server's goodbye waits behind stanzas that nobody took when the connection is given
// up: it is read after the end.
func TestGivingAConnectionUpThatTheServerEnds(t *testing.T) {
	sent := make(chan struct{})
	s, _ := established(t, true, func(p *peer) {
		p.send("%s</stream:stream>", strings.Repeat("<message/>", 350))
		close(sent)
		p.wait()
	})
	<-sent
	for len(s.Inbound()) < cap(s.Inbound()) { // now the reader waits for somebody to take one
		time.Sleep(time.Millisecond)
	}
	ended := make(chan struct{})
	go func() { s.Abort(); close(ended) }()
	select {
	case <-ended:
	case <-time.After(10 * time.Second):
		t.Fatal("it does not end")
	}
	if _, alive := s.Session(); alive || s.Err() != nil {
		t.Errorf("alive %t, %v", alive, s.Err())
	}
}

func TestWithoutAnIdThereIsNothingToGoOnWith(t *testing.T) {
	for name, enabled := range map[string]string{
		"no resumption": "<enabled xmlns='urn:xmpp:sm:3' id='some-id'/>",
		"no id":         "<enabled xmlns='urn:xmpp:sm:3' resume='true'/>",
		"said so":       "<enabled xmlns='urn:xmpp:sm:3' id='some-id' resume='false' max='-1'/>",
	} {
		cfg := inProcess(scriptedConfig(t, scripted(t, func(p *peer) {
			p.authenticated()
			p.open(offerBind + offerSM)
			p.bound()
			p.next()
			p.send("%s", enabled)
		})))
		s, e := signIn(t, cfg)
		all(t, s)
		if _, alive := s.Session(); alive || e.SMID != "" || e.Max != 0 {
			t.Errorf("%s: alive %t, established %+v", name, alive, e)
		}
	}
}

// A server may ask as often as it likes: each question is an input of the loop, and what
// waits at the same time gets one answer.
func TestManyQuestionsGetFewAnswers(t *testing.T) {
	const questions = 5000
	answers := make(chan int, 1)
	s, _ := established(t, true, func(p *peer) {
		for range questions {
			p.send("<r xmlns='urn:xmpp:sm:3'/>")
		}
		p.send("<message id='last'/>")
		n := 0
		for {
			el := p.next()
			if n++; el.Get("h") == "1" {
				break
			}
		}
		answers <- n
	})
	asked := 0
	for in := range s.Inbound() {
		switch {
		case in.AckRequested:
			if asked++; asked%100 == 0 { // a batch
				s.Ack()
			}
		case in.Counts:
			s.Handled(1)
			s.Ack()
		}
	}
	if n := <-answers; asked != questions || n > questions/100+1 {
		t.Errorf("%d asked, %d answers", asked, n)
	}
}

func TestThePlaceThatKeepsASessionIsTriedFirst(t *testing.T) {
	resumes := func(p *peer) {
		p.secure()
		p.authenticated()
		p.open(offerBind + offerSM)
		if el := p.next(); el.Is(nsSM, "resume") {
			p.send("<resumed xmlns='urn:xmpp:sm:3' previd='left' h='8'/>")
			p.wait()
		}
	}
	good := scripted(t, resumes)
	evil := evil(t)
	nobody := scripted(t, func(*peer) {})
	for name, c := range map[string]struct {
		location string
		target   string // of the SRV record
		tries    []string
		typed    bool
		kind     model.ErrorKind
	}{
		"it works":               {location: good, target: nobody, tries: []string{good}},
		"nobody is there":        {location: nobody, target: good, tries: []string{nobody, good}},
		"the wrong certificate":  {location: evil, target: good, tries: []string{evil, good}},
		"not an address":         {location: "a b:c", target: good, tries: []string{good}},
		"an address was typed":   {location: evil, target: good, tries: []string{good}, typed: true},
		"and no other works":     {location: evil, target: nobody, tries: []string{evil, nobody}, kind: model.ErrUnreachable},
		"without a port, a name": {location: "127.0.0.1", target: good, tries: []string{"127.0.0.1:5222", good}},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := scriptedConfig(t, "")
			cfg.Security, cfg.Resolver = model.SecurityAuto, onlySRV(t, c.target)
			if c.typed {
				cfg.Address = c.target
			}
			var tries []string
			cfg.Dial = func(ctx context.Context, network, addr string) (net.Conn, error) {
				tries = append(tries, addr)
				if addr == "127.0.0.1:5222" {
					return nil, errors.New("nobody is to be asked there")
				}
				return new(net.Dialer).DialContext(ctx, network, addr)
			}
			cfg.Resume = left()
			cfg.Resume.Location = c.location
			s, e, err := stream.Connect(t.Context(), cfg)
			if model.KindOf(err) != c.kind {
				t.Fatalf("got %v", err)
			}
			if tries = slices.Compact(tries); !slices.Equal(tries, c.tries) { // twice is STARTTLS, then TLS at once
				t.Errorf("tried %q, want %q", tries, c.tries)
			}
			if err != nil {
				return
			}
			defer s.Abort()
			if !e.Login.Resumed || e.Location != c.location {
				t.Errorf("established %+v", e)
			}
			// The place is the session's, not the domain's.
			if e.Hint.Endpoint == c.location {
				t.Errorf("the next login begins at %s", e.Hint.Endpoint)
			}
		})
	}
}

// onlySRV resolves every domain to one host and port, by STARTTLS.
func onlySRV(tb testing.TB, addr string) stream.Resolver {
	tb.Helper()
	r := record(tb, addr, 1)
	r.Target = "127.0.0.1"
	return srvZone{"xmpp-client": {&r}}
}

// srvZone answers for a service, whatever the domain.
type srvZone map[string][]*net.SRV

func (z srvZone) LookupSRV(_ context.Context, service, _, name string) (string, []*net.SRV, error) {
	return name, z[service], nil
}
