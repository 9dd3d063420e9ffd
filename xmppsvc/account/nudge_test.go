package account_test

import (
	"testing"
	"time"

	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/xep"
)

// julietComes lets juliet come online with the program that we are.
func (r *rig) julietComes() {
	r.tb.Helper()
	for _, out := range r.first() {
		if c := out.Element.Child(xep.NSCaps, "c"); c != nil {
			r.says(`<presence from='juliet@capulet.example/b'><c xmlns='%s' hash='%s' node='%s' ver='%s'/></presence>`,
				xep.NSCaps, c.Get("hash"), c.Get("node"), c.Get("ver"))
			r.settle()
			return
		}
	}
	r.tb.Fatal("our presence says no capabilities")
}

func TestNudgeGoesOutNowOrNotAtAll(t *testing.T) {
	r := newRig(t).online()
	if _, err := r.account.Nudge(t.Context(), juliet); model.KindOf(err) != model.ErrUnsupported {
		t.Errorf("a nudge to somebody who is away: %v", err)
	}
	r.julietComes()
	id, err := r.account.Nudge(t.Context(), juliet)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.account.Nudge(t.Context(), juliet); model.KindOf(err) != model.ErrInvalid {
		t.Errorf("a second nudge at once: %v", err)
	}
	r.settle()
	sent := r.messages()
	if len(sent) != 1 || sent[0].Get("type") != "headline" || !xep.WantsAttention(sent[0]) || xep.OriginIDOf(sent[0]) != string(id) {
		t.Fatalf("sent: %v", sent)
	}
	if sent[0].ChildText("jabber:client", "body") != "" || xep.WantsReceipt(sent[0]) {
		t.Errorf("it says more than it means: %v", sent[0])
	}

	// The connection goes before the server has confirmed it, and comes back too late.
	first := r.current()
	first.end(model.Errorf(model.ErrUnreachable, "cut"))
	wait(r, "way back", func(ev event.MessageChanged) bool { return ev.Message.ID == id && ev.Message.Delivery == model.Queued })
	if _, err := r.account.Nudge(t.Context(), juliet); model.KindOf(err) != model.ErrNotOnline {
		t.Errorf("a nudge without a connection: %v", err)
	}
	r.turn(2 * time.Minute)
	r.online()
	wait(r, "end of it", func(ev event.MessageChanged) bool { return ev.Message.ID == id && ev.Message.Delivery == model.Failed })
	if sent := r.messages(); len(sent) != 0 {
		t.Errorf("a nudge of two minutes ago was sent: %v", sent)
	}
	if err := r.account.RetryMessage(t.Context(), r.chat(juliet), id); model.KindOf(err) != model.ErrInvalid {
		t.Errorf("a nudge is sent again: %v", err)
	}
}

func TestNudgeIsKeptAndTold(t *testing.T) {
	r := newRig(t).online()
	r.says(`<message from='juliet@capulet.example/b' type='headline'><attention xmlns='urn:xmpp:attention:0'/></message>`)
	r.says(`<message from='juliet@capulet.example/b' type='headline'><attention xmlns='urn:xmpp:attention:0'/></message>`)
	r.says(`<message from='eve@evil.example/b' type='headline'><attention xmlns='urn:xmpp:attention:0'/></message>`)
	r.settle()
	added := all[event.MessageAdded](r)
	if len(added) != 1 || added[0].Message.Kind != model.KindNudge || added[0].Message.Chat != r.chat(juliet) || !added[0].Message.Live {
		t.Errorf("kept: %+v", added)
	}
	if told := all[event.Nudged](r); len(told) != 1 || told[0].Chat != r.chat(juliet) {
		t.Errorf("told: %+v", told)
	}
	page, _, err := r.store.History(t.Context(), r.chat(juliet), "", 10)
	if err != nil || len(page) != 1 || page[0].Kind != model.KindNudge {
		t.Errorf("read again: %+v, %v", page, err)
	}
}

func TestNudgeThatComesAgainIsNotToldAgain(t *testing.T) {
	r := newRig(t).online()
	for range 2 {
		r.says(`<message from='juliet@capulet.example/b' id='5d7b4c1e-8b1f-4e0a-9a57-2f8a1c5b7d10' type='headline'><attention xmlns='urn:xmpp:attention:0'/><origin-id xmlns='urn:xmpp:sid:0' id='5d7b4c1e-8b1f-4e0a-9a57-2f8a1c5b7d10'/></message>`)
		r.settle()
		r.later(20 * time.Second)
	}
	if added, told := all[event.MessageAdded](r), all[event.Nudged](r); len(added) != 1 || len(told) != 1 {
		t.Errorf("kept %d times, told %d times", len(added), len(told))
	}
}
