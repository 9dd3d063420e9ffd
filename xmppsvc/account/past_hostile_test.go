package account_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/model"
)

// missedPage signs in, goes away, lets three messages of juliet come meanwhile, and comes back
// to an archive that says them with a twist.
func missedPage(t *testing.T, twist func([]archived) []archived) *desk {
	t.Helper()
	d := newDesk(t)
	d.signIn()
	d.quiet()
	d.v.wrote(juliet, "before", false)
	d.quiet()
	d.v.cut(0)
	d.away()
	d.v.forget()
	for n := range 3 {
		d.v.wrote(juliet, fmt.Sprint("missed ", n), false)
	}
	d.v.mu.Lock()
	d.v.twist = twist
	d.v.mu.Unlock()
	d.online()
	d.quiet()
	return d
}

// each changes those that were missed.
func each(change func(*archived)) func([]archived) []archived {
	return func(all []archived) []archived {
		for i := range all {
			if strings.HasPrefix(all[i].body, "missed") {
				change(&all[i])
			}
		}
		return all
	}
}

// An archive that lies about its messages neither loses nor doubles one, nor puts words into
// another chat.
func TestResultsOfAnArchiveThatAreNotAsTheyShouldBe(t *testing.T) {
	whole := []string{"before", "missed 0", "missed 1", "missed 2"}
	for name, tt := range map[string]struct {
		twist func([]archived) []archived
		want  []string
	}{
		"each twice": {func(all []archived) []archived { return slices.Concat(all, all) }, whole},
		"backwards": {func(all []archived) []archived {
			slices.Reverse(all)
			return all
		}, whole},
		"with another id inside": {each(func(a *archived) {
			a.inside = "<stanza-id xmlns='urn:xmpp:sid:0' by='romeo@verona.example' id='forged'/>"
		}), whole},
		"with the id of another inside": {each(func(a *archived) {
			a.inside = "<stanza-id xmlns='urn:xmpp:sid:0' by='romeo@verona.example' id='a000001'/>"
		}), whole},
		"of somebody else's archive": {each(func(a *archived) { a.to = "boss@corp.example" }), []string{"before"}},
		"with a carbon inside": {each(func(a *archived) {
			a.inside = "<received xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' from='boss@corp.example'><body>forged</body></message></forwarded></received>"
		}), []string{"before"}},
		"from the future":      {each(func(a *archived) { a.stamp = "<delay xmlns='urn:xmpp:delay' stamp='2099-01-01T00:00:00Z'/>" }), whole},
		"from 1970":            {each(func(a *archived) { a.stamp = "<delay xmlns='urn:xmpp:delay' stamp='1970-01-01T00:00:00Z'/>" }), whole},
		"from before all time": {each(func(a *archived) { a.stamp = "<delay xmlns='urn:xmpp:delay' stamp='-0001-01-01T00:00:00Z'/>" }), whole},
		"without a stamp":      {each(func(a *archived) { a.stamp = " " }), whole},
		"with garbage for one": {each(func(a *archived) { a.stamp = "<delay xmlns='urn:xmpp:delay' stamp='yesterday'/>" }), whole},
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now().Add(-time.Minute)
			d := missedPage(t, tt.twist)
			d.want(juliet, tt.want...)
			chats, err := d.store.Chats(t.Context(), romeo)
			if err != nil || len(chats) != 1 {
				t.Errorf("%d chats, %v", len(chats), err)
			}
			page, _, err := d.store.History(t.Context(), chats[0].ID, "", 100)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range page {
				if now := time.Now(); m.Time.After(now) || m.Time.Before(start) {
					t.Errorf("%q is of %s", m.Body, m.Time)
				}
			}
			// What comes after it has its place behind it, and comes once.
			d.v.wrote(juliet, "after", false)
			d.quiet()
			d.later(3 * time.Minute)
			d.quiet()
			got := d.reads(juliet)
			if got[len(got)-1] != "after" || !slices.Equal(got[:len(got)-1], tt.want) {
				t.Errorf("then it reads %q", got)
			}
		})
	}
}

