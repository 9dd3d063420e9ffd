//go:build soak

package soak_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// couple is a pair that has exchanged five messages from alice to bob, as it should be.
func couple() (alice, bob *harvest) {
	const seed = 7
	a, b := &account{name: "alice"}, &account{name: "bob"}
	a.peer, b.peer = b, a
	a.shown, b.shown = newLedger(seed, "alice", "bob"), newLedger(seed, "bob", "alice")
	alice, bob = &harvest{account: a}, &harvest{account: b}
	for n := 1; n <= 5; n++ {
		body := bodyOf(seed, "alice", n)
		mine := message{ID: fmt.Sprint("m", n), Body: body, Outgoing: true, Delivery: "delivered"}
		theirs := message{ID: fmt.Sprint("r", n), Body: body}
		a.sent = append(a.sent, mine.ID)
		alice.after.texts = append(alice.after.texts, mine)
		bob.after.texts = append(bob.after.texts, theirs)
		alice.archive = append(alice.archive, archived{id: fmt.Sprint("A", n), body: body})
		bob.archive = append(bob.archive, archived{id: fmt.Sprint("B", n), body: body})
		a.shown.shown(mine)
		b.shown.shown(theirs)
	}
	alice.before, bob.before = alice.after, bob.after
	alice.before.texts, bob.before.texts = slices.Clone(alice.after.texts), slices.Clone(bob.after.texts)
	return alice, bob
}

func TestVerdictFindsWhatIsWrongAndNothingElse(t *testing.T) {
	drop := func(texts []message, i int) []message { return slices.Delete(slices.Clone(texts), i, i+1) }
	cases := []struct {
		name  string
		spoil func(alice, bob *harvest)
		want  map[class]int
	}{
		{"nothing", func(_, _ *harvest) {}, nil},
		{"lost, though archived", func(_, b *harvest) {
			b.after.texts = drop(b.after.texts, 2)
			b.before.texts = drop(b.before.texts, 2)
		}, map[class]int{lost: 1}},
		{"lost everywhere, without a word of the server", func(a, b *harvest) {
			b.after.texts, b.before.texts = drop(b.after.texts, 4), drop(b.before.texts, 4)
			a.archive, b.archive = a.archive[:4], b.archive[:4]
		}, map[class]int{lost: 1}},
		{"lost by the server, by its own archive", func(_, b *harvest) {
			b.after.texts, b.before.texts = drop(b.after.texts, 4), drop(b.before.texts, 4)
			b.archive = b.archive[:4]
		}, map[class]int{serverLost: 1}},
		{"twice", func(_, b *harvest) {
			again := b.after.texts[1]
			again.ID = "r9"
			b.after.texts = append(b.after.texts, again)
			b.shown.shown(again)
		}, map[class]int{doubled: 1}},
		{"twice for a moment", func(_, b *harvest) {
			again := b.after.texts[1]
			again.ID = "r9"
			b.shown.shown(again)
		}, map[class]int{doubled: 1}},
		{"one out of order", func(_, b *harvest) {
			b.after.texts[1], b.after.texts[2] = b.after.texts[2], b.after.texts[1]
		}, map[class]int{disordered: 1, interleaved: 1}},
		{"altered", func(_, b *harvest) {
			b.after.texts[3].Body += "!"
			b.before.texts[3].Body += "!"
			b.shown.shown(b.after.texts[3])
		}, map[class]int{lost: 1, altered: 2}}, // in the history, and when it was shown
		{"gone from the sender", func(a, _ *harvest) {
			a.after.texts, a.before.texts = drop(a.after.texts, 0), drop(a.before.texts, 0)
		}, map[class]int{ownLost: 1}},
		{"in doubt", func(a, _ *harvest) { a.after.texts[4].Delivery = "sent" }, map[class]int{unsent: 1}},
		{"renamed by the restart", func(_, b *harvest) { b.before.texts[0].ID = "r0" }, map[class]int{renumbered: 1}},
		{"renamed since it was sent", func(a, _ *harvest) { a.sent[0] = "m0" }, map[class]int{renumbered: 1}},
		{"elsewhere than the archive", func(_, b *harvest) {
			b.archive[0], b.archive[4] = b.archive[4], b.archive[0]
		}, map[class]int{interleaved: 2}},
		{"kept twice by the server, shown once", func(_, b *harvest) {
			b.archive = append(b.archive, b.archive[1])
		}, nil},
		{"kept twice by the server under the sender's id, shown once", func(_, b *harvest) {
			b.archive[1].wireID = "u2"
			b.archive = append(b.archive, b.archive[1])
		}, map[class]int{serverTwice: 1}},
		{"kept twice by the server under the sender's id, and shown twice", func(_, b *harvest) {
			b.archive[1].wireID = "u2"
			b.archive = append(b.archive, b.archive[1])
			again := b.after.texts[1]
			again.ID = "r9"
			b.after.texts = append(b.after.texts, again)
			b.shown.shown(again)
		}, map[class]int{serverTwice: 1, doubled: 1}},
		{"two messages with one id", func(_, b *harvest) {
			b.archive[1].wireID, b.archive[2].wireID = "u2", "u2"
		}, nil},
		{"kept twice by the server, shown at neither place", func(_, b *harvest) {
			b.archive[1].wireID = "u2"
			b.archive = slices.Insert(b.archive, 3, b.archive[1])
			t := b.after.texts
			b.after.texts = append([]message{t[0], t[2], t[3], t[4]}, t[1])
		}, map[class]int{serverTwice: 1, disordered: 1, interleaved: 1}},
		{"a gap left", func(_, b *harvest) { b.after.gaps = 1 }, map[class]int{gaps: 1}},
	}
	for _, c := range cases {
		a, b := couple()
		c.spoil(a, b)
		v := judge([]*harvest{a, b})
		for k, n := range v.counts {
			if n != c.want[class(k)] {
				t.Errorf("%s: %s %d instead of %d: %v", c.name, class(k), n, c.want[class(k)], v.findings[k])
			}
		}
		ours := 0
		for k := range c.want {
			ours += either(k < serverLost, 1, 0)
		}
		if v.passed() != (ours == 0) {
			t.Errorf("%s: passed is %v", c.name, v.passed())
		}
	}
}

