package account_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stream"
)

// added says what a stanza must lead to.
type added struct {
	peer, body string
	outgoing   bool
	kind       model.Kind
}

func TestWhatBecomesAMessage(t *testing.T) {
	const (
		carbonHead = `<message from='romeo@verona.example' to='romeo@verona.example/desk'>
			<%s xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>`
		carbonTail = `</forwarded></%s></message>`
	)
	carbon := func(kind, inner string) string {
		return strings.ReplaceAll(carbonHead, "%s", kind) + inner + strings.ReplaceAll(carbonTail, "%s", kind)
	}
	tests := map[string]struct {
		xml  string
		want *added // nil: nothing
	}{
		"a message": {`<message from='juliet@capulet.example/b' type='chat'><body>hi</body></message>`,
			&added{peer: "juliet@capulet.example", body: "hi"}},
		"a message without type": {`<message from='juliet@capulet.example/b'><body>hi</body></message>`,
			&added{peer: "juliet@capulet.example", body: "hi"}},
		"a headline of the server": {`<message from='verona.example' type='headline'><body>down at 5</body></message>`,
			&added{peer: "verona.example", body: "down at 5"}},
		"a copy of what we sent": {carbon("sent", `<message xmlns='jabber:client' from='romeo@verona.example/phone'
			to='juliet@capulet.example' type='chat'><body>mine</body></message>`),
			&added{peer: "juliet@capulet.example", body: "mine", outgoing: true}},
		"a copy of what we got": {carbon("received", `<message xmlns='jabber:client' from='juliet@capulet.example/b'
			to='romeo@verona.example/phone' type='chat'><body>hers</body></message>`),
			&added{peer: "juliet@capulet.example", body: "hers"}},
		"an encrypted message": {`<message from='juliet@capulet.example/b' type='chat'>
			<encrypted xmlns='eu.siacs.conversations.axolotl'/><body>your client cannot</body></message>`,
			&added{peer: "juliet@capulet.example", kind: model.KindEncrypted}},
		"a private message of a room": {`<message from='room@muc.example/juliet@capulet.example' type='chat'>
			<x xmlns='http://jabber.org/protocol/muc#user'/><body>psst</body></message>`,
			&added{peer: "room@muc.example/juliet@capulet.example", body: "psst"}},
		"the body that has no language": {`<message from='juliet@capulet.example/b'><body xml:lang='it'>ciao</body>
			<body>hi</body></message>`, &added{peer: "juliet@capulet.example", body: "hi"}},

		"a forged copy": {strings.Replace(carbon("received", `<message xmlns='jabber:client'
			from='juliet@capulet.example' to='romeo@verona.example'><body>forged</body></message>`),
			"from='romeo@verona.example'", "from='eve@evil.example'", 1), nil},
		"a copy from our name's beginning": {strings.Replace(carbon("received", `<message xmlns='jabber:client'
			from='juliet@capulet.example' to='romeo@verona.example'><body>forged</body></message>`),
			"from='romeo@verona.example'", "from='romeo@verona.example.evil.example'", 1), nil},
		"a copy of a copy": {carbon("received", `<message xmlns='jabber:client' from='juliet@capulet.example'
			to='romeo@verona.example'><received xmlns='urn:xmpp:carbons:2'/><body>forged</body></message>`), nil},
		"words put into our mouth": {carbon("sent", `<message xmlns='jabber:client' from='eve@evil.example'
			to='juliet@capulet.example'><body>forged</body></message>`), nil},
		"a body in an extension": {`<message from='juliet@capulet.example/b' type='chat'>
			<x xmlns='urn:unknown'><body>EVIL</body><body xmlns='jabber:client'>EVIL</body></x></message>`, nil},
		"a body in a foreign namespace": {`<message from='juliet@capulet.example/b'><body xmlns='urn:x'>EVIL</body></message>`, nil},
		"a sender in a foreign namespace": {`<message from='eve@evil.example' xmlns:e='urn:e' e:from='juliet@capulet.example'
			e:type='groupchat'><body>hi</body></message>`, &added{peer: "eve@evil.example", body: "hi"}},
		"a sender that is no address": {`<message from='@@' type='chat'><body>hi</body></message>`, nil},
		"a room's message":            {`<message from='room@muc.example/x' type='groupchat'><body>hi</body></message>`, nil},
		"a chat state":                {`<message from='juliet@capulet.example/b' type='chat'><paused xmlns='http://jabber.org/protocol/chatstates'/></message>`, nil},
		"white space":                 {`<message from='juliet@capulet.example/b' type='chat'><body>  </body></message>`, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := newRig(t).online()
			r.says("%s", tt.xml)
			r.settle()
			got := all[event.MessageAdded](r)
			if tt.want == nil {
				if len(got) > 0 {
					t.Fatalf("became %+v", got[0].Message)
				}
				return
			}
			if len(got) != 1 {
				t.Fatalf("became %d messages, want one", len(got))
			}
			m, want := got[0].Message, tt.want
			if want.kind == "" {
				want.kind = model.KindText
			}
			if m.Chat.Peer.String() != want.peer || m.Body != want.body || m.Outgoing != want.outgoing || m.Kind != want.kind {
				t.Errorf("became %+v, want %+v", m, *want)
			}
		})
	}
}

