// Package app is the only room where the service and the widgets meet.
//
// # Threads
//
// The UI goroutine is Fyne's: it owns the State, every view and every field of App. It
// never waits for the network or the disk. Two kinds of goroutines are ours:
//
//   - the pump (pump.go), one per session: takes all events that are pending, makes long
//     lists among them ready, posts a function that applies them, and waits until that has
//     run before it takes more. So there is at most one batch in flight and the order on
//     the wire is that on the screen. A batch that would hold the UI goroutine too long is
//     applied in portions; what it changed is drawn after the last one.
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
// # The second tap
//
// The connection page (connection.go) is the one view that is not drawn from the State:
// what travels comes at stanza rate and would drown the facts. While the page is open a
// timer of the crossing takes what is new in the account's trace, at most so many stanzas
// a look and none for a part out of sight, and hands it to the view as values.
//
// # Sessions
//
// A session is one open service: the user's own accounts, or the demo's embedded server
// with a service of its own on its own folder. Going from one to the other ends the first
// with all its goroutines and starts with an empty State.
//
// # What only the user can answer
//
// A password that no longer works, or a sign-in elsewhere, ends what the service can do by
// itself. Once the list is on the screen it stays there, with chats and all that was typed:
// the question (question.go) stands above it, takes no keyboard and is asked once. The
// login panel comes back when the user signs out, or when an account was never online.
//
// # Read-back
//
// With a Facts writer (readback.go) the window tells in JSON lines what it shows and
// where: tests and the tour read there what a person would see.
package app
