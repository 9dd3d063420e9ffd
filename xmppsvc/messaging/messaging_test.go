package messaging_test

import (
	"fmt"
	"testing"
	"time"

	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/feature/featuretest"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/messaging"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/xep"
)

var (
	romeo  = jid.MustParse("romeo@verona.example")
	juliet = jid.MustParse("juliet@capulet.example")
)

// world is who juliet is to us and what our account announces.
type world struct {
	subscription model.Subscription
	announced    map[string]bool // by our account
	supported    map[string]bool // by everybody's program
}

func (w world) Item(contact jid.JID) (model.RosterItem, bool) {
	return model.RosterItem{JID: juliet, Subscription: w.subscription}, contact.Bare() == juliet && w.subscription != ""
}

func (w world) SeesUs(j jid.JID) bool              { return j.Bare() == juliet && w.subscription.SeesUs() }
func (w world) Supports(_ jid.JID, ns string) bool { return w.supported[ns] }
func (w world) OwnAccount(ns string) bool          { return w.announced[ns] }

func newMessaging(t *testing.T, w world) (*messaging.Messaging, *featuretest.Session) {
	s := featuretest.New(t, "romeo@verona.example/desk")
	return messaging.New(s, func() messaging.Store { return nil }, w, w), s
}

func TestOnlyOurServersStampIsBelievedAndOnlyForThePast(t *testing.T) {
	past := featuretest.Start.Add(-time.Hour)
	tests := map[string]struct {
		by, stamp string
		want      time.Time
		delayed   bool
	}{
		"our server":            {"verona.example", "2026-11-22T11:00:00Z", past, true},
		"our account":           {"romeo@verona.example", "2026-11-22T11:00:00Z", past, true},
		"the sender":            {"juliet@capulet.example", "2026-11-22T11:00:00Z", featuretest.Start, false},
		"nobody":                {"", "2026-11-22T11:00:00Z", featuretest.Start, false},
		"our server's subject":  {"evil.verona.example", "2026-11-22T11:00:00Z", featuretest.Start, false},
		"the future":            {"verona.example", "2036-11-22T11:00:00Z", featuretest.Start, true},
		"1970":                  {"verona.example", "1970-01-01T00:00:00Z", featuretest.Start, false},
		"no stamp at all":       {"verona.example", "", featuretest.Start, false},
		"a time that cannot be": {"verona.example", "99999-13-99T99:99:99Z", featuretest.Start, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			m, s := newMessaging(t, world{})
			in, ok := m.Receive(s.Parse(fmt.Sprintf(`<message from='juliet@capulet.example/b' type='chat'><body>hi</body>
				<delay xmlns='urn:xmpp:delay' from='%s' stamp='%s'/></message>`, tt.by, tt.stamp)))
			if !ok {
				t.Fatal("dropped")
			}
			if !in.Time.Equal(tt.want) || in.Delayed != tt.delayed {
				t.Errorf("time %s, delayed %t; want %s, %t", in.Time, in.Delayed, tt.want, tt.delayed)
			}
			if got := m.Read(in); got.Live == tt.delayed {
				t.Errorf("live = %t", got.Live)
			}
		})
	}
}

func TestStanzaIDCountsOnlyIfOurAccountSaysThatItGivesThem(t *testing.T) {
	for ns, want := range map[string]string{xep.NSStanzaID: "s1", "urn:xmpp:mam:2": "s1", "urn:other": ""} {
		m, s := newMessaging(t, world{announced: map[string]bool{ns: true}})
		in, _ := m.Receive(s.Parse(`<message from='juliet@capulet.example/b'><body>hi</body>
			<stanza-id xmlns='urn:xmpp:sid:0' by='capulet.example' id='theirs'/>
			<stanza-id xmlns='urn:xmpp:sid:0' by='romeo@verona.example' id='s1'/></message>`))
		if got := m.Read(in); got.StanzaID != want || want != "" && got.StanzaBy != romeo {
			t.Errorf("announcing %s: stanza-id %q by %q, want %q", ns, got.StanzaID, got.StanzaBy, want)
		}
	}
}