func TestReactionIsKeptButNotShown(t *testing.T) {
	r := newRig(t).online()
	r.says(`<message from='%s/b' type='chat'><stanza-id xmlns='urn:xmpp:sid:0' by='%s' id='s1'/>
		<reactions xmlns='urn:xmpp:reactions:0' id='x'><reaction>🌹</reaction></reactions></message>`, juliet, romeo)
	r.settle()
	if got := all[event.MessageAdded](r); len(got) != 0 {
		t.Errorf("shown: %+v", got)
	}
	page, _, err := r.store.History(t.Context(), r.chat(juliet), "", 10)
	if err != nil || len(page) != 0 {
		t.Errorf("history = %+v, %v: want it empty", page, err)
	}
}

func TestSameStanzaIDIsOneMessageAndSameTextIsTwo(t *testing.T) {
	r := newRig(t).online()
	const msg = `<message from='%s/b' id='same' type='chat'><body>hi</body><stanza-id xmlns='urn:xmpp:sid:0' by='%s' id='%s'/></message>`
	r.says(msg, juliet, romeo, "s1")
	r.says(msg, juliet, romeo, "s1")
	r.says(msg, juliet, romeo, "s2")
	// Somebody else's stanza-id is no id: by must be our own account.
	r.says(msg, juliet, "eve@evil.example", "s1")
	r.settle()
	if got := len(all[event.MessageAdded](r)); got != 3 {
		t.Errorf("%d messages, want 3", got)
	}
}

func TestReceiptIsBelievedOnlyFromThePeerOfTheChat(t *testing.T) {
	r := newRig(t).online()
	id, err := r.account.SendMessage(t.Context(), r.chat(juliet), "hi", "")
	if err != nil {
		t.Fatal(err)
	}
	const receipt = `<message from='%s' type='chat'><received xmlns='urn:xmpp:receipts' id='%s'/></message>`
	r.says(receipt, "eve@evil.example/x", id)
	r.says(`<message from='eve@evil.example/x' type='error' id='%s'><error type='cancel'><gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>`, id)
	r.settle()
	for _, ev := range all[event.MessageChanged](r) {
		if ev.Message.Delivery != model.Sent {
			t.Fatalf("a stranger moved it to %s", ev.Message.Delivery)
		}
	}
	r.says(receipt, juliet.String()+"/b", id)
	wait(r, "delivery", func(ev event.MessageChanged) bool { return ev.Message.Delivery == model.Delivered })
}

func TestBounceFailsTheMessageAndAReceiptBeatsIt(t *testing.T) {
	r := newRig(t).online()
	id, err := r.account.SendMessage(t.Context(), r.chat(juliet), "hi", "")
	if err != nil {
		t.Fatal(err)
	}
	r.says(`<message from='%s' type='error' id='%s'><error type='cancel'>
		<service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>`, juliet, id)
	failed := wait(r, "failure", func(ev event.MessageChanged) bool { return ev.Message.Delivery == model.Failed })
	if f := failed.Message.Failure; f == nil || f.Condition != "service-unavailable" || f.Type != "cancel" {
		t.Errorf("failure = %+v", f)
	}
	r.says(`<message from='%s/b' type='chat'><received xmlns='urn:xmpp:receipts' id='%s'/></message>`, juliet, id)
	wait(r, "delivery", func(ev event.MessageChanged) bool { return ev.Message.Delivery == model.Delivered })
}

