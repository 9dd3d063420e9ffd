package connection

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"dovekie/xmppsvc/trace"
)

// consoleMost is how many stanzas the console holds.
const consoleMost = 10_000

// Class sorts what travels, for the filters.
type Class int

// The classes.
const (
	ClassMessage Class = iota
	ClassPresence
	ClassIQ
	ClassNonza // what is no stanza: stream management, features, SASL
	classes
)

func classOf(name string) Class {
	switch name {
	case "message":
		return ClassMessage
	case "presence":
		return ClassPresence
	case "iq":
		return ClassIQ
	}
	return ClassNonza
}

// Filter says what the console shows.
type Filter struct {
	Hidden  [classes]bool
	HideIn  bool
	HideOut bool
	Address string // the other side, bare or full, or ""
	Text    string // in any letters' case, or ""
}

// item is an element with what the console found out about it.
type item struct {
	trace.Entry
	pair uint64        // Seq of the question to this answer, or of the answer
	took time.Duration // between the two, with the answer
}

// console holds the newest stanzas and which of them the filter lets through. Testing
// them all against a text takes longer than a frame, so older ones are tested in parts:
// see scan.
type console struct {
	items  []item // by Seq
	filter Filter
	query  string // Filter.Text folded
	// What is shown: older is found by scanning backwards, so it is newest first; newer is
	// what came since, oldest first.
	older, newer []uint64
	unscanned    int // items before this one are not tested yet
	asks         map[string][]uint64
}

// take adds what travelled, in its order; steps are not the console's.
func (c *console) take(entries []trace.Entry) {
	for _, e := range entries {
		if e.Kind != trace.KindStanza {
			continue
		}
		c.items = append(c.items, item{Entry: e})
		it := &c.items[len(c.items)-1]
		if e.Stanza == "iq" {
			c.match(it)
		}
		if c.lets(it) {
			c.newer = append(c.newer, e.Seq)
		}
	}
	// Room for a tenth more, so that old ones are not dropped one by one.
	if over := len(c.items) - consoleMost; over > consoleMost/10 {
		c.forget(over)
	}
}

// forget drops the oldest items.
func (c *console) forget(n int) {
	first := c.items[n].Seq
	c.items = slices.Clone(c.items[n:])
	c.unscanned = max(c.unscanned-n, 0)
	for len(c.older) > 0 && c.older[len(c.older)-1] < first {
		c.older = c.older[:len(c.older)-1]
	}
	if at, _ := slices.BinarySearch(c.newer, first); at > 0 {
		c.newer = slices.Clone(c.newer[at:])
	}
	for key, open := range c.asks {
		if open = slices.DeleteFunc(open, func(seq uint64) bool { return seq < first }); len(open) == 0 {
			delete(c.asks, key)
		} else {
			c.asks[key] = open
		}
	}
}

// clear drops everything.
func (c *console) clear() {
	*c = console{filter: c.filter, query: c.query}
}

// match pairs an answer with its question: the same id the other way, between the same
// two sides (RFC 6120 §8.2.3). A server may leave its own address out.
func (c *console) match(it *item) {
	key := func(out bool) string {
		if out {
			return ">" + it.ID
		}
		return "<" + it.ID
	}
	if it.Type == "get" || it.Type == "set" {
		if c.asks == nil {
			c.asks = map[string][]uint64{}
		}
		c.asks[key(it.Out)] = append(c.asks[key(it.Out)], it.Seq)
		return
	}
	open := c.asks[key(!it.Out)]
	for n, seq := range open {
		q := c.find(seq)
		if q == nil || q.Peer != it.Peer && q.Peer != "" && it.Peer != "" {
			continue
		}
		it.pair, it.took = seq, it.Time.Sub(q.Time)
		q.pair = it.Seq
		c.asks[key(!it.Out)] = slices.Delete(slices.Clone(open), n, n+1)
		return
	}
}

// find is the item, or nil.
func (c *console) find(seq uint64) *item {
	at, ok := slices.BinarySearchFunc(c.items, seq, func(it item, seq uint64) int { return cmp.Compare(it.Seq, seq) })
	if !ok {
		return nil
	}
	return &c.items[at]
}

// setFilter begins anew with another filter; scan finds what it lets through.
func (c *console) setFilter(f Filter) {
	c.filter, c.query = f, foldASCII(f.Text)
	c.older, c.newer = c.older[:0:0], c.newer[:0:0]
	c.unscanned = len(c.items)
}

// scanBytes is how much text a turn of scan looks at: about two milliseconds.
const scanBytes = 1 << 20

// scan tests the next part of the older items, newest first, and reports whether more
// are left.
func (c *console) scan() (more bool) {
	budget := scanBytes
	for budget > 0 && c.unscanned > 0 {
		c.unscanned--
		it := &c.items[c.unscanned]
		budget -= 64
		if c.query != "" {
			budget -= len(it.XML)
		}
		if c.lets(it) {
			c.older = append(c.older, it.Seq)
		}
	}
	return c.unscanned > 0
}

// lets reports whether the filter lets the item through.
func (c *console) lets(it *item) bool {
	f := &c.filter
	switch {
	case it.Out && f.HideOut, !it.Out && f.HideIn, f.Hidden[classOf(it.Stanza)]:
		return false
	case f.Address != "" && it.Peer != f.Address && !strings.HasPrefix(it.Peer, f.Address+"/"):
		return false
	}
	return c.query == "" || containsFold(it.XML, c.query) || containsFold(it.Peer, c.query)
}

// shown is how many items the filter lets through, as far as they were tested.
func (c *console) shown() int { return len(c.older) + len(c.newer) }

// at is the i-th of those, the oldest first.
func (c *console) at(i int) uint64 {
	if i < len(c.older) {
		return c.older[len(c.older)-1-i]
	}
	return c.newer[i-len(c.older)]
}

// place is where the item stands among those shown, -1 if it is not.
func (c *console) place(seq uint64) int {
	if at, ok := slices.BinarySearch(c.newer, seq); ok {
		return len(c.older) + at
	}
	if at, ok := slices.BinarySearchFunc(c.older, seq, func(a, b uint64) int { return cmp.Compare(b, a) }); ok {
		return len(c.older) - 1 - at
	}
	return -1
}

// foldASCII lowers A to Z: enough for names, addresses and tags, and lengths stay.
func foldASCII(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}

// containsFold reports whether s holds the folded query in any case, without a copy of s.
func containsFold(s, query string) bool {
	if query == "" {
		return true
	}
	low := query[0]
	high := low
	if 'a' <= low && low <= 'z' {
		high = low - 'a' + 'A'
	}
	for i := 0; i+len(query) <= len(s); i++ {
		n := strings.IndexByte(s[i:], low)
		if high != low {
			if m := strings.IndexByte(s[i:], high); n < 0 || m >= 0 && m < n {
				n = m
			}
		}
		if n < 0 {
			return false
		}
		if i += n; i+len(query) <= len(s) && equalFold(s[i:i+len(query)], query) {
			return true
		}
	}
	return false
}

func equalFold(s, folded string) bool {
	for i := range len(folded) {
		c := s[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != folded[i] {
			return false
		}
	}
	return true
}
