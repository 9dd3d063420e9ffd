package demo_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"mellium.im/sasl"

	"dovekie/xmppsvc/demo"
	"dovekie/xmppsvc/stanza"
	"dovekie/xmppsvc/xep"
)

func TestRegistration(t *testing.T) {
	s := start(t, demo.Options{})
	register(t, s, "alice", "a")
	for in, want := range map[string]string{
		"<username>alice</username><password>x</password>": "conflict",
		"<username>echo</username><password>x</password>":  "conflict",
		"<username>bob</username>":                         "not-acceptable",
		"<username>b@d</username><password>x</password>":   "not-acceptable",
	} {
		c := dial(t, s)
		c.open()
		c.write("<iq type='set' id='r'><query xmlns='jabber:iq:register'>%s</query></iq>", in)
		if el := c.next(); condition(el) != want {
			t.Errorf("%s: %v", in, el)
		}
	}
	if c := dial(t, start(t, demo.Options{Closed: true})); strings.Contains(c.open().String(), "iq-register") {
		t.Error("a closed server offers registration")
	}
}

func TestAccountChangesItsPasswordAndGoes(t *testing.T) {
	s := start(t, demo.Options{})
	c := register(t, s, "alice", "a")
	if el := c.ask("set", demo.Domain, "<query xmlns='jabber:iq:register'><username>alice</username><password>new</password></query>"); el.Get("type") != "result" {
		t.Fatal(el)
	}
	c = login(t, s, "alice", "new", "b")
	if el := c.ask("set", demo.Domain, "<query xmlns='jabber:iq:register'><remove/></query>"); el.Get("type") != "result" {
		t.Fatal(el)
	}
	c.ended()
	c = dial(t, s)
	c.open()
	if el := c.authenticate(sasl.ScramSha256, "alice", "new"); !el.Is(stanza.NSSASL, "failure") {
		t.Error("a removed account signs in")
	}
}

func TestRosterIsKeptVersionedAndPushed(t *testing.T) {
	s := start(t, demo.Options{})
	one, two := register(t, s, "alice", "one"), login(t, s, "alice", password, "two")
	two.online()
	el := one.ask("set", "", "<query xmlns='jabber:iq:roster'><item jid='bob@elsewhere.example' name='Bob' subscription='both'><group>A</group><group>B</group><group>A</group></item></query>")
	if el.Get("type") != "result" {
		t.Fatal(el)
	}
	push := two.expect("a push", func(el *stanza.Element) bool { return el.Get("type") == "set" })
	item := push.First().First()
	if item.Get("subscription") != "none" || item.Get("name") != "Bob" || len(item.Children()) != 2 {
		t.Errorf("pushed %v", item)
	}
	ver := push.First().Get("ver")
	if el := one.ask("get", "", "<query xmlns='jabber:iq:roster' ver='"+ver+"'/>"); len(el.Children()) != 0 {
		t.Errorf("a known version is sent again: %v", el)
	}
	if el := one.ask("get", "", "<query xmlns='jabber:iq:roster' ver='old'/>"); len(el.First().Children()) != 1 || el.First().Get("ver") != ver {
		t.Errorf("an old version gets %v", el)
	}
	if el := one.ask("set", "", "<query xmlns='jabber:iq:roster'><item jid='bob@elsewhere.example' subscription='remove'/></query>"); el.Get("type") != "result" {
		t.Error(el)
	}
	two.expect("the removal", func(el *stanza.Element) bool {
		return el.Get("type") == "set" && el.First().First().Get("subscription") == "remove"
	})
	for in, want := range map[string]string{
		"<item jid='bob@elsewhere.example' subscription='remove'/>": "item-not-found",
		"<item name='x'/>": "bad-request",
		"":                 "bad-request",
		"<item jid='a@b.example'/><item jid='c@d.example'/>": "bad-request",
		"<item jid='a@b.example'><group/></item>":            "not-acceptable",
		"<item jid='alice@" + demo.Domain + "'/>":            "not-allowed",
	} {
		if el := one.ask("set", "", "<query xmlns='jabber:iq:roster'>"+in+"</query>"); el.Get("type") != "error" || condition(el) != want {
			t.Errorf("%s: %v", in, el)
		}
	}
}

