package archive_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"dovekie/xmppsvc/archive"
	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/feature/featuretest"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/xep"
)

func TestEmptyArchiveIsReadForwardFromThenOn(t *testing.T) {
	w := newWorld(t)
	w.bind()
	w.serve(10)
	w.says(juliet, 700)
	w.bind()
	w.serve(200)
	w.same(juliet, w.holds(juliet, 0))
}

func TestWhatComesMeanwhileStandsBehindAGap(t *testing.T) {
	w := newWorld(t)
	w.says(juliet, 20)
	w.bind()
	w.serve(10)
	w.says(juliet, 60)
	w.bind()
	w.serve(2)
	w.live(w.held[78])
	before := w.s.TakeEvents()
	if gap, ok := last[event.MessageAdded](before); !ok || gap.Message.Kind != model.KindGap || gap.Message.Gap != model.GapFilling {
		t.Errorf("%+v, want the gap", before)
	}
	w.live(w.held[79])
	if got := w.shown(juliet); got[len(got)-3] != "[filling]" {
		t.Errorf("%q, want one gap before what came", got[len(got)-5:])
	}
	w.serve(20)
	w.same(juliet, w.holds(juliet, 0))
	if _, ok := last[event.MessageRemoved](w.s.TakeEvents()); !ok {
		t.Error("nobody was told that the gap is closed")
	}
}

func TestCatchUpThatWasCutGoesOnBehindTheCursor(t *testing.T) {
	w := newWorld(t)
	w.says(juliet, 10)
	w.bind()
	w.serve(10)
	w.says(juliet, 90)
	w.bind()
	w.serve(3)
	if w.caughtUp != 1 {
		t.Fatal("it is not caught up")
	}
	// The program dies; the session is gone on with by another process.
	w.question()
	again := newWorld(t)
	again.store, again.held = w.store, w.held
	again.a = archive.New(again.s, func() archive.Store { return again.tx }, again.store, again)
	if err := again.a.Load(); err != nil {
		t.Fatal(err)
	}
	again.do(func() { again.a.Resumed(true) })
	again.serve(20)
	if again.asked[0].After != "a0029" || again.caughtUp != 1 {
		t.Errorf("asked %+v, caught up %d", again.asked[0], again.caughtUp)
	}
	again.same(juliet, again.holds(juliet, 0))
}

func TestResumptionWaitsForTheQuestionThatIsOpen(t *testing.T) {
	w := newWorld(t)
	w.says(juliet, 10)
	w.bind()
	w.serve(10)
	w.says(juliet, 40)
	w.bind()
	w.serve(1)
	iq, q := w.question()
	w.do(func() { w.a.Resumed(false) })
	if again, _ := w.question(); again != nil {
		t.Errorf("asked again: %s", again)
	}
	w.result(q.ID, w.held[15]) // its first result came before the cut and comes again
	w.answer(iq, q)
	w.serve(10)
	w.same(juliet, w.holds(juliet, 0))
}

func TestExpiredCursorShowsWhereSomethingIsMissing(t *testing.T) {
	w := newWorld(t)
	w.says(juliet, 20)
	w.says(nurse, 2)
	w.bind()
	w.serve(10)
	w.says(juliet, 60)
	w.forget = 50
	w.bind()
	w.serve(30)
	want := append(append(w.holds(juliet, 0)[:20], "[lost]"), w.holds(juliet, 50)...)
	w.same(juliet, want)
	w.same(nurse, w.holds(nurse, 0))
	if w.caughtUp != 2 {
		t.Errorf("caught up %d times", w.caughtUp)
	}
}

func TestServerWithoutAnArchiveHoldsNothingUp(t *testing.T) {
	for _, condition := range []string{"service-unavailable", "feature-not-implemented", "forbidden"} {
		w := newWorld(t)
		w.bind()
		iq, _ := w.question()
		w.refuse(iq, condition)
		if w.caughtUp != 1 || w.a.Known() || !w.a.Due().IsZero() {
			t.Errorf("%s: caught up %d, known %t", condition, w.caughtUp, w.a.Known())
		}
		answered := false
		w.do(func() {
			w.a.Older(model.ChatID{Account: romeo, Peer: juliet}, "", func(more bool, err error) { answered = !more && err == nil })
		})
		if !answered {
			t.Errorf("%s: a chat waits for its past", condition)
		}
	}
}

func TestFailuresAreTriedAgainLaterAndLater(t *testing.T) {
	w := newWorld(t)
	w.bind()
	for i := range 6 {
		iq, _ := w.question()
		if iq == nil {
			t.Fatalf("attempt %d was not made", i)
		}
		w.do(func() { w.s.Answer(iq, "", model.Errorf(model.ErrTimeout, "no answer")) })
		due := w.a.Due()
		if !due.After(w.s.Clock) {
			t.Fatalf("attempt %d: due %s", i, due)
		}
		w.s.Clock = due
		w.do(w.a.Tick)
	}
	if w.caughtUp != 1 {
		t.Errorf("what waits was let go %d times", w.caughtUp)
	}
	w.says(juliet, 5)
	w.serve(10)
	w.same(juliet, w.holds(juliet, 0))
}

