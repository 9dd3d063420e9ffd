package xep_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stanza"
	"dovekie/xmppsvc/xep"
)

var (
	self  = jid.MustParse("me@example.org")
	alice = jid.MustParse("alice@example.org")
	bob   = jid.MustParse("bob@example.net")
	room  = jid.MustParse("room@muc.example.org")
	noon  = time.Date(2026, 11, 22, 12, 0, 0, 250e6, time.UTC)
)

var compareJID = cmp.Comparer(func(a, b jid.JID) bool { return a == b })

func same(t *testing.T, got, want any) {
	t.Helper()
	if d := cmp.Diff(want, got, compareJID); d != "" {
		t.Errorf("differs (-want +got):\n%s", d)
	}
}

func parse(t testing.TB, s string) *stanza.Element {
	t.Helper()
	el, err := stanza.Parse([]byte(s))
	if err != nil {
		t.Fatalf("%v in %s", err, s)
	}
	return el
}

// reader reads a value from an element, ok as the package's functions.
type reader func(*stanza.Element) (any, bool)

func read[T any](f func(*stanza.Element) (T, bool)) reader {
	return func(el *stanza.Element) (any, bool) {
		v, ok := f(el)
		return v, ok
	}
}

// within reads what is a child of a message or, for from "presence", of a presence.
func within[T any](parent string, f func(*stanza.Element) (T, bool)) reader {
	return func(el *stanza.Element) (any, bool) {
		v, ok := f(stanza.New(stanza.NSClient, parent, el).With("id", "m").With("type", typeOf(parent)))
		return v, ok
	}
}

func typeOf(parent string) string {
	if parent == "message" {
		return "chat"
	}
	return ""
}

func text[T ~string](f func(*stanza.Element) T) func(*stanza.Element) (T, bool) {
	return func(el *stanza.Element) (T, bool) {
		v := f(el)
		return v, v != ""
	}
}

// A roundTrip is a value, its XML and how to read it; both directions must agree.
type roundTrip struct {
	name  string
	xml   string
	el    *stanza.Element
	read  reader
	value any
}

func allCases() []roundTrip { return slices.Concat(cases, archiveCases, pubsubCases) }

