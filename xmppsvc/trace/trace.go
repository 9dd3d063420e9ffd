package trace

import (
	"sync"
	"sync/atomic"
	"time"

	"dovekie/xmppsvc/stanza"
)

// Kind tells the two kinds of entries apart.
type Kind string

// The kinds.
const (
	KindStep   Kind = "step"   // something that was done to get or lose a connection
	KindStanza Kind = "stanza" // one element that travelled, while somebody watches
)

// Entry is one line of the trace. It is a plain value: a reader owns what it got.
type Entry struct {
	Seq  uint64 // counts from 1 without holes; a hole in what Since returns was overwritten
	Time time.Time
	Kind Kind
	Conn int // the number of the connection, 0 for none

	// Of a step.
	Name   string        // "resolving", "connecting", "mechanism", …
	Detail string        // English, for the curious; never a secret
	Took   time.Duration // 0 when the step has no length

	// Of a stanza.
	Out    bool   // from us to the server
	Stanza string // local name of the element
	Type   string
	ID     string
	Peer   string // the other side's address as it stood there, or ""
	Child  string // local name of the first child element, or ""
	XML    string // with secrets removed, cut at maxXML bytes; "" once it made room for newer ones
}

// Counters are what went over the connection since the Trace was made, over all
// connections of the account.
type Counters struct {
	BytesIn, BytesOut     uint64
	StanzasIn, StanzasOut uint64
}

// Add is the sum of both.
func (c Counters) Add(o Counters) Counters {
	return Counters{c.BytesIn + o.BytesIn, c.BytesOut + o.BytesOut, c.StanzasIn + o.StanzasIn, c.StanzasOut + o.StanzasOut}
}

// Sub is what c has more than o, which is an older reading of the same meter.
func (c Counters) Sub(o Counters) Counters {
	return Counters{c.BytesIn - o.BytesIn, c.BytesOut - o.BytesOut, c.StanzasIn - o.StanzasIn, c.StanzasOut - o.StanzasOut}
}

// Bounds of what an account's trace may hold.
const (
	maxXML  = 16 << 10 // the text of one stanza
	maxAttr = 4 << 10  // what stands beside the text: an address has up to 3071 bytes
	maxText = 8 << 20  // all texts together
)

// Trace is the tap of one account. All methods may be called from any goroutine, return
// at once, and do nothing on a nil *Trace. What Begin returns is a Trace of the same
// account that knows which connection it speaks of.
type Trace struct {
	*core
	at *attempt // nil: of no connection in particular
}

// core is what all Traces of an account share.
type core struct {
	meter   meter
	watched atomic.Bool

	mu    sync.Mutex
	limit int
	ring  []Entry // ring[(Seq-1) % limit], grown as it fills
	next  uint64  // Seq of the next entry
	text  int     // bytes of all texts in the ring
	bare  uint64  // entries up to this Seq have given their text up
	heads headRing
	conns []*attempt // oldest first
	count int        // of all attempts so far
}

// New makes a trace with at most limit entries (at least one).
func New(limit int) *Trace {
	return &Trace{core: &core{limit: max(limit, 1), next: 1}}
}

// Step records that name was done, with an English detail (or "") and how long it took.
func (t *Trace) Step(name, detail string, d time.Duration) {
	if t == nil {
		return
	}
	e := Entry{Kind: KindStep, Name: name, Detail: detail, Took: d, Time: time.Now(), Conn: t.number()}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.add(e)
	if t.at != nil {
		t.at.step(Step{Name: name, Detail: detail, Time: e.Time, Took: d})
	}
}

// Bytes counts what was read from and written to the socket, above TLS.
func (t *Trace) Bytes(in, out int) {
	if t == nil {
		return
	}
	c := Counters{BytesIn: uint64(max(in, 0)), BytesOut: uint64(max(out, 0))}
	t.meter.count(c, false)
	if t.at != nil {
		t.at.bytesIn.Add(c.BytesIn)
		t.at.bytesOut.Add(c.BytesOut)
	}
}

// Stanza counts a stanza, notes the head of any element and, while somebody watches,
// keeps its text with the secrets removed. el is only read.
func (t *Trace) Stanza(out bool, el *stanza.Element) {
	if t == nil || el == nil {
		return
	}
	switch busy := el.Name.Local == "message"; {
	case !el.IsStanza():
	case out:
		t.meter.count(Counters{StanzasOut: 1}, busy)
	default:
		t.meter.count(Counters{StanzasIn: 1}, busy)
	}
	h := headOf(out, el)
	e := Entry{
		Kind: KindStanza, Time: h.Time, Conn: t.number(), Out: out, Stanza: h.Stanza, Type: h.Type,
		ID: h.ID, Peer: h.Peer, Child: h.Child,
	}
	watched := t.watched.Load()
	if watched {
		e.XML = cut(string(Redact(el).Append(nil, stanza.NSClient)), maxXML) // as on the wire
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.heads.add(h)
	if watched {
		t.add(e)
	}
}

// WatchStanzas switches the texts of stanzas on or off. Off is the beginning.
func (t *Trace) WatchStanzas(on bool) {
	if t != nil {
		t.watched.Store(on)
	}
}

// Watched reports whether the texts of stanzas are kept.
func (t *Trace) Watched() bool { return t != nil && t.watched.Load() }

// Since copies the entries whose Seq is n or higher, oldest first, and gives the
// n for the next call. Since(0) is everything that is still there.
func (t *Trace) Since(n uint64) ([]Entry, uint64) {
	if t == nil {
		return nil, 0
	}
	return t.Take(n, t.limit)
}

// Take is Since for at most most entries, so that a reader who was away takes what it
// missed in parts.
func (t *Trace) Take(n uint64, most int) ([]Entry, uint64) {
	if t == nil {
		return nil, 0
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	size := uint64(t.limit)
	first := max(n, 1)
	if t.next > size {
		first = max(first, t.next-size)
	}
	end := min(t.next, first+uint64(max(most, 0)))
	if first >= end {
		return nil, max(t.next, 1)
	}
	out := make([]Entry, 0, end-first)
	for ; first < end; first++ {
		out = append(out, t.ring[(first-1)%size])
	}
	return out, end
}

// Counters is a reading of the meter.
func (t *Trace) Counters() Counters {
	if t == nil {
		return Counters{}
	}
	return t.meter.total()
}

// add puts an entry into the ring; mu is held.
func (c *core) add(e Entry) {
	e.Seq = c.next
	c.next++
	size := uint64(c.limit)
	if uint64(len(c.ring)) < size {
		c.ring = append(c.ring, e)
	} else {
		old := &c.ring[(e.Seq-1)%size]
		c.text -= len(old.XML)
		*old = e
	}
	c.text += len(e.XML)
	if c.next > size {
		c.bare = max(c.bare, c.next-1-size)
	}
	for c.text > maxText && c.bare < e.Seq {
		old := &c.ring[c.bare%size]
		c.text -= len(old.XML)
		old.XML = ""
		c.bare++
	}
}
