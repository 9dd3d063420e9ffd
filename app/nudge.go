package app

import (
	"context"

	"dovekie/app/state"
	"dovekie/app/tr"
	"dovekie/xmppsvc/model"
)

// nudge asks the peer of the chat for attention; whoever nudges sees what it looks like.
func (a *App) nudge(id model.ChatID) {
	s := a.session
	if s == nil {
		return
	}
	s.run("nudge", commandTimeout, func(ctx context.Context) error {
		_, err := s.svc.Nudge(ctx, id)
		return err
	}, func(err error) {
		switch {
		case err != nil:
			a.tell(a.whyNoNudge(id, err))
		case a.state.Front == id:
			a.shake()
		}
	})
	a.focusComposer()
}

// whyNoNudge says why somebody could not be nudged.
func (a *App) whyNoNudge(id model.ChatID, err error) string {
	name := a.state.Label(id.Account, id.Peer)
	switch model.KindOf(err) {
	case model.ErrNotOnline:
		return tr.T("nudge.offline")
	case model.ErrInvalid:
		return tr.T("nudge.soon")
	case model.ErrUnsupported:
		switch c := a.state.Contact(id.Account, id.Peer); {
		case c == nil:
			return tr.T("nudge.stranger", "name", name)
		case c.Best().Show == model.ShowUnavailable:
			return tr.T("nudge.away", "name", name)
		}
		return tr.T("nudge.unsupported", "name", name)
	default:
		return tr.Error(err, id.Account.Domain())
	}
}

// nudged shakes the chat whose peer asks for attention, if it is looked at; otherwise the
// notification of the message is enough.
func (a *App) nudged(c *state.Change) {
	for _, id := range c.Nudged {
		if id == a.state.Front && a.chatInSight() {
			a.shake()
		}
	}
}

func (a *App) shake() {
	if !a.settings.NoShake {
		a.views.chat.Shake()
	}
}