var cases = []roundTrip{
	{
		"form", `<x xmlns='jabber:x:data' type='form'><title>T</title><instructions>I</instructions>` +
			`<field var='FORM_TYPE' type='hidden'><value>urn:x</value></field>` +
			`<field var='a' type='list-multi' label='L'><required/><value>1</value><value>2</value></field></x>`,
		someForm.Element(), within("message", xep.FormOf), someForm,
	},
	{
		"disco", `<query xmlns='http://jabber.org/protocol/disco#info' node='n#v'>` +
			`<identity category='client' type='pc' name='鸬鹚' xml:lang='zh'/><feature var='urn:xmpp:ping'/>` +
			`<x xmlns='jabber:x:data' type='result'/></query>`,
		someDisco.Element(), read(xep.ReadDisco), someDisco,
	},
	{
		"disco question", `<query xmlns='http://jabber.org/protocol/disco#info'/>`,
		xep.Disco{}.Element(), read(xep.ReadDisco), xep.Disco{},
	},
	{
		"items", `<query xmlns='http://jabber.org/protocol/disco#items' node='n'>` +
			`<item jid='room@muc.example.org' node='x' name='Room'/><item jid='bob@example.net'/></query>`,
		someItems.Element(), read(xep.ReadItems), someItems,
	},
	{
		"registration", `<query xmlns='jabber:iq:register'><registered/><instructions>Choose</instructions>` +
			`<username/><password/><x xmlns='jabber:x:oob'><url>https://example.org/r</url></x></query>`,
		someRegistration.Element(), read(xep.ReadRegistration), someRegistration,
	},
	{
		"chat state", `<composing xmlns='http://jabber.org/protocol/chatstates'/>`,
		xep.ChatState(model.ChatComposing), within("message", xep.ChatStateOf), model.ChatComposing,
	},
	{
		"version", `<query xmlns='jabber:iq:version'><name>Dovekie</name><version>1.0</version></query>`,
		xep.Version{Name: "Dovekie", Version: "1.0"}.Element(), read(xep.ReadVersion),
		xep.Version{Name: "Dovekie", Version: "1.0"},
	},
	{
		"caps", `<c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='https://dovekie.example' ver='abc='/>`,
		someCaps.Element(), within("presence", xep.CapsOf), someCaps,
	},
	{
		"nick", `<nick xmlns='http://jabber.org/protocol/nick'>小雀</nick>`,
		xep.Nick("小雀"), within("message", xep.NickOf), "小雀",
	},
	{
		"receipt", `<received xmlns='urn:xmpp:receipts' id='m1'/>`,
		xep.Receipt{ID: "m1"}.Element(), within("message", xep.ReceiptOf), xep.Receipt{ID: "m1"},
	},
	{
		"receipt request", `<request xmlns='urn:xmpp:receipts'/>`,
		xep.ReceiptRequest(), within("message", yes(xep.WantsReceipt)), true,
	},
	{
		"delay", `<delay xmlns='urn:xmpp:delay' from='example.org' stamp='2026-11-22T12:00:00.250Z'>Offline</delay>`,
		someDelay.Element(), within("message", func(el *stanza.Element) (xep.Delay, bool) {
			return xep.DelayOf(el, self.Server())
		}), someDelay,
	},
	{
		"forwarded", `<forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' from='example.org' ` +
			`stamp='2026-11-22T12:00:00.250Z'>Offline</delay><message xmlns='jabber:client' id='1'/></forwarded>`,
		someForwarded.Element(), within("message", xep.ForwardedOf), someForwarded,
	},
	{
		"marker", `<displayed xmlns='urn:xmpp:chat-markers:0' id='m1'/>`,
		xep.Marker{Name: "displayed", ID: "m1"}.Element(), within("message", xep.MarkerOf),
		xep.Marker{Name: "displayed", ID: "m1"},
	},
	{
		"hint", `<no-store xmlns='urn:xmpp:hints'/>`,
		xep.NoStore.Element(), within("message", yes(func(el *stanza.Element) bool { return xep.HasHint(el, xep.NoStore) })), true,
	},
	{
		"origin-id", `<origin-id xmlns='urn:xmpp:sid:0' id='o1'/>`,
		xep.OriginID("o1"), within("message", text(xep.OriginIDOf)), "o1",
	},
	{
		"stanza-id", `<stanza-id xmlns='urn:xmpp:sid:0' by='me@example.org' id='s1'/>`,
		xep.StanzaID(self, "s1"), within("message", text(func(el *stanza.Element) string { return xep.StanzaIDOf(el, self) })), "s1",
	},
	{
		"encryption", `<encryption xmlns='urn:xmpp:eme:0' namespace='urn:new' name='Rot13'/>`,
		xep.Encryption{Namespace: "urn:new", Name: "Rot13"}.Element(), within("message", xep.EncryptionOf),
		xep.Encryption{Namespace: "urn:new", Name: "Rot13"},
	},
	{
		"roster", `<query xmlns='jabber:iq:roster' ver='v7'><item jid='alice@example.org' name='Alice' ` +
			`subscription='both'><group>Work</group><group>朋友</group></item><item jid='bob@example.net' ` +
			`subscription='none' ask='subscribe' approved='true'/><item jid='room@muc.example.org' subscription='remove'/></query>`,
		someRoster.Element(), read(xep.ReadRoster), someRoster,
	},
	{
		"roster item to set", `<query xmlns='jabber:iq:roster'><item jid='alice@example.org' name='A'><group>G</group></item></query>`,
		xep.RosterSet(model.RosterItem{JID: alice, Name: "A", Groups: []string{"G"}, Subscription: model.SubscriptionBoth, Ask: true}),
		read(xep.ReadRoster), xep.Roster{Items: []xep.RosterItem{{RosterItem: model.RosterItem{
			JID: alice, Name: "A", Groups: []string{"G"}, Subscription: model.SubscriptionNone,
		}}}},
	},
	{
		"roster item to remove", `<query xmlns='jabber:iq:roster'><item jid='alice@example.org' subscription='remove'/></query>`,
		xep.RosterRemove(model.RosterItem{JID: alice, Name: "A"}), read(xep.ReadRoster), xep.Roster{Items: []xep.RosterItem{{
			RosterItem: model.RosterItem{JID: alice, Subscription: model.SubscriptionNone}, Removed: true,
		}}},
	},
	{
		"presence", `<presence xmlns='jabber:client'><show>dnd</show><status>忙</status><priority>-5</priority></presence>`,
		xep.NewPresence(model.ShowDND, "忙", -5), read(presenceOf),
		model.Presence{Show: model.ShowDND, Status: "忙", Priority: -5},
	},
	{
		"presence of the end", `<presence xmlns='jabber:client' type='unavailable'><status>bye</status></presence>`,
		xep.NewPresence(model.ShowUnavailable, "bye", 5), read(presenceOf),
		model.Presence{Show: model.ShowUnavailable, Status: "bye"},
	},
	{
		"error", `<error xmlns='jabber:client' type='wait'><resource-constraint xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>` +
			`<text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>busy</text></error>`,
		xep.ErrorElement(someError), func(el *stanza.Element) (any, bool) {
			e, ok := xep.ErrorOf(stanza.NewMessage("error", "1", "", el))
			return e, ok
		}, someError,
	},
}