func TestWhatIsKeptWithoutABody(t *testing.T) {
	tests := map[string]struct {
		inside string
		want   model.Kind
	}{
		"a reaction":                 {`<reactions xmlns='urn:xmpp:reactions:0' id='x'/>`, model.KindUnused},
		"a marker":                   {`<displayed xmlns='urn:xmpp:chat-markers:0' id='x'/>`, ""},
		"an archived unknown":        {`<new xmlns='urn:new:thing'/><stanza-id xmlns='urn:xmpp:sid:0' by='romeo@verona.example' id='s'/>`, model.KindUnused},
		"an unknown":                 {`<new xmlns='urn:new:thing'/>`, ""},
		"an archived typing":         {`<composing xmlns='http://jabber.org/protocol/chatstates'/><stanza-id xmlns='urn:xmpp:sid:0' by='romeo@verona.example' id='s'/>`, ""},
		"a receipt":                  {`<received xmlns='urn:xmpp:receipts' id='x'/>`, ""},
		"an encryption without body": {`<encryption xmlns='urn:xmpp:eme:0' namespace='urn:new:cipher'/>`, model.KindEncrypted},
	}
	for name, tt := range tests {
		m, s := newMessaging(t, world{announced: map[string]bool{xep.NSStanzaID: true}})
		in, _ := m.Receive(s.Parse(`<message from='juliet@capulet.example/b' type='chat'>` + tt.inside + `</message>`))
		if got := m.Read(in); got.Kind != tt.want || got.Body != "" {
			t.Errorf("%s: kind %q, body %q; want %q", name, got.Kind, got.Body, tt.want)
		}
	}
}

func TestMessageAsksAndTellsOnlyWhatThePeerMayKnow(t *testing.T) {
	tests := map[string]struct {
		subscription    model.Subscription
		receipt, states bool
	}{
		"a friend":                      {model.SubscriptionBoth, true, true},
		"a contact who does not see us": {model.SubscriptionTo, true, false},
		"a stranger":                    {"", false, false},
	}
	for name, tt := range tests {
		m, _ := newMessaging(t, world{subscription: tt.subscription})
		el := m.Compose(model.Message{ID: "m1", Chat: model.ChatID{Account: romeo, Peer: juliet}, Body: "hi"})
		if got := el.Child(xep.NSReceipts, "request") != nil; got != tt.receipt {
			t.Errorf("%s: receipt asked %t", name, got)
		}
		if got := el.Child(xep.NSChatStates, "active") != nil; got != tt.states {
			t.Errorf("%s: chat state told %t", name, got)
		}
		if el.Get("id") != "m1" || xep.OriginIDOf(el) != "m1" || el.Get("to") != juliet.String() || el.Get("type") != "chat" {
			t.Errorf("%s: %s", name, el)
		}
	}
}

func TestKnownProgramGetsTypingBeforeTheFirstMessage(t *testing.T) {
	chat := model.ChatID{Account: romeo, Peer: juliet}
	m, s := newMessaging(t, world{subscription: model.SubscriptionBoth, supported: map[string]bool{xep.NSChatStates: true}})
	m.Tell(chat, model.ChatPaused) // of what was never begun
	if sent := s.TakeSent(); len(sent) != 0 {
		t.Errorf("sent %v", sent)
	}
	m.Tell(chat, model.ChatComposing)
	sent := s.TakeSent()
	if len(sent) != 1 || !xep.HasHint(sent[0], xep.NoStore) {
		t.Errorf("sent %v, want composing that nobody stores", sent)
	}
	s.Offline = true
	m.Tell(chat, model.ChatPaused)
	if sent := s.TakeSent(); len(sent) != 0 {
		t.Errorf("sent while offline: %v", sent)
	}
}

func TestTypingThatWaitedIsNotTold(t *testing.T) {
	m, s := newMessaging(t, world{subscription: model.SubscriptionBoth})
	for _, xml := range []string{
		`<message from='juliet@capulet.example/b' type='chat'><composing xmlns='http://jabber.org/protocol/chatstates'/>
			<delay xmlns='urn:xmpp:delay' from='verona.example' stamp='2026-11-22T11:00:00Z'/></message>`,
		`<message from='juliet@capulet.example/b' type='chat'><active xmlns='http://jabber.org/protocol/chatstates'/></message>`,
	} {
		in, _ := m.Receive(s.Parse(xml))
		m.Typing(in, false)
	}
	if got := s.TakeEvents(); len(got) != 0 {
		t.Errorf("events = %v", got)
	}
	in, _ := m.Receive(s.Parse(`<message from='juliet@capulet.example/b' type='chat'><composing xmlns='http://jabber.org/protocol/chatstates'/></message>`))
	m.Typing(in, false)
	m.Typing(in, false)
	if got := s.TakeEvents(); len(got) != 1 || got[0].(event.TypingChanged).State != model.ChatComposing {
		t.Errorf("events = %v, want composing once", got)
	}
}

