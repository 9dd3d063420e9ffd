package demo_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"mellium.im/sasl"

	"dovekie/xmppsvc/demo"
	"dovekie/xmppsvc/stanza"
)

// said names what came, one word a stanza.
func said(events []event) string {
	var out []string
	for _, e := range events {
		switch el := e.el; {
		case el.Name.Local == "presence":
			out = append(out, "presence:"+el.ChildText(stanza.NSClient, "show"))
		case el.Child(stanza.NSClient, "body") != nil:
			out = append(out, "body")
		case el.Name.Local == "message":
			out = append(out, el.First().Name.Local)
		case el.IsStanza():
			out = append(out, el.Name.Local)
		}
	}
	return strings.Join(out, " ")
}

// looks says whether somebody looks at the client. Nothing orders this before what another
// client writes next, so it waits until the server knows.
func (c *client) looks(state string) {
	c.tb.Helper()
	c.write("<%s xmlns='urn:xmpp:csi:0'/>", state)
	synctest.Wait()
}

func TestNobodyIsToldWhoComesAndGoesWhileNobodyLooks(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := start(t, demo.Options{})
		a, b := register(t, s, "alice", "a"), register(t, s, "bob", "b")
		befriend(a, b)
		b.record(time.Second)
		state := func(show string) { a.write("<presence><show>%s</show></presence>", show) }
		types := func(what string) {
			a.write("<message type='chat' to='%s'><%s xmlns='http://jabber.org/protocol/chatstates'/><no-store xmlns='urn:xmpp:hints'/></message>", address("bob"), what)
		}
		b.looks("inactive")
		state("away")
		types("composing")
		state("dnd")
		types("paused")
		if got := said(b.record(time.Minute)); got != "" {
			t.Errorf("while inactive came %q", got)
		}
		a.write("<iq type='get' id='q' to='%s/b'><ping xmlns='urn:xmpp:ping'/></iq>", address("bob"))
		if got := said(b.record(time.Second)); got != "presence:dnd paused iq" {
			t.Errorf("before a question of the same sender came %q", got)
		}
		state("xa")
		if el := b.ask("get", demo.Domain, "<ping xmlns='urn:xmpp:ping'/>"); el.Get("type") != "result" {
			t.Error(el)
		}
		a.write("<message type='chat' to='%s'><body>look</body></message>", address("bob"))
		if got := said(b.record(time.Second)); got != "presence:xa body" {
			t.Errorf("with a message came %q", got)
		}
		state("chat")
		if got := said(b.record(time.Second)); got != "" {
			t.Errorf("after the message came %q", got)
		}
		b.looks("active")
		state("away")
		if got := said(b.record(time.Second)); got != "presence:chat presence:away" {
			t.Errorf("once active came %q", got)
		}
	})
}

func TestWhatWasHeldBackIsNotLostWithTheConnection(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := start(t, demo.Options{})
		a, b := register(t, s, "alice", "a"), register(t, s, "bob", "b")
		befriend(a, b)
		b.record(time.Second)
		id := b.enable()
		b.looks("inactive")
		a.write("<presence><show>away</show></presence>")
		a.record(time.Second)
		b.nc.Close()
		synctest.Wait()
		b = resumed(t, s, "bob", id, 0)
		a.write("<presence><show>dnd</show></presence>") // a resumed stream is active
		if got := said(b.record(time.Second)); got != "presence:away presence:dnd" {
			t.Errorf("came %q", got)
		}
	})
}

func TestClientStateIsOfferedAfterLogin(t *testing.T) {
	s := start(t, demo.Options{})
	c := dial(t, s)
	if f := c.open(); f.Child("urn:xmpp:csi:0", "csi") != nil {
		t.Error("before the login")
	}
	if el := c.authenticate(sasl.ScramSha256, "me", password); !el.Is(stanza.NSSASL, "success") {
		t.Fatal(el)
	}
	c.rd.Restart()
	if f := c.open(); f.Child("urn:xmpp:csi:0", "csi") == nil || f.Child("urn:xmpp:sm:3", "sm") == nil {
		t.Error(f)
	}
}
