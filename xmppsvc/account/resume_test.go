package account_test

import (
	"runtime"
	"testing"
	"time"

	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stream"
)

// What comes right before the end of the connection shares a batch with it.
func TestWhatCameWithTheEndOfTheLineIsCounted(t *testing.T) {
	d := newDesk(t, func(v *verona) { v.noIDs, v.noArchive, v.announced = true, true, "" })
	d.signIn()
	d.quiet()
	d.batch(kept, func() {
		d.v.wrote(juliet, "once", false)
		d.v.deliver(1)
		d.v.cut(0)
	})
	d.away()
	d.online()
	d.quiet()
	d.want(juliet, "once")
	if n := len(told[event.RosterReplaced](d)); n != 1 {
		t.Errorf("the list was told %d times: the session was not gone on with", n)
	}
}

func TestReceiptForWhatCameWithTheEndOfTheLineIsGiven(t *testing.T) {
	d := newDesk(t)
	d.signIn()
	d.quiet()
	d.batch(kept, func() {
		d.v.wrote(juliet, "once", false)
		d.v.deliver(1)
		d.v.cut(0)
	})
	d.away()
	d.online()
	d.quiet()
	if got := d.v.receipts; len(got) != 1 || got[0] != "w-once" {
		t.Errorf("receipts %q, want one", got)
	}
}

// The archive was read to its end in a batch that could not be stored.
func TestCatchUpThatCouldNotBeStoredIsNotTheEndOfIt(t *testing.T) {
	d := newDesk(t)
	d.signIn()
	d.quiet()
	d.v.cut(0)
	d.away()
	d.v.forget()
	d.v.wrote(juliet, "missed", false)
	d.online()
	for range 3 { // page after page, each of them lost
		d.taken()
		d.v.hear(1 << 20)
		d.batch(lost, func() { d.v.deliver(1000) })
		d.away()
		d.online()
	}
	d.quiet()
	d.want(juliet, "missed")
}

// A command that could not be stored has nothing to do with the archive.
func TestCommandThatCouldNotBeStoredDoesNotStopTheCatchUp(t *testing.T) {
	for name, when := range map[string]func(d *desk) (then func()){
		"while pages come": func(d *desk) func() { d.online(); d.v.hear(1 << 20); return func() {} },
		"while we connect": func(d *desk) func() { return d.atTheGate() },
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			d.signIn()
			d.quiet()
			d.v.cut(0)
			d.away()
			d.v.forget()
			held := d.send(juliet, "mine") // goes out with the next session
			for range 35 {
				d.v.wrote(juliet, "missed", false)
			}
			then := when(d)
			d.batch(lost, func() {})
			then()
			d.online()
			d.quiet()
			d.later(10 * time.Second)
			d.quiet()
			if got := d.reads(juliet); len(got) != 36 {
				t.Errorf("%d messages of 36", len(got))
			}
			d.sentOnce(held)
		})
	}
}

func TestPresenceThatChangedMeanwhileIsTold(t *testing.T) {
	set := func(d *desk) {
		if err := d.account.SetPresence(t.Context(), model.ShowAway, "tea"); err != nil {
			t.Fatal(err)
		}
	}
	for name, tt := range map[string]func(d *desk){
		"while the line was cut": func(d *desk) { d.v.cut(0); d.away(); set(d); d.online() },
		"with the end of the line": func(d *desk) {
			d.batch(kept, func() { d.v.cut(0) }, func() { set(d) })
			d.away()
			d.online()
		},
		"while a new session begins": func(d *desk) {
			d.v.cut(0)
			d.away()
			d.v.forget()
			open := d.atTheGate()
			set(d)
			open()
			d.online()
		},
		"on a line that takes nothing any more": func(d *desk) {
			d.v.mu.Lock()
			d.v.line().over = true
			d.v.mu.Unlock()
			set(d)
			d.v.cut(0)
			d.away()
			d.online()
		},
		"and then we crashed": func(d *desk) { d.v.cut(0); d.away(); set(d); d.again(); d.signIn() },
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			d.signIn()
			d.quiet()
			tt(d)
			d.quiet()
			if got := d.v.said[len(d.v.said)-1]; got != "away/tea" {
				t.Errorf("the server was told %q, last %q", d.v.said, got)
			}
		})
	}
}

