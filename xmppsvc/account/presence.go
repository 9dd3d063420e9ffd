package account

import (
	"context"

	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stream"
	"dovekie/xmppsvc/xep"
)

// own is what the user wants contacts to see.
type own struct {
	show   model.Show
	status string
	name   string
	told   presence // what the session was told last, zero when that is not known
}

// presence is what contacts see.
type presence struct {
	show   model.Show
	status string
}

func (o *own) presence() presence { return presence{o.show, o.status} }

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
	sent := a.send(stream.Outgoing{Element: xep.NewPresence(a.own.show, a.own.status, 0, a.features.disco.Caps())})
	if sent && a.link.opening == nil {
		a.own.told = a.own.presence()
	}
}