func TestWhatNobodyAskedForIsNotBelieved(t *testing.T) {
	forged := entry{id: "evil", with: juliet, body: "send me the money", at: featuretest.Start}
	w := newWorld(t)
	w.says(juliet, 3)
	w.bind()
	iq, q := w.question()
	for _, from := range []string{"eve@evil.example", "verona.example", "romeo@verona.example.evil", "juliet@capulet.example/b"} {
		w.resultFrom(from, q.ID, forged)
	}
	w.result("not-asked", forged)
	w.result("", forged)
	w.answer(iq, q)
	w.serve(10)
	w.result(q.ID, forged) // the question is closed
	w.same(juliet, w.holds(juliet, 0))
	if !slices.Equal(w.holds(juliet, 0), w.shown(juliet)) {
		t.Error("something forged is shown")
	}
}

func TestEndlessPagesEnd(t *testing.T) {
	t.Run("a page without an end", func(t *testing.T) {
		w := newWorld(t)
		w.says(juliet, 5000)
		w.do(func() {
			if err := w.tx.PutCursor(romeo, model.Cursor{Begun: true}); err != nil {
				t.Fatal(err)
			}
		})
		if err := w.a.Load(); err != nil {
			t.Fatal(err)
		}
		w.bind()
		iq, q := w.question()
		for _, e := range w.held[:1000] {
			w.result(q.ID, e)
		}
		w.do(func() {
			w.s.Answer(iq, xep.ArchiveFin{Complete: true, PageResult: xep.PageResult{First: "a0000", Last: "a0999"}}.Element().String(), nil)
		})
		next, then := w.question()
		if next == nil || then.After != w.held[q.Max-1].id {
			t.Errorf("asked %+v, want what is behind the %d that were asked for", then, q.Max)
		}
	})
	t.Run("the same page for ever", func(t *testing.T) {
		w := newWorld(t)
		w.says(juliet, 4)
		w.bind()
		w.serve(10)
		w.bind()
		for i := range 20 {
			iq, q := w.question()
			if iq == nil {
				break
			}
			if i == 10 {
				t.Fatal("it is asked for ever")
			}
			for _, e := range w.held {
				w.result(q.ID, e)
			}
			w.do(func() {
				w.s.Answer(iq, xep.ArchiveFin{PageResult: xep.PageResult{First: "a0000", Last: "a0003"}}.Element().String(), nil)
			})
		}
		w.same(juliet, w.holds(juliet, 0))
	})
}

func TestPastOfAChatComesPageByPage(t *testing.T) {
	w := newWorld(t)
	w.limit = 50
	w.says(juliet, 230)
	w.says(nurse, 600)
	w.bind()
	w.serve(50)
	w.same(juliet, nil)
	chat := model.ChatID{Account: romeo, Peer: juliet}
	pages := 0
	for more := true; more; pages++ {
		if pages > 10 {
			t.Fatal("no end")
		}
		answers := 0
		w.do(func() {
			for range 2 { // who asks twice gets one page
				w.a.Older(chat, "", func(yes bool, err error) {
					answers++
					more = yes
					if err != nil {
						t.Error(err)
					}
				})
			}
		})
		w.serve(10)
		if answers != 2 {
			t.Fatalf("%d answers", answers)
		}
	}
	w.same(juliet, w.holds(juliet, 0))
	if pages != 5 {
		t.Errorf("%d pages of 50 for 230", pages)
	}
	if edge, err := w.store.Edge(t.Context(), chat, ""); err != nil || !edge.Complete {
		t.Errorf("%+v %v: the beginning was reached", edge, err)
	}
	for _, q := range w.asked {
		if !q.With.IsZero() && q.With != juliet {
			t.Errorf("asked for %s", q.With)
		}
	}
}

func TestChatOpenedWhileCatchingUpKeepsTheOrder(t *testing.T) {
	w := newWorld(t)
	w.says(nurse, 20)
	w.bind()
	w.serve(10)
	w.says(juliet, 35)
	w.bind()
	w.serve(1)
	w.live(w.held[54])
	chat := model.ChatID{Account: romeo, Peer: juliet}
	w.do(func() { w.a.Older(chat, "", func(bool, error) {}) })
	w.serve(30)
	w.same(juliet, w.holds(juliet, 0))
}

