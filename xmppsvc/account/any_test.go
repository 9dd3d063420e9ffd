package account_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
)

// schedule is a random sequence of everything that can happen to an account.
type schedule struct {
	*desk
	rnd   *rand.Rand
	steps []string
	n     int // messages so far
	ours  map[jid.JID][]model.MessageID
	their map[jid.JID][]string // in the order of the server

	refuses bool // sessions may be gone
	whole   bool // nothing was there before the first login
}

func (s *schedule) peer() jid.JID { return []jid.JID{juliet, nurse}[s.rnd.IntN(2)] }

func (s *schedule) text() string { s.n++; return fmt.Sprintf("m%03d", s.n) }

func (s *schedule) says(what string, fn func(jid.JID, string)) {
	p, text := s.peer(), s.text()
	s.steps = append(s.steps, what+" "+text)
	fn(p, text)
	if s.v.lastKept() == text {
		s.their[p] = append(s.their[p], text)
	}
}

// step does one thing.
func (s *schedule) step() {
	some := 1 + s.rnd.IntN(6)
	note := func(format string, args ...any) {
		s.steps = append(s.steps, fmt.Sprintf(format, args...))
		if os.Getenv("DBG") != "" {
			fmt.Println("STEP", fmt.Sprintf(format, args...))
		}
	}
	switch s.rnd.IntN(22) {
	case 0, 1, 2:
		s.says("theirs", func(p jid.JID, text string) { s.v.wrote(p, text, false) })
	case 3:
		s.says("copy", func(p jid.JID, text string) { s.v.wrote(p, text, true) })
	case 4:
		s.says("elsewhere", s.v.elsewhere)
	case 5, 6, 7:
		p, text := s.peer(), s.text()
		note("ours %s", text)
		s.ours[p] = append(s.ours[p], s.send(p, text))
	case 8, 9:
		note("hear %d", some)
		s.v.hear(some)
	case 10, 11, 12:
		note("deliver %d", some)
		s.v.deliver(some)
		if s.rnd.IntN(2) == 0 {
			s.taken()
		}
	case 13:
		note("ack")
		s.v.ack()
	case 14:
		note("their h is heard")
		s.v.hearAck()
	case 15:
		note("cut, %d more arrive", some-1)
		s.v.cut(some - 1)
	case 16:
		if s.refuses {
			s.v.mu.Lock()
			s.v.tombs = s.rnd.IntN(2) == 0
			s.v.mu.Unlock()
			note("session lost, h %t", s.v.tombs)
			s.v.forget()
		}
	case 17:
		note("crash")
		s.again()
		s.account.SignIn()
	case 18, 19:
		s.aBatch(note, some)
	case 20:
		note("connect")
		if err := s.account.ConnectNow(context.Background()); err != nil {
			s.tb.Fatal(err)
		}
		s.barrier()
	case 21:
		note("time")
		s.later(time.Duration(some) * 5 * time.Second)
	}
}

// aBatch is one whose contents are known, and which may be lost.
func (s *schedule) aBatch(note func(string, ...any), some int) {
	f := fate(s.rnd.IntN(3))
	what := []string{"kept", "lost", "undone"}[f]
	cut, write := s.rnd.IntN(3) == 0, s.rnd.IntN(2) == 0
	p, text := s.peer(), s.text()
	note("batch %s of %d, cut %t, ours %t (%s)", what, some, cut, write, text)
	var commands []func()
	if write {
		commands = append(commands, func() {
			id, err := s.account.SendMessage(context.Background(), model.ChatID{Account: romeo, Peer: p}, text, "")
			if err == nil {
				s.ours[p] = append(s.ours[p], id)
			}
		})
	}
	s.batch(f, func() {
		s.v.deliver(some)
		if cut {
			s.v.cut(s.rnd.IntN(3))
		}
	}, commands...)
}

// end lets all come that can come.
func (s *schedule) end() {
	if s.refuses {
		s.v.forget()
	}
	for range 5 {
		s.online()
		s.quiet()
		s.later(3 * time.Minute)
		s.quiet()
	}
}

// check holds what there is against what must be.
func (s *schedule) check() {
	for _, p := range []jid.JID{juliet, nurse} {
		var want []string
		s.v.mu.Lock()
		for _, a := range s.v.held {
			if a.with == p {
				want = append(want, a.body)
			}
		}
		s.v.mu.Unlock()
		got := s.reads(p)
		if !s.v.noArchive {
			if !slices.Equal(got, want) {
				s.tb.Errorf("%s reads\n %q\nwant\n %q", p, got, want)
			}
		} else if once := slices.Sorted(slices.Values(got)); !slices.Equal(once, slices.Sorted(slices.Values(want))) {
			s.tb.Errorf("%s reads\n %q\nwant each once of\n %q", p, got, want)
		} else if t := only(got, s.their[p]); !slices.Equal(t, s.their[p]) {
			s.tb.Errorf("%s: theirs read\n %q\nwant\n %q", p, t, s.their[p])
		}
		for _, id := range s.ours[p] {
			if n := s.v.took[string(id)]; n != 1 {
				s.tb.Errorf("%s of ours was taken %d times", id, n)
			}
			if d := s.delivery(id); d != model.Acked {
				s.tb.Errorf("%s of ours is %s", id, d)
			}
		}
		left := slices.DeleteFunc(slices.Clone(s.v.order), func(id string) bool {
			return !slices.Contains(s.ours[p], model.MessageID(id))
		})
		for i, id := range left {
			if i < len(s.ours[p]) && id != string(s.ours[p][i]) {
				s.tb.Errorf("%s: ours left out of order", p)
				break
			}
		}
	}
	out, err := s.store.Outbox(context.Background(), romeo)
	if err != nil || len(out) > 0 {
		s.tb.Errorf("the outbox has %d left, %v", len(out), err)
	}
	s.checkEvents()
	s.checkChats()
}

