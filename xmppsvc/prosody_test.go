package xmppsvc_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"dovekie/xmppsvc"
	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/xmpptest"
)

// friends are two clients who see each other; neither is signed in.
func friends(t *testing.T, srv *xmpptest.Server) (romeo, juliet *client) {
	t.Helper()
	romeo = newClient(t, srv, srv.NewUser("romeo"))
	juliet = newClient(t, srv, srv.NewUser("juliet"))
	srv.Befriend(romeo.user, juliet.user)
	return romeo, juliet
}

func TestTwoFriendsChat(t *testing.T) {
	t.Run("prosody", func(t *testing.T) { chat(t, xmpptest.SharedProsody(t)) })
	t.Run("ejabberd", func(t *testing.T) { chat(t, xmpptest.SharedEjabberd(t)) })
}

func chat(t *testing.T, srv *xmpptest.Server) {
	romeo, juliet := friends(t, srv)

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

	typing(t, juliet, romeo, model.ChatComposing)
	first := expect[event.TypingChanged](romeo, "her typing", nil)
	if first.State != model.ChatComposing || first.From.Bare() != juliet.jid {
		t.Errorf("typing = %+v, want composing, from her", first)
	}
	juliet.send(romeo, "deny thy father")
	expect(romeo, "the end of her typing", func(ev event.TypingChanged) bool { return ev.State == model.ChatActive })
	expect(romeo, "her answer", received("deny thy father"))

	nudge(t, juliet, romeo)

	typing(t, juliet, romeo, model.ChatComposing)
	expect(romeo, "her typing again", func(ev event.TypingChanged) bool { return ev.State == model.ChatComposing })
	if err := juliet.svc.Disconnect(t.Context(), juliet.jid); err != nil {
		t.Fatal(err)
	}
	expect(romeo, "the end of her typing", func(ev event.TypingChanged) bool { return ev.State == model.ChatActive })
	expect(romeo, "her going", func(ev event.PresenceChanged) bool { return len(ev.Presence) == 0 })
}

// nudge lets one nudge the other, who sees it once.
func nudge(t *testing.T, who, to *client) {
	t.Helper()
	id, err := who.svc.Nudge(t.Context(), who.chat(to))
	if err != nil {
		t.Fatal(err)
	}
	expect(who, "the server's word on the nudge", reached(id, model.Acked))
	got := expect(to, "the nudge", func(ev event.MessageAdded) bool { return ev.Message.Kind == model.KindNudge }).Message
	if got.From.Bare() != who.jid || !got.Live || got.Body != "" || got.OriginID != string(id) {
		t.Errorf("the nudge = %+v", got)
	}
	if told := expect[event.Nudged](to, "being nudged", nil); told.Chat != to.chat(who) {
		t.Errorf("nudged in %v", told.Chat)
	}
	if _, err := who.svc.Nudge(t.Context(), who.chat(to)); model.KindOf(err) != model.ErrInvalid {
		t.Errorf("a second nudge at once: %v", err)
	}
}

func typing(t *testing.T, who, to *client, state model.ChatState) {
	t.Helper()
	if err := who.svc.SetTyping(t.Context(), who.chat(to), state); err != nil {
		t.Fatal(err)
	}
}

