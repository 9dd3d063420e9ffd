package demo_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"mellium.im/sasl"

	"dovekie/xmppsvc/demo"
	"dovekie/xmppsvc/stanza"
)

const sm = "xmlns='urn:xmpp:sm:3'"

func named(name string) func(*stanza.Element) bool {
	return func(el *stanza.Element) bool { return el.Is("urn:xmpp:sm:3", name) }
}

// enable switches acknowledgements on and returns the id to resume by.
func (c *client) enable() string {
	c.tb.Helper()
	c.write("<enable %s resume='true'/>", sm)
	el := c.expect("enabled", named("enabled"))
	if el.Get("id") == "" || el.Get("resume") != "true" {
		c.tb.Fatalf("no resumption: %v", el)
	}
	return el.Get("id")
}

// resume signs in and asks for the session in one write with the header.
func resume(tb testing.TB, s *demo.Server, user, id string, h int) (*client, *stanza.Element) {
	tb.Helper()
	c := dial(tb, s)
	c.open()
	if el := c.authenticate(sasl.ScramSha256, user, password); !el.Is(stanza.NSSASL, "success") {
		tb.Fatalf("sign in as %s: %v", user, el)
	}
	c.rd.Restart()
	c.write("%s<resume %s previd='%s' h='%d'/>", header(), sm, id, h)
	c.opened()
	answer := c.next()
	c.listen()
	return c, answer
}

func resumed(tb testing.TB, s *demo.Server, user, id string, h int) *client {
	tb.Helper()
	c, answer := resume(tb, s, user, id, h)
	if !answer.Is("urn:xmpp:sm:3", "resumed") || answer.Get("previd") != id {
		tb.Fatalf("resume: %v", answer)
	}
	return c
}

// bodies takes the bodies from one sender until nothing comes for a while.
func (c *client) bodies(from string) []string {
	var out []string
	for _, e := range c.record(time.Second) {
		if message(address(from), "")(e.el) {
			out = append(out, e.el.ChildText(stanza.NSClient, "body"))
		}
	}
	return out
}

func stanzaID(el *stanza.Element) string {
	id := el.Child("urn:xmpp:sid:0", "stanza-id")
	if id == nil {
		return ""
	}
	return id.Get("id")
}

func TestUnconfirmedMessageIsNotLost(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := start(t, demo.Options{})
		a, b := register(t, s, "alice", "a"), register(t, s, "bob", "b")
		b.write("<enable xmlns='urn:xmpp:sm:3'/>")
		if el := b.expect("enabled", named("enabled")); el.Get("resume") != "" || el.Get("id") != "" {
			t.Errorf("resumption is promised: %v", el)
		}
		for _, body := range []string{"confirmed", "lost"} {
			a.write("<message type='chat' to='%s'><body>%s</body></message>", address("bob"), body)
			b.expect("the message", message(address("alice"), body))
			b.expect("a question", func(el *stanza.Element) bool { return el.Is("urn:xmpp:sm:3", "r") })
			if body == "confirmed" {
				b.write("<a xmlns='urn:xmpp:sm:3' h='1'/>")
			}
		}
		b.nc.Close()
		synctest.Wait()
		b = login(t, s, "bob", password, "b")
		b.write("<presence/>")
		m := b.expect("the message again", message(address("alice"), ""))
		if m.ChildText(stanza.NSClient, "body") != "lost" || m.Child("urn:xmpp:delay", "delay") == nil {
			t.Error(m)
		}
		b.never(time.Second, "another", message(address("alice"), ""))
	})
}

func TestAcksCountWhatWasHandled(t *testing.T) {
	s := start(t, demo.Options{})
	c := login(t, s, "me", password, "desk")
	c.write("<enable xmlns='urn:xmpp:sm:3'/><presence/><message to='%s'><body>x</body></message><iq type='get' id='p' to='%s'><ping xmlns='urn:xmpp:ping'/></iq><r xmlns='urn:xmpp:sm:3'/>", address("clock"), demo.Domain)
	if a := c.expect("an ack", func(el *stanza.Element) bool { return el.Is("urn:xmpp:sm:3", "a") }); a.Get("h") != "3" {
		t.Errorf("h=%s", a.Get("h"))
	}
	c.write("<a xmlns='urn:xmpp:sm:3' h='4294967295'/>")
	if got := c.ended(); got != "undefined-condition" {
		t.Errorf("a count too high ends with %q", got)
	}
}

