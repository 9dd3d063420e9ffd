package app

import (
	"context"
	"slices"
	"strconv"
	"time"

	"dovekie/app/adapt"
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
	a.nudged(c)
	a.noteMissed(c.Missed)
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
	c := a.state.Chats[m.Chat]
	if a.chatInSight() && m.Chat == a.state.Front || c != nil && c.Muted {
		return
	}
	title := a.state.Label(m.Chat.Account, m.Chat.Peer)
	body := m.Body
	if text, is := adapt.Action(a.state, m); is {
		body = text
	}
	if text, is := adapt.Nudge(a.state, m); is {
		body = text
	}
	if m.Kind == model.KindEncrypted {
		body = tr.T("notify.encrypted")
	}
	if r := []rune(body); len(r) > notifyMost {
		body = string(r[:notifyMost]) + "…"
	}
	a.showNotification(m.Chat.Peer.String(), title, body)
}

// showNotification shows it, unless the user does not want to be disturbed.
func (a *App) showNotification(key, title, body string) {
	acc, s := a.state.Account(), a.session
	if a.deps.Notify == nil || s == nil || acc != nil && acc.Show == model.ShowDND {
		return
	}
	s.run("notify", notifyTimeout, func(ctx context.Context) error {
		if err := a.deps.Notify.Show(ctx, key, title, body); err != nil {
			a.deps.Logger.Debug("notification", "error", err)
		}
		return nil
	}, nil)
}

const (
	// missedAfter is how long no more must have come of what was missed before it is told:
	// a catch-up is one piece of news, however many pages it has.
	missedAfter = 2 * time.Second
	missedKey   = "missed" // no address looks like it
)

// missedChats are chats with unread messages that came while we were away.
type missedChats struct {
	chats []model.ChatID
	stop  func() // the timer that is running, or nil
}

// noteMissed gathers what a catch-up brings.
func (a *App) noteMissed(ids []model.ChatID) {
	for _, id := range ids {
		if id.Account == a.state.Current && a.screen == screenMain {
			a.missed.chats = append(slices.DeleteFunc(a.missed.chats, func(o model.ChatID) bool { return o == id }), id)
		}
	}
	if len(ids) == 0 || len(a.missed.chats) == 0 {
		return
	}
	if a.missed.stop != nil {
		a.missed.stop()
	}
	s := a.session
	a.missed.stop = a.cross.After(missedAfter, func() {
		a.missed.stop = nil
		if a.session == s {
			a.notifyMissed()
		}
	})
}

// notifyMissed tells in one notification what is still unread of it. A later one replaces
// it and tells of the same chats as well.
func (a *App) notifyMissed() {
	a.missed.chats = slices.DeleteFunc(a.missed.chats, func(id model.ChatID) bool {
		return a.state.CountedOf(id) == 0 || id.Account != a.state.Current
	})
	var told []model.ChatID
	for _, id := range a.missed.chats {
		if !a.chatInSight() || id != a.state.Front {
			told = append(told, id)
		}
	}
	switch len(told) {
	case 0:
	case 1:
		n := strconv.Itoa(a.state.UnreadOf(told[0]))
		a.showNotification(missedKey, a.state.Label(told[0].Account, told[0].Peer), tr.T("notify.missed_one", "n", n))
	default:
		a.showNotification(missedKey, tr.T("app.name"), tr.T("notify.missed_many", "n", strconv.Itoa(len(told))))
	}
}
