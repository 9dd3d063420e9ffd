//go:build soak

package soak_test

import (
	"bytes"
	"fmt"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"time"
)

// class is what a finding counts as.
type class int

const (
	lost        class = iota // asked for and answered, and not with the receiver
	doubled                  // shown twice, or ever shown under two ids
	disordered               // out of the order of sending
	altered                  // a text that nobody sent
	ownLost                  // missing from the sender's own history
	unsent                   // never acknowledged, as the sender's history has it
	withdrawn                // shown, and taken away again
	renumbered               // another id than before
	interleaved              // not where the archive has it
	gaps                     // places marked as incomplete at the end
	unruly                   // doubled or disordered in a page read in between
	unsettled                // accounts that did not come to rest
	surrendered              // an account stopped trying by itself
	crashed                  // a process ended by itself
	troubled                 // anything else that must not happen
	serverLost               // lost, and the server's own words prove that it had the message
	serverTwice              // in an archive twice, under the id that the sender gave it
	serverOrder              // wrong in passing, as the server delivered it
	serverThrew              // gave up, because the server threw out the only stream there was
	classes
)

var classNames = [classes]string{
	"lost", "doubled", "out of order", "altered", "lost from the sender's history", "never acknowledged", "taken away", "id changed",
	"not in the archive's order", "gaps left", "wrong in passing", "not settled", "gave up", "crashed", "other trouble", "lost by the server",
	"kept twice by the server", "delivered out of order", "thrown out by the server",
}

func (c class) String() string { return classNames[c] }

// verdict is what a run comes to.
type verdict struct {
	counts   [classes]int
	findings [classes][]string
}

func (v *verdict) add(c class, format string, args ...any) {
	v.counts[c]++
	v.findings[c] = append(v.findings[c], fmt.Sprintf(format, args...))
}

// passed says that nothing went wrong that is ours.
func (v *verdict) passed() bool {
	for c, n := range v.counts {
		if n > 0 && class(c) < serverLost {
			return false
		}
	}
	return true
}

// judge compares what was asked for with what both sides of each pair have.
func judge(all []*harvest) *verdict {
	v := &verdict{}
	byName := map[string]*harvest{}
	for _, h := range all {
		byName[h.name] = h
	}
	for _, h := range all {
		if h.before.err != nil || h.after.err != nil || h.archiveErr != nil {
			v.add(troubled, "%s: reading back: %v, %v, %v", h.name, h.before.err, h.after.err, h.archiveErr)
		}
		peer := byName[h.peer.name]
		v.received(peer, h)
		v.own(h)
		v.identities(h)
		v.order(h)
		v.repeated(h)
	}
	return v
}

// numbers are the messages of one side in the order of a history, and how often each is
// there.
func (h *harvest) numbers(s side, texts []message) (order []int, times map[int]int) {
	times = map[int]int{}
	for _, m := range texts {
		if at, n, ok := h.shown.place(m); ok && at == s {
			if times[n]++; times[n] == 1 {
				order = append(order, n)
			}
		}
	}
	return order, times
}

// received compares what from sent with what to has.
func (v *verdict) received(from, to *harvest) {
	order, times := to.numbers(peers, to.after.texts)
	for n := 1; n <= len(from.sent); n++ {
		if times[n] == 0 {
			v.missing(from, to, n)
		}
	}
	v.twice(from, to, peers, times)
	if wrong := misplaced(order); wrong > 0 {
		v.counts[disordered] += wrong - 1
		v.add(disordered, "%s has %d messages of %s out of order, the first around %s", to.name, wrong, from.name, firstFall(order))
	}
	for _, m := range to.after.texts {
		if _, _, ok := to.shown.place(m); !ok {
			v.add(altered, "%s has %s: %q", to.name, m.ID, clip(m.Body))
		}
	}
	for _, text := range to.shown.altered {
		v.add(altered, "%s was shown %s", to.name, text)
	}
}

