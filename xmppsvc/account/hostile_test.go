package account_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stanza"
	"dovekie/xmppsvc/stream"
)

var errFull = model.Errorf(model.ErrDiskFull, "the disk is full")

// failing holds the loop inside of a batch that will fail, until release is called. Both
// return when the loop has got there.
func (r *rig) failing() (release func()) {
	inside, gate := make(chan bool), make(chan bool)
	r.account.Post(func() {
		r.account.FailBatch(errFull)
		close(inside)
		<-gate
	})
	<-inside
	return func() { close(gate) }
}

// alongside lets a failing batch begin with what feed gives the stream; release ends it.
func (r *rig) alongside(feed func()) (release func()) {
	inside, gate := make(chan bool), make(chan bool)
	r.account.Post(func() { close(inside); <-gate })
	<-inside
	feed()
	then := make(chan func())
	go func() { then <- r.failing() }()
	time.Sleep(20 * time.Millisecond) // for the post to be among what waits
	close(gate)
	return <-then
}

func TestWhatCameBehindALostBatchIsLeftToTheServerToo(t *testing.T) {
	r := newRig(t).online()
	st := r.current()
	let := r.alongside(func() {
		r.says(`<message from='%s/b' type='chat'><body>first</body></message>`, juliet)
	})
	r.says(`<message from='%s/b' type='chat'><body>second</body></message>`, juliet)
	let()
	wait(r, "loss", func(ev event.ConnectionChanged) bool { return ev.Connection.State == model.Waiting })
	for _, ev := range all[event.MessageAdded](r) {
		t.Errorf("%q was taken, though what came before it was not: it will come again", ev.Message.Body)
	}
	st.mu.Lock()
	defer st.mu.Unlock()
	if !st.aborted {
		t.Error("the stream was not dropped")
	}
}

func TestConfirmationOutlivesABatchThatCannotBeStored(t *testing.T) {
	r := newRig(t).online()
	id, err := r.account.SendMessage(t.Context(), r.chat(juliet), "once", "")
	if err != nil {
		t.Fatal(err)
	}
	r.settle()
	r.alongside(func() { r.acked(id) })()
	r.settle()
	m, err := r.store.Message(t.Context(), id)
	if err != nil || m.Delivery != model.Acked {
		t.Errorf("it is %s (%v): it would be sent a second time", m.Delivery, err)
	}
}

func TestWhatADyingStreamRefusedIsNotInDoubt(t *testing.T) {
	r := newRig(t, func(r *rig) { r.noSM = true }).online()
	st := r.current()
	st.mu.Lock()
	st.over = true
	st.mu.Unlock()
	id, err := r.account.SendMessage(t.Context(), r.chat(juliet), "hi", "")
	if err != nil {
		t.Fatal(err)
	}
	st.end(model.Errorf(model.ErrUnreachable, "cut"))
	wait(r, "loss", func(ev event.ConnectionChanged) bool { return ev.Connection.State == model.Waiting })
	m, err := r.store.Message(t.Context(), id)
	if err != nil || m.InDoubt || m.Delivery != model.Queued {
		t.Errorf("%s, in doubt %t, %v: nothing of it has left", m.Delivery, m.InDoubt, err)
	}
}

func TestNoAnswerIsLargerThanServersTake(t *testing.T) {
	r := newRig(t).online()
	huge := strings.Repeat("x", 500_000)
	r.says(`<iq type='get' from='%s/b' id='%s'><ping xmlns='urn:xmpp:ping'/></iq>`, juliet, huge)
	r.says(`<iq type='set' from='eve@evil.example/b' id='%s'><q xmlns='urn:u'/></iq>`, huge)
	r.says(`<iq type='get' from='%s/b' id='1'><query xmlns='http://jabber.org/protocol/disco#items' node='%s'/></iq>`, juliet, huge)
	r.says(`<iq type='get' from='%s/b' id='2'><query xmlns='http://jabber.org/protocol/disco#info' node='%s'/></iq>`, juliet, huge)
	r.says(`<message type='chat' from='%s/b' id='%s'><body>x</body><request xmlns='urn:xmpp:receipts'/></message>`, juliet, huge)
	r.settle()
	for _, el := range r.out() {
		if n := len(el.String()); n > 16<<10 {
			t.Errorf("an answer of %d bytes to a stranger's wish: %.80s…", n, el)
		}
	}
}

