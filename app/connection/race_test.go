//go:build race

package connection_test

// raceDetector slows everything down several times.
const raceDetector = true
