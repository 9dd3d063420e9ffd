package demo_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"dovekie/xmppsvc/demo"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/stanza"
	"dovekie/xmppsvc/xep"
)

var listening = xep.Disco{
	Identities: []xep.Identity{{Category: "client", Type: "pc"}}, Features: []string{xep.NSDiscoInfo, xep.NSDisplayedNotify},
}

// announce sends presence with caps and answers the server's question about them, if it
// asks.
func (c *client) announce(d xep.Disco, asked bool) {
	c.tb.Helper()
	caps := xep.NewCaps("urn:test", d)
	c.write("<presence>%s</presence>", caps.Element())
	if asked {
		c.explain(d)
	}
	c.ask("get", demo.Domain, "<ping xmlns='urn:xmpp:ping'/>")
}

func (c *client) explain(d xep.Disco) {
	c.tb.Helper()
	q := c.expect("a question about the caps", func(el *stanza.Element) bool {
		return el.Name.Local == "iq" && el.Get("type") == "get" && el.Child(xep.NSDiscoInfo, "query") != nil
	})
	if q.Get("from") != demo.Domain {
		c.tb.Errorf("it comes from %s", q.Get("from"))
	}
	d.Node = q.Child(xep.NSDiscoInfo, "query").Get("node")
	c.write("%s", q.Result(d.Element()))
}

func position(chat, id string) xep.ReadPosition {
	return xep.ReadPosition{Chat: jid.MustParse(chat), StanzaID: id, By: jid.MustParse(address("alice"))}
}

func isEvent(el *stanza.Element) bool { return el.Child(xep.NSPubSubEvent, "event") != nil }

func TestReadPositionsReachTheOtherDevices(t *testing.T) {
	dir := t.TempDir()
	s := start(t, demo.Options{Dir: dir})
	desk := register(t, s, "alice", "desk")
	phone, deaf := login(t, s, "alice", password, "phone"), login(t, s, "alice", password, "deaf")
	desk.announce(listening, true)
	phone.announce(listening, false) // one of them was enough
	deaf.write("<presence/>")
	info := desk.ask("get", address("alice"), "<query xmlns='http://jabber.org/protocol/disco#info'/>").String()
	for _, want := range []string{"category='pubsub' type='pep'", "'" + xep.NSPublishOptions + "'"} {
		if !strings.Contains(info, want) {
			t.Errorf("%s is not announced: %s", want, info)
		}
	}
	if el := desk.ask("get", "", xep.ReadPositionsQuery().String()); condition(el) != "item-not-found" {
		t.Errorf("a node before anything was published: %v", el)
	}
	publish := func(p xep.ReadPosition) {
		t.Helper()
		if el := desk.ask("set", "", p.Publish().String()); el.Get("type") != "result" {
			t.Fatal(el)
		}
	}
	publish(position("bob@dovekie.test", "s1"))
	el := phone.expect("a notification", isEvent)
	e, _ := xep.PubSubEventOf(el)
	got, ok := xep.ReadPositionsIn(e)
	if !ok || len(got) != 1 || got[0] != position("bob@dovekie.test", "s1") || e.From != jid.MustParse(address("alice")) || el.Get("type") != "headline" {
		t.Errorf("told %v", el)
	}
	publish(position("carol@dovekie.test", "s2"))
	publish(position("bob@dovekie.test", "s3"))
	deaf.never(50*time.Millisecond, "a notification nobody asked for", isEvent)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = start(t, demo.Options{Dir: dir})
	desk = login(t, s, "alice", password, "desk")
	all, ok := xep.ReadPositionsOf(desk.ask("get", "", xep.ReadPositionsQuery().String()))
	if !ok || len(all) != 2 || all[0] != position("carol@dovekie.test", "s2") || all[1] != position("bob@dovekie.test", "s3") {
		t.Errorf("kept %v", all)
	}
	desk.write("<presence/>")
	desk.announce(listening, true)
	if el := desk.ask("set", "", xep.Retract(xep.NSDisplayed, "bob@dovekie.test").String()); el.Get("type") != "result" {
		t.Error(el)
	}
	if el := desk.ask("set", "", xep.Retract(xep.NSDisplayed, "bob@dovekie.test").String()); condition(el) != "item-not-found" {
		t.Error(el)
	}
	if all, _ := xep.ReadPositionsOf(desk.ask("get", "", xep.ReadPositionsQuery().String())); len(all) != 1 {
		t.Errorf("kept %v", all)
	}
}

func TestRetractionIsTold(t *testing.T) {
	s := start(t, demo.Options{})
	c := register(t, s, "alice", "a")
	c.announce(listening, true)
	c.write("<iq type='set' id='1'>%s</iq><iq type='set' id='2'>%s</iq>",
		position("bob@dovekie.test", "s1").Publish(), xep.Retract(xep.NSDisplayed, "bob@dovekie.test"))
	c.expect("a publication", isEvent)
	if e, _ := xep.PubSubEventOf(c.expect("a retraction", isEvent)); len(e.Retracted) != 1 || e.Retracted[0] != "bob@dovekie.test" {
		t.Errorf("%+v", e)
	}
}

