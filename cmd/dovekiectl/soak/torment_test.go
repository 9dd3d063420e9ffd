//go:build soak

package soak_test

import (
	"math"
	"math/rand/v2"
	"time"
)

// bounds are how long the faults of a run last. A brief run has no time for a client that
// finds out by itself that nobody answers: there the network tells it after a while.
type bounds struct {
	calm      time.Duration // at most between two faults, when it is a calm time
	refused   time.Duration
	stalled   time.Duration
	slow      time.Duration
	halfOpen  time.Duration
	patient   time.Duration // half-open until the client gives up
	ghost     time.Duration // how much longer the server's side of it lives
	waits     time.Duration // before its next attempt an account waits by itself
	lastsMost time.Duration // a fault that waits for bytes waits no longer
}

func (o options) bounds() bounds {
	if o.brief() {
		return bounds{
			calm: 3 * time.Second, refused: 2 * time.Second, stalled: 2 * time.Second, slow: 4 * time.Second,
			halfOpen: 4 * time.Second, patient: 4 * time.Second, ghost: 5 * time.Second, waits: time.Second, lastsMost: 2 * time.Second,
		}
	}
	return bounds{
		calm: 16 * time.Second, refused: 10 * time.Second, stalled: 15 * time.Second, slow: 10 * time.Second,
		halfOpen: 20 * time.Second, patient: 4 * time.Minute, ghost: 4 * time.Minute, waits: 8 * time.Second, lastsMost: 6 * time.Second,
	}
}

// suffer takes fault after fault from the deck.
func (a *account) suffer() {
	r := a.run.random(a.name, 13)
	for {
		if !a.waitOnline(2 * time.Minute) {
			a.run.count(&a.run.lateOnline)
		}
		time.Sleep(a.pause(r))
		k, ok := a.run.deck.next()
		if !ok {
			return
		}
		a.undisturbed()
		a.run.chronicle.note("%s %s begins", a.name, k)
		a.inflict(k, r)
		a.run.chronicle.note("%s %s is over", a.name, k)
		a.run.deck.carriedOut(k)
	}
}

// pause is the time between two faults: either short, so that catching up is broken off,
// or long enough for the client to believe in the connection.
func (a *account) pause(r *rand.Rand) time.Duration {
	calm := a.run.bounds.calm
	if r.IntN(10) < 6 {
		return time.Duration(r.Int64N(int64(calm / 5)))
	}
	return calm*6/10 + time.Duration(r.Int64N(int64(calm*4/10)))
}

// inflict carries out one fault and returns when it is over.
func (a *account) inflict(k kind, r *rand.Rand) {
	b := a.run.bounds
	how := a.ending(r)
	switch k {
	case fin:
		a.breakAtByte(r, func(l *link) { l.fin(); a.breaks(k) })
	case rst:
		a.breakAtByte(r, func(l *link) { l.reset(); a.breaks(k) })
	case stall:
		d := spell(r, b.stalled)
		over := make(chan struct{})
		a.breakAtByte(r, func(l *link) {
			l.stall(d, func(l *link) { how(l); a.breaks(k); close(over) })
		})
		await(over, d+time.Second)
	case halfOpen:
		a.vanish(r)
	case slow:
		a.proxy.slow(800 + r.IntN(8000))
		time.Sleep(spell(r, b.slow))
		a.proxy.slow(0)
	case refused:
		a.proxy.shut()
		a.proxy.breakNow(how)
		time.Sleep(spell(r, b.refused))
		a.proxy.open()
		a.breaks(k)
	case handshake:
		c := newCut(r.IntN(2) == 0, 0, 3*b.lastsMost, func(l *link) { how(l); a.breaks(k) })
		c.after = r.IntN(either(c.up, 3000, 7000))
		a.proxy.breakNext(c)
		a.proxy.breakNow((*link).fin)
		await(c.fired, 5*b.lastsMost)
		a.proxy.disarm()
	case killed:
		a.die(r)
	case restart:
		a.run.restartServer()
	}
}

// breakAtByte breaks the connection after some bytes in some direction.
func (a *account) breakAtByte(r *rand.Rand, do func(*link)) {
	// Small numbers are the likelier ones: they fall inside a stanza.
	after := int(math.Exp(r.Float64()*math.Log(20_000))) - 1
	c := newCut(r.IntN(2) == 0, after, a.run.bounds.lastsMost, do)
	a.proxy.breakAt(c)
	await(c.fired, 6*a.run.bounds.lastsMost)
	a.proxy.disarm()
}

// vanish makes the connection half-open: sometimes until the client notices by itself.
func (a *account) vanish(r *rand.Rand) {
	hold := spell(r, a.run.bounds.halfOpen)
	if r.IntN(2) == 0 {
		hold = a.run.bounds.patient
	}
	var held *link
	begun := time.Now()
	a.breakAtByte(r, func(l *link) {
		held = l
		l.halfOpen(hold, spell(r, a.run.bounds.ghost))
		a.breaks(halfOpen)
	})
	if held == nil {
		return
	}
	await(held.clientGone, hold+time.Second)
	if d := time.Since(begun); d < hold {
		a.run.noticed(d)
	} else {
		a.breaks(halfOpen) // told by the network after all
	}
}

// die kills the process: between two bytes, at any time, or in the middle of coming back.
func (a *account) die(r *rand.Rand) {
	p := a.process()
	kill := func(*link) {
		if !p.byUs() {
			p.kill()
			a.breaks(killed)
		}
	}
	switch r.IntN(5) {
	case 0:
		time.Sleep(spell(r, 3*time.Second))
		kill(nil)
	case 1:
		c := newCut(r.IntN(2) == 0, r.IntN(12_000), 4*time.Second, kill)
		a.proxy.breakNext(c)
		a.proxy.breakNow((*link).fin)
		await(c.fired, 10*time.Second)
		a.proxy.disarm()
		kill(nil)
	default:
		a.breakAtByte(r, kill)
		kill(nil)
	}
	<-p.gone
	for a.process() == p && !a.isFinished() {
		time.Sleep(20 * time.Millisecond)
	}
}

// ending is one of the two ways in which a connection ends.
func (a *account) ending(r *rand.Rand) func(*link) {
	if r.IntN(2) == 0 {
		return (*link).fin
	}
	return (*link).reset
}

// spell is a time of at most most, rather short than long.
func spell(r *rand.Rand, most time.Duration) time.Duration {
	f := r.Float64()
	return time.Duration(f * f * float64(most))
}

func await(ch <-chan struct{}, limit time.Duration) bool {
	select {
	case <-ch:
		return true
	case <-time.After(limit):
		return false
	}
}
