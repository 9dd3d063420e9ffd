//go:build unix

package main

import "golang.org/x/sys/unix"

// noCoreDump keeps memory, and so passwords and messages, out of core files.
func noCoreDump() {
	_ = unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}) // a hardened system may refuse: then it has its own rule
}