func TestReceiptIsGivenOnlyToWhoMaySeeUs(t *testing.T) {
	tests := map[string]struct {
		from, typ string
		want      bool
	}{
		"a friend":   {juliet.String() + "/b", "chat", true},
		"a stranger": {"eve@evil.example/x", "chat", false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := newRig(t).online()
			r.says(`<message from='%s' type='%s' id='m1'><body>hi</body><request xmlns='urn:xmpp:receipts'/></message>`, tt.from, tt.typ)
			r.settle()
			given := false
			for _, el := range r.out() {
				if c := el.Child("urn:xmpp:receipts", "received"); c != nil {
					given = c.Get("id") == "m1" && el.Get("to") == tt.from
				}
			}
			if given != tt.want {
				t.Errorf("receipt given: %t, want %t", given, tt.want)
			}
		})
	}
}

func TestRosterPushIsTakenOnlyFromOurOwnAccount(t *testing.T) {
	r := newRig(t).online()
	const push = `<iq type='set' id='p' %s><query xmlns='jabber:iq:roster' ver='2'><item jid='%s' subscription='both'/></query></iq>`
	for _, from := range []string{"eve@evil.example", "verona.example", "juliet@capulet.example/b", "romeo@verona.example/desk"} {
		r.says(push, "from='"+from+"'", "planted@evil.example")
	}
	r.settle()
	if got := all[event.ContactChanged](r); len(got) != 0 {
		t.Fatalf("a forged push was taken: %+v", got)
	}
	r.says(push, "", "benvolio@verona.example")
	r.says(push, "from='romeo@verona.example'", "tybalt@capulet.example")
	r.settle()
	if got := all[event.ContactChanged](r); len(got) != 2 {
		t.Errorf("%d contacts from true pushes, want 2", len(got))
	}
}

func TestIQAnswerIsTakenOnlyFromWhoWasAsked(t *testing.T) {
	r := newRig(t).online()
	done := make(chan error, 1)
	go func() {
		done <- r.account.SetContact(t.Context(), model.RosterItem{JID: jid.MustParse("benvolio@verona.example")})
	}()
	var id string
	for id == "" {
		time.Sleep(time.Millisecond)
		for _, el := range r.out() {
			if el.Get("type") == "set" {
				id = el.Get("id")
			}
		}
	}
	if len(id) < 20 {
		t.Errorf("id %q can be guessed", id)
	}
	r.says(`<iq type='result' id='%s' from='eve@evil.example'/>`, id)
	r.says(`<iq type='set' id='%s'/>`, id)
	r.says(`<message type='result' id='%s'/>`, id)
	r.settle()
	select {
	case err := <-done:
		t.Fatalf("a forged answer was taken: %v", err)
	default:
	}
	r.says(`<iq type='error' id='%s' from='%s'><error type='cancel'><not-allowed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>`, id, romeo)
	err := <-done
	var e *model.Error
	if !errors.As(err, &e) || e.Kind != model.ErrServerRefused || e.Condition != "not-allowed" {
		t.Errorf("err = %v, want server_refused, not-allowed", err)
	}
}

func TestStrangersQuestionsGetNoAnswerThatShowsWeAreHere(t *testing.T) {
	r := newRig(t).online()
	r.says(`<iq type='get' id='v1' from='eve@evil.example/x'><query xmlns='jabber:iq:version'/></iq>`)
	r.says(`<iq type='get' id='v2' from='%s/b'><query xmlns='jabber:iq:version'/></iq>`, juliet)
	r.says(`<iq type='get' id='v3' from='%s/b'><query xmlns='urn:nobody:knows'/></iq>`, juliet)
	r.settle()
	got := map[string]string{}
	for _, el := range r.out() {
		got[el.Get("id")] = el.Get("type")
		if el.Child("jabber:iq:version", "query").Child("jabber:iq:version", "os") != nil {
			t.Error("the operating system was told")
		}
	}
	if got["v1"] != "error" || got["v2"] != "result" || got["v3"] != "error" {
		t.Errorf("answers = %v, want error, result, error", got)
	}
}

func TestDroppedStanzaCountsAndIsNoticed(t *testing.T) {
	r := newRig(t).online()
	r.says(`<message from='%s/b' type='chat'/>`, juliet)
	r.settle()
	r.current().mu.Lock()
	before := r.current().handled
	r.current().mu.Unlock()
	el := r.out()[0]
	r.current().in <- stream.Inbound{Element: el, Counts: true, Dropped: "too large", AckRequested: true}
	r.settle()
	wait(r, "notice", func(ev event.NoticeRaised) bool {
		return ev.Kind == event.NoticeStanzaDropped && ev.Detail == "too large"
	})
	r.current().mu.Lock()
	defer r.current().mu.Unlock()
	if r.current().handled != before+2 || r.current().acks == 0 {
		t.Errorf("%d handled after %d, %d acks: want it counted and acknowledged", r.current().handled, before, r.current().acks)
	}
}
