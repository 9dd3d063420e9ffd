package account_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/storage"
	"dovekie/xmppsvc/stream"
)

func TestWaitBetweenAttemptsGrowsToAMinuteAndNoMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t).online()
		var longest time.Duration
		for n := range 12 {
			st := r.current()
			st.end(model.Errorf(model.ErrUnreachable, "cut"))
			synctest.Wait()
			waits := all[event.ConnectionChanged](r)
			last := waits[len(waits)-1].Connection
			if last.State != model.Waiting {
				t.Fatalf("after loss %d: %+v", n, last)
			}
			d := time.Until(last.RetryAt)
			limit := min(time.Minute, time.Second<<n) + 200*time.Millisecond
			if d > limit {
				t.Errorf("wait %d is %s, want at most %s", n, d, limit)
			}
			longest = max(longest, d)
			for r.current() == st {
				time.Sleep(time.Second)
				synctest.Wait()
			}
		}
		if longest < 5*time.Second {
			t.Errorf("the longest of 12 waits is %s: they do not grow", longest)
		}
	})
}

func TestFinalCausesAreNotTriedAgain(t *testing.T) {
	for _, kind := range []model.ErrorKind{
		model.ErrAuthFailed, model.ErrConflict, model.ErrDowngrade, model.ErrTLSRequired, model.ErrCertificateRejected,
	} {
		t.Run(string(kind), func(t *testing.T) {
			r := newRig(t).online()
			r.current().end(model.Errorf(kind, "no"))
			wait(r, "end", func(ev event.ConnectionChanged) bool {
				return ev.Connection.State == model.Offline && ev.Connection.Cause == kind
			})
		})
	}
}

func TestStanzaThatMakesUsPanicCostsNothingButItself(t *testing.T) {
	r := newRig(t).online()
	r.account.Post(func() { panic("text of a stanza") })
	r.says(`<message from='%s/b' type='chat'><body>still here</body></message>`, juliet)
	wait(r, "message", func(ev event.MessageAdded) bool { return ev.Message.Body == "still here" })
	r.settle()
	if log := r.logs.String(); !strings.Contains(log, "could not be handled") || strings.Contains(log, "text of a stanza") {
		t.Errorf("log = %s: want the fact without the text", log)
	}
}

func TestWhatCannotBeStoredIsNotAcknowledged(t *testing.T) {
	r := newRig(t).online()
	st := r.current()
	st.mu.Lock()
	before := st.handled
	st.mu.Unlock()
	// Without its account no message can be stored.
	err := r.store.Update(t.Context(), func(tx storage.Tx) error { return tx.RemoveAccount(romeo) })
	if err != nil {
		t.Fatal(err)
	}
	r.says(`<message from='%s/b' type='chat'><body>lost?</body></message>`, juliet)
	wait(r, "notice", func(ev event.NoticeRaised) bool { return ev.Kind == event.NoticeStorage })
	wait(r, "loss", func(ev event.ConnectionChanged) bool { return ev.Connection.State == model.Waiting })
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.handled != before || !st.aborted {
		t.Errorf("handled %d after %d, aborted %t: want the server to keep it", st.handled, before, st.aborted)
	}
	if got := all[event.MessageAdded](r); len(got) != 0 {
		t.Errorf("told before it was stored: %+v", got)
	}
}

func TestCommandThatCannotBeStoredSaysSoAndKeepsTheConnection(t *testing.T) {
	r := newRig(t).online()
	err := r.store.Update(t.Context(), func(tx storage.Tx) error { return tx.RemoveAccount(romeo) })
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.account.SendMessage(t.Context(), r.chat(juliet), "hi", ""); err == nil {
		t.Error("a message was accepted that is not on the disk")
	}
	r.settle()
	if sent := r.messages(); len(sent) != 0 {
		t.Errorf("sent without being stored: %v", sent)
	}
}

