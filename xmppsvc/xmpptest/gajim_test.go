package xmpptest_test

import (
	"testing"

	"dovekie/xmppsvc/xmpptest"
)

func TestGajimAndProfanityTalk(t *testing.T) {
	s := xmpptest.SharedProsody(t)
	a, b := s.NewUser("romeo"), s.NewUser("juliet")
	s.Befriend(a, b)
	p := xmpptest.Profanity(t, s, b)
	g := xmpptest.Gajim(t, s, a)
	p.Expect("++ "+a.Name+" (gajim", "is online")
	p.Type("/msg " + a.JID() + " art thou there?")
	g.Expect("art thou there?")
	g.Say(b.JID(), "ay me")
	p.Expect("ay me")
}
