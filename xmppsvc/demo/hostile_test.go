package demo_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"dovekie/xmppsvc/demo"
	"dovekie/xmppsvc/stanza"
)

func TestNobodyStampsInTheReceiversName(t *testing.T) {
	s := start(t, demo.Options{})
	me := owner(t, s)
	eve := register(t, s, "eve", "x")
	eve.write(`<message to='%s' type='chat'><body>old?</body>
		<delay xmlns='urn:xmpp:delay' from='%s' stamp='2001-01-01T00:00:00Z'/>
		<delay xmlns='urn:xmpp:delay' from='%s' stamp='2001-01-01T00:00:00Z'/>
		<stanza-id xmlns='urn:xmpp:sid:0' by='%s' id='1'/></message>`, address("me"), address("me"), demo.Domain, address("me"))
	el := me.expect("the message", message(address("eve"), "old?"))
	for _, c := range el.Children() {
		if c.Name.Local == "delay" || c.Name.Local == "stanza-id" && c.Get("id") == "1" {
			t.Errorf("forged: %s", c)
		}
	}
}

func TestNamesAreNoPaths(t *testing.T) {
	dir := t.TempDir()
	s := start(t, demo.Options{Dir: dir})
	for _, name := range []string{
		"..", "../../x", "a/b", `a\b`, "a\u202eb", "a b", "me/desk", "me@dovekie.test", "a:b", "<x>", "a&amp;b", "'", "\u200b", "ME", "ｍｅ", strings.Repeat("x", 1024), "",
	} {
		c := dial(t, s)
		c.open()
		c.write("<iq type='set' id='reg'><query xmlns='jabber:iq:register'><username>%s</username><password>p</password></query></iq>",
			stanza.AppendEscaped(nil, strings.ReplaceAll(name, "&amp;", "&")))
		if el := c.next(); el.Get("type") == "result" && name != ".." && name != `a\b` {
			t.Errorf("%q was registered", name)
		}
		c.nc.Close()
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), "server.") {
			t.Errorf("made %s", e.Name())
		}
	}
}

// A client that asks and never reads must not make the server remember much for it
// before it has signed in.
func TestStrangersGetNoMemory(t *testing.T) {
	s := start(t, demo.Options{})
	c := dial(t, s)
	c.open()
	_ = c.nc.SetWriteDeadline(time.Now().Add(5 * time.Second))
	get := []byte("<iq type='get' id='1'><query xmlns='jabber:iq:register'/></iq>")
	for n := range 10_000 {
		if _, err := c.nc.Write(get); err != nil {
			if n < 50 {
				t.Errorf("ended after %d questions", n)
			}
			return
		}
	}
	t.Error("10,000 answers wait for who has not signed in")
}

func TestWhatWaitsForOneAccountHasAnEnd(t *testing.T) {
	s := start(t, demo.Options{})
	eve := register(t, s, "eve", "x")
	gone := register(t, s, "gone", "x")
	gone.nc.Close()
	me := register(t, s, "other", "x")
	body := strings.Repeat("x", 200_000)
	kept := 0
	for n := range 60 {
		eve.write("<message id='m%d' to='%s' type='chat'><body>%s</body></message>", n, address("gone"), body)
		eve.write("<iq type='get' id='p%d'><ping xmlns='urn:xmpp:ping'/></iq>", n)
		el := eve.expect("an answer", func(el *stanza.Element) bool {
			return el.Get("id") == fmt.Sprint("m", n) || el.Get("id") == fmt.Sprint("p", n)
		})
		if el.Name.Local == "message" {
			break
		}
		kept++
	}
	if kept == 0 || kept > 40 {
		t.Errorf("%d messages of 200 kB are kept for one account", kept)
	}
	eve.write("<presence type='subscribe' id='s' to='%s'><status>%s</status></presence><iq type='get' id='after'><ping xmlns='urn:xmpp:ping'/></iq>", address("other"), body)
	if el := eve.expect("an answer", func(el *stanza.Element) bool { return el.Get("id") == "s" || el.Get("id") == "after" }); el.Get("type") != "error" {
		t.Error("a request of 200 kB is kept")
	}
	me.nc.Close()
}

func TestAskingEverybodyFillsNoList(t *testing.T) {
	s := start(t, demo.Options{})
	eve := register(t, s, "eve", "x")
	go func() {
		var b strings.Builder
		for n := range 6000 {
			fmt.Fprintf(&b, "<presence type='%s' to='nobody%d@%s'/>", []string{"subscribe", "subscribed"}[n%2], n, demo.Domain)
		}
		b.WriteString("<iq type='get' id='end'><query xmlns='jabber:iq:roster'/></iq>")
		eve.write("%s", b.String())
	}()
	el := eve.within(20*time.Second, "the list", func(el *stanza.Element) bool { return el.Get("id") == "end" })
	if n := len(el.Child("jabber:iq:roster", "query").Children()); n > 5000 {
		t.Errorf("%d entries", n)
	}
}

