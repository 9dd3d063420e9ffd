package account_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stanza"
	"dovekie/xmppsvc/stream"
	"dovekie/xmppsvc/wake"
)

func waiting(ev event.ConnectionChanged) bool { return ev.Connection.State == model.Waiting }

func (f *fakeStream) probed() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.probes
}

func TestDeadLineIsFound(t *testing.T) {
	tests := map[string]struct {
		noSM   bool
		stale  bool
		before func(r *rig)
		limit  time.Duration
	}{
		"while nothing happens":        {limit: 90 * time.Second},
		"without stream management":    {noSM: true, limit: 90 * time.Second},
		"while a message waits":        {before: func(r *rig) { r.send("are you there?") }, limit: 15 * time.Second},
		"while the user types":         {before: func(r *rig) { r.types() }, limit: 15 * time.Second},
		"when the network has changed": {before: func(r *rig) { r.account.Woken(wake.Network) }, limit: 4 * time.Second},
		"when the machine was asleep":  {before: func(r *rig) { r.account.Woken(wake.Slept) }, limit: 4 * time.Second},
		"though old words are read":    {stale: true, before: func(r *rig) { r.account.Woken(wake.Slept) }, limit: 4 * time.Second},
		"by a ping after a sleep":      {noSM: true, stale: true, before: func(r *rig) { r.account.Woken(wake.Slept) }, limit: 4 * time.Second},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, func(r *rig) { r.patience, r.mute, r.noSM, r.stale = time.Hour, true, tt.noSM, tt.stale }).online()
				if tt.before != nil {
					tt.before(r)
				}
				start := time.Now()
				lost := wait(r, "loss", waiting)
				if lost.Connection.Cause != model.ErrTimeout {
					t.Errorf("cause = %s, want timeout", lost.Connection.Cause)
				}
				if took := time.Since(start); took > tt.limit || took < 2*time.Second {
					t.Errorf("found after %s, want at most %s and not in haste", took, tt.limit)
				}
			})
		})
	}
}

// send queues a message to juliet.
func (r *rig) send(body string) model.MessageID {
	r.tb.Helper()
	id, err := r.account.SendMessage(r.tb.Context(), r.chat(juliet), body, "")
	if err != nil {
		r.tb.Fatal(err)
	}
	return id
}

func (r *rig) types() {
	r.tb.Helper()
	if err := r.account.SetTyping(r.tb.Context(), r.chat(juliet), model.ChatComposing); err != nil {
		r.tb.Fatal(err)
	}
}

func TestLivingLineIsKeptAndIdlingIsCheap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t).online()
		st := r.current()
		sent := len(r.out())
		time.Sleep(24 * time.Hour)
		synctest.Wait()
		if r.current() != st || len(all[event.ConnectionChanged](r)) == 0 {
			t.Fatal("the connection was given up")
		}
		// A probe and its answer are some 60 bytes, and what TLS and TCP add; 16 KiB an hour are allowed.
		if n := st.probed(); n < 24*50 || n > 24*61 {
			t.Errorf("%d probes in a day", n)
		}
		if n := len(r.out()) - sent; n != 0 {
			t.Errorf("%d stanzas were sent while nothing happened", n)
		}
	})
}

// TestWakingAsksOnARealClock: in a bubble no time passes between two looks at the clock.
func TestWakingAsksOnARealClock(t *testing.T) {
	r := newRig(t).online()
	for range 3 {
		before := r.current().probed()
		r.account.Woken(wake.Network)
		for end := time.Now().Add(5 * time.Second); r.current().probed() == before; time.Sleep(time.Millisecond) {
			if time.Now().After(end) {
				t.Fatal("the server was not asked")
			}
		}
		r.settle()
		time.Sleep(5 * time.Millisecond) // the answer
	}
}

func TestWakingEndsTheWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t).online()
		for range 6 { // so that the wait is long
			st := r.current()
			st.end(model.Errorf(model.ErrUnreachable, "cut"))
			synctest.Wait()
			r.account.Woken(wake.Network)
			synctest.Wait()
			if r.current() == st {
				t.Fatal("it still waits")
			}
		}
	})
}

// TestAnotherNetworkIsNotMadeToWait: whatever failed in the one before.
func TestAnotherNetworkIsNotMadeToWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, func(r *rig) { r.patience, r.mute = time.Hour, true }).online()
		for range 6 { // so that the wait would be long
			st := r.current()
			st.end(model.Errorf(model.ErrUnreachable, "cut"))
			for r.current() == st {
				time.Sleep(100 * time.Millisecond)
			}
		}
		st, start := r.current(), time.Now()
		r.account.Woken(wake.Network)
		for r.current() == st {
			time.Sleep(10 * time.Millisecond)
		}
		if took := time.Since(start); took > wakeLimitMost {
			t.Errorf("it went on after %s", took)
		}
	})
}

