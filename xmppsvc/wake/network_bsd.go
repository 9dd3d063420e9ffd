//go:build darwin || freebsd || netbsd || openbsd || dragonfly

package wake

import (
	"context"
	"os"

	"golang.org/x/sys/unix"
)

// network calls changed for each message on a routing socket (route(4)); what they say
// does not matter.
func network(_ context.Context, changed func()) (stop func()) {
	fd, err := unix.Socket(unix.AF_ROUTE, unix.SOCK_RAW, unix.AF_UNSPEC)
	if err != nil {
		return func() {}
	}
	unix.CloseOnExec(fd)
	if err := unix.SetNonblock(fd, true); err != nil {
		_ = unix.Close(fd)
		return func() {}
	}
	f := os.NewFile(uintptr(fd), "route")
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		var buf [4096]byte
		for {
			if _, err := f.Read(buf[:]); err != nil {
				return
			}
			changed()
		}
	}()
	return func() {
		_ = f.Close()
		<-ended
	}
}
