package xep_test

import (
	"errors"
	"strings"
	"testing"

	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stanza"
	"dovekie/xmppsvc/xep"
)

func carbon(from, direction, inner string) string {
	return `<message from='` + from + `' to='me@example.org/x'><` + direction + ` xmlns='urn:xmpp:carbons:2'>` +
		`<forwarded xmlns='urn:xmpp:forward:0'>` + inner + `</forwarded></` + direction + `></message>`
}

const (
	innerReceived = `<message xmlns='jabber:client' from='alice@example.org/p' to='me@example.org/y'><body>hi</body></message>`
	innerSent     = `<message xmlns='jabber:client' from='me@example.org/y' to='alice@example.org'><body>hi</body></message>`
)

func TestCarbonsOfOurServerAreUnwrapped(t *testing.T) {
	for in, sent := range map[string]bool{
		carbon("me@example.org", "received", innerReceived): false,
		carbon("me@example.org", "sent", innerSent):         true,
		carbon("ME@Example.org", "sent", innerSent):         true,
		carbon("me@example.org", "received", `<message xmlns='jabber:client' from='alice@example.org/p'><body>hi</body></message>`): false,
	} {
		c, err := xep.Unwrap(parse(t, in), self)
		if err != nil || c.Sent != sent {
			t.Errorf("%s: %+v %v", in, c, err)
			continue
		}
		if body, _, _ := xep.BodyOf(c.Message, ""); body != "hi" {
			t.Errorf("body %q", body)
		}
	}
	el := parse(t, carbon("me@example.org", "sent", innerSent))
	c, err := xep.Unwrap(el, self)
	if err != nil || c.Element().String() != el.First().String() {
		t.Errorf("rebuilt: %s", c.Element())
	}
	if full, err := self.WithResource("x"); err != nil {
		t.Error(err)
	} else if _, err := xep.Unwrap(el, full); err != nil {
		t.Errorf("with our full address: %v", err)
	}
}

func TestCarbonFromAnybodyElseIsDropped(t *testing.T) {
	forged := map[string]string{
		"stranger":            carbon("eve@evil.example", "received", innerReceived),
		"our words":           carbon("eve@evil.example", "sent", innerSent),
		"our resource":        carbon("me@example.org/phone", "received", innerReceived),
		"our server":          carbon("example.org", "received", innerReceived),
		"begins as we do":     carbon("me@example.org.evil.example", "received", innerReceived),
		"ends as we do":       carbon("evilme@example.org", "received", innerReceived),
		"we as a resource":    carbon("eve@evil.example/me@example.org", "received", innerReceived),
		"no sender":           strings.Replace(carbon("", "received", innerReceived), " from=''", "", 1),
		"no address":          carbon("@", "received", innerReceived),
		"foreign from":        strings.Replace(carbon("eve@evil.example", "received", innerReceived), " to=", " xmlns:e='urn:e' e:from='me@example.org' to=", 1),
		"not to us":           carbon("me@example.org", "received", strings.Replace(innerReceived, "to='me@", "to='you@", 1)),
		"not from us":         carbon("me@example.org", "sent", innerReceived),
		"sent without sender": carbon("me@example.org", "sent", strings.Replace(innerSent, "from='me@example.org/y' ", "", 1)),
		"carbon in a carbon":  carbon("me@example.org", "received", strings.Replace(carbon("alice@example.org", "received", innerReceived), "<message", "<message xmlns='jabber:client'", 1)),
	}
	for name, in := range forged {
		if c, err := xep.Unwrap(parse(t, in), self); !errors.Is(err, xep.ErrForgedCarbon) || c.Message != nil {
			t.Errorf("%s: %+v %v", name, c, err)
		}
	}
	for name, in := range map[string]string{
		"empty":     carbon("me@example.org", "received", ""),
		"two":       carbon("me@example.org", "received", innerReceived+innerReceived),
		"presence":  carbon("me@example.org", "received", `<presence xmlns='jabber:client'/>`),
		"foreign":   carbon("me@example.org", "received", strings.Replace(innerReceived, "jabber:client", "jabber:server", 1)),
		"both":      `<message from='me@example.org'><sent xmlns='urn:xmpp:carbons:2'/><received xmlns='urn:xmpp:carbons:2'/></message>`,
		"unwrapped": `<message from='me@example.org'><received xmlns='urn:xmpp:carbons:2'>` + innerReceived + `</received></message>`,
	} {
		if c, err := xep.Unwrap(parse(t, in), self); !errors.Is(err, xep.ErrBrokenCarbon) || c.Message != nil {
			t.Errorf("%s: %+v %v", name, c, err)
		}
	}
	for _, in := range []string{
		`<message from='me@example.org'/>`,
		`<message from='me@example.org'><x xmlns='u'><received xmlns='urn:xmpp:carbons:2'/></x></message>`,
		`<message from='me@example.org'><received xmlns='urn:xmpp:receipts'/></message>`,
		`<presence from='me@example.org'><received xmlns='urn:xmpp:carbons:2'/></presence>`,
	} {
		if _, err := xep.Unwrap(parse(t, in), self); !errors.Is(err, xep.ErrNoCarbon) {
			t.Errorf("%s: %v", in, err)
		}
	}
	if _, err := xep.Unwrap(nil, self); !errors.Is(err, xep.ErrNoCarbon) {
		t.Error(err)
	}
}

