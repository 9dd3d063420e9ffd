package xmppsvc_test

import (
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	// The servers that all tests share outlive them: the janitor ends them (see xmpptest).
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("dovekie/xmppsvc/xmpptest.startProcess.func1"))
}