// befriend makes two clients' accounts see each other.
func befriend(a, b *client) {
	a.tb.Helper()
	for _, p := range [][2]*client{{a, b}, {b, a}} {
		asks, grants := p[0].jid.Bare().String(), p[1].jid.Bare().String()
		p[0].write("<presence type='subscribe' to='%s'/>", grants)
		p[1].expect("the request", presence(asks, "subscribe"))
		p[1].write("<presence type='subscribed' to='%s'/>", asks)
		p[0].expect("the approval", presence(grants, "subscribed"))
		p[0].expect("the presence that was granted", presence(grants, ""))
	}
}

func items(el *stanza.Element) map[string]string {
	out := map[string]string{}
	for _, it := range el.First().Children() {
		out[it.Get("jid")] = it.Get("subscription") + it.Get("ask")
	}
	return out
}

func (c *client) roster() map[string]string {
	c.tb.Helper()
	return items(c.ask("get", "", "<query xmlns='jabber:iq:roster'/>"))
}

func TestSubscriptionIsAskedApprovedAndCancelled(t *testing.T) {
	s := start(t, demo.Options{})
	a, b := register(t, s, "alice", "a"), register(t, s, "bob", "b")
	a.write("<presence type='subscribe' to='%s'><status>me, alice</status></presence>", address("bob"))
	a.expect("a push", func(el *stanza.Element) bool {
		return el.Get("type") == "set" && el.First().First().Get("ask") == "subscribe"
	})
	req := b.expect("the request", presence(address("alice"), "subscribe"))
	if req.ChildText(stanza.NSClient, "status") != "me, alice" {
		t.Errorf("the request lost its words: %v", req)
	}
	if b.roster()[address("alice")] != "" {
		t.Error("a request alone is on the list")
	}
	b.write("<presence type='subscribed' to='%s'/>", address("alice"))
	a.expect("the approval", presence(address("bob"), "subscribed"))
	a.expect("bob's presence", presence(address("bob"), ""))
	if a.roster()[address("bob")] != "to" || b.roster()[address("alice")] != "from" {
		t.Errorf("alice has %v, bob %v", a.roster(), b.roster())
	}
	b.write("<presence><show>away</show></presence>")
	a.expect("bob is away", func(el *stanza.Element) bool { return el.ChildText(stanza.NSClient, "show") == "away" })
	a.write("<presence type='unsubscribe' to='%s'/>", address("bob"))
	b.expect("the unsubscribe", presence(address("alice"), "unsubscribe"))
	a.expect("bob is gone for alice", presence(address("bob"), "unavailable"))
	if a.roster()[address("bob")] != "none" || b.roster()[address("alice")] != "none" {
		t.Errorf("alice has %v, bob %v", a.roster(), b.roster())
	}
}

func TestRequestWaitsForLoginAndDenialIsTold(t *testing.T) {
	s := start(t, demo.Options{})
	a, b := register(t, s, "alice", "a"), register(t, s, "bob", "b")
	b.write("%s", stanza.CloseStream)
	b.ended()
	a.write("<presence type='subscribe' to='%s'><status>hello</status></presence>", address("bob"))
	a.ask("get", demo.Domain, "<ping xmlns='urn:xmpp:ping'/>")
	for range 2 { // unanswered, it comes with every login
		b = login(t, s, "bob", password, "b")
		b.write("<presence/>")
		if el := b.expect("the request", presence(address("alice"), "subscribe")); el.ChildText(stanza.NSClient, "status") != "hello" {
			t.Error(el)
		}
	}
	b.write("<presence type='unsubscribed' to='%s'/>", address("alice"))
	a.expect("the denial", presence(address("bob"), "unsubscribed"))
	if got := a.roster()[address("bob")]; got != "none" {
		t.Errorf("alice has %q", got)
	}
	b = login(t, s, "bob", password, "b")
	b.write("<presence/>")
	b.never(300*time.Millisecond, "an answered request", presence(address("alice"), "subscribe"))
}

