package stream

import (
	"context"
	"strconv"
	"sync"
	"time"

	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stanza"
)

// How often the server is asked to confirm, and how much is written at once.
const (
	askAfter   = 5
	askIdle    = time.Second
	chunkBytes = 64 << 10
)

// writer is the sending half of a stream. Its queue is the order of the wire and of
// stream management at once. run is the writer goroutine; everything else may be called
// from anywhere and never waits for the network.
type writer struct {
	t    *transport
	wake chan struct{} // holds one
	stop chan struct{} // closed by the reader when the stream has ended
	done chan struct{} // closed when run has returned

	mu      sync.Mutex // guards all below
	pending []Outgoing
	ledger  ledger
	unasked int   // stanzas written since the last <r/>
	probe   bool  // an <r/> is due, whatever was written
	asked   int   // <r/> that were written
	told    int   // of those, how many had their <a/>
	answer  bool  // an <a/> is due
	closing bool  // write what is pending, then end the stream
	ended   bool  // nothing is taken any more
	over    bool  // the server has ended the stream in good order
	cause   error // why it ended
}

// newWriter goes on with the count of l; again is written first.
func newWriter(t *transport, l ledger, again []Outgoing) *writer {
	w := &writer{
		t: t, ledger: l, unasked: len(l.queue), pending: again,
		wake: make(chan struct{}, 1), stop: make(chan struct{}), done: make(chan struct{}),
	}
	for _, o := range again {
		w.ledger.push(o)
	}
	return w
}

// send queues elements, all or none.
func (w *writer) send(out []Outgoing) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ended || w.closing {
		return fail(model.ErrNotOnline, w.cause, "The connection has ended.")
	}
	for _, o := range out {
		w.ledger.push(o)
	}
	w.pending = append(w.pending, out...)
	w.nudge()
	return nil
}

// nudge wakes run; it will see everything that was queued before.
func (w *writer) nudge() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

func (w *writer) handled(n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ledger.handle(n) {
		w.answer = true
		w.nudge()
	}
}

func (w *writer) ack() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.answer = w.ledger.on
	w.nudge()
}

// ask makes an <r/> due, and tells later whether it had its answer; nil if nothing is
// asked any more. Each <r/> has its <a/> (XEP-0198 §4), so counting both is enough.
func (w *writer) ask() (answered func() bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.ledger.on || w.ended || w.closing {
		return nil
	}
	w.probe = true
	w.nudge()
	n := w.asked + 1
	return func() bool {
		w.mu.Lock()
		defer w.mu.Unlock()
		return w.told >= n
	}
}

// acked takes the server's h.
func (w *writer) acked(h uint32) ([]string, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.ledger.on {
		return nil, true
	}
	if w.told < w.asked { // else it came unasked
		w.told++
	}
	return w.ledger.ack(h)
}

// managed reports whether stanzas count.
func (w *writer) managed() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.ledger.on
}

// hangUp ends the stream in good order; on our own wish there is no cause. It reports
// whether that will be done: not where the connection has been given up already.
func (w *writer) hangUp(cause error) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.closing && !w.ended {
		w.closing, w.cause = true, cause
	}
	w.nudge()
	return w.closing
}

// end notes the end; the first cause stays.
func (w *writer) end(cause error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.closing && !w.ended {
		w.cause = cause
	}
	w.ended = true
}

// outcome is the cause and what was not confirmed.
func (w *writer) outcome() (unacked []Unacked, cause error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.ledger.left(), w.cause
}

// goodbye notes that the server has ended the stream as it should, and the session with it.
func (w *writer) goodbye() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.over = true
}

// session is what the counts say of the session, and whether the server can still have it.
func (w *writer) session() (r Resume, alive bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	r = Resume{Handled: w.ledger.handled, Acked: w.ledger.acked, Sent: w.ledger.sent()}
	for _, u := range w.ledger.left() {
		r.Queue = append(r.Queue, Numbered{u.Outgoing, u.N})
	}
	return r, w.ledger.on && !w.over && model.KindOf(w.cause) != model.ErrProtocol
}

// run writes until the stream ends. Its end ends the connection, and so the reader. An
// idle stream does not wake it up.
func (w *writer) run() {
	defer close(w.done)
	quiet := time.NewTimer(askIdle)
	defer quiet.Stop()
	for {
		closing, unasked, err := w.flush()
		switch {
		case err != nil:
			w.end(explain(context.Background(), err, w.t.domain))
			w.t.abort()
			return
		case closing:
			_ = w.t.Close() // the stream is over either way
			return
		case unasked:
			quiet.Reset(askIdle)
		default:
			quiet.Stop()
		}
		select {
		case <-w.wake:
		case <-quiet.C:
			w.ask()
		case <-w.stop:
			return
		}
	}
}

// flush writes all that waits, a chunk at a time. unasked: the server was not asked yet to
// confirm all of it.
func (w *writer) flush() (closing, unasked bool, err error) {
	var buf []byte
	for more := true; more; {
		buf, more, closing = w.chunk(buf[:0])
		if len(buf) > 0 {
			if err := w.write(buf); err != nil {
				return false, false, err
			}
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return closing, w.ledger.on && w.unasked > 0, nil
}

// chunk takes the next bytes to write from the queue: a due <a/>, elements in order, and
// <r/> if enough of them went by. more: the queue is not empty yet.
func (w *writer) chunk(buf []byte) (_ []byte, more, closing bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closing && w.ledger.on && w.ledger.handled != w.ledger.told {
		w.answer = true
	}
	if w.answer {
		w.answer = false
		w.ledger.told = w.ledger.handled
		buf = w.render(buf, stanza.New(nsSM, "a").With("h", strconv.FormatUint(uint64(w.ledger.told), 10)))
	}
	taken, counted := 0, 0
	for !w.t.hungUp() && taken < len(w.pending) && len(buf) < chunkBytes {
		el := w.pending[taken].Element
		buf = w.render(buf, el)
		taken++
		if el.IsStanza() {
			counted++
		}
	}
	clear(w.pending[:taken])
	if w.pending = w.pending[taken:]; len(w.pending) == 0 {
		w.pending = nil
	}
	w.ledger.wrote(counted)
	if w.unasked += counted; w.ledger.on && (w.probe || w.unasked >= askAfter) {
		w.unasked, w.probe = 0, false
		w.asked++
		buf = w.render(buf, stanza.New(nsSM, "r"))
	}
	return buf, len(w.pending) > 0 && !w.t.hungUp(), w.closing
}

func (w *writer) render(buf []byte, el *stanza.Element) []byte {
	w.t.cfg.Trace.Stanza(true, el)
	return el.Append(buf, stanza.NSClient)
}

// write gives the socket its time: a peer that takes nothing for so long is gone.
func (w *writer) write(b []byte) error {
	if err := w.t.wire.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil {
		return err
	}
	_, err := w.t.Write(b)
	return err
}
