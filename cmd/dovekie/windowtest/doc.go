// Package windowtest drives the real binary in a real (virtual) X server: a window
// manager, an input method on a private session bus, a mouse and a keyboard by xdotool, a
// real Prosody on the other side. It is the one test that goes through GLFW, OpenGL and
// XIM. It carries the build tag windowtest, needs no C compiler itself and takes the
// binary from DOVEKIE_BIN (default: build/dovekie at the top of the repository):
//
//	CGO_ENABLED=0 go test -tags windowtest ./cmd/dovekie/windowtest
//
// The window tells through DOVEKIE_PROBE in JSON lines what it shows and where (see
// app/readback.go): that is how the test knows where to click and what to expect.
// Tests that mostly wait, for a server or a network, run beside each other.
// Pictures of a failure are left in the folder that DOVEKIE_SHOTS names.
package windowtest
