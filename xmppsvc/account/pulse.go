package account

import (
	"context"
	"time"

	"dovekie/xmppsvc/feature"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stanza"
	"dovekie/xmppsvc/stream"
	"dovekie/xmppsvc/wake"
	"dovekie/xmppsvc/xep"
)

// How long the other side may be silent before it is asked whether it is still there, and
// how long it may take to say so. While somebody waits for it (a message for its ack, a
// user who types) a dead line is found within 15 s, else within 90 s. When the network
// changed or the machine slept, at once: it is likely dead then, and to go on with the
// session on another line costs a few round trips.
const (
	idleSilence, idlePatience    = 60 * time.Second, 15 * time.Second
	engagedSilence, engagedLimit = 4 * time.Second, 10 * time.Second
	wakeLimit                    = 3 * time.Second
	typingTime                   = 15 * time.Second // a user is typing for so long after a key
	stuck                        = 3 * time.Second  // an attempt that is older was made on another network
)

// pulse watches whether the server is still there. Its times are of the steady clock.
type pulse struct {
	since time.Time // of the stream
	asked time.Time // when we asked, zero if no answer is due
	typed time.Time // by our user
	hurry bool      // ask now
	// answered tells whether the answer to what we asked has come.
	answered func() bool
}

// heard is when the server gave the last sign of life.
func (a *Account) heard() time.Time {
	if at := a.link.stream.Heard(); at.After(a.link.pulse.since) {
		return at
	}
	return a.link.pulse.since
}

// engaged reports whether somebody waits for the line.
func (a *Account) engaged() bool {
	return len(a.out.flying) > 0 || a.steady().Sub(a.link.pulse.typed) < typingTime
}

// beat is when the pulse has to be looked at next.
func (a *Account) beat() time.Time {
	p := &a.link.pulse
	silence, patience := idleSilence, idlePatience
	if a.engaged() {
		silence, patience = engagedSilence, engagedLimit
	}
	switch {
	case !p.asked.IsZero() && p.hurry:
		if at := a.heard(); at.After(p.asked) { // be it old, somebody may still be speaking
			return at.Add(wakeLimit)
		}
		return p.asked.Add(wakeLimit)
	case !p.asked.IsZero():
		return p.asked.Add(patience)
	case p.hurry:
		return p.since // at once; the present would be past it when it is looked at
	}
	return a.heard().Add(silence)
}

// feel looks at the pulse: it asks after a silence, and drops a line that stays silent,
// whatever TCP believes.
func (a *Account) feel() {
	if !a.link.up() {
		return
	}
	p, now := &a.link.pulse, a.steady()
	// After a sleep the socket may still hold what came before it: only an answer counts.
	if !p.asked.IsZero() && p.answered() {
		a.session.silent = 0
	}
	if !p.asked.IsZero() && a.heard().After(p.asked) && (!p.hurry || p.answered()) {
		p.asked, p.hurry, a.link.woken = time.Time{}, false, false
	}
	if now.Before(a.beat()) {
		return
	}
	if !p.asked.IsZero() {
		if a.link.login.Resumed && !p.answered() {
			a.session.silent++
		}
		a.link.abort(model.Errorf(model.ErrTimeout, "the server has not answered for %s", now.Sub(a.heard()).Round(time.Second)))
		return
	}
	p.asked = now
	// A request for an ack (XEP-0198 §4) is the smallest question there is.
	if p.answered = a.link.stream.Probe(); p.answered == nil {
		came := false
		p.answered = func() bool { return came }
		a.ask(stanza.NewIQ("get", "", a.self().Server().String(), xep.Ping()), askLimit, func(*stanza.Element, error) { came = true })
	}
}

// tick is what the time brings: answers that are overdue, the next attempt, a question
// whether the server is there.
func (a *Account) tick() {
	now := a.steady()
	if a.listening() {
		a.asks.expire(now)
	}
	each(&a.features, feature.Timed.Tick)
	if a.link.state.State == model.Waiting && !now.Before(a.link.retry) {
		a.begin()
	}
	a.feel()
}

// listening reports whether answers could come now. After a cut they still may, later; and what
// goes behind bind is not asked before the login has come that far, however long that takes.
func (a *Account) listening() bool { return a.session.left == nil && a.link.attempt == nil }

// untilNext is when tick has something to do.
func (a *Account) untilNext() time.Duration {
	var due time.Time
	earlier := func(t time.Time) {
		if !t.IsZero() && (due.IsZero() || t.Before(due)) {
			due = t
		}
	}
	if a.listening() {
		earlier(a.asks.next())
	}
	if a.link.state.State == model.Waiting {
		earlier(a.link.retry)
	}
	if a.link.up() {
		earlier(a.beat())
	}
	each(&a.features, func(f feature.Timed) { earlier(f.Due()) })
	if due.IsZero() {
		return time.Hour
	}
	return max(0, due.Sub(a.steady()))
}

// Woken looks at the connection because of what happened to the machine: it tries again at
// once what waits or got stuck, and asks the server whether a line that seems up is.
func (a *Account) Woken(why wake.Reason) {
	a.post(func() {
		l := &a.link
		a.cfg.Trace.Step("woken", string(why), 0)
		switch {
		case l.state.State == model.Waiting:
			l.wish.failures = 0
			a.begin()
		case l.attempt != nil && a.steady().Sub(l.attempt.began) > stuck:
			l.attempt.cancel()
			l.attempt = nil
			a.begin()
		case l.up():
			l.woken, l.wish.failures = true, 0
			a.feel() // at an answer that has come since
			if l.up() && !l.pulse.hurry {
				l.pulse.hurry, l.pulse.asked = true, time.Time{} // what was asked before may be lost
				a.feel()
			}
		}
	})
}

// SetActive tells the server whether somebody looks at the program (XEP-0352): if nobody
// does it may keep back what can wait.
func (a *Account) SetActive(ctx context.Context, active bool) error {
	return a.do(ctx, func() error {
		if a.link.inactive == !active {
			return nil
		}
		a.link.inactive = !active
		a.sendActivity()
		return nil
	})
}

// sendActivity says it, where the server wants to hear it.
func (a *Account) sendActivity() {
	if !a.link.csi {
		return
	}
	state := xep.Active()
	if a.link.inactive {
		state = xep.Inactive()
	}
	a.send(stream.Outgoing{Element: state})
}
