package connection_test

import (
	"fmt"
	"strings"
	"testing"

	"dovekie/app/connection"
	"dovekie/xmppsvc/trace"
)

func TestTheFilterShowsAndMarksWhatItFinds(t *testing.T) {
	p := newPage(t, "en", 815, 800)
	p.view.Turn(connection.PageXML)
	entry := func(seq uint64, body string) trace.Entry {
		return trace.Entry{Seq: seq, Time: now, Kind: trace.KindStanza, Stanza: "message", Type: "chat", Peer: fmt.Sprintf("p%d@example.org", seq), Child: "body",
			XML: "<message from='p@example.org'><body>" + body + "</body></message>"}
	}
	p.view.Take([]trace.Entry{entry(1, "but soft, what light"), entry(2, "It is the East"), entry(3, "wherefore art thou")})
	p.tap("conn.stanza3")
	p.view.FocusFilter()
	p.typed("the E")
	if got := p.text("conn.detail"); !strings.Contains(got, "p2@") || p.view.List().Picked() != 2 {
		t.Errorf("found, but it shows %q, row %d", got, p.view.List().Picked())
	}
	if got := p.text("conn.marked"); got != "the E" {
		t.Errorf("marked %q", got)
	}
	p.typed("nothing like it")
	if got := p.text("conn.detail"); got != "Choose a stanza to read it." || p.text("conn.marked") != "" {
		t.Errorf("found nothing, but it shows %q", got)
	}
}

func TestLittleRoomIsForTheList(t *testing.T) {
	p := newPage(t, "en", 640, 480)
	p.view.Turn(connection.PageXML)
	p.view.Take(stanzas(30))
	rows := func() (n int) {
		for key := range p.facts() {
			if strings.HasPrefix(key, "conn.stanza") {
				n++
			}
		}
		return n
	}
	if n := rows(); n < 8 {
		t.Errorf("%d rows in a window of 640 by 480", n)
	}
	f := p.facts()
	if field := f["conn.field"]; field.at.Y+field.size.Height > 480 || f["conn.send"].at.Y+f["conn.send"].size.Height > 480 {
		t.Errorf("the field lies at %v, the button at %v", f["conn.field"].at, f["conn.send"].at)
	}
	low, send := f["conn.field"].at.Y, f["conn.send"].at
	p.focus("conn.field")
	p.typed("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>x</auth>")
	p.tap("conn.send")
	if f := p.facts()["conn.field"]; f.at.Y >= low || p.text("conn.error") == "" {
		t.Errorf("in use it lies at %v, before at %g", f.at, low)
	}
	if at := p.facts()["conn.send"].at; at != send {
		t.Errorf("the button moved from %v to %v", send, at)
	}
}
