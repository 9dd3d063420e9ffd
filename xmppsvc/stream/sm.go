package stream

import "slices"

// ledger counts for stream management (XEP-0198): what we sent and the server has not
// confirmed, and what it sent and we have committed. It has no I/O and no lock.
// Counters wrap at 2^32, as the server's do.
type ledger struct {
	on      bool
	queue   []Unacked // sent after <enable/>, not confirmed, oldest first
	written int       // how many of queue were handed to the socket
	acked   uint32    // the server's last h
	handled uint32    // our h
	told    uint32    // the h we sent last
}

// push notes an element that will be written. What does not count is not kept.
func (l *ledger) push(o Outgoing) {
	if o.Element.IsStanza() {
		l.queue = append(l.queue, Unacked{Outgoing: o})
	}
}

// wrote notes that n more of the queue are in the socket's hands. Without stream
// management nothing more is heard of them, so they leave the queue.
func (l *ledger) wrote(n int) {
	if !l.on {
		l.queue = drop(l.queue, n)
		return
	}
	for i := range n {
		l.queue[l.written+i].Written = true
	}
	l.written += n
}

// sent is the number of the last stanza that was numbered.
func (l *ledger) sent() uint32 {
	if !l.on {
		return 0
	}
	return l.acked + uint32(len(l.queue))
}

// left is what is not confirmed, each with its number: they follow each other without a
// hole from the server's h on.
func (l *ledger) left() []Unacked {
	queue := slices.Clone(l.queue)
	if l.on {
		for i := range queue {
			queue[i].N = l.acked + uint32(i) + 1
		}
	}
	return queue
}

// ack takes the server's h and returns the tags of what it newly confirms. ok is false
// for an h that counts more than was written (XEP-0198 §4).
func (l *ledger) ack(h uint32) (tags []string, ok bool) {
	n := h - l.acked // modulo 2^32
	if uint64(n) > uint64(l.written) {
		return nil, false
	}
	for _, u := range l.queue[:n] {
		if u.Tag != "" {
			tags = append(tags, u.Tag)
		}
	}
	l.queue = drop(l.queue, int(n))
	l.written -= int(n)
	l.acked = h
	return tags, true
}

// handle counts n committed stanzas and reports whether it is time to tell the server
// without having been asked: its queue must not grow until it gives up resumption.
func (l *ledger) handle(n int) bool {
	l.handled += uint32(n)
	return l.on && l.handled-l.told >= unaskedAck
}

// unaskedAck is after how many stanzas an <a/> is sent unasked.
const unaskedAck = 100

// drop removes the first n, and lets go of the memory of what is gone.
func drop(q []Unacked, n int) []Unacked {
	clear(q[:n])
	if n == len(q) {
		return nil
	}
	return q[n:]
}
