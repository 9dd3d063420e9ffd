// Package featuretest lets a feature be tested alone: a Session that records.
package featuretest

import (
	"fmt"
	"time"

	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/feature"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stanza"
)

// TB is what a Session needs of a testing.TB.
type TB interface {
	Helper()
	Fatalf(format string, args ...any)
}

// Start is when a Session's clock begins.
var Start = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// Session is a feature.Session that keeps what the feature does. Its clock stands still
// unless the test moves it.
type Session struct {
	tb      TB
	Me      jid.JID // full
	Clock   time.Time
	Offline bool

	Sent   []*stanza.Element
	Events []event.Event
	Err    error // of Fail

	ids  int
	asks map[string]func(*stanza.Element, error)
}

var _ feature.Session = (*Session)(nil)

// New is an online session of the account me, a full JID.
func New(tb TB, me string) *Session {
	return &Session{
		tb: tb, Me: jid.MustParse(me), Clock: Start, asks: map[string]func(*stanza.Element, error){},
	}
}

// Self is Me.
func (s *Session) Self() jid.JID { return s.Me }

// Now is Clock.
func (s *Session) Now() time.Time { return s.Clock }

// Steady is Clock too.
func (s *Session) Steady() time.Time { return s.Clock }

// NewID counts, so that tests can say what they expect.
func (s *Session) NewID() string {
	s.ids++
	return fmt.Sprintf("id%d", s.ids)
}

// Online is true unless the test says Offline.
func (s *Session) Online() bool { return !s.Offline }

// Send keeps el.
func (s *Session) Send(el *stanza.Element) { s.Sent = append(s.Sent, el) }

// Ask keeps the question until Answer.
func (s *Session) Ask(iq *stanza.Element, done func(*stanza.Element, error)) {
	if s.Offline {
		done(nil, model.Errorf(model.ErrNotOnline, "not connected"))
		return
	}
	iq.SetAttr("id", s.NewID())
	s.asks[iq.Get("id")] = done
	s.Send(iq)
}

// Emit keeps the events.
func (s *Session) Emit(events ...event.Event) { s.Events = append(s.Events, events...) }

// Fail keeps the error.
func (s *Session) Fail(err error) { s.Err = err }

// Answer answers the question iq with a payload (XML), or with err.
func (s *Session) Answer(iq *stanza.Element, payload string, err error) {
	s.tb.Helper()
	done := s.asks[iq.Get("id")]
	if done == nil {
		s.tb.Fatalf("nobody asked %s", iq)
	}
	delete(s.asks, iq.Get("id"))
	if err != nil {
		done(nil, err)
		return
	}
	answer := stanza.NewIQ("result", iq.Get("id"), "", nil)
	if payload != "" {
		answer.Add(s.Parse(payload))
	}
	done(answer, nil)
}

// Parse reads the XML of a test.
func (s *Session) Parse(xml string) *stanza.Element {
	s.tb.Helper()
	el, err := stanza.Parse([]byte(xml))
	if err != nil {
		s.tb.Fatalf("the test's stanza: %v", err)
	}
	return el
}

// TakeSent gives what was sent since the last call.
func (s *Session) TakeSent() []*stanza.Element {
	out := s.Sent
	s.Sent = nil
	return out
}

// TakeEvents gives the events since the last call.
func (s *Session) TakeEvents() []event.Event {
	out := s.Events
	s.Events = nil
	return out
}
