//go:build soak

package soak_test

import (
	"math/rand/v2"
	"slices"
	"sync"
)

// kind is a kind of fault.
type kind int

const (
	fin       kind = iota // the connection ends at some byte, in good order of TCP
	rst                   // the same with a reset
	handshake             // the next connection ends at some byte before it is online
	stall                 // nothing passes for a while, then the connection ends
	slow                  // some hundred bytes a second for a while
	refused               // nobody listens for a while
	killed                // our process is killed
	halfOpen              // what is sent vanishes, and nobody is told
	restart               // the server restarts in good order
	kinds
)

var kindNames = [kinds]string{"cut", "reset", "handshake", "stall", "slow", "refused", "SIGKILL", "half-open", "restart"}

func (k kind) String() string { return kindNames[k] }

// quota is how many faults of each kind a run of 10,000 has.
var quota = [kinds]int{fin: 2300, rst: 1800, handshake: 1600, stall: 1100, slow: 1100, refused: 1100, killed: 650, halfOpen: 270, restart: 80}

// deck holds the faults of a run. Accounts take from it one after another.
type deck struct {
	mu     sync.Mutex
	cards  []kind
	dealt  int
	done   [kinds]int // carried out
	closed bool
}

// newDeck has the kinds in the proportions of quota, each at least once if there is
// room, in an order that the seed decides. A server without an archive is not restarted:
// what is on its way then, nothing can bring back.
func newDeck(seed uint64, size int, archive bool) *deck {
	want, all := quota, 0
	if !archive {
		want[fin] += want[restart]
		want[restart] = 0
	}
	shares := want
	for k, n := range want {
		shares[k] = n * size / 10_000
		if shares[k] == 0 && n > 0 && size >= int(kinds) {
			shares[k] = 1
		}
		all += shares[k]
	}
	for ; all > size; all-- {
		shares[slices.Index(shares[:], slices.Max(shares[:]))]--
	}
	shares[fin] += size - all // what rounding left
	d := &deck{}
	for k, n := range shares {
		d.cards = append(d.cards, slices.Repeat([]kind{kind(k)}, n)...)
	}
	r := rand.New(rand.NewPCG(seed, 1))
	r.Shuffle(len(d.cards), func(i, j int) { d.cards[i], d.cards[j] = d.cards[j], d.cards[i] })
	return d
}

// next deals a fault; false when there is none left or time is up.
func (d *deck) next() (kind, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed || d.dealt == len(d.cards) {
		return 0, false
	}
	d.dealt++
	return d.cards[d.dealt-1], true
}

// carriedOut counts a fault that has happened.
func (d *deck) carriedOut(k kind) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.done[k]++
}

// close deals no more.
func (d *deck) close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.closed = true
}

// progress is how many faults have happened, by kind and in all.
func (d *deck) progress() (byKind [kinds]int, all int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, n := range d.done {
		all += n
	}
	return d.done, all
}

// over says that nothing will be dealt any more.
func (d *deck) over() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.closed || d.dealt == len(d.cards)
}
