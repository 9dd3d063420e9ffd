package connection

import (
	"strings"
	"testing"
	"time"

	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/trace"
)

func report() *Report {
	heads := make([]trace.Head, 0, 250)
	for range 249 {
		heads = append(heads, trace.Head{Time: begin, Stanza: "presence", Peer: "nora.wei@sea.example/phone"})
	}
	heads = append(heads, trace.Head{Time: begin, Out: true, Stanza: "iq", Type: "get", ID: "X1", Peer: "conference.example.org", Child: "query", Space: "http://jabber.org/protocol/disco#info"})
	return &Report{
		Time: begin, Program: []Line{{"Dovekie", "0.1"}}, Settings: SettingsOf(model.Account{JID: jid.MustParse("lin@example.org"), Address: "chat.example.org:5222", CAFile: "/home/lin/ca.pem", Resource: "dovekie-1"}),
		State: State{Account: jid.MustParse("lin@example.org"), Connection: model.Connection{State: model.Online},
			Connections: []trace.Connection{failed(1, model.ErrUnreachable), ended(online(2), time.Minute, model.ErrTimeout)}},
		Notices: []Line{{"14:03:01 stanza_dropped", "size"}}, Heads: heads,
	}
}

func TestAReportTellsWhatHappened(t *testing.T) {
	text := report().Text(false)
	for _, want := range []string{"Dovekie              0.1", "lin@example.org", "#2 ", "SCRAM-SHA-256-PLUS", "tls-exporter", "certificate 0: CN=example.org", "certificate: verified",
		"end: timeout read tcp", "stanza_dropped", "out iq        get        X1", "jabber.org/protocol/disco#info", "own authority        true"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if n := strings.Count(text, "in  presence"); n != 199 {
		t.Errorf("%d heads of presences", n)
	}
	if strings.Contains(text, "/home/lin") {
		t.Error("a path of the user's is told")
	}
	if strings.Index(text, "#2 ") > strings.Index(text, "#1 ") {
		t.Error("the newest connection is not the first one")
	}
}

// What others send stands in its line and cannot pass for another part of the report.
func TestNobodyElseWritesLinesOfAReport(t *testing.T) {
	r := report()
	r.Heads = append(r.Heads, trace.Head{Time: begin, Stanza: "iq", ID: "x\n== Settings ==\nfalse", Peer: "a@b/\u202Egpj"})
	r.State.Connections[0].Detail = "said\r\n== Settings =="
	text := r.Text(false)
	if strings.Count(text, "\n== Settings") != 1 || strings.ContainsAny(text, "\r\u202E") || !strings.Contains(text, "x\uFFFD== Settings ==\uFFFDfalse") {
		t.Errorf("%q", text)
	}
}

func TestAShortReportNamesNobody(t *testing.T) {
	text := report().Text(true)
	for _, never := range []string{"lin@", "nora", "wei", "sea.example", "example.org", "xmpp.", "chat.", "conference.", "phone", "dovekie-1@"} {
		if strings.Contains(text, never) {
			t.Errorf("it says %q:\n%.3000s", never, text)
		}
	}
	for _, want := range []string{"person1@domain1", "person2@domain2/device", ":5222", "2026-11-25 14:03:00.000", "14:03:00.000 out iq", "jabber.org/protocol", "SCRAM-SHA-256-PLUS"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%.3000s", want, text)
		}
	}
}

func TestTheSameAddressHasTheSameNumber(t *testing.T) {
	got := shorten("a@b.example then c@d.example then a@b.example/x at b.example:5222 and [::1]:5269 and 10.0.0.1:5222 at 14:03:22, 2:30", "b.example")
	if got != "person1@domain1 then person2@domain2 then person1@domain1/device1 at host1:5222 and host2:5269 and host3:5222 at 14:03:22, 2:30" {
		t.Error(got)
	}
}
