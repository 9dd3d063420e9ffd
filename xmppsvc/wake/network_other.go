//go:build !linux && !darwin && !freebsd && !netbsd && !openbsd && !dragonfly

package wake

import (
	"context"
	"net"
	"slices"
	"time"
)

// network compares the addresses of this machine every few seconds.
func network(ctx context.Context, changed func()) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(look)
		defer tick.Stop()
		before := addresses()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				if now := addresses(); !slices.Equal(before, now) {
					before = now
					changed()
				}
			}
		}
	}()
	return func() {
		cancel()
		<-ended
	}
}

func addresses() []string {
	all, err := net.InterfaceAddrs()
	if err != nil {
		return nil
	}
	var out []string
	for _, a := range all {
		out = append(out, a.String())
	}
	slices.Sort(out)
	return out
}
