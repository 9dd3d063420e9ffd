package archive_test

import (
	"testing"
	"time"
)

// A server that sends again what a cut has kept back may begin with what is newer.
func TestWhatComesLateIsPutRightAtOnce(t *testing.T) {
	w := newWorld(t)
	w.says(juliet, 4)
	w.bind()
	w.serve(10)
	w.says(juliet, 3)
	w.liveSaid(w.held[5], w.held[5].at)
	w.liveSaid(w.held[6], w.held[6].at)
	if due := w.a.Due(); due.Before(w.s.Clock.Add(time.Minute)) {
		t.Errorf("due in %v, though all came in order", due.Sub(w.s.Clock))
	}
	w.liveSaid(w.held[4], w.held[4].at)
	w.s.Clock = w.s.Clock.Add(2 * time.Second)
	w.do(w.a.Tick)
	w.serve(10)
	w.same(juliet, w.holds(juliet, 0))
	if !w.a.Due().IsZero() {
		t.Error("it is asked again without news")
	}
}

// Or with what came only then, and nothing says which is which.
func TestWhatComesRightAfterAResumptionIsSettledSoon(t *testing.T) {
	w := newWorld(t)
	w.says(juliet, 3)
	w.bind()
	w.serve(10)
	w.says(juliet, 3)
	w.do(func() { w.a.Resumed(false) })
	w.live(w.held[4])
	w.live(w.held[5])
	w.s.Clock = w.s.Clock.Add(2 * time.Second)
	w.do(w.a.Tick)
	w.serve(10)
	w.says(juliet, 1)
	w.s.Clock = w.s.Clock.Add(10 * time.Second)
	w.live(w.held[6])
	if due := w.a.Due(); due.Before(w.s.Clock.Add(time.Minute)) {
		t.Errorf("due in %v, long after the resumption", due.Sub(w.s.Clock))
	}
	w.same(juliet, w.holds(juliet, 0))
}

// Where it is never quiet what came is settled all the same, but not again and again: a server
// that is asked for its archive has less time to deliver.
func TestManyAreSettledWithoutQuiet(t *testing.T) {
	const many = 5000
	w := newWorld(t)
	w.bind()
	w.serve(10)
	w.do(func() {
		for range many - 1 {
			w.a.Went()
		}
	})
	if due := w.a.Due(); !due.After(w.s.Clock) {
		t.Error("it is due too early")
	}
	w.do(w.a.Went)
	if due := w.a.Due(); due.After(w.s.Clock) {
		t.Errorf("it is due only in %v", due.Sub(w.s.Clock))
	}
}

func TestQuietSettlesWhatCame(t *testing.T) {
	w := newWorld(t)
	w.says(juliet, 4)
	w.bind()
	w.serve(10)
	w.says(juliet, 2)
	w.live(w.held[4])
	w.do(w.a.Tick)
	if iq, _ := w.question(); iq != nil {
		t.Fatal("it is asked while things come")
	}
	w.s.Clock = w.s.Clock.Add(2 * time.Minute)
	w.do(w.a.Tick)
	w.serve(10)
	w.same(juliet, w.holds(juliet, 0))
	if !w.a.Due().IsZero() {
		t.Error("it is asked again without news: idling must cost nothing")
	}
}
