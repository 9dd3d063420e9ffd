package account

import (
	"context"
	"time"

	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stanza"
	"dovekie/xmppsvc/stream"
	"dovekie/xmppsvc/xep"
)

// own is what the user wants contacts to see.
type own struct {
	show   model.Show
	status string
	name   string
}

// SetPresence stores what contacts see of us and sends it, now or with the next login.
func (a *Account) SetPresence(ctx context.Context, show model.Show, status string) error {
	return a.do(ctx, func() error { return a.present(show, status) })
}

// maxStatus is as long as a status of others that is kept, in bytes. A server that does not
// take a longer one would end the stream, and again at each login, as it is stored.
const maxStatus = 8 << 10

func (a *Account) present(show model.Show, status string) error {
	switch show {
	case model.ShowAvailable, model.ShowChat, model.ShowAway, model.ShowXA, model.ShowDND:
	default:
		return model.Errorf(model.ErrUnsupported, "%q is no presence that can be shown", show)
	}
	if len(status) > maxStatus {
		return model.Errorf(model.ErrTooLarge, "the status is longer than %d bytes", maxStatus)
	}
	a.own.show, a.own.status = show, status
	if err := a.tx.PutOwnPresence(a.self(), show, status, a.own.name); err != nil {
		a.fail(err)
		return nil
	}
	a.emit(event.SelfChanged{Account: a.self(), Show: show, Status: status, Name: a.own.name})
	a.sendPresence()
	return nil
}

func (a *Account) sendPresence() {
	a.send(stream.Outgoing{Element: xep.NewPresence(a.own.show, a.own.status, 0, a.features.disco.Caps())})
}

const (
	// idle is how long the other side may be silent before it is asked whether it is
	// still there, and pulseLimit how long it may take to say so.
	idle       = 60 * time.Second
	pulseLimit = 15 * time.Second
)

// pulse watches whether the server is still there.
type pulse struct {
	heard time.Time
	asked bool
}

// tick is what the time brings: answers that are overdue, the next attempt, a ping.
func (a *Account) tick() {
	now := a.now()
	a.asks.expire(now)
	state := a.link.state
	if state.State == model.Waiting && !now.Before(state.RetryAt) {
		a.begin()
	}
	if a.link.up() && !a.link.pulse.asked && now.Sub(a.link.pulse.heard) >= idle {
		a.link.pulse.asked = true
		a.ask(stanza.NewIQ("get", "", a.self().Server().String(), xep.Ping()), pulseLimit, a.pulseAnswered)
	}
}

// pulseAnswered: even a refusal is a sign of life; silence means that the line is dead,
// whatever TCP believes.
func (a *Account) pulseAnswered(_ *stanza.Element, err error) {
	a.link.pulse.asked = false
	if model.KindOf(err) == model.ErrTimeout && a.now().Sub(a.link.pulse.heard) >= pulseLimit {
		a.link.abort(model.Errorf(model.ErrTimeout, "the server has not answered for %s", idle+pulseLimit))
	}
}

// untilNext is when tick has something to do.
func (a *Account) untilNext() time.Duration {
	due := a.asks.next()
	earlier := func(t time.Time) {
		if due.IsZero() || t.Before(due) {
			due = t
		}
	}
	if a.link.state.State == model.Waiting {
		earlier(a.link.state.RetryAt)
	}
	if a.link.up() && !a.link.pulse.asked {
		earlier(a.link.pulse.heard.Add(idle))
	}
	if due.IsZero() {
		return time.Hour
	}
	return max(0, due.Sub(a.now()))
}