// What others publish must stay theirs, and what is asked for as public must not be
// taken as private without a word.
func TestNodesArePrivate(t *testing.T) {
	s := start(t, demo.Options{})
	a, b := register(t, s, "alice", "a"), register(t, s, "bob", "b")
	befriend(a, b)
	b.announce(listening, true)
	a.ask("set", "", position("carol@dovekie.test", "s1").Publish().String())
	b.never(50*time.Millisecond, "another's notification", isEvent)
	if el := b.ask("get", address("alice"), xep.ReadPositionsQuery().String()); el.Get("type") != "error" {
		t.Errorf("another's node: %v", el)
	}
	if el := b.ask("set", address("alice"), position("carol@dovekie.test", "s1").Publish().String()); el.Get("type") != "error" {
		t.Errorf("published for another: %v", el)
	}
	item := xep.PubSubItem{ID: "i", Payload: stanza.New("urn:x", "x")}
	for _, o := range []xep.Field{
		{Var: "pubsub#access_model", Values: []string{"open"}}, {Var: "pubsub#persist_items", Values: []string{"false"}},
		{Var: "pubsub#send_last_published_item", Values: []string{"on_sub"}}, {Var: "pubsub#max_items", Values: []string{"-1"}},
		{Var: "pubsub#max_items", Values: []string{"99999999999999999999"}}, {Var: "pubsub#colour"},
	} {
		el := a.ask("set", "", xep.Publish{Node: "n", Item: item, Options: []xep.Field{o}}.Element().String())
		if condition(el) != "conflict" || el.Child(stanza.NSClient, "error").Child(xep.NSPubSub+"#errors", "precondition-not-met") == nil {
			t.Errorf("%v: %v", o, el)
		}
	}
	ten := []xep.Field{{Var: "pubsub#max_items", Values: []string{"10"}}}
	for want, options := range map[string][]xep.Field{"result": nil, "error": ten} {
		a.ask("set", "", xep.Publish{Node: "one", Item: item}.Element().String())
		if el := a.ask("set", "", xep.Publish{Node: "one", Item: item, Options: options}.Element().String()); el.Get("type") != want {
			t.Errorf("%v on a node of one: %v", options, el)
		}
	}
	for in, want := range map[string]string{
		"<publish node='n'/>": "bad-request", "<publish node='n'><item id='1'/><item id='2'/></publish>": "bad-request", "<subscribe node='n'/>": "service-unavailable",
	} {
		if el := a.ask("set", "", "<pubsub xmlns='http://jabber.org/protocol/pubsub'>"+in+"</pubsub>"); condition(el) != want {
			t.Errorf("%s: %v", in, el)
		}
	}
}

func TestNodesAreBounded(t *testing.T) {
	s := start(t, demo.Options{})
	c := register(t, s, "alice", "a")
	big := xep.PubSubItem{ID: "big", Payload: stanza.NewText("urn:x", "x", strings.Repeat("x", 17<<10))}
	if el := c.ask("set", "", xep.Publish{Node: "n", Item: big}.Element().String()); condition(el) != "policy-violation" {
		t.Errorf("an item of 17 kB: %.300s", el.String())
	}
	full := 0
	for n := range 60 {
		if el := c.ask("set", "", xep.Publish{Node: fmt.Sprint("n", n), Item: xep.PubSubItem{ID: "1"}}.Element().String()); el.Get("type") == "error" {
			full++
		}
	}
	if full != 10 {
		t.Errorf("%d of 60 nodes were refused", full)
	}
	three := []xep.Field{{Var: "pubsub#max_items", Values: []string{"3"}}}
	if el := c.ask("set", "", xep.Retract("n0", "1").String()); el.Get("type") != "result" {
		t.Fatal(el)
	}
	for n := range 5 {
		c.ask("set", "", xep.Publish{Node: "n1", Item: xep.PubSubItem{ID: fmt.Sprint(n)}, Options: nil}.Element().String())
	}
	if p, _ := xep.PubSubItemsOf(c.ask("get", "", xep.PubSubItems{Node: "n1"}.Element().String())); len(p.Items) != 1 || p.Items[0].ID != "4" {
		t.Errorf("a node of one holds %v", p.Items)
	}
	other := register(t, s, "bob", "b")
	for n := range 5 {
		other.ask("set", "", xep.Publish{Node: "n", Item: xep.PubSubItem{ID: fmt.Sprint(n)}, Options: three}.Element().String())
	}
	for ask, want := range map[string]string{
		"<items node='n'/>": "234", "<items node='n' max_items='2'/>": "34", "<items node='n'><item id='3'/><item id='0'/></items>": "3",
	} {
		got := ""
		p, _ := xep.PubSubItemsOf(other.ask("get", "", "<pubsub xmlns='http://jabber.org/protocol/pubsub'>"+ask+"</pubsub>"))
		for _, it := range p.Items {
			got += it.ID
		}
		if got != want {
			t.Errorf("%s: %q, want %q", ask, got, want)
		}
	}
}

// A client that lies about a hash gets what it says for itself; nobody else does.
func TestLyingCapsHoldForNobodyElse(t *testing.T) {
	s := start(t, demo.Options{})
	eve, alice := register(t, s, "eve", "x"), register(t, s, "alice", "a")
	quiet := listening
	quiet.Features = []string{xep.NSDiscoInfo}
	caps := xep.NewCaps("urn:test", listening)
	eve.write("<presence>%s</presence>", caps.Element())
	eve.explain(quiet)
	alice.announce(listening, true) // asked again
	alice.ask("set", "", position("bob@dovekie.test", "s1").Publish().String())
	eve.ask("get", demo.Domain, "<ping xmlns='urn:xmpp:ping'/>")
	alice.write("<iq type='set' id='again'>%s</iq>", position("bob@dovekie.test", "s2").Publish())
	alice.expect("a notification", isEvent)
}
