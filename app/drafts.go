package app

import (
	"context"
	"errors"
	"maps"
	"time"

	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
)

// draftsEvery is how often what is typed is stored: no more than that is lost in a crash.
const draftsEvery = 500 * time.Millisecond

// drafts are those that differ from what is stored. One write runs at a time, so that an
// older text never comes last.
type drafts struct {
	changed map[model.ChatID]bool
	saving  map[model.ChatID]bool
	due     bool // a write will come
}

// setDraft enters what is typed, and has it stored soon.
func (a *App) setDraft(id model.ChatID, text string) {
	c := a.state.SetDraft(id, text)
	if !c.Chats {
		return
	}
	a.changed(c)
	if a.drafts.changed == nil {
		a.drafts.changed = map[model.ChatID]bool{}
	}
	a.drafts.changed[id] = true
	a.saveDraftsSoon()
}

func (a *App) saveDraftsSoon() {
	if a.drafts.due || a.drafts.saving != nil || len(a.drafts.changed) == 0 {
		return
	}
	a.drafts.due = true
	s := a.session
	a.cross.After(draftsEvery, func() {
		if a.session == s && s != nil {
			a.saveDrafts()
		}
	})
}

func (a *App) saveDrafts() {
	s := a.session
	a.drafts.due = false
	all := a.draftsOf(a.drafts.changed)
	a.drafts.changed, a.drafts.saving = nil, a.drafts.changed
	s.run("draft", commandTimeout, func(ctx context.Context) error { return storeDrafts(ctx, s.svc, all) }, func(err error) {
		again := a.drafts.saving
		a.drafts.saving = nil
		if err == nil {
			a.saveDraftsSoon()
			return
		}
		// They are tried again with the next text, or when the session ends.
		a.deps.Logger.Warn("a draft was not stored", "kind", string(model.KindOf(err)))
		maps.Copy(again, a.drafts.changed)
		a.drafts.changed = again
	})
}

func storeDrafts(ctx context.Context, svc Service, all []model.Draft) error {
	var failed error
	for _, d := range all {
		failed = errors.Join(failed, svc.SetDraft(ctx, d.Chat, d.Text))
	}
	return failed
}

func (a *App) draftsOf(ids map[model.ChatID]bool) []model.Draft {
	var all []model.Draft
	for id := range ids {
		d := model.Draft{Chat: id}
		if c := a.state.Chats[id]; c != nil {
			d.Text = c.Draft
		}
		all = append(all, d)
	}
	return all
}

// takeDrafts are those that may not be stored yet, for whoever ends the session.
func (a *App) takeDrafts() []model.Draft {
	all := append(a.draftsOf(a.drafts.saving), a.draftsOf(a.drafts.changed)...)
	a.drafts = drafts{}
	return all
}

// readDrafts shows what was stored of the account's drafts.
func (a *App) readDrafts(account jid.JID) {
	s := a.session
	var all []model.Draft
	s.run("drafts", commandTimeout, func(ctx context.Context) (err error) {
		all, err = s.svc.Drafts(ctx, account)
		return err
	}, func(err error) {
		if err != nil {
			a.deps.Logger.Warn("the drafts were not read", "kind", string(model.KindOf(err)))
			return
		}
		a.changed(a.state.RestoreDrafts(all))
		a.views.chat.DraftRestored()
	})
}