func presenceOf(el *stanza.Element) (model.Presence, bool) { return xep.PresenceOf(el, "") }

func yes(f func(*stanza.Element) bool) func(*stanza.Element) (bool, bool) {
	return func(el *stanza.Element) (bool, bool) { return f(el), f(el) }
}

var (
	someForm = xep.Form{Type: "form", Title: "T", Instructions: "I", Fields: []xep.Field{
		{Var: "FORM_TYPE", Type: "hidden", Values: []string{"urn:x"}},
		{Var: "a", Type: "list-multi", Label: "L", Required: true, Values: []string{"1", "2"}},
	}}
	someDisco = xep.Disco{
		Node: "n#v", Identities: []xep.Identity{{Category: "client", Type: "pc", Lang: "zh", Name: "鸬鹚"}},
		Features: []string{"urn:xmpp:ping"}, Forms: []xep.Form{{Type: "result"}},
	}
	someItems        = xep.Items{Node: "n", Items: []xep.Item{{JID: room, Node: "x", Name: "Room"}, {JID: bob}}}
	someRegistration = xep.Registration{
		Registered: true, Instructions: "Choose", Fields: []string{"username", "password"}, URL: "https://example.org/r",
	}
	someCaps      = xep.Caps{Node: "https://dovekie.example", Hash: "sha-1", Ver: "abc="}
	someDelay     = xep.Delay{By: self.Server(), Stamp: noon, Text: "Offline"}
	someForwarded = xep.Forwarded{Delay: someDelay, Stanza: stanza.NewMessage("", "1", "")}
	someRoster    = xep.Roster{Version: "v7", Items: []xep.RosterItem{
		{RosterItem: model.RosterItem{JID: alice, Name: "Alice", Groups: []string{"Work", "朋友"}, Subscription: model.SubscriptionBoth}},
		{RosterItem: model.RosterItem{JID: bob, Subscription: model.SubscriptionNone, Ask: true, Approved: true}},
		{RosterItem: model.RosterItem{JID: room, Subscription: model.SubscriptionNone}, Removed: true},
	}}
	someError = model.StanzaError{Type: "wait", Condition: "resource-constraint", Text: "busy"}
)

func TestRoundTrips(t *testing.T) {
	for _, c := range allCases() {
		t.Run(c.name, func(t *testing.T) {
			if got := c.el.String(); got != c.xml {
				t.Errorf("built\n%s, want\n%s", got, c.xml)
			}
			got, ok := c.read(parse(t, c.xml))
			if !ok {
				t.Fatal("not recognised")
			}
			want := c.value
			if s, isText := got.(string); isText {
				if s != want {
					t.Errorf("read %q, want %q", s, want)
				}
				return
			}
			same(t, got, want)
			if _, ok := c.read(nil); ok && c.name != "error" {
				t.Error("found in nothing")
			}
		})
	}
}

func TestBuiltQuestions(t *testing.T) {
	for want, el := range map[string]*stanza.Element{
		`<query xmlns='jabber:iq:roster'/>`:          xep.RosterQuery("v", false),
		`<query xmlns='jabber:iq:roster' ver=''/>`:   xep.RosterQuery("", true),
		`<query xmlns='jabber:iq:roster' ver='v7'/>`: xep.RosterQuery("v7", true),
		`<ping xmlns='urn:xmpp:ping'/>`:              xep.Ping(),
		`<time xmlns='urn:xmpp:time'/>`:              xep.TimeQuery(),
		`<enable xmlns='urn:xmpp:carbons:2'/>`:       xep.EnableCarbons(),
		`<query xmlns='jabber:iq:version'/>`:         xep.Version{}.Element(),
		`<query xmlns='jabber:iq:register'/>`:        xep.Registration{}.Element(),
		`<query xmlns='jabber:iq:register'><username>a</username><password>p&lt;w</password></query>`: xep.Register("a", model.NewSecret("p<w")),
		`<query xmlns='jabber:iq:register'><remove/></query>`:                                         xep.Unregister(),
		`<query xmlns='jabber:iq:register'><x xmlns='jabber:x:data' type='submit'/></query>`:          xep.RegisterForm(xep.Form{Type: "form"}),
		`<presence xmlns='jabber:client'/>`:                                                           xep.NewPresence(model.ShowAvailable, "", 0),
	} {
		if got := el.String(); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestPingIsAQuestion(t *testing.T) {
	if !xep.IsPing(stanza.NewIQ("get", "1", "", xep.Ping())) {
		t.Error("not recognised")
	}
	for _, el := range []*stanza.Element{nil, stanza.NewIQ("result", "1", "", xep.Ping()), stanza.NewIQ("get", "1", "", nil)} {
		if xep.IsPing(el) {
			t.Errorf("%v is one", el)
		}
	}
}
