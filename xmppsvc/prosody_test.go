package xmppsvc_test

import (
	"testing"

	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/xmpptest"
)

func TestTwoFriendsChat(t *testing.T) {
	srv := xmpptest.SharedProsody(t)
	romeo := newClient(t, srv, srv.NewUser("romeo"))
	juliet := newClient(t, srv, srv.NewUser("juliet"))
	srv.Befriend(romeo.user, juliet.user)

	login := romeo.signIn(srv)
	if login.TLSVersion == "" || login.Mechanism == "" || login.JID.Bare() != romeo.jid {
		t.Errorf("login = %+v, want mechanism, TLS version and our address", login)
	}
	expect(romeo, "the roster", func(ev event.RosterReplaced) bool { return len(ev.Contacts) == 1 })
	juliet.signIn(srv)

	seen := expect(romeo, "her presence", func(ev event.PresenceChanged) bool { return len(ev.Presence) > 0 })
	if seen.JID != juliet.jid || seen.Presence[0].Show != model.ShowAvailable || seen.Presence[0].Caps == "" {
		t.Errorf("presence = %+v, want hers, available, with caps", seen)
	}
	expect(juliet, "his presence", func(ev event.PresenceChanged) bool { return ev.JID == romeo.jid })

	id := romeo.send(juliet, "wherefore <& 你好 🌹")
	got := expect(juliet, "the message", received("wherefore <& 你好 🌹")).Message
	if got.From.Bare() != romeo.jid || got.Chat != juliet.chat(romeo) || !got.Live || got.StanzaID == "" {
		t.Errorf("message = %+v, want from him, live, with the server's id", got)
	}
	expect(romeo, "the tick of juliet", reached(id, model.Delivered))

	if err := juliet.svc.SetTyping(t.Context(), juliet.chat(romeo), model.ChatComposing); err != nil {
		t.Fatal(err)
	}
	typing := expect[event.TypingChanged](romeo, "her typing", nil)
	if typing.State != model.ChatComposing || typing.From.Bare() != juliet.jid {
		t.Errorf("typing = %+v, want composing, from her", typing)
	}
	juliet.send(romeo, "deny thy father")
	expect(romeo, "her answer", received("deny thy father"))
	expect(romeo, "the end of her typing", func(ev event.TypingChanged) bool { return ev.State == model.ChatActive })
}