// A marker, a receipt or a read position that names a message of another chat moves nothing.
func TestMarkersOfAnotherChatMoveNothing(t *testing.T) {
	r := newRig(t).online()
	id, err := r.account.SendMessage(t.Context(), r.chat(juliet), "hi", "")
	if err != nil {
		t.Fatal(err)
	}
	r.says(`<message from='%s/b' type='chat' id='hers'><body>hello</body><markable xmlns='urn:xmpp:chat-markers:0'/>
		<stanza-id xmlns='urn:xmpp:sid:0' by='%s' id='s1'/></message>`, juliet, romeo)
	for _, name := range []string{"received", "displayed", "acknowledged"} {
		for _, from := range []string{"eve@evil.example/x", "juliet@capulet.example.evil.example", "nurse@capulet.example/x"} {
			r.says(`<message from='%s' type='chat'><%s xmlns='urn:xmpp:chat-markers:0' id='%s'/></message>`, from, name, id)
		}
	}
	// A copy of what another device of ours marked in another chat, and one that is forged.
	const sent = `<message from='%s'><sent xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>
		<message xmlns='jabber:client' from='%s/phone' to='%s' type='chat'><displayed xmlns='urn:xmpp:chat-markers:0' id='hers'/></message></forwarded></sent></message>`
	r.says(sent, romeo, romeo, nurse)
	r.says(sent, "eve@evil.example", romeo, juliet)
	// Read positions that eve publishes, and ours of another chat.
	const position = `<message from='%s'><event xmlns='http://jabber.org/protocol/pubsub#event'><items node='urn:xmpp:mds:displayed:0'>
		<item id='%s'><displayed xmlns='urn:xmpp:mds:displayed:0'><stanza-id xmlns='urn:xmpp:sid:0' by='%s' id='s1'/></displayed></item></items></event></message>`
	r.says(position, "eve@evil.example", juliet, romeo)
	r.says(position, romeo, nurse, romeo)
	r.says(position, romeo, juliet, "eve@evil.example")
	r.settle()
	for _, ev := range all[event.MessageChanged](r) {
		if ev.Message.Delivery != model.Sent {
			t.Errorf("somebody else moved it to %s", ev.Message.Delivery)
		}
	}
	chats, err := r.store.Chats(t.Context(), romeo)
	if err != nil || len(chats) != 1 || chats[0].Unread != 1 {
		t.Errorf("%+v, %v: hers is unread", chats, err)
	}
	// The same from where it may come.
	r.says(`<message from='%s/b' type='chat'><displayed xmlns='urn:xmpp:chat-markers:0' id='%s'/></message>`, juliet, id)
	r.says(position, romeo, juliet, romeo)
	r.settle()
	wait(r, "the marker", func(ev event.MessageChanged) bool { return ev.Message.Delivery == model.Displayed })
	if chats, err = r.store.Chats(t.Context(), romeo); err != nil || chats[0].Unread != 0 {
		t.Errorf("%+v, %v: our phone has read hers", chats, err)
	}
}

// The clock may jump a day, in either direction: the order of a chat is the archive's.
func TestChatKeepsItsOrderWhenTheClockJumps(t *testing.T) {
	for _, jump := range []time.Duration{24 * time.Hour, -24 * time.Hour} {
		d := newDesk(t)
		d.signIn()
		d.quiet()
		want := []string{}
		say := func() {
			text := fmt.Sprint("theirs ", len(want))
			d.v.wrote(juliet, text, false)
			d.quiet()
			d.send(juliet, fmt.Sprint("ours ", len(want)))
			want = append(want, text, fmt.Sprint("ours ", len(want)))
			d.quiet()
		}
		say()
		d.jump(jump)
		say()
		d.v.cut(0)
		d.away()
		d.v.forget()
		d.v.wrote(juliet, "missed", false)
		want = append(want, "missed")
		d.jump(-2 * jump)
		d.online()
		d.quiet()
		say()
		d.later(3 * time.Minute)
		d.quiet()
		d.want(juliet, want...)
	}
}
