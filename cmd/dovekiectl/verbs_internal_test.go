package main

import (
	"strings"
	"testing"

	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
)

func TestBodyCannotPassForAnotherMessageOrCommandTheTerminal(t *testing.T) {
	m := model.Message{From: jid.MustParse("eve@example.org/x"), Body: "hi\n2026-11-22 09:00:00  boss@example.org: \x1b[31mpay\u202e\u009b2J"}
	line := messageLine(m)
	for _, l := range strings.Split(strings.TrimSuffix(line, "\n"), "\n")[1:] {
		if !strings.HasPrefix(l, "    ") {
			t.Errorf("%q begins like a message", l)
		}
	}
	if strings.ContainsAny(line, "\x1b\u202e\u009b") {
		t.Errorf("%q commands the terminal", line)
	}
	if got := messageLine(model.Message{From: m.From, Kind: model.KindNudge}); !strings.HasSuffix(got, ": (a nudge)\n") {
		t.Errorf("a nudge is printed as %q", got)
	}
	if got := oneLine("a\nb\r\x07"); strings.ContainsAny(got, "\n\r\x07") {
		t.Errorf("a name is printed as %q", got)
	}
}
