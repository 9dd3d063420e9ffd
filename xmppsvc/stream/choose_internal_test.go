package stream

import (
	"testing"

	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
)

func TestBindingIsPickedByWhatServersAreKnownToDo(t *testing.T) {
	tls12, tls13 := []string{bindUnique, bindEndPoint}, []string{bindExporter, bindEndPoint}
	for _, c := range []struct {
		name         string
		have, listed []string
		want         string
		missed       bool
	}{
		{"TLS 1.2, no list", tls12, nil, bindUnique, false},
		{"TLS 1.3, no list: the server would refuse", tls13, nil, "", false},
		{"TLS 1.3, listed", tls13, []string{bindEndPoint, bindExporter}, bindExporter, false},
		{"TLS 1.3 behind a proxy", tls13, []string{bindEndPoint}, bindEndPoint, false},
		{"TLS 1.2, listed", tls12, []string{bindEndPoint, bindUnique}, bindUnique, false},
		{"a list without any of ours", tls13, []string{"tls-future"}, "", true},
	} {
		if got, missed := pickBinding(c.have, c.listed); got != c.want || missed != c.missed {
			t.Errorf("%s: %q, %t", c.name, got, missed)
		}
	}
}

func TestWithoutTLSThePasswordStaysHere(t *testing.T) {
	for _, c := range []struct {
		name    string
		kind    security
		offered []string
		scram   bool
		want    choice
		err     model.ErrorKind
	}{
		{"plain text, PLAIN", plaintext, []string{"PLAIN"}, false, choice{}, model.ErrTLSRequired},
		{"plain text, SCRAM", plaintext, []string{"PLAIN", "SCRAM-SHA-1"}, false, choice{"SCRAM-SHA-1", "n"}, ""},
		{"pipe, PLAIN", pipe, []string{"PLAIN"}, false, choice{"PLAIN", ""}, ""},
		{"pipe, PLAIN after SCRAM", pipe, []string{"PLAIN"}, true, choice{}, model.ErrDowngrade},
		{"pipe, better hash first", pipe, []string{"SCRAM-SHA-1", "SCRAM-SHA-256", "SCRAM-SHA-256-PLUS"}, true, choice{"SCRAM-SHA-256", "n"}, ""},
		{"nothing of ours", pipe, []string{"DIGEST-MD5", "X-OAUTH2"}, false, choice{}, model.ErrUnsupported},
		{"nothing", pipe, nil, false, choice{}, model.ErrUnsupported},
	} {
		cfg := &Config{JID: jid.MustParse("a@b.example"), ScramSeen: c.scram}
		n := &negotiation{cfg: cfg, feats: features{mechanisms: c.offered}, t: &transport{cfg: cfg, end: endpoint{kind: c.kind}}}
		got, err := n.choose()
		if got != c.want || model.KindOf(err) != c.err {
			t.Errorf("%s: %+v, %v", c.name, got, err)
		}
	}
}

func TestOddHintsAreAsGoodAsNone(t *testing.T) {
	for _, raw := range []string{"", "null x", "[1]", `"text"`, `{"sm":"yes"}`} {
		if r := recall(Hint{Features: []byte(raw)}); r.known {
			t.Errorf("%q was believed: %+v", raw, r)
		}
	}
	if r := recall(Hint{Features: []byte(`{"sm":true,"flag":"p=evil"}`)}); !r.known || !r.SM || r.Flag != "" {
		t.Errorf("got %+v", r)
	}
}
