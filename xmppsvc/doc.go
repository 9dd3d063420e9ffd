// Package xmppsvc is the messenger without its window: a Service with accounts, commands
// that go down and events that come up. It knows no Fyne and no words for people; the
// window, the JSON-RPC and the tests are three faces of the same thing.
//
// # The contract
//
//   - G1 Events of one account come in one order: that in which its loop did the things.
//     Stanzas keep the order of the socket.
//   - G2 Persist, then publish: what an event says can be read from storage when you see
//     it.
//   - G3 A feed's first event is a Snapshot; nothing between it and the next event is
//     lost.
//   - G4 Every feed gets every event, in order; a slow reader delays only itself. Its
//     queue has no bound; a PresenceChanged or TypingChanged that still waits may give
//     way to a newer one about the same, a message never.
//   - G5 Commands of one account take effect in the order of their calls. A command that
//     returned nil is recorded: what SendMessage accepted survives a crash.
//   - G6 Delivery moves forward: Queued, Sent, Acked, Delivered, Displayed, or Failed. Two
//     steps back are allowed: Sent to Queued when a session is lost unresumed, Failed to
//     Queued on retry. A receipt or a marker beats Failed. InDoubt stands beside the state
//     where neither stream management nor an archive can tell.
//   - G7 ConnectionChanged travels the same queue as messages: all that came before the
//     loss is seen before it. While the connection is down presences are unknown, not gone:
//     a session that is resumed goes on with them. One that is not forgets them by one
//     RosterReplaced, not by a PresenceChanged for each contact.
//   - G8 After Close returned, no goroutine of the service runs and no event comes. One
//     that waits for the system's keychain cannot be ended; it touches nothing any more.
//
// # Why it holds
//
// Each account has one goroutine, its loop (package account), which alone changes the
// account's state. It commits a batch of inputs, then gives its events to the hub
// (feed.go), which appends them to every feed under one lock. Under the same lock the hub
// folds them into a view (view.go): a snapshot is a copy of the view taken in the moment
// in which the feed is entered, so the two meet without a gap. Commands are inputs of the
// loop; queries (query.go) read the view or the storage and never wait for a loop.
//
// # The second tap
//
// What travels does not pass through the events. Each account has a trace (package trace)
// that its stream writes and that the connection page and the RPC read (trace.go). One
// goroutine of the service enters the bytes of all accounts into the month's ledger once
// a minute; Close enters the last ones and ends it.
//
// # What a subscriber owes
//
// To call Next until it is done and then Close; otherwise its queue grows for ever. Events
// are values that the subscriber may keep, but not change: feeds share their slices.
package xmppsvc