func TestPresenceThatNoServerTakesIsRefused(t *testing.T) {
	r := newRig(t).online()
	status := strings.Repeat("x", 300_000)
	if err := r.account.SetPresence(t.Context(), model.ShowAway, status); err == nil {
		t.Error("a status of 300 kB was kept for every login to come")
	}
	if err := r.account.RequestSubscription(t.Context(), juliet, status); err == nil {
		t.Error("a request with 300 kB was sent")
	}
	done := make(chan error, 1)
	go func() {
		done <- r.account.SetContact(t.Context(), model.RosterItem{JID: juliet, Name: status})
	}()
	select {
	case err := <-done:
		if err == nil {
			t.Error("a name of 300 kB was sent")
		}
	case <-time.After(2 * time.Second):
		t.Error("a name of 300 kB was sent")
	}
	for _, el := range r.out() {
		if n := len(el.String()); n > 64<<10 {
			t.Errorf("sent %d bytes: %.60s…", n, el)
		}
	}
}

// TestThousandsOfStrangeStanzasCostNothing sends random stanzas of hostile parts.
func TestThousandsOfStrangeStanzasCostNothing(t *testing.T) {
	rng := rand.New(rand.NewPCG(2026, 11))
	pick := func(of ...string) string { return of[rng.IntN(len(of))] }
	r := newRig(t).online()
	own := romeo.String()
	addresses := []string{
		"", own, own + "/desk", own + "/other", "verona.example", "verona.example/x", juliet.String(), juliet.String() + "/b",
		"capulet.example", "eve@evil.example", "eve@evil.example/\u202egnp", "@", "a@b@c", "/", "x@/y", strings.Repeat("a", 1100) + "@x",
		"room@muc.example/nick", "room@muc.example/" + own, "[::1]", "xn--zz@evil", "ROMEO@VERONA.example", own + "/\u200b", "[::1]/" + strings.Repeat("é", 511),
	}
	texts := []string{
		"", " ", "hi", "\u202e\u2066\u200f", "\u0085\u009b31m", strings.Repeat("\u0301", 5000), "?OTR?", "?OTRv", "🙂", strings.Repeat("你", 2000),
		"-1", "999999999999999999999", "NaN", "' or 1=1 --", "\"*\" NEAR(", "\ufdd0", "\ufeff",
	}
	attribute := func(name string, values ...string) string {
		if v := pick(values...); v != "" {
			return " " + name + "='" + string(stanza.AppendEscaped(nil, v)) + "'"
		}
		return ""
	}
	stamp := func() string {
		return pick("", "x", "2026-11-22T10:00:00Z", "0000-01-01T00:00:00Z", "99999-01-01T00:00:00Z", "2026-02-30T25:61:61Z", "1998-01-01T00:00:00-14:00")
	}
	var payload func(depth int) string
	one := func(kind string, depth int) string {
		inner := ""
		for range rng.IntN(4) {
			inner += payload(depth + 1)
		}
		types := map[string][]string{
			"message":  {"", "chat", "normal", "headline", "groupchat", "error", "CHAT", "x"},
			"presence": {"", "unavailable", "subscribe", "subscribed", "unsubscribe", "unsubscribed", "probe", "error", "x"},
			"iq":       {"", "get", "set", "result", "error", "x"},
		}[kind]
		return "<" + kind + " xmlns='jabber:client' xmlns:e='urn:e'" + attribute("from", addresses...) + attribute("to", addresses...) +
			attribute("type", types...) + attribute("id", "", "1", "bind", strings.Repeat("i", 2000), "\u202e") +
			attribute("e:from", addresses...) + ">" + inner + "</" + kind + ">"
	}
	payload = func(depth int) string {
		text := string(stanza.AppendEscaped(nil, pick(texts...)))
		if depth > 5 {
			return text
		}
		children := func() (s string) {
			for range rng.IntN(3) {
				s += payload(depth + 1)
			}
			return s
		}
		switch rng.IntN(22) {
		case 0, 1, 2:
			return "<body" + attribute("xml:lang", "", "zh", "x") + attribute("xmlns", "", "urn:u") + ">" + text + "</body>"
		case 3:
			return func(n string) string { return "<" + n + ">" + text + "</" + n + ">" }(pick("show", "status", "priority", "subject", "thread"))
		case 4:
			return "<received xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>" + one("message", depth) + children() + "</forwarded></received>"
		case 5:
			return "<sent xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>" + one("message", depth) + "</forwarded></sent>"
		case 6:
			return "<delay xmlns='urn:xmpp:delay'" + attribute("from", addresses...) + attribute("stamp", stamp()) + "/>"
		case 7:
			return "<stanza-id xmlns='urn:xmpp:sid:0'" + attribute("by", addresses...) + attribute("id", "1", "2", "") + "/>"
		case 8:
			return "<origin-id xmlns='urn:xmpp:sid:0'" + attribute("id", "1", "2", "") + "/>"
		case 9:
			return "<" + pick("received", "request") + " xmlns='urn:xmpp:receipts'" + attribute("id", "1", "2", "") + "/>"
		case 10:
			return "<" + pick("active", "composing", "paused", "inactive", "gone") + " xmlns='http://jabber.org/protocol/chatstates'/>"
		case 11:
			return "<query xmlns='jabber:iq:roster'" + attribute("ver", "", "9") + "><item" + attribute("jid", addresses...) + attribute("name", texts...) +
				attribute("subscription", "", "both", "remove", "from", "x") + "><group>" + text + "</group></item></query>"
		case 12:
			return "<query xmlns='http://jabber.org/protocol/disco#info'" + attribute("node", "", "x#y") + "><feature" + attribute("var", texts...) + "/>" + children() + "</query>"
		case 13:
			return "<c xmlns='http://jabber.org/protocol/caps'" + attribute("hash", "sha-1", "md5", "") + attribute("node", "n", "") + attribute("ver", "v", "") + "/>"
		case 14:
			return "<error" + attribute("type", "cancel", "x", "") + "><" + pick("gone", "conflict", "zzz") + " xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>" + children() + "</error>"
		case 15:
			return "<x xmlns='http://jabber.org/protocol/muc#user'>" + children() + "</x>"
		case 16:
			return "<encrypted xmlns='eu.siacs.conversations.axolotl'/>"
		case 17:
			return "<encryption xmlns='urn:xmpp:eme:0'" + attribute("namespace", texts...) + "/>"
		case 18:
			return "<nick xmlns='http://jabber.org/protocol/nick'>" + text + "</nick>"
		case 19:
			return one(pick("message", "presence", "iq"), depth)
		case 20:
			return "<" + pick("reactions xmlns='urn:xmpp:reactions:0'", "replace xmlns='urn:xmpp:message-correct:0'", "ping xmlns='urn:xmpp:ping'", "time xmlns='urn:xmpp:time'", "query xmlns='jabber:iq:version'") + "/>"
		}
		return text
	}
	sent := 0
	for range 6000 {
		el, err := stanza.Parse([]byte(one(pick("message", "message", "presence", "iq"), 0)))
		if err != nil {
			continue
		}
		sent++
		r.current().in <- stream.Inbound{Element: el, Counts: true}
	}
	r.settle()
	r.mu.Lock()
	logged := r.logs.String()
	r.mu.Unlock()
	if logged != "" {
		t.Errorf("%d stanzas were not all handled: %s", sent, logged[:min(len(logged), 2000)])
	}
	st := r.current()
	st.mu.Lock()
	defer st.mu.Unlock()
	if sent < 3000 || st.aborted || st.handled < sent {
		t.Errorf("%d sent, %d handled, aborted %t", sent, st.handled, st.aborted)
	}
	if chats, err := r.store.Chats(t.Context(), romeo); err != nil {
		t.Error(err)
	} else {
		for _, c := range chats {
			if page, _, err := r.store.History(t.Context(), c.ID, "", 10_000); err != nil || len(page) == 0 {
				t.Errorf("%v: %d messages, %v", c.ID, len(page), err)
			}
		}
	}
	if _, _, err := r.store.Roster(t.Context(), romeo); err != nil {
		t.Error(err)
	}
	if _, err := r.store.Requests(t.Context(), romeo); err != nil {
		t.Error(err)
	}
	fmt.Fprintln(t.Output(), sent, "stanzas")
}
