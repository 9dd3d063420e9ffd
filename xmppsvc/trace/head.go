package trace

import (
	"time"

	"dovekie/xmppsvc/stanza"
)

// headsKept is how many heads an account keeps, for a report.
const headsKept = 200

// Head says what an element was, without what it said.
type Head struct {
	Time   time.Time
	Out    bool
	Stanza string // local name
	Type   string
	ID     string
	Peer   string // the other side's address as it stood there, or ""
	Child  string // local name of the first child element, or ""
	Space  string // its namespace
	More   int    // further children
}

func headOf(out bool, el *stanza.Element) Head {
	peer := el.Get("from")
	if out {
		peer = el.Get("to")
	}
	h := Head{
		Time: time.Now(), Out: out, Stanza: cut(el.Name.Local, maxAttr), Type: cut(el.Get("type"), maxAttr),
		ID: cut(el.Get("id"), maxAttr), Peer: cut(peer, maxAttr),
	}
	n := 0
	for _, node := range el.Nodes {
		c, ok := node.(*stanza.Element)
		if !ok {
			continue
		}
		if n == 0 {
			h.Child, h.Space = cut(c.Name.Local, maxAttr), cut(c.Name.Space, maxAttr)
		}
		n++
	}
	h.More = max(n-1, 0)
	return h
}

// headRing are the last heads.
type headRing struct {
	ring []Head
	at   int // the next place once the ring is full
}

func (r *headRing) add(h Head) {
	if len(r.ring) < headsKept {
		r.ring = append(r.ring, h)
		return
	}
	r.ring[r.at] = h
	r.at = (r.at + 1) % headsKept
}

// Heads are the heads of the last elements, oldest first. They are kept whether somebody
// watches or not.
func (t *Trace) Heads() []Head {
	if t == nil {
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return append(append([]Head{}, t.heads.ring[t.heads.at:]...), t.heads.ring[:t.heads.at]...)
}
