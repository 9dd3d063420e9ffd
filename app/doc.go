// Package app is the only room where the service and the widgets meet.
//
// # Threads
//
// The UI goroutine is Fyne's: it owns the State, every view and every field of App. It
// never waits for the network or the disk. Two kinds of goroutines are ours:
//
//   - the pump (pump.go), one per session: takes all events that are pending, posts one
//     function that applies them, and waits until that has run before it takes more. So
//     there is at most one batch in flight and the order on the wire is that on the screen.
//   - a command (command.go): one per request of the user, with a context that ends with
//     the session and a timeout. Its error comes back through the crossing.
//
// Everything reaches the UI goroutine through crossing.Do in pump.go, where the whole
// program's one fyne.Do stands; timers too (crossing.After). A probe there records how
// long each of our functions held the UI goroutine.
//
// # Flows
//
// Facts go up: service → Feed → pump → state.Apply → Change → render → views → widgets.
// Requests go down: widget → view → actions (actions*.go) → command → service. A view
// never asks the service and never edits the state: what a command did comes back as an
// event, our own messages as well.
//
// # Sessions
//
// A session is one open service: the user's own accounts, or the demo's embedded server
// with a service of its own on its own folder. Going from one to the other ends the first
// with all its goroutines and starts with an empty State.
//
// # Read-back
//
// With a Facts writer (readback.go) the window tells in JSON lines what it shows and
// where: tests and the tour read there what a person would see.
package app
