package stream

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"dovekie/xmppsvc/model"
)

// The pace of RFC 8305 (§5, §3). A target of lower priority gets its turn later than one
// more address: that a server is slow is no reason to pass over what its domain wants
// (XEP-0495 §4.1), that it is dead is one.
const (
	attemptDelay    = 250 * time.Millisecond
	resolutionDelay = 50 * time.Millisecond
	priorityDelay   = 2 * time.Second
)

// race finds the one of several places that connects first (RFC 8305, XEP-0495). It lives
// on the goroutine of Connect; each look-up and each attempt has a goroutine of its own,
// which hands its outcome in as a function to be run here. When next returns none of them
// is left.
type race struct {
	parent context.Context
	cfg    *Config
	domain string
	lookUp func(ctx context.Context, family, host string) ([]netip.Addr, error)
	dial   dialer // nil is the network's; tests put another here

	ctx    context.Context // of the attempts of one call of next
	inputs chan func()
	active int // goroutines

	groups [][]*place // to be opened, in this order
	unread bool       // behind them come those of DNS
	places []*place   // opened, in order

	opened  time.Time // the last group
	started time.Time // the last attempt, zero if it has failed
	arrived time.Time // the first address
	tried   int       // attempts
	told    model.ConnState
	won     *transport
	best    error // the most useful so far
	final   error // a question for the person, or the end for another reason
}

func newRace(ctx context.Context, c *Config, domain string) *race {
	r := &race{parent: ctx, cfg: c, domain: domain, lookUp: lookUpWith(c), inputs: make(chan func()), unread: true}
	at, ok := kept(c)
	if ok {
		r.groups = append(r.groups, []*place{{endpoint: at}})
	}
	if hint, known := hinted(c); known && (!ok || hint.addr != at.addr) {
		r.groups = append(r.groups, []*place{{endpoint: hint, guessed: true}})
	}
	return r
}

// next is the connection that came first: by TCP, and TLS where that comes at once. After
// it turned out to be of no use, and was reported to failed, next goes on with the rest.
func (r *race) next() (*transport, error) {
	ctx, cancel := context.WithCancel(r.parent)
	defer cancel()
	r.ctx, r.won, r.started, r.told = ctx, nil, time.Time{}, ""
	for _, p := range r.places {
		r.ask(p)
	}
	timer := time.NewTimer(0)
	defer timer.Stop()
	for r.won == nil && r.final == nil && ctx.Err() == nil {
		wait, more := r.advance(time.Now())
		if !more {
			break
		}
		timer.Reset(wait)
		select {
		case input := <-r.inputs:
			input()
		case <-timer.C:
		case <-ctx.Done():
		}
	}
	cancel()
	for r.active > 0 {
		(<-r.inputs)()
	}
	return r.outcome()
}

// outcome is how the race ended, when nobody is running any more.
func (r *race) outcome() (*transport, error) {
	switch {
	case r.parent.Err() != nil:
		if r.won != nil {
			r.won.abort()
		}
		return nil, explain(r.parent, r.parent.Err(), r.cfg.JID.Domain())
	case r.final != nil:
		return nil, r.final
	case r.won == nil && r.best == nil:
		return nil, withHost(fail(model.ErrUnreachable, nil, "%s cannot be reached.", r.domain), r.domain)
	case r.won == nil:
		return nil, r.best
	case r.tried > 1:
		r.cfg.Trace.Step("connecting", fmt.Sprintf("%s is the one, of %d tried", r.won.where(), r.tried), 0)
	}
	return r.won, nil
}

// hand runs f on a goroutine; what it returns is run here.
func (r *race) hand(f func() func()) {
	r.active++
	go func() {
		outcome := f()
		r.inputs <- func() {
			r.active--
			outcome()
		}
	}()
}

// advance starts what may be started now. wait is how long until more may; more is false
// when nothing is left to wait for.
func (r *race) advance(now time.Time) (wait time.Duration, more bool) {
	wait = time.Hour
	later := func(at time.Time) { wait = min(wait, max(at.Sub(now), 0)) }
	for r.closed() {
		if due := r.opened.Add(priorityDelay); r.busy() && due.After(now) {
			later(due)
			break
		}
		r.open(now)
	}
	for {
		p, family := r.candidate()
		if p == nil {
			return wait, r.busy()
		}
		due := r.started.Add(attemptDelay)
		if held := r.arrived.Add(resolutionDelay); r.ahead(p, family) && held.After(due) {
			due = held
		}
		if due.After(now) {
			later(due)
			return wait, true
		}
		addr := p.addrs[family][0]
		p.addrs[family], p.turn = p.addrs[family][1:], 1-family
		r.started = now
		r.attempt(p, addr)
	}
}

// closed: there are more places to be opened.
func (r *race) closed() bool { return len(r.groups) > 0 || r.unread }

// busy: of what was opened something may still succeed.
func (r *race) busy() bool {
	p, _ := r.candidate()
	return p != nil || r.active > 0
}

