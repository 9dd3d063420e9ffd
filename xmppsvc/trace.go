package xmppsvc

import (
	"context"
	"sync"
	"time"

	"dovekie/xmppsvc/account"
	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stream"
	"dovekie/xmppsvc/trace"
)

// tracing is the service's part of the second tap: it tells each account's trace where a
// connection begins and why it ended, and keeps the months' traffic.
type tracing struct {
	ledger *trace.Ledger
	// entering is held where figures go from a meter to the ledger, so that a reader
	// finds them in one of the two.
	entering sync.Mutex
	stop     context.CancelFunc
	ended    chan struct{}
}

// saveEvery is how much of the month's traffic a crash may lose.
const saveEvery = time.Minute

// Trace is the account's second tap, or nil if there is no such account. That of an
// account which could not sign in for the first time can be read until the next one.
func (s *Service) Trace(account jid.JID) *trace.Trace {
	if m, err := s.member(account); err == nil {
		return m.trace
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refused.account == account.Bare() {
		return s.refused.trace
	}
	return nil
}

// Traffic is a reading of the account's meter, with what earlier runs used this month.
func (s *Service) Traffic(account jid.JID) (trace.Traffic, error) {
	m, err := s.member(account)
	if err != nil {
		return trace.Traffic{}, err
	}
	month := trace.Month(s.opts.Clock())
	s.tracing.entering.Lock()
	defer s.tracing.entering.Unlock()
	t := m.trace.Traffic()
	t.Month = s.tracing.ledger.Of(account.Bare().String(), month).Add(t.Fresh)
	return t, nil
}

// SendXML sends one message, presence or iq written by hand. It is refused, with the
// reason, when it could harm the stream, and when the account is not online.
func (s *Service) SendXML(ctx context.Context, account jid.JID, text string) error {
	m, err := s.member(account)
	if err != nil {
		return err
	}
	return m.SendXML(ctx, text)
}

// begin opens the ledger and starts what writes it.
func (t *tracing) begin(s *Service) {
	ledger, err := trace.OpenLedger(s.opts.Dir)
	if err != nil {
		s.opts.Logger.Warn("traffic", "error", err)
	}
	ctx, stop := context.WithCancel(context.Background())
	t.ledger, t.stop, t.ended = ledger, stop, make(chan struct{})
	go func() {
		defer close(t.ended)
		tick := time.NewTicker(saveEvery)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				s.mu.Lock()
				members := s.members
				fresh := make(map[jid.JID]*trace.Trace, len(members))
				for j, m := range members {
					fresh[j] = m.trace
				}
				s.mu.Unlock()
				t.enter(s, fresh)
			}
		}
	}()
}

// enter counts what the traces have counted since and writes the ledger.
func (t *tracing) enter(s *Service, traces map[jid.JID]*trace.Trace) {
	month := trace.Month(s.opts.Clock())
	t.entering.Lock()
	for j, tr := range traces {
		t.ledger.Add(j.String(), month, tr.Fresh())
	}
	t.entering.Unlock()
	if err := t.ledger.Save(); err != nil {
		s.opts.Logger.Warn("traffic", "error", err)
	}
}

// end counts the last bytes of the accounts that were signed out.
func (t *tracing) end(s *Service, members map[jid.JID]*member) {
	t.stop()
	<-t.ended
	last := make(map[jid.JID]*trace.Trace, len(members))
	for j, m := range members {
		last[j] = m.trace
	}
	t.enter(s, last)
}

// connect is account.Config.Connect with the trace of the attempt: it records into a
// connection of its own, so that what an older one still has to say stays with that one.
func (s *Service) connect(ctx context.Context, c stream.Config) (account.Stream, stream.Established, error) {
	c.Trace = c.Trace.Begin(s.pinned(ctx, c.JID)...)
	st, est, err := stream.Connect(ctx, c)
	if err != nil {
		c.Trace.Failed(err)
		return nil, est, err
	}
	c.Trace.Online(est.Login, est.SM, est.Max)
	return st, est, nil
}

// pinned are the keys that the user has accepted for good.
func (s *Service) pinned(ctx context.Context, account jid.JID) []string {
	pins, err := s.store.Pins(ctx, account.Bare())
	if err != nil {
		return nil // the attempt has read them too and would have failed
	}
	var keys []string
	for _, p := range pins {
		if p.Domain == account.Domain() {
			keys = append(keys, p.Fingerprint)
		}
	}
	return keys
}

// publishing gives an account's events to the hub, and the reason of a loss, which is
// the account's to judge, to its trace.
func (s *Service) publishing(tr *trace.Trace) func(...event.Event) {
	return func(events ...event.Event) {
		for _, ev := range events {
			c, ok := ev.(event.ConnectionChanged)
			if ok && (c.Connection.State == model.Offline || c.Connection.State == model.Waiting) {
				tr.Lost(c.Connection.Cause, c.Connection.Detail, c.Connection.RetryAt)
			}
		}
		s.hub.publish(events...)
	}
}
