package xmpptest_test

import (
	"strings"
	"testing"

	"dovekie/xmppsvc/xmpptest"
)

func TestTwoProfanitiesTalk(t *testing.T) {
	s := xmpptest.SharedProsody(t)
	a, b := s.NewUser("romeo"), s.NewUser("juliet")
	s.Befriend(a, b)
	pa, pb := xmpptest.Profanity(t, s, a), xmpptest.Profanity(t, s, b)
	pa.Expect(b.Name + " (profanity) is online")
	pa.Type("/msg " + b.JID() + " art thou there? 你好")
	pb.Expect("<< chat message: " + a.Name)
	pb.Type("/win 2")
	pb.Expect("art thou there? 你好")
	pb.Type("ay me")
	pa.Type("/win 2")
	pa.Expect("ay me")
	if strings.Contains(pb.Screen(), b.Password) {
		t.Error("the password stands on the screen")
	}
}