func TestApprovalInAdvance(t *testing.T) {
	s := start(t, demo.Options{})
	a, b := register(t, s, "alice", "a"), register(t, s, "bob", "b")
	b.write("<presence type='subscribed' to='%s'/>", address("alice"))
	b.expect("a push", func(el *stanza.Element) bool {
		return el.Get("type") == "set" && el.First().First().Get("approved") == "true"
	})
	a.write("<presence type='subscribe' to='%s'/>", address("bob"))
	a.expect("the approval", presence(address("bob"), "subscribed"))
	b.never(100*time.Millisecond, "a request", presence(address("alice"), "subscribe"))
}

func TestRemovedContactSeesNothingMore(t *testing.T) {
	s := start(t, demo.Options{})
	a, b := register(t, s, "alice", "a"), register(t, s, "bob", "b")
	befriend(a, b)
	a.ask("set", "", "<query xmlns='jabber:iq:roster'><item jid='"+address("bob")+"' subscription='remove'/></query>")
	b.expect("alice gone", presence(address("alice"), "unavailable"))
	if got := b.roster()[address("alice")]; got != "none" {
		t.Errorf("bob has %q", got)
	}
	a.write("<presence><status>secret</status></presence>")
	b.never(200*time.Millisecond, "alice's presence", presence(address("alice"), ""))
}

func TestUnknownAddressesAreAnsweredWithErrors(t *testing.T) {
	s := start(t, demo.Options{})
	c := register(t, s, "alice", "a")
	for in, want := range map[string]string{
		"<message id='e' to='nobody@" + demo.Domain + "'><body>x</body></message>":                      "service-unavailable",
		"<message id='e' to='bob@elsewhere.example'><body>x</body></message>":                           "remote-server-not-found",
		"<message id='e' to='@'><body>x</body></message>":                                               "jid-malformed",
		"<message id='e' type='groupchat' to='" + address("echo") + "'><body>x</body></message>":        "service-unavailable",
		"<iq id='e' type='get' to='" + address("echo") + "/nowhere'><ping xmlns='urn:xmpp:ping'/></iq>": "service-unavailable",
		"<iq id='e' type='get' to='" + demo.Domain + "'><query xmlns='urn:unknown'/></iq>":              "service-unavailable",
		"<iq id='e' type='get'/>":         "bad-request",
		"<iq id='e' type='odd'><a/></iq>": "bad-request",
		"<presence id='e' type='odd'/>":   "bad-request",
	} {
		c.write("%s", in)
		el := c.expect("an error for "+in, func(el *stanza.Element) bool { return el.Get("id") == "e" })
		if el.Get("type") != "error" || condition(el) != want {
			t.Errorf("%s: %v, want %s", in, el, want)
		}
	}
	c.write("<presence type='subscribe' to='nobody@%s'/>", demo.Domain)
	c.expect("the denial", presence(address("nobody"), "unsubscribed"))
}