// wakeLimitMost is how long a dead line may live after its network has gone.
const wakeLimitMost = 3200 * time.Millisecond

// The time of day may jump; what waits goes on as if it had not.
func TestClockThatJumpsADayDelaysNothing(t *testing.T) {
	for _, jump := range []time.Duration{24 * time.Hour, -24 * time.Hour} {
		synctest.Test(t, func(t *testing.T) {
			r := newRig(t).online()
			st := r.current()
			r.turn(jump)
			r.send("after the jump")
			synctest.Wait()
			if n := len(r.messages()); n != 1 {
				t.Errorf("%d messages went out after the clock jumped by %s", n, jump)
			}
			st.end(model.Errorf(model.ErrUnreachable, "cut"))
			time.Sleep(3 * time.Second)
			synctest.Wait()
			if r.current() == st {
				t.Errorf("after a jump by %s it does not connect again", jump)
			}
		})
	}
}

func TestServerHearsWhetherSomebodyLooks(t *testing.T) {
	r := newRig(t).online()
	for _, active := range []bool{false, false, true} {
		if err := r.account.SetActive(t.Context(), active); err != nil {
			t.Fatal(err)
		}
	}
	r.settle()
	if got := states(r); len(got) != 2 || got[0] != "inactive" || got[1] != "active" {
		t.Errorf("said %v", got)
	}
	if err := r.account.SetActive(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	st := r.current()
	st.end(model.Errorf(model.ErrUnreachable, "cut"))
	wait(r, "being back", func(ev event.ConnectionChanged) bool { return ev.Connection.State == model.Online && r.current() != st })
	r.settle()
	if got := states(r); len(got) != 1 || got[0] != "inactive" {
		t.Errorf("said %v on the new stream, which begins active", got)
	}
}

// states are what was said of our activity on the present stream.
func states(r *rig) []string {
	var out []string
	for _, el := range r.out() {
		if el.Name.Space == "urn:xmpp:csi:0" && !el.Is(stanza.NSClient, "") {
			out = append(out, el.Name.Local)
		}
	}
	return out
}

// Somebody who takes our place is not fought; but it may have been ourselves, late.
func TestConflictIsNotFought(t *testing.T) {
	conflict := model.Errorf(model.ErrConflict, "replaced by a new connection")
	cut := model.Errorf(model.ErrUnreachable, "cut")
	offline := func(ev event.ConnectionChanged) bool { return ev.Connection.State == model.Offline }
	t.Run("by another", func(t *testing.T) {
		r := newRig(t).online()
		r.current().end(conflict)
		if got := wait(r, "the end", offline).Connection; got.Cause != model.ErrConflict {
			t.Errorf("%+v", got)
		}
	})
	t.Run("by ourselves, once", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			r := newRig(t).online()
			for _, end := range []error{cut, conflict, conflict} {
				st := r.current()
				st.end(end)
				time.Sleep(5 * time.Second)
				synctest.Wait()
			}
			if got := wait(r, "the end", offline).Connection; got.Cause != model.ErrConflict {
				t.Errorf("%+v", got)
			}
			waits := 0
			for _, ev := range all[event.ConnectionChanged](r) {
				if ev.Connection.State == model.Waiting {
					waits++
				}
			}
			if waits != 2 {
				t.Errorf("it tried again %d times", waits)
			}
		})
	})
}

// What is asked behind bind has its time from there on, however slow the server is before.
func TestSlowLoginDoesNotCostTheAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, func(r *rig) {
			r.login = func(stream.Config, *stream.Established) { time.Sleep(50 * time.Second) }
		}).online()
		lists := all[event.RosterReplaced](r)
		if len(lists) == 0 || len(lists[len(lists)-1].Contacts) != 1 {
			t.Errorf("lists %+v, want one with juliet", lists)
		}
	})
}

// A session may be gone on with again and again by a server that hears nothing in it.
func TestSessionThatIsSilentAgainIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var resumed []bool
		newRig(t, func(r *rig) {
			r.mute = true
			r.login = func(c stream.Config, est *stream.Established) {
				est.SMID, est.Login.Resumed = "sid", c.Resume != nil
				st := r.current()
				st.mu.Lock()
				st.left = stream.Resume{ID: "sid", JID: est.Login.JID}
				st.mu.Unlock()
				resumed = append(resumed, est.Login.Resumed)
			}
		}).online()
		time.Sleep(6 * time.Minute)
		synctest.Wait()
		if want := []bool{false, true, true, false}; len(resumed) < 4 || !slices.Equal(resumed[:4], want) {
			t.Errorf("resumed %v, want %v", resumed, want)
		}
	})
}
