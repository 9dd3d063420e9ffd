package stream_test

import (
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stanza"
	"dovekie/xmppsvc/stream"
)

const (
	nsSM        = "urn:xmpp:sm:3"
	offerBind   = "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>"
	offerSM     = "<sm xmlns='urn:xmpp:sm:3'/>"
	itemMissing = "<item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>"
)

// authenticated takes a client in process to where it opens its second stream.
func (p *peer) authenticated() {
	p.open(mechanisms("PLAIN"))
	p.next()
	p.send("<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>")
	p.rd.Restart()
}

// bodies are messages with the numbers from one on, both ends included.
func bodies(first, last uint32) []stream.Numbered {
	var out []stream.Numbered
	for n := first; n != last+1; n++ {
		out = append(out, stream.Numbered{Outgoing: body(strconv.FormatUint(uint64(n), 10)), N: n})
	}
	return out
}

// left is a session with stanzas 4 to 8 not confirmed, and nine of the server's committed.
func left() *stream.Resume {
	return &stream.Resume{
		ID: "left", JID: jid.MustParse("me@" + scriptedDomain + "/before"), Handled: 9, Acked: 3, Sent: 8, Queue: bodies(4, 8),
	}
}

// resuming signs in in process with the session left, at a server that had stream
// management last time.
func resuming(tb testing.TB, script func(p *peer)) stream.Config {
	tb.Helper()
	cfg := inProcess(scriptedConfig(tb, scripted(tb, script)))
	cfg.Resume, cfg.Hint.Features = left(), []byte(`{"sm":true}`)
	cfg.First = []stream.Outgoing{{Element: stanza.NewPresence("", ""), Tag: "first"}}
	return cfg
}

// ids reads stanzas and notes what comes until there were so many.
func (p *peer) ids(stanzas int) []string {
	var out []string
	for stanzas > 0 {
		el := p.next()
		if el.IsStanza() {
			out = append(out, el.Get("id"))
			stanzas--
		}
	}
	return out
}

func TestASessionIsGoneOnWith(t *testing.T) {
	for name, hint := range map[string]string{"without waiting for the offer": `{"sm":true}`, "when it is offered": ""} {
		t.Run(name, func(t *testing.T) {
			type seen struct {
				request *stanza.Element
				again   []string
				h       string
			}
			saw := make(chan seen, 1)
			cfg := resuming(t, func(p *peer) {
				var s seen
				p.authenticated()
				if hint != "" { // it must be there before we say anything
					_, err := p.rd.Open()
					p.must(err)
					s.request = p.next()
					p.send("<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' id='1' version='1.0'><stream:features>%s</stream:features>", offerBind+offerSM)
				} else {
					p.open(offerBind + offerSM)
					s.request = p.next()
				}
				p.send("<message id='before'/><resumed xmlns='urn:xmpp:sm:3' previd='left' h='6'/><message id='after'/><r xmlns='urn:xmpp:sm:3'/>")
				for s.h == "" || len(s.again) < 3 {
					switch el := p.next(); {
					case el.Is(nsSM, "a"):
						s.h = el.Get("h")
					case el.IsStanza():
						s.again = append(s.again, el.Get("id"))
					}
				}
				saw <- s
				p.send("<a xmlns='urn:xmpp:sm:3' h='9'/></stream:stream>")
			})
			cfg.Hint.Features = []byte(hint)
			var states []model.ConnState
			cfg.OnState = func(s model.ConnState) { states = append(states, s) }
			s, e := signIn(t, cfg)
			if !e.Login.Resumed || e.Login.JID != cfg.Resume.JID || e.Refused || !e.SM || e.SMID != "left" || e.Sent != 8 || !slices.Equal(e.Acked, []string{"4", "5", "6"}) {
				t.Errorf("established %+v", e)
			}
			if states[len(states)-1] != model.Resuming || slices.Contains(states, model.Binding) {
				t.Errorf("states %q", states)
			}
			if err := s.Send(body("9")); err != nil {
				t.Fatal(err)
			}
			var got []string
			for in := range s.Inbound() {
				switch {
				case in.AckRequested:
					s.Ack()
				case in.Counts:
					s.Handled(1)
					fallthrough
				case in.Element != nil:
					got = append(got, in.Element.Get("id"))
				}
				got = append(got, in.Acked...)
			}
			server := <-saw
			if !server.request.Is(nsSM, "resume") || server.request.Get("previd") != "left" || server.request.Get("h") != "9" {
				t.Errorf("asked by %v", server.request)
			}
			if !slices.Equal(server.again, []string{"7", "8", "9"}) || server.h != "10" {
				t.Errorf("the server saw %q and h=%s", server.again, server.h)
			}
			if want := []string{"before", "after", "7", "8", "9"}; !slices.Equal(got, want) {
				t.Errorf("got %q, want %q", got, want)
			}
			if len(s.Unacked()) != 0 {
				t.Errorf("left: %+v", s.Unacked())
			}
		})
	}
}