func TestBareAddressGoesToTheHighestPriorityAndCarbonsToTheRest(t *testing.T) {
	s := start(t, demo.Options{})
	a := register(t, s, "alice", "a")
	desk, phone, silent := register(t, s, "bob", "desk"), login(t, s, "bob", password, "phone"), login(t, s, "bob", password, "silent")
	for c, p := range map[*client]int{desk: 1, phone: 5, silent: -1} {
		c.write("<presence><priority>%d</priority></presence>", p)
		c.ask("set", "", "<enable xmlns='urn:xmpp:carbons:2'/>")
	}
	a.write("<message type='chat' id='m1' to='%s'><body>first</body><stanza-id xmlns='urn:xmpp:sid:0' id='forged' by='%s'/></message>", address("bob"), address("bob"))
	m := phone.expect("the message", message(address("alice"), "first"))
	id := m.Child("urn:xmpp:sid:0", "stanza-id")
	if id.Get("by") != address("bob") || id.Get("id") == "" || strings.Contains(m.String(), "forged") {
		t.Errorf("stanza-id of %v", m)
	}
	for _, c := range []*client{desk, silent} {
		carbon := c.expect("a carbon", func(el *stanza.Element) bool { return el.Child("urn:xmpp:carbons:2", "received") != nil })
		inner := carbon.First().First().First()
		if carbon.Get("from") != address("bob") || !message(address("alice"), "first")(inner) || inner.Child("urn:xmpp:sid:0", "stanza-id").Get("id") != id.Get("id") {
			t.Errorf("carbon %v", carbon)
		}
	}
	phone.write("<message type='chat' to='%s'><body>answer</body></message>", address("alice"))
	a.expect("the answer", message(address("bob"), "answer"))
	carbon := desk.expect("a carbon of what was sent", func(el *stanza.Element) bool { return el.Child("urn:xmpp:carbons:2", "sent") != nil })
	if inner := carbon.First().First().First(); inner.Get("from") != phone.jid.String() || inner.Get("to") != address("alice") {
		t.Errorf("carbon %v", carbon)
	}
	a.write("<message type='chat' to='%s/desk'><body>private</body><private xmlns='urn:xmpp:carbons:2'/></message>", address("bob"))
	if m := desk.expect("the private one", message(address("alice"), "private")); m.Child("urn:xmpp:carbons:2", "private") != nil {
		t.Error("the mark is for the server only")
	}
	phone.never(200*time.Millisecond, "a carbon of a private message", func(el *stanza.Element) bool {
		return strings.Contains(el.String(), "private")
	})
}

func TestMessagesWaitForTheirReceiver(t *testing.T) {
	dir := t.TempDir()
	s := start(t, demo.Options{Dir: dir})
	a, b := register(t, s, "alice", "a"), register(t, s, "bob", "b")
	b.write("<presence type='unavailable'/>%s", stanza.CloseStream)
	b.ended()
	before := time.Now().Add(-time.Second)
	for i := range 3 {
		a.write("<message type='chat' id='m%d' to='%s'><body>number %d</body></message>", i, address("bob"), i)
	}
	a.write("<message type='chat' to='%s'><composing xmlns='http://jabber.org/protocol/chatstates'/></message>", address("bob"))
	a.ask("get", demo.Domain, "<ping xmlns='urn:xmpp:ping'/>")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = start(t, demo.Options{Dir: dir})
	b = login(t, s, "bob", password, "b")
	b.write("<presence><priority>-1</priority></presence>")
	b.never(100*time.Millisecond, "a message at a negative priority", message(address("alice"), ""))
	b.write("<presence/>")
	for i := range 3 {
		m := b.expect("a kept message", message(address("alice"), ""))
		stamp, err := time.Parse(time.RFC3339, m.Child("urn:xmpp:delay", "delay").Get("stamp"))
		if err != nil || stamp.Before(before) || stamp.After(time.Now()) || m.Get("id") != fmt.Sprint("m", i) {
			t.Errorf("message %d: %v", i, m)
		}
	}
	b.never(100*time.Millisecond, "a chat state", func(el *stanza.Element) bool { return el.Name.Local == "message" })
}

func TestDirectedPresenceIsTakenBack(t *testing.T) {
	s := start(t, demo.Options{})
	a, b := register(t, s, "alice", "a"), register(t, s, "bob", "b")
	a.write("<presence to='%s'><status>only for you</status></presence>", b.jid)
	b.expect("directed presence", presence(address("alice"), ""))
	a.nc.Close()
	b.expect("its end", presence(address("alice"), "unavailable"))
}