// missing decides whose loss it is. Ours, unless the server's words prove the contrary. An
// archive gets a message before the receiver does; where there is none, only the
// receiver's own wire can tell that it never came.
func (v *verdict) missing(from, to *harvest, n int) {
	body := bodyOf(from.shown.seed, from.name, n)
	mark := fmt.Sprintf("%s %d ", from.name, n)
	there, _ := kept(to.archive, body)
	sent, copies := kept(from.archive, body)
	quote, acked := from.acknowledged(mark)
	what := fmt.Sprintf("%s %d (%s) to %s", from.name, n, from.sent[n-1], to.name)
	switch {
	case there != "":
		v.add(lost, "%s: in the receiver's archive as %s, not in its history", what, there)
	case to.sawOnWire(mark):
		v.add(lost, "%s: it came over the receiver's wire", what)
	case copies > 0:
		v.add(serverLost, "%s: in the sender's archive as %s, but the server kept none for the receiver; sender's wire: %s", what, sent, quote)
	case acked && (to.plain || !to.unarchived):
		v.add(serverLost, "%s: in no archive; sender's wire: %s", what, quote)
	default:
		v.add(lost, "%s: in no archive; sender's wire: %s", what, quote)
	}
}

// kept finds a text in an archive.
func kept(all []archived, body string) (first string, times int) {
	for _, m := range all {
		if m.body == body {
			if times++; times == 1 {
				first = m.id + " of " + m.stamp
			}
		}
	}
	return first, times
}

// acknowledged asks the wire, where it can be read.
func (a *account) acknowledged(mark string) (string, bool) {
	if !a.plain {
		return "encrypted", false
	}
	all, err := a.talks()
	if err != nil {
		return err.Error(), false
	}
	return ackAmong(all, mark)
}

// sawOnWire says whether the mark came down to the account, where that can be read.
func (a *account) sawOnWire(mark string) bool {
	if !a.plain {
		return false
	}
	all, err := a.talks()
	return err == nil && slices.ContainsFunc(all, func(c *conversation) bool { return bytes.Contains(c.came.Bytes(), []byte(mark)) })
}

// departures says how often the mark left the sender, and what the server said that it had
// handled when it was sent again.
func (a *account) departures(mark string) string {
	if !a.plain {
		return "the sender's wire is encrypted"
	}
	all, err := a.talks()
	if err != nil {
		return err.Error()
	}
	var told []string
	for _, c := range all {
		if n, ok := c.numberOf(mark); ok {
			told = append(told, fmt.Sprintf("left as stanza %d of a session that had %d handled", n, c.base()))
		}
	}
	return "on the sender's wire: " + strings.Join(told, ", then ")
}

func (a *account) wire() string { return filepath.Join(filepath.Dir(a.folder), "wire.log") }

// twice reports what of a sender is in a history twice, or was ever shown under two ids.
func (v *verdict) twice(from, h *harvest, s side, times map[int]int) {
	numbers := map[int]bool{}
	for n, k := range times {
		if k > 1 {
			numbers[n] = true
		}
	}
	for n, ids := range h.shown.ids[s] {
		if len(ids) > 1 {
			numbers[n] = true
		}
	}
	for n := range numbers {
		sender := h.shown.names[s]
		_, copies := kept(h.archive, bodyOf(h.shown.seed, sender, n))
		v.add(doubled, "%s %d at %s: %d times in the history, shown as %v; %d times in its archive; %s",
			sender, n, h.name, times[n], h.shown.ids[s][n], copies, from.departures(fmt.Sprintf("%s %d ", sender, n)))
	}
}

// own compares what was asked for with the sender's own history.
func (v *verdict) own(h *harvest) {
	order, times := h.numbers(own, h.after.texts)
	last := map[int]message{}
	for _, m := range h.after.texts {
		if s, n, ok := h.shown.place(m); ok && s == own {
			last[n] = m
		}
	}
	for n := 1; n <= len(h.sent); n++ {
		m, ok := last[n]
		switch {
		case !ok:
			v.add(ownLost, "%s %d (%s)", h.name, n, h.sent[n-1])
			continue
		case m.ID != h.sent[n-1]:
			v.add(renumbered, "%s %d was %s when it was sent and is %s", h.name, n, h.sent[n-1], m.ID)
		}
		if !final(m.Delivery) {
			v.add(unsent, "%s %d (%s) is %s, in doubt: %v", h.name, n, m.ID, m.Delivery, m.InDoubt)
		}
	}
	v.twice(h, h, own, times)
	if wrong := misplaced(order); wrong > 0 {
		v.counts[disordered] += wrong - 1
		v.add(disordered, "%s has %d of its own messages out of order, the first around %s", h.name, wrong, firstFall(order))
	}
}