func TestNumbersWrapAtTheEndOfTheirRange(t *testing.T) {
	again := make(chan []string, 1)
	cfg := resuming(t, func(p *peer) {
		p.authenticated()
		p.open(offerBind + offerSM)
		if h := p.next().Get("h"); h != "4294967295" {
			p.tb.Errorf("asked with h=%s", h)
		}
		p.send("<resumed xmlns='urn:xmpp:sm:3' previd='left' h='0'/><message id='one more'/>")
		again <- p.ids(2)
	})
	r := cfg.Resume
	r.Handled, r.Acked, r.Sent, r.Queue = math.MaxUint32, math.MaxUint32-1, 2, bodies(math.MaxUint32, 2)
	s, e := signIn(t, cfg)
	if e.Sent != 2 || !slices.Equal(e.Acked, []string{"4294967295", "0"}) {
		t.Errorf("established %+v", e)
	}
	for in := range s.Inbound() {
		if in.Counts {
			s.Handled(1)
		}
	}
	if got := <-again; !slices.Equal(got, []string{"1", "2"}) {
		t.Errorf("sent again: %q", got)
	}
	next, ok := s.Session()
	if !ok || next.Handled != 0 || next.Acked != 0 || next.Sent != 2 || len(next.Queue) != 2 || next.Queue[0].N != 1 {
		t.Errorf("left: %+v, %t", next, ok)
	}
}

// After a crash only what is worth sending again is left; what follows is numbered anew,
// as the server counts it.
func TestAQueueWithHolesIsNumberedAnew(t *testing.T) {
	again := make(chan []string, 1)
	cfg := resuming(t, func(p *peer) {
		p.authenticated()
		p.open(offerBind + offerSM)
		p.next()
		p.send("<resumed xmlns='urn:xmpp:sm:3' previd='left' h='5'/>")
		again <- p.ids(3)
		p.send("<a xmlns='urn:xmpp:sm:3' h='6'/>")
	})
	cfg.Resume.Queue = append(bodies(4, 4), bodies(7, 8)...)
	s, e := signIn(t, cfg)
	if e.Sent != 7 || !slices.Equal(e.Acked, []string{"4"}) {
		t.Errorf("established %+v", e)
	}
	if err := s.Send(body("new")); err != nil {
		t.Fatal(err)
	}
	all(t, s)
	if got := <-again; !slices.Equal(got, []string{"7", "8", "new"}) {
		t.Errorf("sent again: %q", got)
	}
	rest := s.Unacked()
	if len(rest) != 2 || rest[0].Tag != "8" || rest[0].N != 7 || rest[1].Tag != "new" || rest[1].N != 8 {
		t.Errorf("left: %+v", rest)
	}
}