// TestNothingThatIsSentStopsTheServer sends random stanzas to everybody, contacts too; a
// panic would end the process, which is the user's.
func TestNothingThatIsSentStopsTheServer(t *testing.T) {
	s := start(t, demo.Options{})
	rng := rand.New(rand.NewPCG(1, 2))
	pick := func(of ...string) string { return of[rng.IntN(len(of))] }
	to := []string{
		"", "me", "eve", "mallory", "me/desk", "eve/x", "mallory/x", "echo", "clock", "pip", "guide", "pip/demo", "echo/demo",
	}
	eve, mallory := register(t, s, "eve", "x"), register(t, s, "mallory", "x")
	me := owner(t, s)
	contacts := me.roster()
	for j := range contacts {
		local, _, _ := strings.Cut(j, "@")
		to = append(to, local, local+"/demo")
	}
	payload := func() string {
		return pick(
			"", "<body/>", "<body>x</body>", "<body>cut the network</body>", "<body>\u202e</body>", "<show>zz</show>", "<priority>-999</priority>", "<priority>-1</priority>",
			"<query xmlns='jabber:iq:roster'/>", "<query xmlns='jabber:iq:roster'><item jid='me@dovekie.test' subscription='remove'/></query>",
			"<query xmlns='jabber:iq:roster'><item jid='@'/></query>", "<query xmlns='jabber:iq:roster'><item jid='eve@dovekie.test' name='x'><group/></item></query>",
			"<query xmlns='jabber:iq:register'/>", "<query xmlns='jabber:iq:register'><password/></query>", "<vCard xmlns='vcard-temp'><FN>x</FN></vCard>",
			"<enable xmlns='urn:xmpp:carbons:2'/>", "<ping xmlns='urn:xmpp:ping'/>", "<query xmlns='http://jabber.org/protocol/disco#info' node='x'/>",
			"<query xmlns='http://jabber.org/protocol/disco#items'/>", "<query xmlns='jabber:iq:version'/>", "<time xmlns='urn:xmpp:time'/>",
			"<received xmlns='urn:xmpp:receipts' id='1'/>", "<request xmlns='urn:xmpp:receipts'/>", "<composing xmlns='http://jabber.org/protocol/chatstates'/>",
			"<sent xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'><message/></forwarded></sent>", "<error/>", "<error type='x'><x xmlns='u'/></error>",
			"<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>", "<x xmlns='u'/>", "text",
			"<query xmlns='urn:xmpp:mam:2' queryid='1'/>", "<query xmlns='urn:xmpp:mam:2'><set xmlns='http://jabber.org/protocol/rsm'><max>-1</max><before/><after>x</after></set></query>",
			"<query xmlns='urn:xmpp:mam:2'><x xmlns='jabber:x:data'><field var='start'/></x></query>", "<result xmlns='urn:xmpp:mam:2'/>",
			"<pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='n'><item/></publish></pubsub>", "<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='n'/></pubsub>",
			"<pubsub xmlns='http://jabber.org/protocol/pubsub'><retract node='n'><item id='1'/></retract></pubsub>", "<pubsub xmlns='http://jabber.org/protocol/pubsub'/>",
			"<event xmlns='http://jabber.org/protocol/pubsub#event'><items node='n'/></event>", "<markable xmlns='urn:xmpp:chat-markers:0'/>",
			"<displayed xmlns='urn:xmpp:chat-markers:0' id='1'/>", "<c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='n' ver='v'/>", "<no-store xmlns='urn:xmpp:hints'/>",
		)
	}
	for n := range 4000 {
		var st string
		switch rng.IntN(12) {
		case 0:
			st = pick("<r xmlns='urn:xmpp:sm:3'/>", "<enable xmlns='urn:xmpp:sm:3' resume='true'/>", "<resume xmlns='urn:xmpp:sm:3' h='x'/>", "<a xmlns='urn:xmpp:sm:3'/>",
				"<a xmlns='urn:xmpp:sm:3' h='-1'/>", "<x xmlns='u'/>", " ", "<active xmlns='urn:xmpp:csi:0'/>", "<inactive xmlns='urn:xmpp:csi:0'/>", "<odd xmlns='urn:xmpp:csi:0'/>")
		case 1, 2, 3, 4:
			st = fmt.Sprintf("<iq id='%d' type='%s' to='%%s'>%s%s</iq>", n, pick("get", "set", "result", "error", "", "x"), payload(), pick("", "", payload()))
		case 5, 6, 7:
			st = fmt.Sprintf("<presence type='%s' to='%%s'>%s%s</presence>", pick("", "unavailable", "subscribe", "subscribed", "unsubscribe", "unsubscribed", "probe", "error", "x"), payload(), payload())
		default:
			st = fmt.Sprintf("<message type='%s' to='%%s'>%s%s</message>", pick("", "chat", "groupchat", "headline", "error", "x"), payload(), payload())
		}
		address := pick(to...)
		if local, resource, full := strings.Cut(address, "/"); address != "" {
			address = local + "@" + demo.Domain
			if full {
				address += "/" + resource
			}
		}
		if address == "" && rng.IntN(4) == 0 {
			address = pick(demo.Domain, "other.example", "@", "a@b@c")
		}
		st = strings.ReplaceAll(st, "%s", address)
		st = strings.ReplaceAll(st, " to=''", "")
		c := []*client{eve, mallory, me}[rng.IntN(3)]
		for len(c.in) > 40_000 {
			<-c.in
		}
		c.write("%s", st)
	}
	for _, c := range []*client{eve, mallory, me} {
		c.write("<iq type='get' id='alive'><ping xmlns='urn:xmpp:ping'/></iq>")
		c.within(10*time.Second, "an answer", func(el *stanza.Element) bool { return el.Get("id") == "alive" })
	}
}
