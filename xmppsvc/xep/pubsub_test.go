package xep_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/stanza"
	"dovekie/xmppsvc/xep"
)

const displayedPayload = `<displayed xmlns='urn:xmpp:mds:displayed:0'><stanza-id xmlns='urn:xmpp:sid:0' by='me@example.org' id='s1'/></displayed>`

var (
	somePosition = xep.ReadPosition{Chat: alice, StanzaID: "s1", By: self}
	someItem     = xep.PubSubItem{ID: "i1", Payload: stanza.New("urn:x", "x")}
	someEvent    = xep.PubSubEvent{Node: "n", Items: []xep.PubSubItem{someItem, {ID: "i2"}}, Retracted: []string{"i3"}}
	somePublish  = xep.Publish{Node: "n", Item: someItem}
)

var pubsubCases = []roundTrip{
	{
		"publication", `<pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='n'><item id='i1'><x xmlns='urn:x'/></item></publish></pubsub>`,
		somePublish.Element(), inIQ("set", xep.PublishOf), somePublish,
	},
	{
		"items", `<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='n'><item id='i1'><x xmlns='urn:x'/></item></items></pubsub>`,
		xep.PubSubItems{Node: "n", Items: []xep.PubSubItem{someItem}}.Element(), inIQ("result", xep.PubSubItemsOf),
		xep.PubSubItems{Node: "n", Items: []xep.PubSubItem{someItem}},
	},
	{
		"newest items wanted", `<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='n' max_items='3'/></pubsub>`,
		xep.PubSubItems{Node: "n", Max: 3}.Element(), inIQ("get", xep.PubSubItemsOf), xep.PubSubItems{Node: "n", Max: 3},
	},
	{
		"retraction", `<pubsub xmlns='http://jabber.org/protocol/pubsub'><retract node='n' notify='true'><item id='i1'/></retract></pubsub>`,
		xep.Retract("n", "i1"), func(el *stanza.Element) (any, bool) {
			node, id, ok := xep.RetractOf(stanza.NewIQ("set", "1", "", el))
			return node + " " + id, ok
		}, "n i1",
	},
	{
		"event", `<event xmlns='http://jabber.org/protocol/pubsub#event'><items node='n'><item id='i1'><x xmlns='urn:x'/></item>` +
			`<item id='i2'/><retract id='i3'/></items></event>`,
		someEvent.Element(), within("message", xep.PubSubEventOf), someEvent,
	},
	{
		"read positions", `<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='urn:xmpp:mds:displayed:0'>` +
			`<item id='alice@example.org'>` + displayedPayload + `</item></items></pubsub>`,
		xep.PubSubItems{Node: xep.NSDisplayed, Items: []xep.PubSubItem{{ID: alice.String(), Payload: somePosition.Element()}}}.Element(),
		inIQ("result", xep.ReadPositionsOf), []xep.ReadPosition{somePosition},
	},
	{
		"markable", `<markable xmlns='urn:xmpp:chat-markers:0'/>`, xep.Markable(), within("message", yes(xep.IsMarkable)), true,
	},
}

// TestReadPositionIsPublishedPrivately: what XEP-0490's example 1 shows, to the letter.
func TestReadPositionIsPublishedPrivately(t *testing.T) {
	want := `<pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='urn:xmpp:mds:displayed:0'>` +
		`<item id='alice@example.org'>` + displayedPayload + `</item></publish><publish-options>` +
		`<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE' type='hidden'>` +
		`<value>http://jabber.org/protocol/pubsub#publish-options</value></field>` +
		`<field var='pubsub#persist_items'><value>true</value></field><field var='pubsub#max_items'><value>max</value></field>` +
		`<field var='pubsub#send_last_published_item'><value>never</value></field>` +
		`<field var='pubsub#access_model'><value>whitelist</value></field></x></publish-options></pubsub>`
	if got := somePosition.Publish().String(); got != want {
		t.Errorf("built\n%s, want\n%s", got, want)
	}
	p, ok := xep.PublishOf(stanza.NewIQ("set", "1", "", parse(t, want)))
	if !ok || p.Node != xep.NSDisplayed || p.Item.ID != "alice@example.org" {
		t.Fatalf("%+v %v", p, ok)
	}
	same(t, p.Options, xep.PrivateNode())
	if got := xep.ReadPositionsQuery().String(); got != `<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='urn:xmpp:mds:displayed:0'/></pubsub>` {
		t.Error(got)
	}
}