func TestARefusedSessionIsBoundAnewOnTheSameConnection(t *testing.T) {
	for name, c := range map[string]struct {
		answer string
		acked  []string
	}{
		"nothing known":     {"<failed xmlns='urn:xmpp:sm:3'>" + itemMissing + "</failed>", nil},
		"without a reason":  {"<failed xmlns='urn:xmpp:sm:3'/>", nil},
		"with a count":      {"<failed xmlns='urn:xmpp:sm:3' h='6' previd='left'>" + itemMissing + "</failed>", []string{"4", "5", "6"}},
		"all was handled":   {"<failed xmlns='urn:xmpp:sm:3' h='8'/>", []string{"4", "5", "6", "7", "8"}},
		"more than all":     {"<failed xmlns='urn:xmpp:sm:3' h='9'/>", nil},
		"less than before":  {"<failed xmlns='urn:xmpp:sm:3' h='2'/>", nil},
		"a negative count":  {"<failed xmlns='urn:xmpp:sm:3' h='-1'/>", nil},
		"a count too large": {"<failed xmlns='urn:xmpp:sm:3' h='4294967300'/>", nil},
		"with a message":    {"<message id='early'/><failed xmlns='urn:xmpp:sm:3'/>", nil},
	} {
		for _, hint := range []string{`{"sm":true}`, ""} {
			t.Run(name+" "+hint, func(t *testing.T) {
				t.Parallel()
				connections := make(chan string, 10)
				cfg := resuming(t, func(p *peer) {
					connections <- "one"
					p.authenticated()
					p.open(offerBind + offerSM)
					p.next()
					p.send("%s", c.answer)
					p.bound()
					if el := p.next(); !el.Is(nsSM, "enable") {
						p.tb.Errorf("sent %v", el)
					}
					if el := p.next(); !el.Is(stanza.NSClient, "presence") {
						p.tb.Errorf("sent %v", el)
					}
					p.send("<enabled xmlns='urn:xmpp:sm:3' id='new' resume='1' max='600' location='[2001:db8::1]:5223'/><message id='counts'/><a xmlns='urn:xmpp:sm:3' h='1'/></stream:stream>")
				})
				cfg.Hint.Features = []byte(hint)
				s, e := signIn(t, cfg)
				if e.Login.Resumed || !e.Refused || !slices.Equal(e.Acked, c.acked) || e.Login.JID.Resource() != "here" {
					t.Errorf("established %+v", e)
				}
				if !e.SM || e.SMID != "new" || e.Sent != 1 || e.Max != 10*time.Minute || e.Location != "[2001:db8::1]:5223" {
					t.Errorf("established %+v", e)
				}
				var got []string
				for _, in := range all(t, s) {
					if got = append(got, in.Acked...); in.Element != nil {
						got = append(got, in.Element.Get("id")+" "+strconv.FormatBool(in.Counts))
					}
				}
				want := []string{"counts true", "first"}
				if strings.Contains(c.answer, "early") {
					want = append([]string{"early false"}, want...)
				}
				if !slices.Equal(got, want) {
					t.Errorf("got %q, want %q", got, want)
				}
				if len(connections) != 1 {
					t.Errorf("%d connections", len(connections))
				}
			})
		}
	}
}

// Prosody does so when its queue ran over.
func TestARefusalThatEndsTheStreamIsFollowedByALogin(t *testing.T) {
	first := true
	cfg := resuming(t, func(p *peer) {
		p.authenticated()
		p.open(offerBind + offerSM)
		if first {
			first = false
			p.next()
			p.send("<failed xmlns='urn:xmpp:sm:3' h='5'/><stream:error><resource-constraint xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>")
			return
		}
		p.bound()
		p.next()
		p.send("<enabled xmlns='urn:xmpp:sm:3' id='new' resume='true'/>")
		p.wait()
	})
	_, e := signIn(t, cfg)
	if e.Login.Resumed || !e.Refused || !slices.Equal(e.Acked, []string{"4", "5"}) || e.SMID != "new" {
		t.Errorf("established %+v", e)
	}
}

