//go:build soak

package soak_test

import (
	"fmt"
	"slices"
	"sync"
	"time"
)

// side tells an account's own messages from those of its peer.
type side int

const (
	own side = iota
	peers
)

func (s side) String() string { return either(s == own, "own", "received") }

// ledger is all that an account was ever shown: by events, and by pages of the history
// at any time of any life.
type ledger struct {
	seed  uint64
	names [2]string // of the account and of its peer

	mu      sync.Mutex // guards all below
	ids     [2]map[int][]string
	all     map[string]string // every text's id, and what it was
	newest  [2]int
	altered []string // texts that nobody sent, or sent by another
	unruly  []rebuke // what a page showed that a page must not show, each once
	taken   []string // texts that were shown and taken away
}

// rebuke is what a page showed that a page must not show.
type rebuke struct {
	side   side
	n      int
	behind int       // the number before it, which is higher; 0 if n was there twice
	at     time.Time // of the question
	text   string
}

func newLedger(seed uint64, self, peer string) *ledger {
	return &ledger{seed: seed, names: [2]string{self, peer}, ids: [2]map[int][]string{{}, {}}, all: map[string]string{}}
}

// place says which message this is; false for one that nobody sent.
func (l *ledger) place(m message) (s side, n int, ok bool) {
	s = peers
	if m.Outgoing {
		s = own
	}
	sender, n, ok := nameOf(m.Body)
	return s, n, ok && sender == l.names[s] && m.Body == bodyOf(l.seed, sender, n)
}

// shown records that a message was seen.
func (l *ledger) shown(m message) {
	l.mu.Lock()
	defer l.mu.Unlock()
	s, n, ok := l.place(m)
	if !ok {
		if len(l.altered) < 50 {
			l.altered = append(l.altered, fmt.Sprintf("%s %s %q", s, m.ID, clip(m.Body)))
		}
		return
	}
	l.newest[s] = max(l.newest[s], n)
	l.all[m.ID] = fmt.Sprint(s, " ", n)
	if !slices.Contains(l.ids[s][n], m.ID) {
		l.ids[s][n] = append(l.ids[s][n], m.ID)
	}
}

// removed records that the program took something away; gaps are no texts.
func (l *ledger) removed(id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if what, ok := l.all[id]; ok {
		l.taken = append(l.taken, what+" as "+id)
	}
}

// page records a page that was read in the middle of things: whatever is missing in it,
// nothing may be in it twice, and each sender's messages must be in order. It is as old as
// the question, at most.
func (l *ledger) page(ms []message, asked time.Time) {
	for _, m := range ms {
		if isText(m) {
			l.shown(m)
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	var last [2]int
	seen := [2]map[int]string{{}, {}}
	for _, m := range ms {
		s, n, ok := l.place(m)
		if !ok || !isText(m) {
			continue
		}
		switch {
		case seen[s][n] != "":
			l.rebuke(rebuke{at: asked, side: s, n: n, text: fmt.Sprintf("%s %d twice in a page, as %s and %s", s, n, seen[s][n], m.ID)})
		case n < last[s]:
			l.rebuke(rebuke{at: asked, side: s, n: n, behind: last[s], text: fmt.Sprintf("%s %d behind %d in a page", s, n, last[s])})
		}
		seen[s][n], last[s] = m.ID, n
	}
}

func (l *ledger) rebuke(r rebuke) {
	if !slices.ContainsFunc(l.unruly, func(o rebuke) bool { return o.text == r.text }) {
		l.unruly = append(l.unruly, r)
	}
}

// reached is the highest number seen of a side.
func (l *ledger) reached(s side) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.newest[s]
}

func isText(m message) bool { return m.Kind == "" || m.Kind == "text" }

func clip(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}