func TestStanzaIDCountsOnlyByWhoIsTrusted(t *testing.T) {
	id := func(by, id string) string {
		return `<stanza-id xmlns='urn:xmpp:sid:0' by='` + by + `' id='` + id + `'/>`
	}
	for in, want := range map[string]string{
		id("me@example.org", "1"):                               "1",
		id("eve@evil.example", "2") + id("me@example.org", "1"): "1",
		id("ME@example.org", "1"):                               "1",
		id("me@example.org/x", "1"):                             "",
		id("example.org", "1"):                                  "",
		id("@", "1"):                                            "",
		id("me@example.org", ""):                                "",
		id("me@example.org", "1") + id("me@example.org", "2"):   "",
		`<x xmlns='u'>` + id("me@example.org", "1") + `</x>`:    "",
		`<stanza-id xmlns='u' by='me@example.org' id='1'/>`:     "",
		id("me@example.org", strings.Repeat("1", 2000)):         "",
		`<stanza-id xmlns='urn:xmpp:sid:0' id='1'/>`:            "",
		``: "",
	} {
		if got := xep.StanzaIDOf(parse(t, `<message>`+in+`</message>`), self); got != want {
			t.Errorf("%.200s: %q", in, got)
		}
	}
	zero := self
	zero = zero.Server()
	if got := xep.StanzaIDOf(parse(t, `<message><stanza-id xmlns='urn:xmpp:sid:0' by='' id='1'/></message>`), zero); got != "" {
		t.Errorf("by nobody: %q", got)
	}
}

func TestReceiptIsAskedForOnlyWhereItMayBeGiven(t *testing.T) {
	for in, want := range map[string]bool{
		`<message id='1' type='chat'><request xmlns='urn:xmpp:receipts'/></message>`:                                 true,
		`<message id='1'><request xmlns='urn:xmpp:receipts'/></message>`:                                             true,
		`<message type='chat'><request xmlns='urn:xmpp:receipts'/></message>`:                                        false,
		`<message id='1' type='groupchat'><request xmlns='urn:xmpp:receipts'/></message>`:                            false,
		`<message id='1' type='error'><request xmlns='urn:xmpp:receipts'/></message>`:                                false,
		`<message id='1'><request xmlns='urn:xmpp:receipts'/><received xmlns='urn:xmpp:receipts' id='2'/></message>`: false,
		`<message id='1'><x xmlns='u'><request xmlns='urn:xmpp:receipts'/></x></message>`:                            false,
		`<message xmlns:e='urn:e' e:id='1' type='chat'><request xmlns='urn:xmpp:receipts'/></message>`:               false,
	} {
		if got := xep.WantsReceipt(parse(t, in)); got != want {
			t.Errorf("%s: %v", in, got)
		}
	}
	if r, ok := xep.ReceiptOf(parse(t, `<message id='1'><received xmlns='urn:xmpp:receipts'/></message>`)); ok {
		t.Errorf("a receipt of nothing: %+v", r)
	}
}

func TestEncryptedMessagesAreRecognised(t *testing.T) {
	for in, want := range map[string]xep.Encryption{
		`<encrypted xmlns='eu.siacs.conversations.axolotl'/><body>fallback</body>`:         {Namespace: xep.NSOMEMO, Name: "OMEMO"},
		`<encrypted xmlns='urn:xmpp:omemo:2'/>`:                                            {Namespace: xep.NSOMEMO2, Name: "OMEMO"},
		`<x xmlns='jabber:x:encrypted'>…</x><body>secret</body>`:                           {Namespace: xep.NSPGP, Name: "OpenPGP"},
		`<openpgp xmlns='urn:xmpp:openpgp:0'>…</openpgp>`:                                  {Namespace: xep.NSOpenPGP, Name: "OpenPGP"},
		`<encryption xmlns='urn:xmpp:eme:0' namespace='urn:xmpp:otr:0' name='Very safe'/>`: {Namespace: xep.NSOTR, Name: "OTR"},
		`<encryption xmlns='urn:xmpp:eme:0' namespace='urn:new'/>`:                         {Namespace: "urn:new"},
		`<body>?OTR:AAMDJ+MVmSfjFZcAAAAAAQAAAAIAAADA.</body>`:                              {Namespace: xep.NSOTR, Name: "OTR"},
		`<body>?OTRv23?</body>`:                                  {Namespace: xep.NSOTR, Name: "OTR"},
		`<body>?OTR?</body>`:                                     {Namespace: xep.NSOTR, Name: "OTR"},
		`<body>?OTR is an old protocol</body>`:                   {},
		`<body>?OTR</body>`:                                      {},
		`<body>what is ?OTR:</body>`:                             {},
		`<body>plain</body>`:                                     {},
		`<encryption xmlns='urn:xmpp:eme:0'/><body>plain</body>`: {},
		`<x xmlns='urn:u'><encrypted xmlns='urn:xmpp:omemo:2'/></x><body>p</body>`: {},
		`<x xmlns='jabber:x:signed'>…</x><body>signed</body>`:                      {},
	} {
		got, ok := xep.EncryptionOf(parse(t, `<message>`+in+`</message>`))
		if got != want || ok != (want != xep.Encryption{}) {
			t.Errorf("%s: %+v %v", in, got, ok)
		}
	}
}

