package disco_test

import (
	"fmt"
	"strings"
	"testing"

	"dovekie/xmppsvc/feature/featuretest"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/stanza"
	"dovekie/xmppsvc/xep"
)

// learn lets a contact's program be asked and answer truly.
func learn(s *featuretest.Session, can xep.Disco, caps xep.Caps) {
	if asked := s.TakeSent(); len(asked) > 0 {
		can.Node = caps.Key()
		s.Answer(asked[0], can.Element().String(), nil)
	}
}

func TestOneContactCannotUseUpWhatWeRemember(t *testing.T) {
	d, s := newDisco(t)
	for n := range 3000 {
		can := xep.Disco{Features: []string{fmt.Sprint("urn:", n)}}
		caps := xep.NewCaps("evil", can)
		arrives(d, "juliet@capulet.example/x", caps)
		learn(s, can, caps)
	}
	can, caps := program()
	arrives(d, "nurse@capulet.example/phone", caps)
	learn(s, can, caps)
	if !d.Supports(jid.MustParse("nurse@capulet.example"), states) {
		t.Error("after 3000 programs of somebody else nobody's is learned any more")
	}
}

func TestOpenQuestionsHaveAnEnd(t *testing.T) {
	d, s := newDisco(t)
	for n := range 5000 {
		arrives(d, "juliet@capulet.example/x", xep.Caps{Node: "evil", Hash: "sha-1", Ver: fmt.Sprint(n)})
	}
	if n := len(s.TakeSent()); n > 1000 {
		t.Errorf("%d questions to one contact are open", n)
	}
}

func TestHugeAnswersAreNotKept(t *testing.T) {
	for name, can := range map[string]xep.Disco{
		"many":  {Features: []string{states}},
		"large": {Features: []string{states, strings.Repeat("x", 500_000)}},
	} {
		if name == "many" {
			for n := range 9000 {
				can.Features = append(can.Features, fmt.Sprint("urn:", n))
			}
		}
		d, s := newDisco(t)
		caps := xep.NewCaps("evil", can)
		arrives(d, "juliet@capulet.example/x", caps)
		learn(s, can, caps)
		if d.Supports(jid.MustParse("juliet@capulet.example"), states) {
			t.Errorf("%s: kept", name)
		}
	}
}

func TestAnswerThatIsNoneDoesNotEndTheAsking(t *testing.T) {
	d, s := newDisco(t)
	can, caps := program()
	arrives(d, "juliet@capulet.example/phone", caps)
	s.Answer(s.TakeSent()[0], "<nothing xmlns='urn:u'/>", nil)
	arrives(d, "nurse@capulet.example/phone", caps)
	learn(s, can, caps)
	if !d.Supports(jid.MustParse("nurse@capulet.example"), states) {
		t.Error("whoever answers nonsense first keeps everybody's program unknown")
	}
}

func TestQuestionsWithoutAPayloadAreNotAnswered(t *testing.T) {
	d, _ := newDisco(t)
	for _, iq := range []*stanza.Element{stanza.NewIQ("get", "1", "", nil), stanza.NewIQ("get", "1", "", stanza.New("urn:u", "x"))} {
		if d.HandleIQ(jid.MustParse("juliet@capulet.example/x"), iq) {
			t.Errorf("took %s", iq)
		}
	}
}
