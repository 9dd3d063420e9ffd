package stream

import (
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

// quickAck makes the kernel confirm what came at once. The flag falls back by itself,
// so it is set again after each read while signing in: servers that write their answer
// in pieces wait for the confirmation of the first, 40 ms each time.
func quickAck(c net.Conn) {
	sc, ok := c.(syscall.Conn)
	if !ok {
		return
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return
	}
	// It is only a hint to the kernel; failing costs time alone.
	_ = raw.Control(func(fd uintptr) { _ = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_QUICKACK, 1) })
}