func TestSeveralChatStatesAreNone(t *testing.T) {
	for in, want := range map[string]model.ChatState{
		`<composing xmlns='http://jabber.org/protocol/chatstates'/><active xmlns='http://jabber.org/protocol/chatstates'/>`: "",
		`<dancing xmlns='http://jabber.org/protocol/chatstates'/>`:                                                          "",
		`<dancing xmlns='http://jabber.org/protocol/chatstates'/><gone xmlns='http://jabber.org/protocol/chatstates'/>`:     model.ChatGone,
		`<composing xmlns='urn:u'/>`: "",
	} {
		if got, _ := xep.ChatStateOf(parse(t, `<message>`+in+`</message>`)); got != want {
			t.Errorf("%s: %q", in, got)
		}
	}
}

func TestRosterIsReadLeniently(t *testing.T) {
	r, ok := xep.ReadRoster(parse(t, `<query xmlns='jabber:iq:roster'>
		<item jid='@' subscription='both'/><item subscription='both'/>
		<item xmlns='urn:u' jid='eve@evil.example'/><x xmlns='urn:u'><item xmlns='jabber:iq:roster' jid='eve@evil.example'/></x>
		<item jid='Alice@Example.org/phone' name='old' subscription='to'/>
		<item jid='bob@example.net' subscription='whatever' ask='unsubscribe' approved='perhaps'>
			<group/><group>G</group><group>G</group><group xmlns='urn:u'>evil</group></item>
		<item jid='alice@example.org' name='new' subscription='from' approved='1'/></query>`))
	if !ok {
		t.Fatal("not read")
	}
	same(t, r, xep.Roster{Items: []xep.RosterItem{
		{RosterItem: model.RosterItem{JID: alice, Name: "new", Subscription: model.SubscriptionFrom, Approved: true}},
		{RosterItem: model.RosterItem{JID: bob, Groups: []string{"G"}, Subscription: model.SubscriptionNone}},
	}})
	for _, s := range []string{`<query xmlns='jabber:iq:private'/>`, `<item xmlns='jabber:iq:roster'/>`} {
		if _, ok := xep.ReadRoster(parse(t, s)); ok {
			t.Errorf("%s is a roster", s)
		}
	}
}

func TestRegistrationKnowsWhatItNeeds(t *testing.T) {
	for in, plain := range map[string]bool{
		`<username/><password/>`:                               true,
		`<instructions>x</instructions><username/><password/>`: true,
		`<username/><password/><email/>`:                       false,
		`<username/>`:                                          false,
		`<username/><password/><x xmlns='jabber:x:data'/>`:     false,
		`<username xmlns='urn:u'/><password/>`:                 false,
		``:                                                     false,
	} {
		r, ok := xep.ReadRegistration(parse(t, `<query xmlns='jabber:iq:register'>`+in+`</query>`))
		if !ok || r.Plain() != plain {
			t.Errorf("%s: %+v", in, r)
		}
	}
}

func TestForwardedMayComeFromAnybodySoOnlyUsersJudge(t *testing.T) {
	el := stanza.New("urn:x", "x", parse(t, `<forwarded xmlns='urn:xmpp:forward:0'>`+innerReceived+`</forwarded>`))
	f, ok := xep.ForwardedOf(el)
	if !ok || f.Stanza.Get("from") != "alice@example.org/p" || !f.Delay.Stamp.IsZero() {
		t.Errorf("%+v %v", f, ok)
	}
}

func TestFarthestMarkerCounts(t *testing.T) {
	m, ok := xep.MarkerOf(parse(t, `<message><received xmlns='urn:xmpp:chat-markers:0' id='1'/><displayed xmlns='urn:xmpp:chat-markers:0' id='2'/><markable xmlns='urn:xmpp:chat-markers:0'/></message>`))
	if !ok || m != (xep.Marker{Name: "displayed", ID: "2"}) {
		t.Errorf("%+v %v", m, ok)
	}
	if !xep.IsMarkable(parse(t, `<message><markable xmlns='urn:xmpp:chat-markers:0'/></message>`)) {
		t.Error("not markable")
	}
}