func TestAskAndApprove(t *testing.T) {
	srv := xmpptest.SharedProsody(t)
	romeo := newClient(t, srv, srv.NewUser("romeo"))
	juliet := newClient(t, srv, srv.NewUser("juliet"))
	romeo.signIn(srv)
	juliet.signIn(srv)
	ctx := t.Context()

	item := model.RosterItem{JID: juliet.jid, Name: " 朱丽叶 ", Groups: []string{"Verona", "Verona", " "}}
	if err := romeo.svc.SetContact(ctx, romeo.jid, item); err != nil {
		t.Fatalf("add: %v", err)
	}
	added := expect[event.ContactChanged](romeo, "the push", nil).Contact
	if added.Name != "朱丽叶" || !slices.Equal(added.Groups, []string{"Verona"}) || added.Subscription != model.SubscriptionNone {
		t.Errorf("added = %+v", added)
	}
	if err := romeo.svc.RequestSubscription(ctx, romeo.jid, juliet.jid, "it is I"); err != nil {
		t.Fatal(err)
	}
	expect(romeo, "the pending mark", func(ev event.ContactChanged) bool { return ev.Contact.Ask })
	asked := expect[event.SubscriptionRequested](juliet, "the request", nil).Request
	if asked.JID != romeo.jid || asked.Message != "it is I" {
		t.Errorf("request = %+v", asked)
	}
	if err := juliet.svc.ApproveSubscription(ctx, juliet.jid, romeo.jid); err != nil {
		t.Fatal(err)
	}
	expect(juliet, "the request closed", func(ev event.SubscriptionAnswered) bool { return ev.JID == romeo.jid })
	expect(romeo, "the approval", func(ev event.ContactChanged) bool {
		return ev.Contact.Subscription == model.SubscriptionTo && !ev.Contact.Ask
	})
	expect(romeo, "her presence", func(ev event.PresenceChanged) bool { return len(ev.Presence) == 1 })

	if err := romeo.svc.RemoveContact(ctx, romeo.jid, juliet.jid); err != nil {
		t.Fatal(err)
	}
	expect(romeo, "the removal", func(ev event.ContactRemoved) bool { return ev.JID == juliet.jid })
}

func TestRequestWaitsAcrossARestartUntilItIsAnswered(t *testing.T) {
	srv := xmpptest.SharedProsody(t)
	romeo := newClient(t, srv, srv.NewUser("romeo"))
	juliet := newClient(t, srv, srv.NewUser("juliet"))
	romeo.signIn(srv)
	juliet.signIn(srv)
	if err := romeo.svc.RequestSubscription(t.Context(), romeo.jid, juliet.jid, "please"); err != nil {
		t.Fatal(err)
	}
	expect[event.SubscriptionRequested](juliet, "the request", nil)
	juliet.close()
	juliet.open(srv.CAPool())
	start := expect[event.Snapshot](juliet, "the snapshot", nil).Accounts[0]
	if len(start.Requests) != 1 || start.Requests[0].Message != "please" {
		t.Errorf("requests after a restart = %+v, want his", start.Requests)
	}
	juliet.signIn(srv)
	if err := juliet.svc.DenySubscription(t.Context(), juliet.jid, romeo.jid); err != nil {
		t.Fatal(err)
	}
	expect[event.SubscriptionAnswered](juliet, "the request closed", nil)
	expect(romeo, "the refusal", func(ev event.ContactChanged) bool {
		return !ev.Contact.Ask && ev.Contact.Subscription == model.SubscriptionNone
	})
}

func TestOwnDevicesGetCopies(t *testing.T) {
	srv := xmpptest.SharedProsody(t)
	romeo, juliet := friends(t, srv)
	laptop := newClient(t, srv, romeo.user)
	for _, c := range []*client{romeo, laptop, juliet} {
		c.signIn(srv)
	}
	expect(romeo, "her presence", func(ev event.PresenceChanged) bool { return len(ev.Presence) > 0 })

	id := romeo.send(juliet, "from the desk")
	mine := expect(laptop, "the copy", func(ev event.MessageAdded) bool { return ev.Message.Body == "from the desk" }).Message
	if !mine.Outgoing || mine.Chat != romeo.chat(juliet) || mine.OriginID != string(id) || mine.From != romeo.jid {
		t.Errorf("copy of what we sent = %+v, want outgoing, to her, with the id of %s", mine, id)
	}
	expect(juliet, "the message", received("from the desk"))
	juliet.send(romeo, "to whichever")
	for _, c := range []*client{romeo, laptop} {
		got := expect(c, "her answer", received("to whichever")).Message
		if got.From.Bare() != juliet.jid {
			t.Errorf("her answer came from %s", got.From)
		}
	}
}