func TestPresenceComesWithItsAge(t *testing.T) {
	s := start(t, demo.Options{})
	c := login(t, s, "me", password, "desk")
	c.write("<presence/>")
	el := c.expect("a contact", presence(address("echo"), ""))
	if el.Child("urn:xmpp:delay", "delay") == nil {
		t.Errorf("a probe's answer has no stamp: %v", el)
	}
}

func TestDiscoAndFriends(t *testing.T) {
	s := start(t, demo.Options{Version: "1.2.3"})
	c := owner(t, s)
	info := c.ask("get", demo.Domain, "<query xmlns='http://jabber.org/protocol/disco#info'/>").String()
	for _, f := range []string{"urn:xmpp:carbons:2", "urn:xmpp:ping", "urn:xmpp:sid:0", "jabber:iq:register", "msgoffline"} {
		if !strings.Contains(info, "'"+f+"'") {
			t.Errorf("%s is not announced", f)
		}
	}
	if el := c.ask("get", c.jid.Bare().String(), "<query xmlns='http://jabber.org/protocol/disco#info'/>"); !strings.Contains(el.String(), "urn:xmpp:sid:0") {
		t.Error(el)
	}
	if el := c.ask("get", demo.Domain, "<query xmlns='jabber:iq:version'/>"); el.First().ChildText("jabber:iq:version", "version") != "1.2.3" {
		t.Error(el)
	}
	if el := c.ask("get", demo.Domain, "<time xmlns='urn:xmpp:time'/>"); el.First().ChildText("urn:xmpp:time", "tzo") == "" {
		t.Error(el)
	}
	if el := c.ask("get", demo.Domain, "<query xmlns='http://jabber.org/protocol/disco#items'/>"); el.Get("type") != "result" {
		t.Error(el)
	}
	c.ask("set", "", "<vCard xmlns='vcard-temp'><FN>Me</FN></vCard>")
	if el := c.ask("get", "", "<vCard xmlns='vcard-temp'/>"); el.First().ChildText("vcard-temp", "FN") != "Me" {
		t.Error(el)
	}
}

func TestThousandsOfMessagesKeepTheirOrder(t *testing.T) {
	const n = 5_000
	s := start(t, demo.Options{})
	a, b := register(t, s, "alice", "a"), register(t, s, "bob", "b")
	go func() {
		for i := range n {
			a.write("<message type='chat' id='%d' to='%s'><body>%d</body></message>", i, address("bob"), i)
		}
	}()
	for i := range n {
		if m := b.expect("a message", message(address("alice"), "")); m.Get("id") != fmt.Sprint(i) {
			t.Fatalf("message %s at the place of %d", m.Get("id"), i)
		}
	}
}

func TestContactsNudgeBackOnce(t *testing.T) {
	s := start(t, demo.Options{})
	c := owner(t, s)
	info := c.ask("get", address("echo")+"/demo", "<query xmlns='http://jabber.org/protocol/disco#info'/>")
	wants := false
	for _, f := range info.First().Children() {
		wants = wants || f.Get("var") == xep.NSAttention
	}
	if !wants {
		t.Fatalf("a contact does not say that it takes nudges: %v", info)
	}
	for range 3 {
		c.write("<message type='headline' to='%s'><attention xmlns='%s'/></message>", address("echo"), xep.NSAttention)
	}
	back := c.expect("a nudge", xep.WantsAttention)
	if from := back.Get("from"); !strings.HasPrefix(from, address("echo")+"/") || back.Get("type") != "headline" {
		t.Errorf("it comes as %v", back)
	}
	c.write("<message type='chat' to='%s'><body>enough</body></message>", address("echo"))
	c.expect("the echo, and no second nudge", func(el *stanza.Element) bool {
		if xep.WantsAttention(el) {
			t.Error("three nudges at once are answered more than once")
		}
		return el.ChildText(stanza.NSClient, "body") == "enough"
	})
}
