package rpc

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"strings"
	"testing"

	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
)

var allEvents = []event.Event{
	event.Snapshot{}, event.AccountChanged{}, event.AccountRemoved{}, event.ConnectionChanged{},
	event.CertificateRejected{}, event.SelfChanged{}, event.RosterReplaced{}, event.ContactChanged{},
	event.ContactRemoved{}, event.SubscriptionRequested{}, event.SubscriptionAnswered{},
	event.PresenceChanged{}, event.ChatChanged{}, event.ChatRemoved{}, event.TypingChanged{},
	event.Nudged{},
	event.MessageAdded{}, event.MessageChanged{}, event.MessageRemoved{}, event.HistoryChanged{},
	event.NoticeRaised{},
}

func TestEveryEventHasItsEncoding(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "../event/event.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	declared := map[string]bool{}
	for _, d := range file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Name.Name == "event" && f.Recv != nil {
			declared[f.Recv.List[0].Type.(*ast.Ident).Name] = true
		}
	}
	if len(declared) < 15 {
		t.Fatalf("only %d events were found in the source", len(declared))
	}
	for i, ev := range allEvents {
		name := reflect.TypeOf(ev).Name()
		delete(declared, name)
		raw, err := json.Marshal(encodeEvent(ev))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if !strings.HasPrefix(string(raw), `{"type":"`+name+`"`) {
			t.Errorf("%s is encoded as %s", name, raw)
		}
		if wire := reflect.TypeOf(wireEvents[i]).Name(); !strings.EqualFold(wire, name+"Event") {
			t.Errorf("%s is described by %s", name, wire)
		}
	}
	for name := range declared {
		t.Errorf("%s has no encoding", name)
	}
}

func TestMessageKeepsToTheContract(t *testing.T) {
	acc := jid.MustParse("me@example.org")
	raw, err := json.Marshal(messageOf(model.Message{
		ID: "1", Chat: model.ChatID{Account: acc, Peer: jid.MustParse("a@b")}, Kind: model.KindText,
		From: jid.MustParse("a@b/c"), Body: "<你>",
	}))
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal(raw, &m); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]any{
		"account": "me@example.org", "chat": "a@b", "from": "a@b/c", "outgoing": false, "body": "<你>",
		"time": "0001-01-01T00:00:00.000Z", "live": false,
	} {
		if m[name] != want {
			t.Errorf("%s is %v", name, m[name])
		}
	}
	for _, name := range []string{"delivery", "in_doubt", "origin_id", "stanza_id", "error"} {
		if _, ok := m[name]; ok {
			t.Errorf("%s is there", name)
		}
	}
}
