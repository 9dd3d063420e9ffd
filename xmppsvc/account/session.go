package account

import (
	"time"

	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/feature"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stanza"
	"dovekie/xmppsvc/stream"
)

// session is the account as its features see it.
type session struct{ a *Account }

var _ feature.Session = session{}

func (s session) Self() jid.JID {
	if s.a.link.full.IsZero() {
		return s.a.self()
	}
	return s.a.link.full
}

func (s session) Now() time.Time { return s.a.now() }
func (s session) NewID() string  { return newID() }
func (s session) Online() bool   { return s.a.link.up() }

func (s session) Send(el *stanza.Element) { s.a.send(stream.Outgoing{Element: el}) }

func (s session) Ask(iq *stanza.Element, done func(*stanza.Element, error)) {
	s.a.ask(iq, askLimit, done)
}

func (s session) Emit(events ...event.Event) { s.a.fx.events = append(s.a.fx.events, events...) }

func (s session) Fail(err error) { s.a.fail(err) }

// fail marks the batch as one that cannot be committed; the first reason stays.
func (a *Account) fail(err error) {
	if a.fx.err == nil {
		a.fx.err = err
	}
}

// emit is session.Emit for the account itself.
func (a *Account) emit(events ...event.Event) { session{a}.Emit(events...) }

// send collects what goes out: behind bind while a connection is being prepared, after
// the commit while one is up, and nowhere otherwise.
func (a *Account) send(out stream.Outgoing) bool {
	switch {
	case a.link.opening != nil:
		*a.link.opening = append(*a.link.opening, out)
	case a.link.up():
		a.fx.sends = append(a.fx.sends, out)
	default:
		return false
	}
	return true
}

// ask registers the question, then sends it: an answer can never be too fast.
func (a *Account) ask(iq *stanza.Element, limit time.Duration, done func(*stanza.Element, error)) {
	to, err := jid.Parse(iq.Get("to"))
	if err != nil && iq.Get("to") != "" {
		done(nil, model.Errorf(model.ErrInvalidJID, "ask: %w", err))
		return
	}
	id := newID()
	a.asks[id] = question{to: to, deadline: a.now().Add(limit), done: done}
	iq.SetAttr("id", id)
	if !a.send(stream.Outgoing{Element: iq}) {
		a.asks.fail(id, errOffline)
		return
	}
	a.fx.asked = append(a.fx.asked, id)
}

var errOffline = model.Errorf(model.ErrNotOnline, "not connected")