func TestNoteToSelfIsShownOnce(t *testing.T) {
	srv := xmpptest.SharedProsody(t)
	romeo := newClient(t, srv, srv.NewUser("romeo"))
	laptop := newClient(t, srv, romeo.user)
	romeo.signIn(srv)
	laptop.signIn(srv)
	romeo.send(romeo, "buy roses")
	note := expect(laptop, "the note", func(ev event.MessageAdded) bool { return ev.Message.Body == "buy roses" }).Message
	if !note.Outgoing || note.Chat.Peer != romeo.jid {
		t.Errorf("note = %+v, want outgoing, in the chat with oneself", note)
	}
	if n := len(gather[event.MessageAdded](romeo, 500*time.Millisecond)); n != 1 {
		t.Errorf("%d messages where it was written, want 1", n)
	}
	if n := len(gather[event.MessageAdded](laptop, 100*time.Millisecond)); n != 1 {
		t.Errorf("%d messages on the other device, want 1", n)
	}
}

func TestMissedMessageComesWithItsTimeAndCountsAsUnread(t *testing.T) {
	srv := xmpptest.SharedProsody(t)
	romeo, juliet := friends(t, srv)
	romeo.signIn(srv)
	juliet.signIn(srv)
	if err := juliet.svc.Disconnect(t.Context(), juliet.jid); err != nil {
		t.Fatal(err)
	}
	id := romeo.send(juliet, "are you there?")
	expect(romeo, "the tick of the server", reached(id, model.Acked))
	time.Sleep(1100 * time.Millisecond) // stamps have seconds
	before := time.Now()
	if err := juliet.svc.ConnectNow(t.Context(), juliet.jid); err != nil {
		t.Fatal(err)
	}
	chat := expect(juliet, "the chat", func(ev event.ChatChanged) bool { return ev.Chat.Last != nil }).Chat
	got := *chat.Last
	if got.Body != "are you there?" || got.Live || !got.Time.Before(before) {
		t.Errorf("message = %+v, want not live and from before %s", got, before)
	}
	if chat.Unread != 1 {
		t.Errorf("chat = %+v, want one unread, the message", chat)
	}
	expect(romeo, "her receipt", reached(id, model.Delivered))
	if err := juliet.svc.MarkDisplayed(t.Context(), got.Chat, got.ID); err != nil {
		t.Fatal(err)
	}
	expect(juliet, "the read mark", func(ev event.ChatChanged) bool { return ev.Chat.Unread == 0 && ev.Chat.ReadUpTo == got.ID })
	expect(romeo, "her marker", reached(id, model.Displayed))
}

func TestQueuedMessagesGoOutAfterAServerRestart(t *testing.T) {
	srv := xmpptest.Prosody(t, xmpptest.Options{})
	romeo, juliet := friends(t, srv)
	romeo.signIn(srv)
	juliet.signIn(srv)
	id := romeo.send(juliet, "first")
	expect(juliet, "the first", received("first"))
	expect(romeo, "its receipt", reached(id, model.Delivered))

	srv.Stop()
	waiting := expect(romeo, "the loss", func(ev event.ConnectionChanged) bool { return ev.Connection.State == model.Waiting })
	if waiting.Connection.RetryAt.IsZero() || waiting.Connection.Cause == "" {
		t.Errorf("while waiting: %+v, want a cause and the time of the next attempt", waiting.Connection)
	}
	var sent []model.MessageID
	for n := range 5 {
		sent = append(sent, romeo.send(juliet, fmt.Sprintf("queued %d", n)))
	}
	srv.Start()
	for _, c := range []*client{romeo, juliet} {
		if err := c.svc.ConnectNow(t.Context(), c.jid); err != nil {
			t.Fatal(err)
		}
		expect(c, "being back", online)
	}
	for _, id := range sent {
		expect(romeo, "its receipt", reached(id, model.Delivered))
	}
	// They came by themselves or from the archive, whoever was back first.
	page, _, err := juliet.svc.History(t.Context(), juliet.chat(romeo), "", 5)
	if err != nil {
		t.Fatal(err)
	}
	if len(page) != len(sent) {
		t.Errorf("%d messages, want %d", len(page), len(sent))
	}
	for n, m := range page {
		if m.Body != fmt.Sprintf("queued %d", n) {
			t.Errorf("message %d = %q: out of order", n, m.Body)
		}
	}
}

