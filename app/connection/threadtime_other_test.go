//go:build !linux

package connection_test

import "time"

var started = time.Now()

// threadTime is the time that went by.
func threadTime() time.Duration { return time.Since(started) }