// TestLossIsOursWhenTheMessageCameOverTheWire: whatever the archives say.
func TestLossIsOursWhenTheMessageCameOverTheWire(t *testing.T) {
	a, b := couple()
	b.plain, b.folder = true, filepath.Join(t.TempDir(), "folder")
	j := newJournal(t, b.wire(), true)
	j.carried(1, false, true, []byte("<message><body>ali"))
	j.carried(1, false, true, []byte("ce 5 and so on</body></message>"))
	b.after.texts, b.archive = b.after.texts[:4], b.archive[:4]
	if v := judge([]*harvest{a, b}); v.counts[lost] != 1 || v.counts[serverLost] != 0 {
		t.Errorf("%v", v.findings)
	}
}

// TestAcknowledgementDoesNotClearTheReceiver: without an archive it may have come and been
// lost there, unless its wire shows that it did not.
func TestAcknowledgementDoesNotClearTheReceiver(t *testing.T) {
	for _, readable := range []bool{false, true} {
		a, b := couple()
		a.plain, a.folder = true, filepath.Join(t.TempDir(), "folder")
		b.plain, b.folder = readable, filepath.Join(t.TempDir(), "folder")
		a.unarchived, b.unarchived = true, true
		j := newJournal(t, a.wire(), true)
		newJournal(t, b.wire(), true)
		j.carried(1, true, true, []byte("<enable/><message><body>alice 5 and so on</body></message>"))
		j.carried(1, false, false, []byte("<a h='1'/>"))
		a.archive, b.archive = nil, nil
		b.after.texts = b.after.texts[:4]
		v := judge([]*harvest{a, b})
		if ours := v.counts[lost] == 1; ours == readable || v.counts[lost]+v.counts[serverLost] != 1 {
			t.Errorf("receiver's wire readable: %v: %v", readable, v.findings)
		}
	}
}

func TestPageReadInPassingMustHoldTogether(t *testing.T) {
	a, b := couple()
	ms := b.after.texts
	b.shown.page(ms, time.Now())
	a.shown.page(a.after.texts, time.Now())
	if len(b.shown.unruly)+len(a.shown.unruly) != 0 {
		t.Errorf("good pages: %v %v", a.shown.unruly, b.shown.unruly)
	}
	b.shown.page([]message{ms[1], ms[0], ms[0]}, time.Now())
	if len(b.shown.unruly) != 2 {
		t.Errorf("a page with one behind another and one twice: %v", b.shown.unruly)
	}
}