func TestAServerThatResumesWronglyIsNotBelieved(t *testing.T) {
	const streamError = "<stream:error><%s xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>"
	for name, c := range map[string]struct {
		answer string
		kind   model.ErrorKind
		lost   bool
	}{
		"another session":     {"<resumed xmlns='urn:xmpp:sm:3' previd='other' h='6'/>", model.ErrProtocol, true},
		"no session":          {"<resumed xmlns='urn:xmpp:sm:3' h='6'/>", model.ErrProtocol, true},
		"more than was sent":  {"<resumed xmlns='urn:xmpp:sm:3' previd='left' h='9'/>", model.ErrProtocol, true},
		"less than before":    {"<resumed xmlns='urn:xmpp:sm:3' previd='left' h='2'/>", model.ErrProtocol, true},
		"no count":            {"<resumed xmlns='urn:xmpp:sm:3' previd='left'/>", model.ErrProtocol, true},
		"a foreign h":         {"<resumed xmlns='urn:xmpp:sm:3' xmlns:x='x' previd='left' x:h='6'/>", model.ErrProtocol, true},
		"a stream error":      {strings.ReplaceAll(streamError, "%s", "undefined-condition"), model.ErrServerRefused, true},
		"a shutdown":          {strings.ReplaceAll(streamError, "%s", "system-shutdown"), model.ErrServerRefused, false},
		"the end":             {"</stream:stream>", model.ErrUnreachable, false},
		"stanzas without end": {strings.Repeat("<message/>", 1100), model.ErrProtocol, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := resuming(t, func(p *peer) {
				p.authenticated()
				p.open(offerBind + offerSM)
				p.next()
				p.send("%s", c.answer)
				p.wait()
			})
			s, _, err := stream.Connect(t.Context(), cfg)
			if err == nil {
				s.Abort()
				t.Fatal("believed")
			}
			if model.KindOf(err) != c.kind || errors.Is(err, stream.ErrSessionLost) != c.lost {
				t.Errorf("%v (%s), lost %t", err, model.KindOf(err), errors.Is(err, stream.ErrSessionLost))
			}
			// What is no answer at all may be the network, or a server that cannot bear the question.
			owed := slices.Contains([]string{"a shutdown", "the end", "stanzas without end"}, name)
			if errors.Is(err, stream.ErrUnanswered) != owed {
				t.Errorf("%v: unanswered %t", err, !owed)
			}
			noSecrets(t, cfg.Trace, err)
		})
	}
}

func TestASilentAnswerToResumptionHasItsTime(t *testing.T) {
	for _, offer := range []string{offerBind + offerSM, offerBind} {
		synctest.Test(t, func(t *testing.T) {
			cfg := piped(t, func(p *peer) {
				p.authenticated()
				p.open(offer)
				p.next()
				p.wait()
			})
			cfg.Resume, cfg.Hint.Features = left(), []byte(`{"sm":true}`)
			start := time.Now()
			_, _, err := stream.Connect(t.Context(), cfg)
			// Where nothing is offered, it is tried once more without the hint.
			if took := time.Since(start); model.KindOf(err) != model.ErrTimeout || took > 31*time.Second {
				t.Errorf("%v after %v", err, took)
			}
		})
	}
}

func TestAServerThatGaveStreamManagementUp(t *testing.T) {
	for name, rude := range map[string]bool{"and ends the stream when asked": true, "and does not mind": false} {
		for _, hint := range []string{`{"sm":true}`, ""} {
			t.Run(name+" "+hint, func(t *testing.T) {
				t.Parallel()
				cfg := resuming(t, func(p *peer) {
					p.authenticated()
					p.open(offerBind)
					el := p.next()
					if el.Is(nsSM, "resume") {
						if rude {
							p.send("<stream:error><unsupported-stanza-type xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>")
							return
						}
						el = p.next()
					}
					p.send("<iq type='result' id='%s'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>me@%s/here</jid></bind></iq>", el.Get("id"), scriptedDomain)
					if el := p.next(); !el.Is(stanza.NSClient, "presence") {
						p.tb.Errorf("sent %v", el)
					}
					p.wait()
				})
				cfg.Hint.Features = []byte(hint)
				s, e := signIn(t, cfg)
				if e.SM || !e.Refused || e.Login.Resumed || e.Sent != 0 || e.SMID != "" || len(e.Acked) != 0 {
					t.Errorf("established %+v", e)
				}
				s.Abort()
				if r, ok := s.Session(); ok {
					t.Errorf("left: %+v", r)
				}
			})
		}
	}
}

func TestASessionOfAnotherAccountIsNotAskedFor(t *testing.T) {
	for name, change := range map[string]func(r *stream.Resume){
		"another account": func(r *stream.Resume) { r.JID = jid.MustParse("you@scripted.test/before") },
		"a bare address":  func(r *stream.Resume) { r.JID = r.JID.Bare() },
		"no address":      func(r *stream.Resume) { r.JID = jid.JID{} },
		"no id":           func(r *stream.Resume) { r.ID = "" },
	} {
		t.Run(name, func(t *testing.T) {
			cfg := resuming(t, func(p *peer) {
				p.authenticated()
				p.open(offerBind + offerSM)
				p.bound()
				p.next()
				p.send("<enabled xmlns='urn:xmpp:sm:3'/>")
				p.wait()
			})
			change(cfg.Resume)
			if _, e := signIn(t, cfg); !e.Refused || e.Login.Resumed {
				t.Errorf("established %+v", e)
			}
		})
	}
}
