package xep_test

import (
	"strings"
	"testing"

	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/xep"
)

func TestARefusalsWordsCannotChangeTheSentence(t *testing.T) {
	e := xep.Refused(model.StanzaError{Condition: "gone", Text: "\n\u009b31m\u202e evil\u2066 " + strings.Repeat("é", 4000)})
	if s := e.Error(); strings.ContainsAny(s, "\n\u009b\u202e\u2066") || len(s) > 300 || !strings.Contains(s, "evil") {
		t.Errorf("%q", s)
	}
}
