// Package account runs one login: it connects and connects again, takes what the stream
// brings, commits it, tells it, and sends what waits in the outbox.
//
// # One loop
//
// [Account.Run] is the only goroutine that touches the account's state: not a single
// mutex is needed, in here or in a feature. Everything that happens is an input of that
// loop: a stanza, a command (see call), the end of a connection attempt, the time. The
// loop never waits for the network. Connecting and closing have goroutines of their own
// whose outcome is one more input.
//
// # Batches
//
// The loop takes all inputs that wait, at most 256, and runs them in one transaction.
// Whatever they want to show the world is collected in effects: events, stanzas,
// answers to commands, acknowledgements. These happen after the commit, in this order;
// if the commit fails, none of them happens, the memory is read again from storage, and
// the stream is dropped with its stanzas unacknowledged, so that nothing is lost.
//
// # Sessions
//
// A session (XEP-0198) outlives its connections. What it counts is stored in the
// transaction of the batch that it counts, with the contacts' presence, which a server
// that resumes does not tell again: so a crash is a cut like any other. Only when the
// server does not have the session any more, or one of us said goodbye, it is over: then
// questions fail, presence is unknown, and what was sent and not confirmed is held until
// the archive (package archive) has shown whether it arrived. Later messages of the same
// chat wait behind it; everything else goes at once.
//
// # Where to read on
//
//   - loop.go: inputs, batches, effects
//   - connect.go, attempt.go: the states from offline to online and back
//   - resume.go: what a session counts, how it goes on after a cut or a crash
//   - pulse.go: is the server still there, and what wakes us
//   - inbound.go: the steps from a stanza to a stored message
//   - outbox.go: from a command to the wire, and how far it got
//   - ask.go: questions (IQ) and who may answer them
//   - features.go: the list of features, in order
//
// # Why
//
// Handling runs inside the storage's transaction, not before it (2026-11): what a
// message means depends on what is stored (is it known, where is its place), and one
// transaction for a batch costs a tenth of one for each.
package account