func TestResumptionIsHonestlyRefused(t *testing.T) {
	c := dial(t, start(t, demo.Options{}))
	c.open()
	c.authenticate(sasl.ScramSha256, "me", password)
	c.rd.Restart()
	if f := c.open(); f.Child("urn:xmpp:sm:3", "sm") == nil {
		t.Error(f)
	}
	c.write("<resume xmlns='urn:xmpp:sm:3' previd='x' h='0'/>%s", bindIQ("desk"))
	if el := c.next(); !el.Is("urn:xmpp:sm:3", "failed") || el.Child(stanza.NSStanzas, "item-not-found") == nil {
		t.Error(el)
	}
	c.bound(c.next())
}

func TestCutSessionGoesOnWhereItWas(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := start(t, demo.Options{})
		a, b := register(t, s, "alice", "a"), register(t, s, "bob", "b")
		befriend(a, b)
		a.record(time.Second)
		b.record(time.Second)
		id := b.enable()
		say := func(body string) {
			a.write("<message type='chat' to='%s'><body>%s</body></message>", address("bob"), body)
		}
		say("confirmed")
		say("seen, not confirmed")
		b.expect("a message", message(address("alice"), "seen"))
		b.write("<a %s h='1'/><message type='chat' to='%s'><body>from bob</body></message>", sm, address("alice"))
		a.expect("it", message(address("bob"), "from bob"))
		b.nc.Close()
		synctest.Wait()
		say("while away")
		a.write("<presence><show>dnd</show></presence><iq type='get' id='q' to='%s'><ping xmlns='urn:xmpp:ping'/></iq>", b.jid)
		a.never(4*time.Minute, "a sign of the cut", presence(address("bob"), "unavailable"))
		b, answer := resume(t, s, "bob", id, 1)
		if answer.Get("h") != "1" {
			t.Errorf("one stanza was handled, got %v", answer)
		}
		var got []string
		for _, e := range b.record(time.Second) {
			switch {
			case e.el.Name.Local == "message":
				got = append(got, e.el.ChildText(stanza.NSClient, "body"))
			case e.el.IsStanza():
				got = append(got, e.el.Name.Local)
			}
		}
		if want := "seen, not confirmed|while away|presence|iq"; strings.Join(got, "|") != want {
			t.Errorf("again came %q, want %q", got, want)
		}
		say("after")
		b.expect("what comes now", message(address("alice"), "after"))
		b.write("<r %s/>", sm)
		if el := b.expect("an ack", named("a")); el.Get("h") != "1" {
			t.Errorf("counts start over: %v", el)
		}
		b.write("<a %s h='6'/>", sm)
		b.ask("get", demo.Domain, "<ping xmlns='urn:xmpp:ping'/>") // the count was right
	})
}

func TestResumingInOneFlightWithTheLastResponse(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := start(t, demo.Options{})
		c := owner(t, s)
		id := c.enable()
		c.nc.Close()
		synctest.Wait()
		c = dial(t, s)
		n := scram(sasl.ScramSha256, "me", password)
		c.write("%s", header()+auth(sasl.ScramSha256, step(t, n, "")))
		c.opened()
		c.write("%s%s<resume %s previd='%s' h='0'/><message to='%s' type='chat'><body>queued</body></message>",
			response(step(t, n, c.next().Text())), header(), sm, id, address("echo"))
		if el := c.next(); !el.Is(stanza.NSSASL, "success") {
			t.Fatal(el)
		}
		c.rd.Restart()
		c.opened()
		if el := c.next(); !el.Is("urn:xmpp:sm:3", "resumed") {
			t.Fatal(el)
		}
		c.listen()
		c.expect("the answer", message(address("echo"), "queued"))
	})
}

