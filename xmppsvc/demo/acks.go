package demo

import (
	"strconv"
	"time"

	"dovekie/xmppsvc/stanza"
)

// ackRetry is how long after an ack that left something open we ask again.
const ackRetry = 5 * time.Second

// acks is one session's XEP-0198 state. Numbers wrap at 2^32 (§4).
type acks struct {
	on      bool
	id      string // by which the session may be resumed, "" if not
	in      uint32 // stanzas handled
	sent    uint32 // stanzas meant for the client
	acked   uint32
	asked   uint32 // sent, when the last <r/> went out
	waiting bool   // for the answer to it
	queue   []unacked
	bytes   int // of queue
}

// unacked is a stanza that the client has not confirmed. An el of nil is one that is
// worthless later: the session cannot be resumed, and it is no message.
type unacked struct {
	el     *stanza.Element
	parcel *parcel
	size   int
}

// parcel is a message on its way to an account, which several of its sessions may get.
type parcel struct {
	msg     *stanza.Element
	when    time.Time
	got     bool // a session has it for certain
	holders int  // sessions that have not confirmed it yet
}

func (a *acks) wantsAck() bool { return a.on && !a.waiting && a.asked != a.sent }

// full reports whether the client has left too much unconfirmed.
func (a *acks) full() bool { return len(a.queue) > maxUnacked || a.bytes > maxUnackedBytes }

// count notes a stanza for the client. What nobody will confirm counts as received.
func (a *acks) count(el *stanza.Element, p *parcel, size int) {
	if !a.on {
		if p != nil {
			p.got = true
		}
		return
	}
	a.sent++
	u := unacked{parcel: p, size: size}
	if a.id != "" {
		u.el = el
	}
	if p != nil {
		p.holders++
	}
	a.bytes += size
	a.queue = append(a.queue, u)
}

// confirm takes off the queue what the client has handled; false for a count that is
// too high.
func (a *acks) confirm(h uint32) bool {
	n := h - a.acked // modulo 2^32
	if uint64(n) > uint64(len(a.queue)) {
		return false
	}
	for _, u := range a.queue[:n] {
		a.bytes -= u.size
		if u.parcel != nil {
			u.parcel.got = true
			u.parcel.holders--
		}
	}
	clear(a.queue[:n])
	a.queue = a.queue[n:]
	a.acked = h
	return true
}

// abandon empties the queue and returns the messages that nobody has or still may get.
func (a *acks) abandon() []*parcel {
	var lost []*parcel
	for _, u := range a.queue {
		if p := u.parcel; p != nil {
			p.holders--
			if !p.got && p.holders == 0 {
				lost = append(lost, p)
			}
		}
	}
	a.queue, a.bytes = nil, 0
	return lost
}

// nonza handles XEP-0198's elements on a bound stream.
func (c *conn) nonza(el *stanza.Element) error {
	sm := &c.sess.sm
	switch el.Name.Local {
	case "enable":
		if sm.on {
			c.queue(smFailed("unexpected-request"))
			return nil
		}
		*sm = acks{on: true}
		enabled := stanza.New(nsSM, "enabled")
		if r := el.Get("resume"); r == "true" || r == "1" {
			c.srv.allowResume(c.sess, enabled)
		}
		c.queue(enabled)
	case "resume":
		c.queue(smFailed("unexpected-request"))
	case "r":
		if sm.on {
			c.queue(stanza.New(nsSM, "a").With("h", strconv.FormatUint(uint64(sm.in), 10)))
		}
	case "a":
		return c.confirmed(el.Get("h"))
	}
	return nil
}

// confirmed takes the client's count.
func (c *conn) confirmed(h string) error {
	sess := c.sess
	n, err := strconv.ParseUint(h, 10, 32)
	if err != nil || !sess.sm.on {
		return nil // says nothing we could use
	}
	if !sess.sm.confirm(uint32(n)) {
		return streamError("undefined-condition") // §4: handled-count-too-high
	}
	sess.sm.waiting = false
	switch {
	case sess.sm.wantsAck():
		c.poke()
	case len(sess.sm.queue) > 0:
		c.srv.after(ackRetry, func() {
			if sess.conn == c && !sess.sm.waiting && len(sess.sm.queue) > 0 {
				sess.sm.asked = sess.sm.sent - 1
				c.poke()
			}
		})
	}
	return nil
}

func smFailed(condition string) *stanza.Element {
	return stanza.New(nsSM, "failed", stanza.New(stanza.NSStanzas, condition))
}
