package stream_test

import (
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	scriptedCert() // made now: in virtual time it would be of another year
	// The servers that all tests share outlive them: the janitor ends them (see xmpptest).
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("dovekie/xmppsvc/xmpptest.startProcess.func1"))
}