func TestWhatCannotBeResumed(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := start(t, demo.Options{ResumeTime: time.Minute})
		b := register(t, s, "bob", "b")
		id := b.enable()
		b.write("<presence/><presence/>")
		b.ask("get", demo.Domain, "<ping xmlns='urn:xmpp:ping'/>")
		b.nc.Close()
		synctest.Wait()
		register(t, s, "eve", "x")
		refused := func(what, user, id string, h int, want string) {
			t.Helper()
			_, el := resume(t, s, user, id, h)
			if !el.Is("urn:xmpp:sm:3", "failed") || el.Child(stanza.NSStanzas, "item-not-found") == nil || el.Get("h") != want {
				t.Errorf("%s: %v", what, el)
			}
		}
		refused("a guess", "bob", "x", 0, "")
		refused("another's session", "eve", id, 0, "")
		time.Sleep(61 * time.Second)
		refused("a session that waited too long", "bob", id, 0, "3")
		refused("another's session that is over", "eve", id, 0, "")
		b = login(t, s, "bob", password, "b")
		id = b.enable()
		b.write("%s", stanza.CloseStream)
		b.ended()
		refused("a session that was closed well", "bob", id, 0, "0")
		b = login(t, s, "bob", password, "b")
		id = b.enable()
		b.nc.Close()
		synctest.Wait()
		refused("a count of what was never sent", "bob", id, 7, "0")
		refused("the same again", "bob", id, 0, "0")
		c, el := resume(t, s, "bob", id, 0)
		c.write("%s", bindIQ("b"))
		if bound := c.expect("binding instead", func(el *stanza.Element) bool { return el.Get("id") == "bind" }); bound.Get("type") != "result" {
			t.Errorf("%v, %v", el, bound)
		}
	})
}

func TestResumingWhatIsStillOpenEndsTheOldStream(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := start(t, demo.Options{})
		old := owner(t, s)
		id := old.enable()
		c := resumed(t, s, "me", id, 0)
		if got := old.ended(); got != "conflict" {
			t.Errorf("the older stream ended with %q", got)
		}
		if el := c.ask("get", demo.Domain, "<ping xmlns='urn:xmpp:ping'/>"); el.Get("type") != "result" {
			t.Error(el)
		}
		c.never(time.Second, "its own end", presence(address("me"), "unavailable"))
	})
}

// However a waiting session ends, what it had not confirmed comes once more, under the
// id that it has in the archive.
func TestEndOfAWaitingSessionLosesNothing(t *testing.T) {
	for name, end := range map[string]func(t *testing.T, s *demo.Server) *demo.Server{
		"the resource is bound anew": func(_ *testing.T, s *demo.Server) *demo.Server { return s },
		"it waited too long":         func(_ *testing.T, s *demo.Server) *demo.Server { time.Sleep(6 * time.Minute); return s },
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := start(t, demo.Options{})
				a, b := register(t, s, "alice", "a"), register(t, s, "bob", "b")
				b.enable()
				a.write("<message type='chat' to='%s'><body>1</body></message>", address("bob"))
				first := stanzaID(b.expect("a message", message(address("alice"), "1")))
				b.nc.Close()
				synctest.Wait()
				a.write("<message type='chat' to='%s'><body>2</body></message>", address("bob"))
				synctest.Wait()
				s = end(t, s)
				b = login(t, s, "bob", password, "b")
				b.write("<presence/>")
				var ids, bodies []string
				for _, e := range b.record(time.Second) {
					if message(address("alice"), "")(e.el) {
						ids, bodies = append(ids, stanzaID(e.el)), append(bodies, e.el.ChildText(stanza.NSClient, "body"))
					}
				}
				results, _ := b.history("")
				if len(ids) != 2 || ids[0] != first || strings.Join(bodies, "") != "12" || len(results) != 2 ||
					results[0].id != ids[0] || results[1].id != ids[1] {
					t.Errorf("live %v %v, archived %v", bodies, ids, results)
				}
			})
		})
	}
}

func TestCloseKeepsWhatAWaitingSessionHolds(t *testing.T) {
	dir := t.TempDir()
	s := start(t, demo.Options{Dir: dir})
	a, b := register(t, s, "alice", "a"), register(t, s, "bob", "b")
	b.enable()
	b.nc.Close()
	a.write("<message type='chat' to='%s'><body>late</body></message>", address("bob"))
	a.ask("get", demo.Domain, "<ping xmlns='urn:xmpp:ping'/>")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = start(t, demo.Options{Dir: dir})
	b = login(t, s, "bob", password, "b")
	b.write("<presence/>")
	b.expect("the message", message(address("alice"), "late"))
}