func TestLostSessionSendsAgainWithTheSameID(t *testing.T) {
	r := newRig(t).online()
	var ids []model.MessageID
	for n := range 3 {
		id, err := r.account.SendMessage(t.Context(), r.chat(juliet), fmt.Sprint(n), "")
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	r.settle()
	r.acked(ids[0])
	r.settle()
	first := r.current()
	first.end(model.Errorf(model.ErrUnreachable, "cut"))
	wait(r, "way back", func(ev event.MessageChanged) bool {
		return ev.Message.ID == ids[2] && ev.Message.Delivery == model.Queued
	})
	if err := r.account.ConnectNow(t.Context()); err != nil {
		t.Fatal(err)
	}
	for first == r.current() || len(r.messages()) < 2 {
		time.Sleep(time.Millisecond)
	}
	for n, el := range r.messages() {
		id := string(ids[n+1])
		if el.Get("id") != id || el.Child("urn:xmpp:sid:0", "origin-id").Get("id") != id {
			t.Errorf("message %d was sent again as %s", n+1, el.Get("id"))
		}
	}
}

func TestWithoutAcknowledgementsAPingStandsIn(t *testing.T) {
	r := newRig(t, func(r *rig) { r.noSM = true }).online()
	sure, err := r.account.SendMessage(t.Context(), r.chat(juliet), "sure", "")
	if err != nil {
		t.Fatal(err)
	}
	r.settle()
	for _, el := range r.out() {
		if el.First().Is("urn:xmpp:ping", "ping") && el.Get("type") == "get" {
			r.says(`<iq type='result' id='%s' from='verona.example'/>`, el.Get("id"))
		}
	}
	wait(r, "ack", func(ev event.MessageChanged) bool { return ev.Message.ID == sure && ev.Message.Delivery == model.Acked })

	maybe, err := r.account.SendMessage(t.Context(), r.chat(juliet), "maybe", "")
	if err != nil {
		t.Fatal(err)
	}
	r.settle()
	r.current().end(model.Errorf(model.ErrUnreachable, "cut"))
	wait(r, "doubt", func(ev event.MessageChanged) bool { return ev.Message.ID == maybe && ev.Message.InDoubt })
	if err := r.account.ConnectNow(t.Context()); err != nil {
		t.Fatal(err)
	}
	for onlines := 0; onlines < 2; onlines = 0 {
		for _, ev := range all[event.ConnectionChanged](r) {
			if ev.Connection.State == model.Online {
				onlines++
			}
		}
		if onlines == 2 {
			break
		}
		time.Sleep(time.Millisecond)
	}
	r.settle()
	if again := r.messages(); len(again) != 0 {
		t.Errorf("what may have arrived was sent again unasked: %v", again)
	}
	if err := r.account.RetryMessage(t.Context(), r.chat(juliet), maybe); err != nil {
		t.Fatal(err)
	}
	r.settle()
	if again := r.messages(); len(again) != 1 || again[0].Get("id") != string(maybe) {
		t.Errorf("a retry sent %v", again)
	}
}

func TestChatStatesGoOnlyWhereTheyAreWelcome(t *testing.T) {
	r := newRig(t).online()
	tell := func(s model.ChatState) int {
		t.Helper()
		before := len(r.messages())
		if err := r.account.SetTyping(t.Context(), r.chat(juliet), s); err != nil {
			t.Fatal(err)
		}
		r.settle() // a command has its answer before the stream has its stanza
		return len(r.messages()) - before
	}
	if n := tell(model.ChatComposing); n != 0 {
		t.Error("a chat state was sent before it is known that they are understood")
	}
	if _, err := r.account.SendMessage(t.Context(), r.chat(juliet), "hi", ""); err != nil {
		t.Fatal(err)
	}
	if el := r.messages()[0]; el.Child("http://jabber.org/protocol/chatstates", "active") == nil ||
		el.Child("urn:xmpp:receipts", "request") == nil {
		t.Errorf("the first message lacks <active/> or the receipt request: %s", el)
	}
	r.says(`<message from='%s/b' type='chat'><composing xmlns='http://jabber.org/protocol/chatstates'/></message>`, juliet)
	r.settle()
	if tell(model.ChatComposing) != 1 || tell(model.ChatComposing) != 0 || tell(model.ChatPaused) != 1 {
		t.Error("want composing once and paused once")
	}
	r.says(`<message from='%s/b' type='chat'><body>no states here</body></message>`, juliet)
	r.settle()
	if tell(model.ChatComposing) != 0 {
		t.Error("a chat state was sent to somebody who answered without one")
	}
}

// What the server proves less well than before is told once: then it is as it is.
func TestWeakerProofIsToldOnce(t *testing.T) {
	logins, plus, hash := 0, []bool{}, false
	r := newRig(t, func(r *rig) {
		r.login = func(c stream.Config, e *stream.Established) {
			logins++
			plus = append(plus, c.PlusSeen)
			e.PlusUsed = logins == 1
			e.BindingLost = c.PlusSeen && !e.PlusUsed
			e.HashWeaker = hash
		}
	}).online()
	notices := func() int { return len(all[event.NoticeRaised](r)) }
	again := func() {
		if err := r.account.Disconnect(t.Context()); err != nil {
			t.Fatal(err)
		}
		r.online()
	}
	if notices() != 0 {
		t.Error("a warning at the first login")
	}
	again()
	if got := all[event.NoticeRaised](r); len(got) != 1 || got[0].Kind != event.NoticeBindingLost {
		t.Errorf("told %+v of the lost channel binding", got)
	}
	again()
	if notices() != 1 || !slices.Equal(plus, []bool{false, true, false}) {
		t.Errorf("told %d times; remembered %v", notices(), plus)
	}
	hash = true
	again()
	if notices() != 2 {
		t.Error("nobody was told of the weaker hash")
	}
}
