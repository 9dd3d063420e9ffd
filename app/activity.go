package app

import (
	"context"
	"time"
)

// activity is whether somebody looks at the program. Servers are told (XEP-0352), so that
// they keep back what can wait; what is shown must never be older than its reader thinks,
// so the window counts as looked at while it may be in sight.
type activity struct {
	left    time.Time // when the window lost the keyboard
	idle    bool      // nobody looks
	told    bool      // the service was told so
	telling bool      // it is being told something
	stop    func()    // the next look
}

// A window without the keyboard may well be in sight beside another one, and whoever is
// online is what people glance at; one that was put away is not.
const (
	idleAfter    = 10 * time.Minute
	idleLookOnce = time.Second
)

// lookedAway begins to watch for nobody coming back.
func (a *App) lookedAway() {
	a.activity.left = a.deps.Now()
	a.watchIdle()
}

func (a *App) watchIdle() {
	a.activity.stop = a.cross.After(idleLookOnce, func() {
		hidden := false
		if a.deps.Hidden != nil {
			a.foreign(func() { hidden = a.deps.Hidden(a.win) })
		}
		if hidden || a.deps.Now().Sub(a.activity.left) >= idleAfter {
			a.activity.idle = true
			a.tellActivity()
			return
		}
		a.watchIdle()
	})
}

// lookedBack says at once that somebody looks.
func (a *App) lookedBack() {
	if a.activity.stop != nil {
		a.activity.stop()
		a.activity.stop = nil
	}
	a.activity.idle = false
	a.tellActivity()
}

// tellActivity tells the service, one thing after the other.
func (a *App) tellActivity() {
	s, idle := a.session, a.activity.idle
	if s == nil || a.activity.telling || a.activity.told == idle {
		return
	}
	a.activity.telling = true
	s.run("activity", commandTimeout, func(ctx context.Context) error { return s.svc.SetActive(ctx, !idle) }, func(err error) {
		a.activity.telling = false
		if err != nil {
			a.deps.Logger.Info("the service was not told whether somebody looks", "error", err)
			return
		}
		a.activity.told = idle
		a.tellActivity()
	})
}
