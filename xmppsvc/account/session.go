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

// view is the account as its features see it.
type view struct{ a *Account }

var _ feature.Session = view{}

func (s view) Self() jid.JID {
	if s.a.link.full.IsZero() {
		return s.a.self()
	}
	return s.a.link.full
}

func (s view) Now() time.Time { return s.a.now() }

func (s view) Steady() time.Time { return s.a.steady() }

func (s view) NewID() string { return newID() }
func (s view) Online() bool  { return s.a.link.up() }

func (s view) Send(el *stanza.Element) { s.a.send(stream.Outgoing{Element: el}) }

func (s view) Ask(iq *stanza.Element, done func(*stanza.Element, error)) {
	s.a.ask(iq, askLimit, done)
}

func (s view) Emit(events ...event.Event) { s.a.fx.events = append(s.a.fx.events, events...) }

func (s view) Fail(err error) { s.a.fail(err) }

// fail marks the batch as one that cannot be committed; the first reason stays.
func (a *Account) fail(err error) {
	if a.fx.err == nil {
		a.fx.err = err
	}
}

// emit is view.Emit for the account itself.
func (a *Account) emit(events ...event.Event) { view{a}.Emit(events...) }

// send collects what goes out: behind bind while a connection is being prepared, after
// the commit while one is up, and nowhere otherwise.
func (a *Account) send(out stream.Outgoing) bool {
	switch {
	case a.link.opening != nil:
		a.link.opening.first = append(a.link.opening.first, out)
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
	a.asks[id] = question{to: to, deadline: a.steady().Add(limit), done: done}
	iq.SetAttr("id", id)
	if !a.send(stream.Outgoing{Element: iq}) {
		a.asks.fail(id, errOffline)
		return
	}
	if a.link.opening != nil {
		a.link.opening.asked = append(a.link.opening.asked, id)
	}
	a.fx.asked = append(a.fx.asked, id)
}

var errOffline = model.Errorf(model.ErrNotOnline, "not connected")
