package stream

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stanza"
)

// ErrSessionLost is found by errors.Is in the error of a Connect that failed over
// Config.Resume: the server resumed another session, counted what was never sent, or
// ended the stream because of the question. The next attempt must do without.
var ErrSessionLost = errors.New("the earlier session cannot be gone on with")

// ErrUnanswered is found by errors.Is in the error of a Connect that ended while the server
// owed its answer to Config.Resume. So it does when the network breaks, and so it does each
// time at a server that cannot bear the question.
var ErrUnanswered = errors.New("the server did not say whether the earlier session goes on")

// resumption is how the wish to go on with an earlier session ended.
type resumption struct {
	owed    bool       // the server was asked and has not answered
	asked   bool       // the server said that it does not have it
	done    bool       // it went on with it
	refused bool       // it did not, or was not asked, so we bind anew
	acked   []string   // tags of what it had, where it said so
	again   []Outgoing // what it had not, in order
}

// lost is a session that must not be asked for again.
func (n *negotiation) lost(what string) error {
	domain := n.cfg.JID.Domain()
	return withHost(fail(model.ErrProtocol, ErrSessionLost, "%s sent %s.", domain, what), domain)
}

// resumable reports whether there is a session to ask for. One of another account is as
// good as refused: its owner can do nothing with it.
func (n *negotiation) resumable() bool {
	r := n.cfg.Resume
	if r == nil || n.resumption.refused {
		return false
	}
	if r.ID == "" || !r.JID.IsFull() || r.JID.Bare() != n.cfg.JID.Bare() {
		n.resumption.refused = true
		return false
	}
	return true
}

// resume opens the stream after authentication and asks for the earlier session
// (XEP-0198 §5), in one write where the server had stream management last time. If the
// server does not have the session any more, we bind on the same stream.
func (n *negotiation) resume() error {
	n.cfg.state(model.Resuming)
	start := time.Now()
	r := n.cfg.Resume
	request := stanza.New(nsSM, "resume").With("h", strconv.FormatUint(uint64(r.Handled), 10)).With("previd", r.ID)
	var more []byte
	if n.known.known && n.known.SM {
		n.pipelined = true
		more = n.render(request)
	}
	n.t.rd.Restart()
	if err := n.openStream(more); err != nil {
		return err
	}
	switch {
	case !n.feats.sm:
		n.resumption.refused = true
	case !n.pipelined:
		if err := n.write(n.render(request)); err != nil {
			return err
		}
		fallthrough
	default:
		if err := n.answer(); err != nil {
			return err
		}
	}
	if n.resumption.refused {
		n.cfg.Trace.Step("resumed", "the server does not have the session any more", time.Since(start))
		return n.bindHere()
	}
	n.trips = n.t.roundTrips() + 1 // for the answer
	n.cfg.Trace.Step("resumed", fmt.Sprintf("%s, %d to be sent again, %d round trips", n.bound, len(n.resumption.again), n.trips), time.Since(start))
	return nil
}

// answer reads until the server has said whether it goes on with the session. What
// comes before is no part of it.
func (n *negotiation) answer() error {
	n.resumption.owed = true
	for {
		el, err := n.read()
		var refusal *model.Error
		switch {
		case errors.As(err, &refusal) && refusal.Condition != "" && refusal.Condition != "system-shutdown":
			n.resumption.owed = false
			refusal.Err = ErrSessionLost
			return refusal
		case el.Is(nsSM, "resumed"):
			n.resumption.owed = false
			return n.takeResumed(el)
		case el.Is(nsSM, "failed"):
			n.resumption.asked, n.resumption.owed = true, false
			n.takeRefusal(el)
			return nil
		default:
			if err := n.keep(el, err); err != nil {
				return err
			}
		}
	}
}

// unanswered marks the error of an attempt that ended while the answer was owed.
func (n *negotiation) unanswered(err error) {
	var told *model.Error
	if n != nil && n.resumption.owed && errors.As(err, &told) && told.Kind != model.ErrCancelled {
		told.Err = errors.Join(ErrUnanswered, told.Err)
	}
}

// takeResumed checks the answer: this session, and nothing counted that was not sent.
// Both would lose messages if they were believed.
func (n *negotiation) takeResumed(el *stanza.Element) error {
	r := n.cfg.Resume
	if el.Get("previd") != r.ID {
		return n.lost("another session than the one we asked for")
	}
	h, ok := handledCount(el, r)
	if !ok {
		return n.lost("a count of messages that were never sent")
	}
	n.resumption.done = true
	n.resumption.acked, n.resumption.again = r.split(h)
	n.bound, n.smID, n.location = r.JID, r.ID, r.Location
	n.ledger = ledger{on: true, acked: h, handled: r.Handled, told: r.Handled}
	return nil
}

// takeRefusal reads how much the server had before it gave the session up, if it says so
// and it makes sense.
func (n *negotiation) takeRefusal(el *stanza.Element) {
	n.resumption.refused = true
	if h, ok := handledCount(el, n.cfg.Resume); ok {
		n.resumption.acked, _ = n.cfg.Resume.split(h)
	}
}

// handledCount is the attribute h, if it lies between what was acknowledged and what was
// sent (modulo 2^32).
func handledCount(el *stanza.Element, r *Resume) (uint32, bool) {
	h, err := strconv.ParseUint(el.Get("h"), 10, 32)
	return uint32(h), err == nil && uint32(h)-r.Acked <= r.Sent-r.Acked
}

// split parts the queue at the server's h.
func (r *Resume) split(h uint32) (acked []string, again []Outgoing) {
	for _, q := range r.Queue {
		switch {
		case q.N-r.Acked > h-r.Acked && q.Element.IsStanza():
			again = append(again, q.Outgoing)
		case q.Tag != "":
			acked = append(acked, q.Tag)
		}
	}
	return acked, again
}

// Session is what the stream leaves to be gone on with by Config.Resume, and whether it
// can be: the server resumes, has not ended the stream in good order, and has kept to the
// protocol. Handled is what was told by the method Handled, no matter how much more came.
// It is right once Inbound is closed.
func (s *Stream) Session() (Resume, bool) {
	r, alive := s.w.session()
	r.ID, r.JID, r.Location = s.kept.ID, s.kept.JID, s.kept.Location
	return r, alive && r.ID != ""
}