// identities compares the two readings: a restart changes nothing.
func (v *verdict) identities(h *harvest) {
	bodies := map[string]string{}
	for _, m := range h.after.texts {
		bodies[m.ID] = m.Body
	}
	for _, m := range h.before.texts {
		if bodies[m.ID] != m.Body {
			v.add(renumbered, "%s: %s was %q before the restart and is %q", h.name, m.ID, clip(m.Body), clip(bodies[m.ID]))
		}
	}
	if h.after.gaps > 0 {
		v.add(gaps, "%s has %d gaps", h.name, h.after.gaps)
	}
	for _, text := range h.shown.taken {
		v.add(withdrawn, "%s: %s", h.name, text)
	}
	for _, r := range h.shown.unruly {
		if proof, ok := h.deliveredSo(r); ok {
			v.add(serverOrder, "%s: %s; %s", h.name, r.text, proof)
			continue
		}
		v.add(unruly, "%s: %s", h.name, r.text)
	}
}

func (v *verdict) gaveUp(s surrender) {
	if proof, ok := s.thrownOut(); ok {
		v.add(serverThrew, "%s; %s", s, proof)
		return
	}
	v.add(surrendered, "%s", s)
}

// repeated reports what the server keeps twice for an account: the id is the sender's, and
// with it the text.
func (v *verdict) repeated(h *harvest) {
	times := map[string][]string{}
	for _, m := range h.archive {
		if m.wireID != "" {
			mark := m.wireID + " " + m.body
			times[mark] = append(times[mark], m.id+" of "+m.stamp)
		}
	}
	for _, m := range h.archive {
		mark := m.wireID + " " + m.body
		if all := times[mark]; len(all) > 1 {
			v.add(serverTwice, "%s: %q, which its sender called %s, is in the archive as %s", h.name, clip(m.body), m.wireID, strings.Join(all, " and "))
			delete(times, mark)
		}
	}
}

// late is how long a page of the archive may take from the wire to a history.
const late = 2 * time.Second

// deliveredSo looks whether what a page showed in the wrong order came over the wire in
// that order, or in the archive's pages, and none of these had said better by then. It is the receiver's wire
// that tells; of what we sent ourselves it does not.
func (a *account) deliveredSo(r rebuke) (string, bool) {
	if !a.plain || r.side != peers || r.behind == 0 {
		return "", false
	}
	came, err := a.arrivals()
	if err != nil {
		return "", false
	}
	n, other := came[r.n], came[r.behind]
	if n.first == "" || other.first == "" || n.archive != "" && n.archive < stamp(r.at.Add(-late)) {
		return "", false // or we knew its place
	}
	if other.archive != "" && (n.archive == "" || n.archive > other.archive) {
		return fmt.Sprintf("a page of the archive at %s showed %d and not %d, which another one showed at %s",
			other.archive, r.behind, r.n, either(n.archive == "", "no time", n.archive)), true
	}
	if n.order < other.order {
		return "", false
	}
	return fmt.Sprintf("%d came at %s, %d at %s, and no page of the archive showed it before %s",
		r.behind, other.first, r.n, n.first, either(n.archive == "", "the end", n.archive)), true
}

// order compares the whole chat, both directions, with the order of the archive. What the
// server keeps twice may stand at either place.
func (v *verdict) order(h *harvest) {
	at := map[string][]int{}
	for i, m := range h.archive {
		at[m.body] = append([]int{i}, at[m.body]...) // the last one first
	}
	known := 0
	var places []int
	for _, m := range h.after.texts {
		if all := at[m.Body]; len(all) > 0 {
			known++
			places = append(places, all...)
		}
		delete(at, m.Body)
	}
	// Places of one message fall, so an increasing subsequence takes one of them at most.
	if wrong := known - increasing(places); wrong > 0 {
		v.counts[interleaved] += wrong - 1
		v.add(interleaved, "%s has %d messages elsewhere than its archive, the first around place %s", h.name, wrong, firstFall(places))
	}
}

// misplaced is how many numbers would have to move for the rest to be in order.
func misplaced(numbers []int) int { return len(numbers) - increasing(numbers) }

// increasing is the length of the longest increasing subsequence.
func increasing(numbers []int) int {
	var tails []int
	for _, n := range numbers {
		i := sort.SearchInts(tails, n)
		if i == len(tails) {
			tails = append(tails, n)
		} else {
			tails[i] = n
		}
	}
	return len(tails)
}

// firstFall shows the numbers around the first that is smaller than the one before.
func firstFall(numbers []int) string {
	for i := 1; i < len(numbers); i++ {
		if numbers[i] < numbers[i-1] {
			return fmt.Sprint(numbers[max(0, i-3):min(len(numbers), i+3)])
		}
	}
	return "none"
}
