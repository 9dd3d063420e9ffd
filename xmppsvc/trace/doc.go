// Package trace is the second tap beside the events: what the connection page, the
// XML console and the traffic meter look at. Each account has one bounded ring of
// steps (resolving, connecting, securing, mechanism, bound, ended and why, each with
// its length) and stanzas, and four counters.
//
// Steps and counters are always on and cost next to nothing; texts of stanzas are
// kept only while somebody watches. Readers take a copy of what is new since their
// last look, so the trace never waits for them, and they never for the socket.
//
// What reaches an Entry is without secrets: see [Redact].
package trace
