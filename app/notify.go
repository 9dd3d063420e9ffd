package app

import (
	"context"
	"time"

	"dovekie/app/state"
	"dovekie/app/tr"
	"dovekie/xmppsvc/model"
)

// notifyTimeout bounds the desktop's answer.
const notifyTimeout = 5 * time.Second

// notifyMost is how much of a message a notification shows.
const notifyMost = 200

// notify tells of what came while its chat was not looked at. It uses the batch that was
// just drawn, so that what it says is on the screen.
func (a *App) notify(c *state.Change) {
	for i := range c.Arrived {
		m := &c.Arrived[i]
		if m.Chat.Account != a.state.Current || a.screen != screenMain {
			continue
		}
		if m.Chat == a.state.Front {
			if a.looking() {
				a.markRead()
				continue
			}
			a.changed(a.state.NewLine())
		}
		a.notifyMessage(m)
	}
	if len(c.Arrived) == 0 && c.Chats {
		a.markRead()
	}
	for _, n := range c.Notices {
		if text := noticeWords(a.state, n); text != "" {
			a.tell(text)
		}
	}
}

// notifyMessage shows a desktop notification; a newer one of the chat replaces it.
func (a *App) notifyMessage(m *model.Message) {
	if a.deps.Notify == nil || a.render.focused && m.Chat == a.state.Front {
		return
	}
	acc := a.state.Account()
	if acc != nil && acc.Show == model.ShowDND {
		return
	}
	title := a.state.Label(m.Chat.Account, m.Chat.Peer)
	body := m.Body
	if m.Kind == model.KindEncrypted {
		body = tr.T("notify.encrypted")
	}
	if r := []rune(body); len(r) > notifyMost {
		body = string(r[:notifyMost]) + "…"
	}
	s, key := a.session, m.Chat.Peer.String()
	s.run("notify", notifyTimeout, func(ctx context.Context) error {
		if err := a.deps.Notify.Show(ctx, key, title, body); err != nil {
			a.deps.Logger.Debug("notification", "error", err)
		}
		return nil
	}, nil)
}
