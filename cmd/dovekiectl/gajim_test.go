package main_test

import (
	"testing"

	"dovekie/xmppsvc/xmpptest"
)

// TestChatWithGajim signs Dovekie in twice, as alice and as bob's second
// device, and Gajim as bob: a message each way, presence, a receipt, and a
// carbon of what Gajim sent and got.
func TestChatWithGajim(t *testing.T) {
	s := xmpptest.SharedEjabberd(t)
	alice, bob := s.NewUser("alice"), s.NewUser("bob")
	s.Befriend(alice, bob)
	a, second := start(t, t.TempDir()), start(t, t.TempDir())
	a.call("account.connect", login(s, alice))
	second.call("account.connect", login(s, bob))
	g := xmpptest.Gajim(t, s, bob)
	a.event("the presence of both of bob's devices", func(f fact) bool {
		ps, _ := f["presence"].([]any)
		return f.is("PresenceChanged") && f["jid"] == bob.JID() && len(ps) == 2
	})

	id := a.call("message.send", args{"to": bob.JID(), "body": "Hello from Dovekie, 你好"})["id"]
	g.Expect("Hello from Dovekie, 你好")
	a.event("a receipt", delivery(id, "delivered", "displayed"))

	g.Say(alice.JID(), "Hello from Gajim")
	a.event("Gajim's message", incoming("Hello from Gajim"))
	second.event("the carbon of Gajim's message", func(f fact) bool {
		m := f.sub("message")
		return f.is("MessageAdded") && m["outgoing"] == true && m["body"] == "Hello from Gajim" && m["chat"] == alice.JID()
	})
	a.end()
	second.end()
}