func TestOutboxSurvivesARestartOfTheProgram(t *testing.T) {
	srv := xmpptest.SharedProsody(t)
	romeo, juliet := friends(t, srv)
	romeo.signIn(srv)
	if err := romeo.svc.Disconnect(t.Context(), romeo.jid); err != nil {
		t.Fatal(err)
	}
	id := romeo.send(juliet, "kept")
	again, err := romeo.svc.SendMessage(t.Context(), romeo.chat(juliet), "kept", "key 1")
	if err != nil {
		t.Fatal(err)
	}
	same, err := romeo.svc.SendMessage(t.Context(), romeo.chat(juliet), "kept", "key 1")
	if err != nil || same != again || again == id {
		t.Errorf("the same key gave %s after %s (%v)", same, again, err)
	}
	romeo.close()
	romeo.open(srv.CAPool())
	romeo.signIn(srv)
	expect(romeo, "the first one acked", reached(id, model.Acked))
	expect(romeo, "the second one acked", reached(again, model.Acked))
	page, _, err := romeo.svc.History(t.Context(), romeo.chat(juliet), "", 10)
	if err != nil || len(page) != 2 || page[0].ID != id || page[1].ID != again {
		t.Errorf("history = %+v, %v: want the two, ids as they were", page, err)
	}
	older, complete, err := romeo.svc.History(t.Context(), romeo.chat(juliet), id, 10)
	if err != nil || !complete || len(older) != 0 {
		t.Errorf("before them: %+v, %t, %v: want nothing, also in the archive", older, complete, err)
	}
}

func TestOlderMessagesOfASignedOutAccountAreNotSaidToBeNone(t *testing.T) {
	srv := xmpptest.SharedProsody(t)
	romeo, juliet := friends(t, srv)
	romeo.signIn(srv)
	id := romeo.send(juliet, "the oldest one here")
	expect(romeo, "the first one acked", reached(id, model.Acked))
	if err := romeo.svc.Disconnect(t.Context(), romeo.jid); err != nil {
		t.Fatal(err)
	}
	page, complete, err := romeo.svc.History(t.Context(), romeo.chat(juliet), "", 10)
	if err != nil || complete || len(page) != 1 {
		t.Errorf("%d messages, complete %t, %v: want the one, and perhaps more", len(page), complete, err)
	}
	page, complete, err = romeo.svc.History(t.Context(), romeo.chat(juliet), id, 10)
	if len(page) != 0 || complete || !errors.Is(err, xmppsvc.ErrArchive) || model.KindOf(err) != model.ErrNotOnline {
		t.Errorf("before it: %d messages, complete %t, %v", len(page), complete, err)
	}
}

func TestManyMessagesKeepTheirOrder(t *testing.T) {
	srv := xmpptest.SharedProsody(t)
	romeo, juliet := friends(t, srv)
	romeo.signIn(srv)
	juliet.signIn(srv)
	const many = 300
	for n := range many {
		romeo.send(juliet, fmt.Sprintf("message %d", n))
	}
	for n := range many {
		got := expect(juliet, fmt.Sprintf("message %d", n), said).Message
		if got.Body != fmt.Sprintf("message %d", n) {
			t.Fatalf("message %d is %q", n, got.Body)
		}
	}
	got := 0
	for _, ev := range gather[event.MessageAdded](juliet, 200*time.Millisecond) {
		if said(ev) {
			got++
		}
	}
	if got != many {
		t.Errorf("%d messages, want %d", got, many)
	}
}
