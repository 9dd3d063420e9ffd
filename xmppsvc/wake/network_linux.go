package wake

import (
	"context"
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// network calls changed for each message of the kernel about links, addresses and routes
// (rtnetlink(7)); what they say does not matter.
func network(_ context.Context, changed func()) (stop func()) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, unix.NETLINK_ROUTE)
	if err != nil {
		return func() {}
	}
	groups := uint32(unix.RTMGRP_LINK | unix.RTMGRP_IPV4_IFADDR | unix.RTMGRP_IPV6_IFADDR | unix.RTMGRP_IPV4_ROUTE | unix.RTMGRP_IPV6_ROUTE)
	if err := unix.Bind(fd, &unix.SockaddrNetlink{Family: unix.AF_NETLINK, Groups: groups}); err != nil {
		_ = unix.Close(fd)
		return func() {}
	}
	// As a file the runtime's poller waits for it, and closing ends the waiting.
	f := os.NewFile(uintptr(fd), "netlink")
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		var buf [4096]byte
		for {
			// ENOBUFS: the kernel had more to say than the socket holds, so something changed.
			if _, err := f.Read(buf[:]); err != nil && !errors.Is(err, unix.ENOBUFS) {
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
