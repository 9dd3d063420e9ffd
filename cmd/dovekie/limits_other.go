//go:build !unix

package main

// noCoreDump: this system writes no core files.
func noCoreDump() {}