// Any interleaving of what comes by itself, of pages, cuts and new sessions gives the same
// history once the archive was read.
func TestAnyScheduleEndsInTheArchivesOrder(t *testing.T) {
	for seed := range uint64(60) {
		w := newWorld(t)
		rnd := rand.New(rand.NewPCG(seed, 3))
		w.limit = 1 + rnd.IntN(12)
		w.says(juliet, rnd.IntN(20))
		w.bind()
		first := len(w.held)
		if seed%3 > 0 {
			w.serve(100) // else the first reading is cut as well
		}
		var came []string
		for range 60 {
			switch rnd.IntN(9) {
			case 0, 1, 2:
				w.says([]jid.JID{juliet, nurse}[rnd.IntN(2)], 1+rnd.IntN(3))
			case 8: // a page lacks one that lies inside of it
				if w.says(juliet, 1+rnd.IntN(3)); len(w.held) > first+2 {
					w.hidden = w.held[len(w.held)-2].id
				}
				w.serve(1 + rnd.IntN(2))
				w.hidden = ""
			case 3, 4:
				w.serve(1 + rnd.IntN(2))
			case 5:
				if e := w.held; len(e) > first && !e[len(e)-1].own {
					w.live(e[len(e)-1])
					came = append(came, e[len(e)-1].id)
				}
			case 6:
				w.bind()
			case 7:
				w.do(func() {
					peer := []jid.JID{juliet, nurse}[rnd.IntN(2)]
					w.a.Older(model.ChatID{Account: romeo, Peer: peer}, "", func(bool, error) {})
				})
			}
		}
		w.bind()
		w.serve(1000)
		for _, peer := range []jid.JID{juliet, nurse} { // whatever lies before the first reading
			w.do(func() { w.a.Older(model.ChatID{Account: romeo, Peer: peer}, "", func(bool, error) {}) })
			w.serve(100)
		}
		for _, peer := range []jid.JID{juliet, nurse} {
			if got, want := w.shown(peer), w.holds(peer, 0); !slices.Equal(got, want) {
				t.Fatalf("seed %d (live %s): %s reads\n%s\nwant\n%s", seed, came, peer, strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		}
	}
}

// The question that goes behind bind may fail before there is a session.
func TestOpeningThatFailedIsAskedAnew(t *testing.T) {
	w := newWorld(t)
	w.says(juliet, 3)
	w.do(w.a.Open)
	iq, _ := w.question()
	w.do(func() { w.s.Answer(iq, "", model.Errorf(model.ErrTimeout, "no answer came in time")) })
	w.do(w.a.Bound)
	w.serve(10)
	w.same(juliet, w.holds(juliet, 0))
	if w.caughtUp != 1 {
		t.Errorf("caught up %d times", w.caughtUp)
	}
}

// A server may number a message before it stores it: a page that was asked in between
// shows what lies behind it, but not the message.
func TestWhatAPageLackedTakesItsPlace(t *testing.T) {
	for _, live := range []bool{true, false} {
		for _, limit := range []int{1, 3, 50} {
			w := newWorld(t)
			w.limit = limit
			w.says(juliet, 10)
			w.bind()
			w.serve(100)
			w.says(juliet, 6)
			w.hidden = w.held[12].id
			w.bind()
			w.serve(100)
			w.hidden = ""
			if live {
				w.live(w.held[12])
			}
			w.says(nurse, 2)
			w.says(juliet, 60)
			w.bind()
			w.serve(200)
			w.same(juliet, w.holds(juliet, 0))
			if w.says(juliet, 1); !live && !slices.Contains(w.missed, "a0012") {
				t.Error("nobody was told that it was missed")
			}
			w.bind()
			w.serve(100)
			w.same(juliet, w.holds(juliet, 0))
		}
	}
}

// Nor is that passed over when the same reading goes on with what was said since.
func TestWhatAPageLackedIsReadThoughTheReadingWentOn(t *testing.T) {
	w := newWorld(t)
	w.says(juliet, 10)
	w.bind()
	w.serve(100)
	now := func(n int) {
		w.says(juliet, n)
		for i := range n {
			w.held[len(w.held)-n+i].at = w.s.Now().Add(time.Duration(i-n) * time.Millisecond)
		}
	}
	w.s.Clock = w.s.Clock.Add(time.Minute).Truncate(time.Second).Add(900 * time.Millisecond)
	now(20)
	w.hidden = w.held[12].id
	w.bind()
	w.serve(1)
	w.hidden = ""
	w.s.Clock = w.s.Clock.Add(time.Minute)
	now(20)
	w.serve(100)
	w.bind()
	w.serve(100)
	w.same(juliet, w.holds(juliet, 0))
}

// A session that is there must not be left with a reading that has stopped.
func TestQuestionThatDidNotGoOutIsPutAgain(t *testing.T) {
	w := newWorld(t)
	w.says(juliet, 5)
	w.bind()
	w.serve(10)
	w.says(juliet, 40)
	w.bind()
	iq, q := w.question()
	w.s.Offline = true
	w.answer(iq, q)
	w.s.Offline = false
	w.s.Clock = w.s.Clock.Add(time.Minute)
	w.do(w.a.Tick)
	w.serve(20)
	w.same(juliet, w.holds(juliet, 0))
	if w.caughtUp != 2 {
		t.Errorf("caught up %d times", w.caughtUp)
	}
}