// checkEvents looks for what nobody may see twice, or backwards.
func (s *schedule) checkEvents() {
	added := map[model.MessageID]bool{}
	at := map[model.MessageID]model.Delivery{}
	for _, ev := range told[event.MessageAdded](s.desk) {
		if added[ev.Message.ID] {
			s.tb.Errorf("%q was added twice", ev.Message.Body)
		}
		added[ev.Message.ID] = true
		at[ev.Message.ID] = ev.Message.Delivery
	}
	steps := map[model.Delivery]string{
		model.Queued: "queued sent acked", model.Sent: "queued sent acked", model.Acked: "acked",
	}
	for _, ev := range told[event.MessageChanged](s.desk) {
		was, is := at[ev.Message.ID], ev.Message.Delivery
		if was != "" && !strings.Contains(steps[was], string(is)) {
			s.tb.Errorf("%q went from %s to %s", ev.Message.Body, was, is)
		}
		at[ev.Message.ID] = is
	}
}

// checkChats holds the list of chats against their messages.
func (s *schedule) checkChats() {
	chats, err := s.store.Chats(context.Background(), romeo)
	if err != nil {
		s.tb.Fatal(err)
	}
	for _, c := range chats {
		page, _, err := s.store.History(context.Background(), c.ID, "", 1<<20)
		if err != nil {
			s.tb.Fatal(err)
		}
		unread := 0
		for _, m := range slices.Backward(page) {
			if m.ID == c.ReadUpTo {
				break
			}
			if !m.Outgoing {
				unread++
			}
		}
		if s.whole && c.Unread != unread || c.Unread > unread || c.Last.ID != page[len(page)-1].ID {
			s.tb.Errorf("%s: %d unread and %q last, want %d and %q", c.ID.Peer, c.Unread, c.Last.Body, unread, page[len(page)-1].Body)
		}
	}
}

// only are those of list that are among these, in list's order.
func only(list, these []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return !slices.Contains(these, s) })
}

// rounds is how many schedules are tried; DOVEKIE_TEST_ROUNDS may ask for more.
func rounds(t *testing.T, usual int) (first, n uint64) {
	if s := os.Getenv("DOVEKIE_TEST_SEED"); s != "" {
		seed, err := strconv.ParseUint(s, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		return seed, 1
	}
	if s := os.Getenv("DOVEKIE_TEST_ROUNDS"); s != "" {
		n, err := strconv.ParseUint(s, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		return 0, n
	}
	return 0, uint64(usual)
}

// TestAnyScheduleLosesNothingAndShowsNothingTwice lets copies of messages come by
// themselves, from other devices, from the archive and from resumed sessions, between cuts,
// crashes, refusals and batches that cannot be stored.
func TestAnyScheduleLosesNothingAndShowsNothingTwice(t *testing.T) {
	for name, tt := range map[string]struct {
		server  func(*verona)
		refuses bool
	}{
		"with an archive":              {func(*verona) {}, true},
		"without an archive, with ids": {func(v *verona) { v.noArchive, v.announced = true, "<feature var='urn:xmpp:sid:0'/>" }, false},
		"without anything":             {func(v *verona) { v.noArchive, v.noIDs, v.announced = true, true, "<feature var='jabber:iq:version'/>" }, false},
	} {
		t.Run(name, func(t *testing.T) {
			first, n := rounds(t, 12)
			for seed := first; seed < first+n; seed++ {
				t.Run(fmt.Sprint(seed), func(t *testing.T) {
					s := &schedule{
						desk: newDesk(t, tt.server), rnd: rand.New(rand.NewPCG(seed, 7)), refuses: tt.refuses,
						ours: map[jid.JID][]model.MessageID{}, their: map[jid.JID][]string{},
					}
					s.v.limit = 1 + s.rnd.IntN(8)
					s.signIn()
					if seed%2 == 0 {
						s.quiet()
						s.whole = true
					}
					for range 90 {
						s.step()
					}
					s.end()
					s.check()
					if t.Failed() {
						t.Logf("schedule: %s", strings.Join(s.steps, "; "))
					}
				})
			}
		})
	}
}
