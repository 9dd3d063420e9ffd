package app

import (
	"context"
	"log/slog"
	"sync"

	"dovekie/app/state"
	"dovekie/app/tr"
	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
)

// session is one open service: of the user's own accounts, or the demo's.
type session struct {
	commands
	svc  Service
	demo Demo // nil for own accounts
	feed Feed
	stop context.CancelFunc
	wg   sync.WaitGroup

	entered state.Change // by the portions of a batch that is not at its end yet
}

// close ends the session with all its goroutines, storing the last drafts; not on the UI
// goroutine.
func (s *session) close(log *slog.Logger, last []model.Draft) {
	s.stop()
	s.feed.Close()
	s.wg.Wait()
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	if err := storeDrafts(ctx, s.svc, last); err != nil {
		log.Warn("a draft was not stored", "kind", string(model.KindOf(err)))
	}
	if err := s.svc.Close(ctx); err != nil {
		log.Warn("closing the service", "error", err)
	}
	if s.demo != nil {
		if err := s.demo.Close(ctx); err != nil {
			log.Warn("closing the demo", "error", err)
		}
	}
}

// enter makes the service the one that the window shows and starts its pump.
func (a *App) enter(svc Service, feed Feed, demo Demo) {
	ctx, stop := context.WithCancel(a.ctx)
	s := &session{svc: svc, demo: demo, feed: feed, stop: stop}
	s.commands = commands{ctx: ctx, cross: a.cross, wg: &s.wg}
	a.session = s
	a.activity.told, a.activity.telling = false, false // a service begins with somebody who looks
	a.state = state.New()
	p := &pump{feed: s.feed, cross: a.cross, apply: func(batch []event.Event, ready state.Prepared) int {
		if a.session == s {
			return a.apply(batch, ready)
		}
		return len(batch)
	}}
	s.wg.Go(func() {
		if err := p.run(ctx); err != nil && ctx.Err() == nil {
			a.deps.Logger.Warn("the feed ended", "error", err)
		}
	})
	a.tellActivity()
}

// leave ends the session and calls then on the UI goroutine once it is closed.
func (a *App) leave(then func()) {
	old, last := a.session, a.takeDrafts()
	a.session = nil
	a.state = state.New()
	a.missed = missedChats{}
	a.login, a.question = attempt{}, question{}
	a.closeConnection()
	a.conn.trace.WatchStanzas(false)
	a.conn = pageState{keep: a.conn.keep}
	a.render.pending = state.Everything()
	if old == nil {
		then()
		return
	}
	old.stop()
	a.wg.Go(func() {
		old.close(a.deps.Logger, last)
		a.cross.Do("left", then)
	})
}

// openOwn opens the service of the user's own accounts.
func (a *App) openOwn() {
	a.views.login.SetBusy(tr.T("store.opening"))
	a.wg.Go(func() {
		svc, err := a.deps.Open(a.ctx)
		var feed Feed
		if err == nil {
			feed = svc.Subscribe() // it gathers a snapshot: not on the UI goroutine
		}
		a.cross.Do("opened", func() { a.opened(svc, feed, nil, err, "store.failed") })
	})
}

// opened is the answer to openOwn and startDemo.
func (a *App) opened(svc Service, feed Feed, demo Demo, err error, failed string) {
	a.views.login.SetBusy("")
	switch {
	case err != nil:
		a.deps.Logger.Error("open", "error", err)
		a.showLogin()
		a.views.login.SetProblem(generalProblem(tr.T(failed, "why", tr.Error(err, ""))))
	case a.ctx.Err() != nil: // closed meanwhile
		feed.Close()
		a.wg.Go(func() {
			ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
			defer cancel()
			_ = svc.Close(ctx) // nothing is left to tell anybody
			if demo != nil {
				_ = demo.Close(ctx)
			}
		})
	default:
		a.enter(svc, feed, demo)
	}
}

// startDemo leaves the session and starts the embedded server.
func (a *App) startDemo() {
	if a.deps.OpenDemo == nil {
		return
	}
	a.views.login.SetBusy(tr.T("login.step.demo"))
	lang := tr.Lang()
	a.leave(func() {
		a.wg.Go(func() {
			demo, err := a.deps.OpenDemo(a.ctx, lang)
			var svc Service
			var feed Feed
			if err == nil {
				svc = demo.Service()
				feed = svc.Subscribe()
			}
			a.cross.Do("opened", func() { a.opened(svc, feed, demo, err, "demo.failed") })
		})
	})
}

// endDemo goes from the demo to the user's own accounts; then is called on their panel.
func (a *App) endDemo(then func()) {
	a.showLogin()
	a.login.after = nil
	a.leave(func() {
		a.login.after = then
		a.openOwn()
	})
}

// startOver empties the demo and begins it again.
func (a *App) startOver() {
	s := a.session
	if s == nil || s.demo == nil {
		return
	}
	a.changed(a.state.CloseAll())
	s.run("start over", connectTimeout, s.demo.StartOver, func(err error) {
		if err != nil {
			a.tell(tr.T("demo.failed", "why", tr.Error(err, "")))
		}
	})
}

// followDemo shows the demo's account, which was forgotten, once it is there again.
func (a *App) followDemo(account jid.JID) {
	if s := a.session; s.demo != nil && a.screen == screenMain && a.state.Current.IsZero() {
		s.entered.Add(a.state.Choose(account))
	}
}

// ready decides what to show once the first snapshot is here.
func (a *App) ready() {
	for account := range a.state.Accounts {
		a.readDrafts(account)
	}
	switch after := a.login.after; {
	case a.session.demo != nil:
		r := a.session.demo.Request()
		a.showMain(r.JID.Bare())
		a.connect(r, nil)
	case after != nil:
		a.login.after = nil
		a.fillLogin()
		after()
	case !a.deps.Start.Account.IsZero():
		a.startAccount(a.deps.Start)
	default:
		if account := a.automatic(); !account.IsZero() {
			a.showMain(account)
			return
		}
		a.fillLogin()
	}
}

// startAccount signs in as the command line asked.
func (a *App) startAccount(s Start) {
	a.deps.Start.Account, a.deps.Start.Password = jid.JID{}, model.Secret{} // once
	r := model.ConnectRequest{JID: s.Account, Password: s.Password, Security: model.SecurityAuto}
	if acc := a.state.Accounts[s.Account.Bare()]; acc != nil {
		r.Address, r.Security, r.CAFile = acc.Settings.Address, acc.Settings.Security, acc.Settings.CAFile
		r.Remember, r.Enabled = acc.Settings.Remember, acc.Settings.Enabled
		a.showMain(s.Account.Bare())
		if s.Password.IsZero() && acc.Connection.State != model.Offline {
			return // it is signing in by itself
		}
	} else {
		a.fillLogin()
		a.views.login.SetAddress(s.Account.String(), "")
		if s.Password.IsZero() {
			return
		}
	}
	a.connect(r, nil)
}

// automatic is the account that signs in by itself: the last one used of those.
func (a *App) automatic() jid.JID {
	var best *state.Account
	for _, acc := range a.state.Accounts {
		if acc.Settings.Enabled && acc.Settings.Remember &&
			(best == nil || acc.Settings.LastUsed.After(best.Settings.LastUsed)) {
			best = acc
		}
	}
	if best == nil {
		return jid.JID{}
	}
	return best.Settings.JID
}