// TestDisorderInPassingIsTheServersOnlyByItsWire: it must have come in that order, and no
// page of the archive, in good time, must have told the right one.
func TestDisorderInPassingIsTheServersOnlyByItsWire(t *testing.T) {
	live := func(n int) string { return fmt.Sprintf("<message><body>alice %d and so on</body></message>", n) }
	paged := func(n int) string {
		return "<message><result id='x' queryid='Q'><forwarded>" + live(n) + "</forwarded></result></message><fin xmlns='urn:xmpp:mam:2'/>"
	}
	other := func(n int) string { return strings.Replace(paged(n), "'Q'", "'P'", 1) }
	const life = "a life begins"

	cases := []struct {
		name  string
		plain bool
		came  []string
		ago   time.Duration // how long before the page
		want  class
	}{
		{"as it came", true, []string{live(1), live(3), live(2)}, 0, serverOrder},
		{"as it came, but nobody can read the wire", false, []string{live(1), live(3), live(2)}, 0, unruly},
		{"it came in order", true, []string{live(1), live(2), live(3)}, 0, unruly},
		{"it never came", true, []string{live(1), live(3)}, 0, unruly},
		{"a page told better, long ago", true, []string{live(3), live(2), paged(2)}, time.Minute, unruly},
		{"a page told better, this moment", true, []string{live(3), live(2), paged(2)}, 0, serverOrder},
		{"a page brought another's", true, []string{live(3), strings.ReplaceAll(paged(1), "alice", "bob"), live(2)}, time.Minute, serverOrder},
		{"a page lacked it, though it had come", true, []string{live(2), paged(1), other(3)}, 0, serverOrder},
		{"a page that told better was cut", true, []string{live(3), live(2), strings.Split(paged(2), "<fin")[0]}, time.Minute, serverOrder},
		{"a page had both", true, []string{live(2), paged(2), other(3)}, time.Minute, unruly},
		{"a page did not have it", true, []string{paged(1), other(3), live(2)}, time.Minute, serverOrder},
		{"the answer to a question that was answered", true, []string{live(3), paged(1), live(2), paged(2)}, time.Minute, serverOrder},
		{"the second answer in the same moment", true, []string{live(3), paged(1) + paged(2), live(2)}, time.Minute, serverOrder},
		{"the answer to nobody's question", true, []string{live(3), live(2), strings.Replace(paged(2), "'Q'", "'N'", 1)}, time.Minute, serverOrder},
		{"the answer to the question of one that was killed", true, []string{live(3), live(2), life, paged(2)}, time.Minute, serverOrder},
	}
	for _, c := range cases {
		a, b := couple()
		b.plain, b.folder = c.plain, filepath.Join(t.TempDir(), "folder")
		j := newJournal(t, b.wire(), true)
		link := 1
		j.carried(link, true, true, []byte("<iq><query queryid='Q'/></iq><iq><query queryid='P'/></iq>"))
		for _, s := range c.came {
			if s == life {
				j.life()
				link++
				continue
			}
			j.carried(link, false, true, []byte(s))
			time.Sleep(2 * time.Millisecond)
		}
		ms := b.after.texts
		b.shown.page([]message{ms[0], ms[2], ms[1]}, time.Now().Add(c.ago))
		v := judge([]*harvest{a, b})
		if v.counts[c.want] != 1 || v.counts[unruly]+v.counts[serverOrder] != 1 || v.passed() != (c.want == serverOrder) {
			t.Errorf("%s: %v", c.name, v.findings)
		}
	}
	// Nor does the wire excuse a page that has a message twice, or our own out of order.
	a, b := couple()
	b.plain, b.folder = true, filepath.Join(t.TempDir(), "folder")
	a.plain, a.folder = true, filepath.Join(t.TempDir(), "folder")
	j := newJournal(t, b.wire(), true)
	newJournal(t, a.wire(), true)
	j.carried(1, false, true, []byte(live(3)+live(2)+live(2)))
	b.shown.page([]message{b.after.texts[1], b.after.texts[1]}, time.Now())
	a.shown.page([]message{a.after.texts[2], a.after.texts[1]}, time.Now())
	if v := judge([]*harvest{a, b}); v.counts[unruly] != 2 {
		t.Errorf("%v", v.findings)
	}
}

// TestGivingUpIsOursUnlessTheNewestStreamWasThrownOut: a program that goes on with an old
// stream, or stops for any other reason, is not excused.
func TestGivingUpIsOursUnlessTheNewestStreamWasThrownOut(t *testing.T) {
	const conflict = "<stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>"
	cases := []struct {
		name   string
		plain  bool
		cause  string
		on     int // which of two streams the server ends
		passed bool
		want   class
	}{
		{"the newest", true, "conflict", 2, true, serverThrew},
		{"an older one", true, "conflict", 1, true, surrendered},
		{"the newest, but it never came", true, "conflict", 2, false, surrendered},
		{"for another reason", true, "credentials", 2, true, surrendered},
		{"nobody can read it", false, "conflict", 2, true, surrendered},
	}
	for _, c := range cases {
		a, _ := couple()
		a.plain, a.folder = c.plain, filepath.Join(t.TempDir(), "folder")
		j := newJournal(t, a.wire(), true)
		j.carried(1, true, true, []byte("<resume previd='x' h='1'/>"))
		j.carried(2, true, true, []byte("<resume previd='x' h='1'/>"))
		j.carried(c.on, false, c.passed, []byte(conflict))
		v := &verdict{}
		v.gaveUp(surrender{a.account, stamp(time.Now().Add(time.Second)), c.cause})
		if v.counts[c.want] != 1 || v.passed() != (c.want == serverThrew) {
			t.Errorf("%s: %v", c.name, v.findings)
		}
	}
}

func TestDeckHasEveryKindInProportion(t *testing.T) {
	for _, size := range []int{0, 5, 9, 60, 1000, 10_000} {
		var count [kinds]int
		d := newDeck(3, size, true)
		for {
			k, ok := d.next()
			if !ok {
				break
			}
			count[k]++
		}
		all := 0
		for k, n := range count {
			all += n
			if size >= int(kinds) && n == 0 || size == 10_000 && n != quota[k] {
				t.Errorf("of %d faults %d are %s", size, n, kind(k))
			}
		}
		if all != size {
			t.Errorf("%d faults instead of %d", all, size)
		}
	}
	if slices.Contains(newDeck(3, 10_000, false).cards, restart) {
		t.Error("a server without an archive would be restarted")
	}
	if a, b := newDeck(3, 100, true), newDeck(3, 100, true); !slices.Equal(a.cards, b.cards) {
		t.Error("the same seed gave another order")
	}
}
