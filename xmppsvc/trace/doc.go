// Package trace is the second tap beside the events: what the connection page, the
// XML console and the traffic meter look at. Each account has one Trace:
//
//   - connections: every attempt with its steps (resolving, connecting, securing,
//     mechanism, bound, online), the certificates that were shown, and why it ended;
//   - a ring of entries, the steps again and, while somebody watches, the text of every
//     element that travelled;
//   - heads: who wrote what to whom, of the last elements, without a word of it;
//   - a meter: bytes and stanzas each way, in all, per second and per minute.
//
// Connections, heads and the meter are always on and cost next to nothing; texts are
// kept only while somebody watches. Readers take a copy of what is new since their last
// look, so the trace never waits for them, and they never for the socket.
//
// What reaches an Entry is without secrets: see [Redact].
//
// [Ledger] keeps the totals of each month across runs.
package trace