func TestWhatAnotherDeviceGotDoesNotComeAgain(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := start(t, demo.Options{})
		a, desk := register(t, s, "alice", "a"), register(t, s, "bob", "desk")
		phone := login(t, s, "bob", password, "phone")
		phone.write("<presence/>")
		for _, c := range []*client{desk, phone} {
			c.ask("set", "", "<enable xmlns='urn:xmpp:carbons:2'/>")
			c.enable()
		}
		a.write("<message type='chat' to='%s'><body>for both</body></message>", address("bob"))
		a.write("<message type='chat' to='%s'><body>with a carbon</body></message>", desk.jid)
		desk.expect("it", message(address("alice"), "carbon"))
		phone.expect("a carbon", func(el *stanza.Element) bool { return el.Child("urn:xmpp:carbons:2", "received") != nil })
		phone.write("<a %s h='2'/>", sm)
		desk.nc.Close()
		synctest.Wait()
		time.Sleep(6 * time.Minute)
		if again := phone.bodies("alice"); len(again) != 0 {
			t.Errorf("the phone got %q again", again)
		}
		desk = login(t, s, "bob", password, "desk")
		desk.write("<presence/>")
		if again := desk.bodies("alice"); len(again) != 0 {
			t.Errorf("kept for later: %q", again)
		}
	})
}

// A client that binds another resource after each cut is not locked out by what waits.
func TestWaitingSessionsMakeRoom(t *testing.T) {
	s := start(t, demo.Options{})
	for n := range 40 {
		c := login(t, s, "me", password, fmt.Sprint("r", n))
		c.enable()
		c.nc.Close()
	}
}

func TestASessionHoldsNotEverything(t *testing.T) {
	s := start(t, demo.Options{})
	a, b := register(t, s, "alice", "a"), register(t, s, "bob", "b")
	id := b.enable()
	b.nc.Close()
	body := strings.Repeat("x", 200_000)
	for range 90 {
		a.write("<message type='chat' to='%s'><body>%s</body></message>", address("bob"), body)
	}
	a.ask("get", demo.Domain, "<ping xmlns='urn:xmpp:ping'/>")
	if _, el := resume(t, s, "bob", id, 0); !el.Is("urn:xmpp:sm:3", "failed") {
		t.Errorf("18 MB were held: %v", el)
	}
}

func TestTheGuideSpeaksAfterAResumption(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := start(t, demo.Options{Lang: "en"})
		c := owner(t, s)
		id := c.enable()
		time.Sleep(6 * time.Second)
		s.CutFor(10 * time.Second)
		h := 0
		for el := range c.in {
			if el.IsStanza() {
				h++
			}
		}
		if _, err := s.Dial(t.Context()); !errors.Is(err, demo.ErrCut) {
			t.Errorf("dialling gives %v", err)
		}
		time.Sleep(11 * time.Second)
		// The script went on meanwhile: who came home wrote, and that waited.
		c = resumed(t, s, "me", id, h)
		c.expect("who came online", presence(address("xiaoman"), ""))
		c.expect("and wrote", message(address("xiaoman"), ""))
		c.write("<message type='chat' to='%s'><body>queued</body></message>", address("echo"))
		c.within(10*time.Second, "a word after", message(address("pip"), "what you wrote meanwhile"))
	})
}

// TestManyCutsLoseAndDoubleNothing cuts both ways at random and compares with what was
// written.
func TestManyCutsLoseAndDoubleNothing(t *testing.T) {
	bubble(t, func(t *testing.T) {
		const many = 400
		rng := rand.New(rand.NewPCG(7, 7))
		s := start(t, demo.Options{})
		a, b := register(t, s, "alice", "a"), register(t, s, "bob", "b")
		b.record(time.Second)
		id, h, n := b.enable(), 0, 0
		take := func(el *stanza.Element) {
			if !el.IsStanza() {
				return
			}
			h++
			if !message(address("alice"), "")(el) {
				return
			}
			if body := el.ChildText(stanza.NSClient, "body"); body != strconv.Itoa(n) {
				t.Fatalf("%s at the place of %d", body, n)
			}
			n++
		}
		for sent := range many {
			a.write("<message type='chat' to='%s'><body>%d</body></message>", address("bob"), sent)
			switch rng.IntN(6) {
			case 0:
				b.nc.Close()
				for el := range b.in { // what came before the cut was handled
					take(el)
				}
				b = resumed(t, s, "bob", id, h)
			case 1:
				b.write("<a %s h='%d'/>", sm, h)
			case 2:
				synctest.Wait()
				for len(b.in) > 0 {
					take(<-b.in)
				}
			}
		}
		for _, e := range b.record(time.Second) {
			take(e.el)
		}
		if n != many {
			t.Errorf("%d of %d", n, many)
		}
	})
}
