package app

import (
	"context"
	"sync"
	"time"
)

// How long commands may take.
const (
	commandTimeout = 30 * time.Second
	connectTimeout = 90 * time.Second
	closeTimeout   = 5 * time.Second
)

// commands runs what may wait, off the UI goroutine. Each command is a goroutine of its
// own with a context that ends with the session and after a timeout; its outcome comes
// back through the crossing. Cancelling never undoes what a service recorded.
type commands struct {
	ctx   context.Context // of the session; ends when it is left
	cross *crossing
	wg    *sync.WaitGroup
}

// run starts work and hands its error to then on the UI goroutine; then may be nil, and
// is not called once the session was left. The answer cancels the command.
func (c *commands) run(name string, timeout time.Duration, work func(context.Context) error, then func(error)) (cancel context.CancelFunc) {
	ctx, cancel := context.WithTimeout(c.ctx, timeout)
	c.wg.Add(1)
	go func() {
		defer c.wg.Done()
		defer cancel()
		err := work(ctx)
		if then == nil || c.ctx.Err() != nil {
			return
		}
		c.cross.Do(name, func() {
			if c.ctx.Err() == nil {
				then(err)
			}
		})
	}()
	return cancel
}
