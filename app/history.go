package app

import (
	"context"
	"slices"
	"time"

	"dovekie/app/state"
	"dovekie/app/tr"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
)

const (
	// pageMessages is how many messages a page has.
	pageMessages = 60
	// againMost bounds what is read of one chat at once.
	againMost = 20_000
	// slowAfter is how long a page may take before a word is said about it: what is on this
	// computer comes sooner, what has to be fetched does not.
	slowAfter = 300 * time.Millisecond
	// gapPatience is how long a gap is said to be fetched after the user asked for it.
	gapPatience = 15 * time.Second
)

// older asks for the page before what is loaded; for nothing when all is here, and after a
// failure only if the user insists. It may be called while messages are laid out.
func (a *App) older(id model.ChatID, insist bool) {
	if a.session == nil {
		return
	}
	ask, ok := a.state.AskPage(id, insist)
	if !ok {
		return
	}
	if insist {
		a.changed(a.state.PageSlow(ask))
	} else {
		s := a.session
		a.cross.After(slowAfter, func() {
			if a.session == s {
				a.changed(a.state.PageSlow(ask))
			}
		})
	}
	a.ask(ask)
}

// reload reads again what is loaded of chats whose past changed.
func (a *App) reload(ids []model.ChatID) {
	if a.session == nil {
		return
	}
	for i, id := range ids {
		if slices.Contains(ids[:i], id) {
			continue
		}
		if ask, ok := a.state.AskAgain(id, a.views.chat.FirstSeen(id)); ok {
			a.ask(ask)
		}
	}
}

// ask puts a question to History and enters the answer.
func (a *App) ask(q state.Ask) {
	s := a.session
	var page []model.Message
	var complete bool
	s.run("history", commandTimeout, func(ctx context.Context) (err error) {
		if q.Again {
			page, complete, err = readAgain(ctx, s.svc, q)
		} else {
			page, complete, err = s.svc.History(ctx, q.Chat, q.Before, pageMessages)
		}
		return err
	}, func(err error) {
		if err != nil {
			a.askFailed(q, err)
			return
		}
		c := a.state.AddPage(q, page, complete)
		a.changed(c)
		a.reload(c.Reload)
		if q.Chat == a.state.Front {
			if a.views.chat.Jumping() {
				a.older(q.Chat, false)
			}
			a.markRead()
		}
	})
}

// askFailed says above the messages that older ones did not come; what is more than that,
// such as a disk that cannot be read, is said aloud.
func (a *App) askFailed(q state.Ask, err error) {
	acc := a.state.Accounts[q.Chat.Account]
	offline := model.KindOf(err) == model.ErrNotOnline || acc == nil || !acc.Online()
	a.changed(a.state.PageFailed(q, offline))
	if broken(err) {
		a.tell(tr.Error(err, ""))
	}
}

// readAgain reads from the end of the chat back to the message that was loaded first; not
// on the UI goroutine.
func readAgain(ctx context.Context, svc Service, q state.Ask) ([]model.Message, bool, error) {
	page, complete, err := svc.History(ctx, q.Chat, "", max(pageMessages, q.Least))
	for err == nil && !complete && q.Down != "" && len(page) < againMost && !has(page, q.Down) {
		first := slices.IndexFunc(page, func(m model.Message) bool { return m.Kind != model.KindGap })
		if first < 0 {
			break
		}
		var older []model.Message
		older, complete, err = svc.History(ctx, q.Chat, page[first].ID, 4*pageMessages)
		if err != nil && !broken(err) || err == nil && len(older) == 0 {
			return page, false, nil // the message is not here any more
		}
		page = append(older, page[first:]...)
	}
	return page, complete, err
}

// broken reports whether something is wrong on this computer.
func broken(err error) bool {
	kind := model.KindOf(err)
	return kind == model.ErrStorage || kind == model.ErrDiskFull
}

func has(page []model.Message, id model.MessageID) bool {
	return slices.ContainsFunc(page, func(m model.Message) bool { return m.ID == id })
}

// fillGap has a gap fetched: reading the page that holds it does that. What comes of it is
// told by events; if nothing comes for a while, the user may try again.
func (a *App) fillGap(id model.ChatID, gap model.MessageID) {
	behind, c, ok := a.state.CallGap(id, gap)
	if !ok {
		return
	}
	a.changed(c)
	a.do("fill gap", func(ctx context.Context, svc Service, _ jid.JID) error {
		_, _, err := svc.History(ctx, id, behind, 1)
		return err
	})
	s := a.session
	a.cross.After(gapPatience, func() {
		if a.session == s {
			a.changed(a.state.GapQuiet(id, gap))
		}
	})
}
