package disco_test

import (
	"context"
	"testing"

	"dovekie/xmppsvc/disco"
	"dovekie/xmppsvc/feature"
	"dovekie/xmppsvc/feature/featuretest"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stanza"
	"dovekie/xmppsvc/xep"
)

const states = "http://jabber.org/protocol/chatstates"

// friendsOf are who may see us.
type friendsOf map[string]bool

func (f friendsOf) SeesUs(j jid.JID) bool { return f[j.Bare().String()] }

// memory keeps what our account announced.
type memory struct{ features []string }

func (m *memory) PutFeatures(_ jid.JID, features []string) error {
	m.features = features
	return nil
}

func (m *memory) Features(context.Context, jid.JID) ([]string, error) { return m.features, nil }

func newDisco(t *testing.T) (*disco.Disco, *featuretest.Session) {
	s := featuretest.New(t, "romeo@verona.example/desk")
	friends := friendsOf{"romeo@verona.example": true, "juliet@capulet.example": true, "nurse@capulet.example": true}
	m := &memory{}
	return disco.New(s, func() disco.Store { return m }, m, disco.Software{Name: "Dovekie", Version: "1.2"}, friends, []string{states}), s
}

// program is some other client and its caps.
func program() (xep.Disco, xep.Caps) {
	d := xep.Disco{Identities: []xep.Identity{{Category: "client", Type: "phone"}}, Features: []string{xep.NSDiscoInfo, states}}
	return d, xep.NewCaps("https://other.example", d)
}

func arrives(d *disco.Disco, from string, caps xep.Caps) {
	d.HandlePresence(jid.MustParse(from), stanza.NewPresence("", "", caps.Element()))
}

func TestProgramIsAskedOncePerHash(t *testing.T) {
	d, s := newDisco(t)
	can, caps := program()
	arrives(d, "juliet@capulet.example/phone", caps)
	arrives(d, "nurse@capulet.example/phone", caps)
	asked := s.TakeSent()
	if len(asked) != 1 || asked[0].Child(xep.NSDiscoInfo, "query").Get("node") != caps.Key() {
		t.Fatalf("asked %v, want one question for the hash's node", asked)
	}
	nurse := jid.MustParse("nurse@capulet.example")
	if d.Supports(nurse, states) {
		t.Error("supports it before anybody said so")
	}
	can.Node = caps.Key()
	s.Answer(asked[0], can.Element().String(), nil)
	if !d.Supports(nurse, states) || !d.Supports(jid.MustParse("juliet@capulet.example"), states) {
		t.Error("both have that program, so both support it")
	}
	d.HandlePresence(jid.MustParse("nurse@capulet.example/phone"), stanza.NewPresence("unavailable", ""))
	if d.Supports(nurse, states) {
		t.Error("she went away with her program")
	}
}

func TestWhoHasOurProgramCanDoWhatWeCan(t *testing.T) {
	d, s := newDisco(t)
	own, ok := xep.CapsOf(stanza.NewPresence("", "", d.Caps()))
	if !ok {
		t.Fatal("our presence says nothing")
	}
	arrives(d, "juliet@capulet.example/desk", own)
	if asked := s.TakeSent(); len(asked) != 0 {
		t.Errorf("asked %v", asked)
	}
	juliet := jid.MustParse("juliet@capulet.example")
	if !d.Supports(juliet, states) || d.Supports(juliet, "urn:other") {
		t.Error("she can do exactly what we can")
	}
}

func TestAnswerThatDoesNotHaveTheHashIsNotBelievedOfOthers(t *testing.T) {
	d, s := newDisco(t)
	lie, caps := program()
	caps.Ver = "AAAAAAAAAAAAAAAAAAAAAAAAAAA="
	arrives(d, "juliet@capulet.example/phone", caps)
	lie.Node = caps.Key()
	s.Answer(s.TakeSent()[0], lie.Element().String(), nil)
	arrives(d, "nurse@capulet.example/phone", caps)
	if d.Supports(jid.MustParse("nurse@capulet.example"), states) {
		t.Error("an unproven answer was taken for everybody with that hash")
	}
}

func TestStrangersProgramIsNotAsked(t *testing.T) {
	d, s := newDisco(t)
	_, caps := program()
	arrives(d, "eve@evil.example/x", caps)
	if asked := s.TakeSent(); len(asked) != 0 {
		t.Errorf("asked %v: that tells that we are here", asked)
	}
}

func TestOurAnswerListsWhatWorksAndHasTheHashOfOurPresence(t *testing.T) {
	d, s := newDisco(t)
	caps, _ := xep.CapsOf(stanza.NewPresence("", "", d.Caps()))
	for _, node := range []string{"", caps.Key()} {
		iq := stanza.NewIQ("get", "q", "", xep.Disco{Node: node}.Element())
		if d.HandleIQ(jid.MustParse("juliet@capulet.example/b"), iq) != feature.Handled {
			t.Fatal("not answered")
		}
		answer, ok := xep.ReadDisco(s.TakeSent()[0].Child(xep.NSDiscoInfo, "query"))
		if !ok || answer.Node != node || !answer.Has(states) || !answer.Has(xep.NSPing) || !answer.Is("client", "pc") {
			t.Errorf("answer = %+v", answer)
		}
		answer.Node = ""
		if !caps.Verify(answer) {
			t.Error("our presence announces another hash than that of our answer")
		}
	}
	iq := stanza.NewIQ("get", "q", "", xep.Disco{Node: "something else"}.Element())
	d.HandleIQ(jid.MustParse("juliet@capulet.example/b"), iq)
	if sent := s.TakeSent(); len(sent) != 1 || sent[0].Get("type") != "error" {
		t.Errorf("an unknown node got %v, want item-not-found", sent)
	}
}

func TestSmallQuestionsAreAnswered(t *testing.T) {
	d, s := newDisco(t)
	for name, payload := range map[string]*stanza.Element{
		"version": xep.Version{}.Element(), "time": xep.TimeQuery(), "ping": xep.Ping(), "items": xep.Items{}.Element(),
	} {
		iq := stanza.NewIQ("get", "q", "", payload)
		if d.HandleIQ(jid.JID{}, iq) != feature.Handled {
			t.Errorf("%s: not answered", name)
		}
		answer := s.TakeSent()[0]
		if answer.Get("type") != "result" {
			t.Errorf("%s: %s", name, answer)
		}
		if v, ok := xep.ReadVersion(answer.First()); ok && (v.Name != "Dovekie" || v.Version != "1.2" || v.OS != "") {
			t.Errorf("version = %+v", v)
		}
	}
}

func TestAccountsFeaturesAreKnownOnceItAnswered(t *testing.T) {
	d, s := newDisco(t)
	d.Open()
	asked := s.TakeSent()
	if len(asked) != 2 || asked[0].Get("to") != "romeo@verona.example" || asked[1].Get("to") != "verona.example" {
		t.Fatalf("asked %v, want our account and our server", asked)
	}
	s.Answer(asked[0], `<query xmlns='http://jabber.org/protocol/disco#info'><feature var='urn:xmpp:sid:0'/></query>`, nil)
	s.Answer(asked[1], "", model.Errorf(model.ErrServerRefused, "no"))
	if !d.OwnAccount("urn:xmpp:sid:0") || d.OwnAccount("urn:xmpp:mam:2") || d.Server("urn:xmpp:carbons:2") {
		t.Error("want exactly what was announced")
	}
}
