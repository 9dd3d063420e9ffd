package xmpptest

import (
	"os"
	"sync"
	"testing"
)

// shared are the servers that the tests of this process have in common. They
// are left running at the end: the janitor removes them with their folder when
// the process is gone, whatever way it went.
var shared struct {
	sync.Mutex
	instances map[string]*instance
}

// SharedProsody is the Prosody with default Options that all tests of this
// process share; the first call starts it. Take users with [Server.NewUser].
// Do not stop it: a test that needs that starts its own.
func SharedProsody(tb testing.TB) *Server {
	tb.Helper()
	return sharedServer(tb, prosody{})
}

func sharedServer(tb testing.TB, kind backend) *Server {
	tb.Helper()
	requireProgram(tb, kind)
	program, _ := kind.program()
	shared.Lock()
	defer shared.Unlock()
	if shared.instances[program] == nil {
		dir, err := os.MkdirTemp("", "dovekie-xmpptest-")
		if err != nil {
			tb.Fatalf("make a folder for the shared server: %v", err)
		}
		if shared.instances == nil {
			shared.instances = make(map[string]*instance)
		}
		shared.instances[program] = newInstance(tb, kind, Options{}, dir, dir)
	}
	return &Server{tb: tb, instance: shared.instances[program]}
}
