package app

import (
	"context"
	"time"

	"fyne.io/fyne/v2"

	"dovekie/app/state"
	"dovekie/xmppsvc/event"
)

// uiPost is the one way onto the UI goroutine; tests put a queue of their own in its place.
func uiPost(fn func()) { fyne.Do(fn) }

// crossing is how everything from other goroutines reaches the UI goroutine: events,
// answers of commands and timers. It measures what it runs.
type crossing struct {
	post  func(func())
	probe *Probe
}

// Do runs fn on the UI goroutine, after what was posted before; the name is for the probe.
func (c *crossing) Do(name string, fn func()) {
	c.post(func() { c.probe.Measure(name, fn) })
}

// After runs fn on the UI goroutine once d has passed, unless stopped before. It is the
// only timer of the window.
func (c *crossing) After(d time.Duration, fn func()) (stop func()) {
	stopped := false // touched on the UI goroutine alone
	t := time.AfterFunc(d, func() {
		c.Do("timer", func() {
			if !stopped {
				fn()
			}
		})
	})
	return func() {
		stopped = true
		t.Stop()
	}
}

// pump carries one feed to the UI goroutine.
type pump struct {
	feed  Feed
	cross *crossing
	// apply enters events as long as a call may take and says how many those were.
	apply func([]event.Event, state.Prepared) int
}

// run carries events in order, at most one batch at a time: while the window paints, facts
// gather. A long batch goes in portions, between which the window paints and listens. It
// ends with the context or the feed.
func (p *pump) run(ctx context.Context) error {
	done := make(chan struct{}, 1) // room for one, so that the UI goroutine never waits here
	for {
		batch, err := p.feed.Next(ctx)
		if err != nil {
			return err
		}
		ready := state.Prepare(batch) // here, where nobody waits for it
		for len(batch) > 0 {
			n := len(batch) // once the session was left, nothing is entered any more
			p.cross.Do("events", func() {
				defer func() { done <- struct{}{} }()
				if ctx.Err() == nil {
					n = p.apply(batch, ready)
				}
			})
			select {
			case <-done:
			case <-ctx.Done():
				return ctx.Err()
			}
			batch = batch[n:]
		}
	}
}
