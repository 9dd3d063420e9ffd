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
	XML    string // with secrets removed, cut at maxXML bytes
}

// Counters are what went over the connection since the Trace was made, over all
// connections of the account.
type Counters struct {
	BytesIn, BytesOut     uint64
	StanzasIn, StanzasOut uint64
}

// maxXML bounds the text of one stanza, so that a ring of large ones stays small.
const maxXML = 16 << 10

// maxAttr bounds what stands beside the text: an address has up to 3071 bytes.
const maxAttr = 4 << 10

// Trace is the ring of one account. All methods may be called from any goroutine,
// return at once, and do nothing on a nil *Trace.
type Trace struct {
	bytesIn, bytesOut     atomic.Uint64
	stanzasIn, stanzasOut atomic.Uint64
	watched               atomic.Bool

	mu   sync.Mutex
	ring []Entry // ring[(Seq-1) % len]
	next uint64  // Seq of the next entry
}

// New makes a ring of at most limit entries (at least one).
func New(limit int) *Trace {
	return &Trace{ring: make([]Entry, max(limit, 1)), next: 1}
}

// Step records that name was done, with an English detail (or "") and how long it took.
func (t *Trace) Step(name, detail string, d time.Duration) {
	if t == nil {
		return
	}
	t.add(Entry{Kind: KindStep, Name: name, Detail: detail, Took: d})
}

// Bytes counts what was read from and written to the socket, above TLS.
func (t *Trace) Bytes(in, out int) {
	if t == nil {
		return
	}
	t.bytesIn.Add(uint64(max(in, 0)))
	t.bytesOut.Add(uint64(max(out, 0)))
}

// Stanza counts a stanza and, while somebody watches, keeps the text of any element
// with the secrets removed. el is only read.
func (t *Trace) Stanza(out bool, el *stanza.Element) {
	if t == nil || el == nil {
		return
	}
	peer := el.Get("from")
	if out {
		peer = el.Get("to")
	}
	switch {
	case !el.IsStanza():
	case out:
		t.stanzasOut.Add(1)
	default:
		t.stanzasIn.Add(1)
	}
	if !t.watched.Load() {
		return
	}
	t.add(Entry{
		Kind: KindStanza, Out: out, Stanza: cut(el.Name.Local, maxAttr), Type: cut(el.Get("type"), maxAttr),
		ID: cut(el.Get("id"), maxAttr), Peer: cut(peer, maxAttr), XML: cut(Redact(el).String(), maxXML),
	})
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
	t.mu.Lock()
	defer t.mu.Unlock()
	size := uint64(len(t.ring))
	first := max(n, 1)
	if t.next > size {
		first = max(first, t.next-size)
	}
	var out []Entry
	for ; first < t.next; first++ {
		out = append(out, t.ring[(first-1)%size])
	}
	return out, t.next
}

// Counters is a reading of the meters.
func (t *Trace) Counters() Counters {
	if t == nil {
		return Counters{}
	}
	return Counters{
		BytesIn: t.bytesIn.Load(), BytesOut: t.bytesOut.Load(),
		StanzasIn: t.stanzasIn.Load(), StanzasOut: t.stanzasOut.Load(),
	}
}

func (t *Trace) add(e Entry) {
	e.Time = time.Now()
	t.mu.Lock()
	defer t.mu.Unlock()
	e.Seq = t.next
	t.ring[(e.Seq-1)%uint64(len(t.ring))] = e
	t.next++
}