// A message that a batch wanted to send which could not be stored did not leave.
func TestRetryThatCouldNotBeStoredIsNotMadeUpFor(t *testing.T) {
	d := newDesk(t)
	d.signIn()
	d.quiet()
	id := d.send(juliet, "hello")
	d.quiet()
	d.v.mu.Lock()
	d.v.say(d.v.session, `<message from='%s' type='error' id='%s'><error type='wait'><resource-constraint
		xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>`, juliet, id)
	d.v.took, d.v.order = map[string]int{}, nil
	d.v.mu.Unlock()
	d.quiet()
	retry := func() error {
		return d.account.RetryMessage(t.Context(), model.ChatID{Account: romeo, Peer: juliet}, id)
	}
	d.batch(undone, func() {}, func() {
		if err := retry(); err == nil {
			t.Error("it was stored")
		}
	})
	if err := retry(); err != nil {
		t.Fatal(err)
	}
	d.v.cut(0)
	d.away()
	d.online()
	d.quiet()
	d.sentOnce(id)
}

// The line takes nothing any more, and its end comes when the disk is full.
func TestMessageThatDidNotLeaveIsSentEvenIfTheEndCouldNotBeStored(t *testing.T) {
	d := newDesk(t)
	d.signIn()
	d.quiet()
	d.v.mu.Lock()
	d.v.line().over = true
	d.v.mu.Unlock()
	id := d.send(juliet, "first")
	d.batch(lost, func() { d.v.cut(0) })
	d.away()
	d.online()
	second := d.send(juliet, "second")
	d.quiet()
	d.sentOnce(id, second)
}

// A new session began in a batch that could not be stored, where the disk knows of another.
func TestSessionWhoseBeginCouldNotBeStoredIsNotGoneOnWith(t *testing.T) {
	d := newDesk(t)
	d.signIn()
	d.quiet()
	first := d.send(juliet, "first")
	d.v.cut(0)
	d.away()
	d.v.forget()
	open := d.atTheGate()
	d.batch(lost, func() {
		open()
		for d.account.Waiting() == 0 {
			runtime.Gosched()
		}
	})
	d.away()
	d.online()
	second := d.send(juliet, "second")
	d.quiet()
	d.sentOnce(first, second)
	d.want(juliet, "first", "second")
}

func TestRosterThatACrashTookTheAnswerOfIsAskedForAgain(t *testing.T) {
	d := newDesk(t)
	d.signIn()
	d.v.hear(1 << 20) // it answers, but nobody is there any more
	d.again()
	d.signIn()
	d.quiet()
	lists := told[event.RosterReplaced](d)
	if len(lists) == 0 || len(lists[len(lists)-1].Contacts) != 2 {
		t.Errorf("lists %+v, want one with both", lists)
	}
}

// The answers that a lost batch had taken do not come again: the questions are forgotten.
func TestAnswersThatCouldNotBeStoredAreAskedForAgain(t *testing.T) {
	d := newDesk(t)
	d.signIn()
	d.v.hear(1 << 20)
	d.batch(lost, func() { d.v.deliver(1000) })
	d.away()
	d.online()
	d.quiet()
	lists := told[event.RosterReplaced](d)
	if len(lists) == 0 || len(lists[len(lists)-1].Contacts) != 2 {
		t.Errorf("lists %+v, want one with both", lists)
	}
	d.v.wrote(juliet, "with an id", false)
	d.quiet()
	page, _, err := d.store.History(t.Context(), model.ChatID{Account: romeo, Peer: juliet}, "", 10)
	if err != nil || len(page) != 1 || page[0].StanzaID == "" {
		t.Errorf("%+v %v: our account's features are not known", page, err)
	}
}

// A server that ends the connection whenever it is asked to go on would keep us out for ever.
func TestSessionThatIsNeverAnsweredIsGivenUp(t *testing.T) {
	d := newDesk(t)
	d.signIn()
	d.quiet()
	d.v.wrote(juliet, "before", false)
	d.quiet()
	id := d.send(juliet, "on its way")
	d.v.mu.Lock()
	d.v.unasked = &model.Error{Kind: model.ErrUnreachable, Message: "it ended", Err: stream.ErrUnanswered}
	before := d.v.lines
	d.v.mu.Unlock()
	d.v.cut(0)
	d.away()
	d.online()
	d.quiet()
	d.v.mu.Lock()
	tries := d.v.lines - before
	d.v.mu.Unlock()
	if tries != 5 {
		t.Errorf("online after %d attempts, want 4 that ask and one that does not", tries)
	}
	d.want(juliet, "before", "on its way")
	d.sentOnce(id)
	// The network may break there too: that is no reason to give a session up at once.
	d.v.cut(0)
	d.away()
	d.v.mu.Lock()
	d.v.unasked = nil
	d.v.mu.Unlock()
	d.online()
	d.quiet()
	if ev := told[event.ConnectionChanged](d); !ev[len(ev)-1].Login.Resumed {
		t.Error("the next session was not gone on with")
	}
}
