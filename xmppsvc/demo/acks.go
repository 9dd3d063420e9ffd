package demo

import (
	"strconv"
	"time"

	"dovekie/xmppsvc/stanza"
)

// ackRetry is how long after an ack that left something open we ask again.
const ackRetry = 5 * time.Second

// acks is one stream's XEP-0198 state. Numbers wrap at 2^32 (§4).
type acks struct {
	on      bool
	in      uint32 // stanzas handled
	sent    uint32 // stanzas queued for the client
	acked   uint32
	asked   uint32 // sent, when the last <r/> went out
	waiting bool   // for the answer to it
	queue   []unacked
}

// unacked is a stanza the client has not confirmed. Only messages are kept whole: all
// else is worthless later.
type unacked struct {
	message *stanza.Element
	sent    time.Time
}

func (a *acks) wantsAck() bool { return a.on && !a.waiting && a.asked != a.sent }

// count notes a stanza for the client.
func (a *acks) count(el *stanza.Element, now time.Time) {
	if !a.on {
		return
	}
	a.sent++
	u := unacked{sent: now}
	if el.Name.Local == "message" {
		u.message = el
	}
	a.queue = append(a.queue, u)
}

// nonza handles XEP-0198's elements on a bound stream.
func (c *conn) nonza(el *stanza.Element) error {
	switch el.Name.Local {
	case "enable":
		if c.sm.on {
			c.queue(smFailed("unexpected-request"))
			return nil
		}
		c.sm = acks{on: true}
		// Without an id and resume='true' it says what is true: acks only (§3).
		c.queue(stanza.New(nsSM, "enabled"))
	case "resume":
		c.queue(smFailed("unexpected-request"))
	case "r":
		if c.sm.on {
			c.queue(stanza.New(nsSM, "a").With("h", strconv.FormatUint(uint64(c.sm.in), 10)))
		}
	case "a":
		return c.confirmed(el.Get("h"))
	}
	return nil
}

// confirmed takes the client's count off the queue.
func (c *conn) confirmed(h string) error {
	n, err := strconv.ParseUint(h, 10, 32)
	if err != nil || !c.sm.on {
		return nil // says nothing we could use
	}
	done := uint32(n) - c.sm.acked
	if uint64(done) > uint64(len(c.sm.queue)) {
		return streamError("undefined-condition") // §4: handled-count-too-high
	}
	c.sm.queue = c.sm.queue[done:]
	c.sm.acked = uint32(n)
	c.sm.waiting = false
	switch {
	case c.sm.wantsAck():
		c.poke()
	case len(c.sm.queue) > 0:
		c.srv.after(ackRetry, func() {
			if !c.closing && !c.sm.waiting && len(c.sm.queue) > 0 {
				c.sm.asked = c.sm.sent - 1
				c.poke()
			}
		})
	}
	return nil
}

func smFailed(condition string) *stanza.Element {
	return stanza.New(nsSM, "failed", stanza.New(stanza.NSStanzas, condition))
}