func TestWhoMayNudgeAndWhen(t *testing.T) {
	const attention = `<attention xmlns='urn:xmpp:attention:0'/>`
	friends := world{subscription: model.SubscriptionBoth}
	tests := map[string]struct {
		world world
		xml   string
		want  bool
	}{
		"a contact":             {friends, `<message from='juliet@capulet.example/b' type='headline'>` + attention + `</message>`, true},
		"with words":            {friends, `<message from='juliet@capulet.example/b' type='chat'><body>hey</body>` + attention + `</message>`, true},
		"a stranger":            {world{}, `<message from='juliet@capulet.example/b' type='headline'>` + attention + `</message>`, false},
		"another name":          {friends, `<message from='juliet@evil.example/b' type='headline'>` + attention + `</message>`, false},
		"in a room":             {friends, `<message from='juliet@capulet.example/b' type='groupchat'>` + attention + `</message>`, false},
		"in a room, to us":      {friends, `<message from='juliet@capulet.example/b' type='chat'>` + attention + `<x xmlns='http://jabber.org/protocol/muc#user'/></message>`, false},
		"an error":              {friends, `<message from='juliet@capulet.example/b' type='error'>` + attention + `</message>`, false},
		"another device's":      {friends, `<message from='romeo@verona.example/phone' to='juliet@capulet.example' type='chat'>` + attention + `</message>`, false},
		"in another's name":     {friends, `<message from='juliet@capulet.example/b' type='chat'><x xmlns='urn:x'>` + attention + `</x></message>`, false},
		"of another namespace":  {friends, `<message from='juliet@capulet.example/b' type='chat'><attention xmlns='urn:x'/></message>`, false},
		"that waited meanwhile": {friends, `<message from='juliet@capulet.example/b' type='chat'>` + attention + `<delay xmlns='urn:xmpp:delay' from='verona.example' stamp='2026-11-22T11:00:00Z'/></message>`, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			m, s := newMessaging(t, tt.world)
			in, ok := m.Receive(s.Parse(tt.xml))
			if !ok {
				t.Fatal("dropped")
			}
			if in.Nudge != tt.want {
				t.Errorf("nudge = %t, want %t", in.Nudge, tt.want)
			}
			if kind := m.Read(in).Kind; (kind == model.KindNudge) != (tt.want && name != "with words") {
				t.Errorf("it is kept as %q", kind)
			}
		})
	}
}

func TestNudgesAreCountedByTheClock(t *testing.T) {
	m, s := newMessaging(t, world{subscription: model.SubscriptionBoth, supported: map[string]bool{xep.NSAttention: true}})
	for _, step := range []struct {
		later time.Duration
		want  bool
	}{{0, true}, {time.Second, false}, {8 * time.Second, false}, {time.Second, true}, {9 * time.Second, false}, {time.Hour, true}} {
		s.Clock = s.Clock.Add(step.later)
		in, _ := m.Receive(s.Parse(`<message from='juliet@capulet.example/b'><attention xmlns='urn:xmpp:attention:0'/></message>`))
		if in.Nudge != step.want {
			t.Errorf("%s later: nudge = %t", step.later, in.Nudge)
		}
		if err := m.MayNudge(juliet); (err == nil) != step.want {
			t.Errorf("%s later: our own: %v", step.later, err)
		}
	}
	if err := m.MayNudge(jid.MustParse("eve@evil.example")); model.KindOf(err) != model.ErrUnsupported {
		t.Errorf("a stranger: %v", err)
	}
	if err := m.MayNudge(jid.MustParse("juliet@capulet.example/1")); model.KindOf(err) != model.ErrUnsupported {
		t.Errorf("a resource of a contact: %v", err)
	}
	s.Offline = true
	if err := m.MayNudge(juliet); model.KindOf(err) != model.ErrNotOnline {
		t.Errorf("offline: %v", err)
	}
}
