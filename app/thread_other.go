//go:build !linux

package app

// threadClock tells nothing here.
type threadClock struct{}

func (threadClock) spent() threadSpent { return threadSpent{} }
