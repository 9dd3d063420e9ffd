package stream

import (
	"context"
	"sync"
	"time"

	"dovekie/xmppsvc/model"
)

// inboxSize bounds what waits for the account's loop; beyond it TCP slows the server
// down, which is right.
const inboxSize = 256

// Stream is one established connection, from bind to its end.
type Stream struct {
	t     *transport
	w     *writer
	in    chan Inbound
	early []Inbound // what came before Connect was done
	kept  Resume    // what of it never changes: ID, JID, Location
	quit  chan struct{}
	once  sync.Once // closes quit
	done  chan struct{}
}

// Unacked is an element the server has not confirmed, as the stream's end left it.
type Unacked struct {
	Outgoing
	N       uint32 // its number in stream management, 0 without
	Written bool   // it was handed to the socket, so the server may have it
}

// Connect makes one attempt to sign in: it resolves, dials, secures, authenticates and
// binds. Errors are *model.Error. The caller must Close or Abort the Stream, and drain
// Inbound until it is closed.
//
// What the hint promised and the server no longer offers is found out on the way; where
// that ends the stream, the attempt is made once more without the hint. Likewise where a
// server ends the stream together with refusing Config.Resume.
func Connect(ctx context.Context, c Config) (*Stream, Established, error) {
	n, err := negotiate(ctx, &c, resumption{})
	if err != nil && ctx.Err() == nil && n.misled() {
		c.Trace.Step("bound", "the server offers less than last time, once more", 0)
		c.Hint.Features = nil
		n, err = negotiate(ctx, &c, resumption{})
	}
	if err != nil && ctx.Err() == nil && n.turnedAway() {
		c.Trace.Step("bound", "the server ended the stream with its refusal, once more", 0)
		n, err = negotiate(ctx, &c, n.resumption)
	}
	if err != nil {
		n.unanswered(err)
		return nil, Established{}, err
	}
	s := newStream(n)
	e := n.established()
	e.warn(c)
	c.Password = model.Secret{} // not needed any more
	s.run()
	return s, e, nil
}

// newStream takes over from the negotiation. What has to be sent again waits for the
// writer: while Connect wrote it nobody would read what the server sends again, and both
// sides could wait for each other.
func newStream(n *negotiation) *Stream {
	return &Stream{
		t: n.t, w: newWriter(n.t, n.ledger, n.resumption.again), in: make(chan Inbound, inboxSize), early: n.early,
		kept: Resume{ID: n.smID, JID: n.bound, Location: n.location},
		quit: make(chan struct{}), done: make(chan struct{}),
	}
}

// run starts the two goroutines of the stream.
func (s *Stream) run() {
	go s.w.run()
	go s.read()
}

// misled reports that the attempt failed after something was sent that the server, as
// it then said, does not have.
func (n *negotiation) misled() bool {
	return n != nil && n.pipelined && n.known.SM && !n.feats.sm
}

// turnedAway reports that the server refused to go on with the session and ended the
// stream, though it should let us bind there (XEP-0198 §5).
func (n *negotiation) turnedAway() bool {
	return n != nil && n.resumption.asked && !n.answered && n.bound.IsZero()
}

// established is how the login went.
func (n *negotiation) established() Established {
	e := Established{
		Hint: n.hint(), SM: n.ledger.on, SMID: n.smID, Location: n.location, Max: n.longest, CSI: n.feats.csi,
		Sent:  n.ledger.sent() + uint32(len(n.resumption.again)),
		H:     n.ledger.acked,
		Acked: n.resumption.acked, Refused: n.resumption.refused, RosterVer: n.feats.rosterVer,
		ScramUsed: scramHash(n.used.mech) != nil, PlusUsed: n.used.plus(), Features: n.feats.el,
	}
	// A server that confirms its offer (XEP-0474) has changed its mind by itself.
	e.BindingLost = n.cfg.PlusSeen && !e.PlusUsed && !n.confirmed
	e.HashWeaker = weakerHash(n.used.mech, n.cfg.Hint.Mechanism) && !e.PlusUsed && !n.confirmed
	e.Login = model.Login{
		JID: n.bound, Mechanism: n.used.mech, ChannelBinding: n.used.binding(),
		TLSVersion: tlsVersion(n.t.tls), Resumed: n.resumption.done, RoundTrips: n.trips,
	}
	return e
}

// warn puts into the trace what the server proves less well than the last time.
func (e *Established) warn(c Config) {
	if e.BindingLost {
		c.Trace.Step("weaker", "channel binding was used before, and is not offered now", 0)
	}
	if e.HashWeaker {
		c.Trace.Step("weaker", e.Login.Mechanism+", and "+c.Hint.Mechanism+" was used before", 0)
	}
}

// Inbound is what comes from the server, in the order of the socket. It is bounded, so a
// slow reader slows the server down; it is closed when the stream has ended.
func (s *Stream) Inbound() <-chan Inbound { return s.in }

// Send queues elements in order and never waits for the network. It fails only when the
// stream has ended; then nothing of out was queued. The elements must not be changed
// afterwards.
func (s *Stream) Send(out ...Outgoing) error { return s.w.send(out) }

// Handled reports that n more counting stanzas are committed. After each 100 the server
// is told without having asked.
func (s *Stream) Handled(n int) { s.w.handled(n) }

// Ack answers the server's <r/> with what is Handled. Several requests may get one
// answer.
func (s *Stream) Ack() { s.w.ack() }

// Probe asks the server for a sign of life, an <a/>. It gives what tells whether that
// came, or nil: without stream management, or at the end, nothing is sent. What shows in
// Heard first may have waited in the socket since long before.
func (s *Stream) Probe() (answered func() bool) { return s.w.ask() }

// Heard is when the last byte came, white space included. It only moves forward, whatever
// the system's clock does.
func (s *Stream) Heard() time.Time { return s.t.wire.lastHeard() }

// Err is why the stream ended, a *model.Error, or nil after Close or Abort. It is right
// once Inbound is closed.
func (s *Stream) Err() error {
	_, cause := s.w.outcome()
	return cause
}

// Unacked is what was given to Send (or as Config.First) and not confirmed, oldest
// first. Without stream management it is only what was never written. It is right once
// Inbound is closed.
func (s *Stream) Unacked() []Unacked {
	queue, _ := s.w.outcome()
	return queue
}

// Close ends the stream in good order: what was sent is written, </stream:stream> goes
// both ways. It returns when Inbound is closed; when ctx ends first, the connection is
// dropped. Inbound need not be drained meanwhile.
func (s *Stream) Close(ctx context.Context) error {
	s.w.hangUp(nil)
	s.once.Do(func() { close(s.quit) })
	select {
	case <-s.done:
		return nil
	case <-ctx.Done():
	}
	s.Abort()
	return explain(ctx, ctx.Err(), s.t.domain)
}

// Abort drops the connection at once and returns when Inbound is closed. The server is not
// told, so it keeps the session.
func (s *Stream) Abort() {
	s.w.end(nil)
	s.once.Do(func() { close(s.quit) })
	s.t.abort()
	<-s.done
}
