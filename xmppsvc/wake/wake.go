// Package wake tells when it is worth looking at a connection: the network changed, or the
// machine slept. It knows nothing of connections.
package wake

import (
	"context"
	"time"
)

// Reason is why somebody is woken.
type Reason string

// The reasons.
const (
	Network Reason = "network" // an address or a route came or went
	Slept   Reason = "slept"   // the clock went on while we did not run
)

const (
	// gather is how long changes of the network are collected: one change is many messages.
	gather = 300 * time.Millisecond
	// look is how often the clocks are compared, and jump how far apart they must be for the
	// machine to have slept. Adjustments of the clock are smaller.
	look = 5 * time.Second
	jump = 10 * time.Second
)

// Watch calls wake on its own goroutine until ctx ends. It costs two clock readings every
// five seconds. A system whose network cannot be watched only tells of sleep.
func Watch(ctx context.Context, wake func(Reason)) {
	changes := make(chan struct{}, 1)
	stop := network(ctx, func() {
		select {
		case changes <- struct{}{}:
		default:
		}
	})
	defer stop()
	start := time.Now()
	run(ctx, changes, func() clocks {
		now := time.Now()
		return clocks{wall: now.Round(0), running: now.Sub(start)} // Round(0) strips the monotonic reading
	}, wake)
}

// clocks are the two that a machine has: that on the wall, and the one that stands still
// while the machine sleeps.
type clocks struct {
	wall    time.Time
	running time.Duration
}

// run is Watch on the given changes and clocks.
func run(ctx context.Context, changes <-chan struct{}, now func() clocks, wake func(Reason)) {
	tick := time.NewTicker(look)
	defer tick.Stop()
	var gathered <-chan time.Time
	last := now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-changes:
			if gathered == nil {
				gathered = time.After(gather)
			}
		case <-gathered:
			gathered = nil
			wake(Network)
		case <-tick.C:
			at := now()
			if slept(last, at) {
				wake(Slept)
			}
			last = at
		}
	}
}

// slept reports whether the wall clock went much farther than the other, or whether we did
// not run when we should have (a stopped process, a paused machine). A clock that was set
// forward looks the same, and looking at the connection then costs next to nothing.
func slept(before, after clocks) bool {
	running := after.running - before.running
	return after.wall.Sub(before.wall)-running > jump || running > look+jump
}