// candidate is what comes next: the first place with an address, its families in turn.
func (r *race) candidate() (p *place, family int) {
	for _, p := range r.places {
		for _, family := range [2]int{p.turn, 1 - p.turn} {
			if len(p.addrs[family]) > 0 {
				return p, family
			}
		}
	}
	return nil, 0
}

// ahead: an address that would come before this one may still arrive (RFC 8305 §3).
func (r *race) ahead(p *place, family int) bool {
	for _, other := range r.places {
		if other == p {
			return family != p.turn && p.waiting[p.turn]
		}
		if other.waiting[0] || other.waiting[1] {
			return true
		}
	}
	return false
}

// open takes the next group, or looks up what DNS names.
func (r *race) open(now time.Time) {
	r.opened, r.arrived = now, time.Time{}
	if len(r.groups) > 0 {
		group := r.groups[0]
		r.groups = r.groups[1:]
		for _, p := range group {
			r.places = append(r.places, p)
			r.ask(p)
		}
		return
	}
	r.unread = false
	r.tell(model.Resolving)
	start := time.Now()
	r.hand(func() func() {
		list, err := endpoints(r.ctx, r.cfg, r.domain)
		return func() { r.listed(list, err, time.Since(start)) }
	})
}

// listed takes what DNS or the person names, a group for each priority.
func (r *race) listed(list []endpoint, err error, took time.Duration) {
	if err != nil {
		if r.ctx.Err() != nil {
			r.unread = true // another was faster
			return
		}
		r.note(err)
		return
	}
	r.cfg.Trace.Step("resolving", describe(list), took)
	r.opened = time.Time{} // what it names first is not kept waiting
	for i, e := range list[:min(len(list), maxPlaces)] {
		if r.named(e) {
			continue
		}
		if i == 0 || len(r.groups) == 0 || e.priority != list[i-1].priority {
			r.groups = append(r.groups, nil)
		}
		last := len(r.groups) - 1
		r.groups[last] = append(r.groups[last], &place{endpoint: e})
	}
}

// named reports that the endpoint is the guessed one, which so is no guess any more: the
// question about its certificate stands.
func (r *race) named(e endpoint) bool {
	for _, p := range r.places {
		if p.guessed && p.addr == e.addr && p.kind == e.kind {
			p.guessed = false
			if p.doubt != nil {
				r.final = p.doubt
			}
			return true
		}
	}
	return false
}

// attempt connects to one address.
func (r *race) attempt(p *place, addr string) {
	r.tried++
	r.tell(model.Connecting)
	t := newTransport(r.ctx, r.cfg, r.domain, p.endpoint)
	t.place, t.addr = p, addr
	if r.dial != nil {
		t.dialer = r.dial
	}
	t.tell = func(s model.ConnState) {
		r.inputs <- func() { r.tell(s) }
	}
	if r.cfg.Trust != nil {
		t.trust = r.asTrusted
	}
	r.hand(func() func() {
		start := time.Now()
		err := t.dial()
		return func() { r.reached(t, err, time.Since(start)) }
	})
}

// reached is the end of an attempt. The first that succeeds wins; for all that is not
// finished then it is as if it had not begun.
func (r *race) reached(t *transport, err error, took time.Duration) {
	switch {
	case r.ctx.Err() == nil && r.won == nil && err == nil && t.adopt(r.parent):
		r.won = t
	case r.won != nil || err == nil || r.ctx.Err() != nil:
		t.abort()
		t.place.again(t.addr)
		r.cfg.Trace.Step("connecting", t.where()+": given up", took)
	default:
		r.cfg.Trace.Step("connecting", t.where()+": "+err.Error(), took)
		r.failed(t, err)
	}
}

// failed takes a connection out of the race that was not reached or is of no use. The next
// need not wait.
func (r *race) failed(t *transport, err error) {
	p := t.place
	r.started = time.Time{}
	switch {
	case t.end.either && errors.Is(err, errWrongSecurity):
		r.cfg.Trace.Step("connecting", t.end.addr+" speaks no "+t.end.kind.String(), 0)
		p.kind, p.either = t.end.kind.other(), false
		p.again(t.addr)
	case p.kept: // was only a wish
	case p.guessed && isCertificate(err):
		p.doubt = err
	case !p.guessed && isFinal(err):
		r.final = err
	default:
		r.note(err)
	}
}

// note keeps the error that says most to a person; of equals the first, which is that of
// the better place.
func (r *race) note(err error) {
	if r.best == nil || weight(err) > weight(r.best) {
		r.best = err
	}
}

// tell tells each step once, though several attempts take it.
func (r *race) tell(s model.ConnState) {
	if r.told != model.Securing && r.told != s {
		r.told = s
		r.cfg.state(s)
	}
}

// asTrusted lets the question about a certificate be asked where Connect was called, one
// after the other, and none after the race.
func (r *race) asTrusted(domain string, cs tls.ConnectionState, err error) error {
	answer := make(chan error, 1)
	r.inputs <- func() {
		if r.ctx.Err() != nil {
			answer <- r.ctx.Err()
			return
		}
		answer <- r.cfg.Trust(domain, cs, err)
	}
	return <-answer
}