func TestReadPositionsThatMakeNoSenseAreLeftOut(t *testing.T) {
	item := func(id, payload string) string { return `<item id='` + id + `'>` + payload + `</item>` }
	in := item("alice@example.org", displayedPayload) +
		item("@", displayedPayload) +
		item("", displayedPayload) +
		item("bob@example.net", ``) +
		item("bob@example.net", `<displayed xmlns='urn:xmpp:mds:displayed:0'/>`) +
		item("bob@example.net", strings.Replace(displayedPayload, "displayed:0", "displayed:9", 1)) +
		item("bob@example.net", strings.Replace(displayedPayload, " by='me@example.org'", "", 1)) +
		item("bob@example.net", strings.Replace(displayedPayload, " id='s1'", "", 1)) +
		item("bob@example.net", strings.Replace(displayedPayload, "'s1'", "'"+strings.Repeat("s", 2000)+"'", 1)) +
		item("bob@example.net", `<displayed xmlns='urn:xmpp:mds:displayed:0'>`+strings.Repeat(`<stanza-id xmlns='urn:xmpp:sid:0' by='a@b' id='s'/>`, 2)+`</displayed>`) +
		item("bob@example.net", `<x xmlns='u'>`+displayedPayload+`</x>`)
	answer := `<iq type='result' id='1'><pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='urn:xmpp:mds:displayed:0'>` + in + `</items></pubsub></iq>`
	got, ok := xep.ReadPositionsOf(parse(t, answer))
	if !ok {
		t.Fatal("not read")
	}
	same(t, got, []xep.ReadPosition{somePosition})
	for _, other := range []string{
		strings.Replace(answer, "type='result'", "type='error'", 1), strings.Replace(answer, "'urn:xmpp:mds:displayed:0'", "'urn:other'", 1),
	} {
		if got, ok := xep.ReadPositionsOf(parse(t, other)); ok {
			t.Errorf("%.100s: %+v", other, got)
		}
	}
}

// The sender is told, never judged: only the caller knows whose node it listens to.
func TestEventTellsWhoSentIt(t *testing.T) {
	event := someEvent.Element().String()
	for from, want := range map[string]jid.JID{
		``: {}, `from='@'`: {}, `from='ME@example.org'`: self, `from='bob@example.net'`: bob,
		`xmlns:e='u' e:from='me@example.org'`: {},
	} {
		e, ok := xep.PubSubEventOf(parse(t, `<message `+from+`>`+event+`</message>`))
		if !ok || e.From != want {
			t.Errorf("%s: %+v %v", from, e, ok)
		}
	}
	e, _ := xep.PubSubEventOf(parse(t, `<message from='me@example.org'><event xmlns='http://jabber.org/protocol/pubsub#event'>`+
		`<items node='urn:xmpp:mds:displayed:0'><item id='alice@example.org'>`+displayedPayload+`</item></items></event></message>`))
	if got, ok := xep.ReadPositionsIn(e); !ok || !slices.Equal(got, []xep.ReadPosition{somePosition}) {
		t.Errorf("%+v %v", got, ok)
	}
	e.Node = "urn:other"
	if got, ok := xep.ReadPositionsIn(e); ok {
		t.Errorf("of another node: %+v", got)
	}
}

func TestWhatIsNoEventIsNone(t *testing.T) {
	event := someEvent.Element().String()
	for _, in := range []string{
		`<message type='error'>` + event + `</message>`,
		`<message><x xmlns='u'>` + event + `</x></message>`,
		`<message>` + strings.Replace(event, " node='n'", "", 1) + `</message>`,
		`<message>` + strings.Replace(event, "#event", "", 1) + `</message>`,
		`<message><event xmlns='http://jabber.org/protocol/pubsub#event'><purge node='n'/></event></message>`,
	} {
		if e, ok := xep.PubSubEventOf(parse(t, in)); ok {
			t.Errorf("%s: %+v", in, e)
		}
	}
}

func TestPublicationsAreOfOneItem(t *testing.T) {
	for in, want := range map[string]bool{
		`<publish node='n'><item id='1'/></publish>`:                  true,
		`<publish node='n'><item/></publish>`:                         true,
		`<publish node='n'><item id='1'/><item id='2'/></publish>`:    false,
		`<publish node='n'/>`:                                         false,
		`<publish><item id='1'/></publish>`:                           false,
		`<publish node='n'><item xmlns='u' id='1'/></publish>`:        false,
		`<x xmlns='u'><publish node='n'><item id='1'/></publish></x>`: false,
		``: false,
	} {
		p, ok := xep.PublishOf(parse(t, `<iq type='set' id='1'><pubsub xmlns='http://jabber.org/protocol/pubsub'>`+in+`</pubsub></iq>`))
		if ok != want {
			t.Errorf("%s: %+v %v", in, p, ok)
		}
	}
}

func TestItemsAreLimited(t *testing.T) {
	var b strings.Builder
	for i := range 8000 {
		b.WriteString(`<item id='` + strconv.Itoa(i) + `'/><retract id='` + strconv.Itoa(i) + `'/>`)
	}
	e, ok := xep.PubSubEventOf(parse(t, `<message><event xmlns='http://jabber.org/protocol/pubsub#event'><items node='n'>`+b.String()+`</items></event></message>`))
	if !ok || len(e.Items)+len(e.Retracted) != 5000 {
		t.Errorf("%d items and %d retracted", len(e.Items), len(e.Retracted))
	}
}

func TestClientState(t *testing.T) {
	if a, i := xep.Active().String(), xep.Inactive().String(); a != `<active xmlns='urn:xmpp:csi:0'/>` || i != `<inactive xmlns='urn:xmpp:csi:0'/>` {
		t.Error(a, i)
	}
	if xep.Active().IsStanza() {
		t.Error("it is counted")
	}
}
