// Package soak is the proof of the promise that no message is lost, doubled or out of
// order. Pairs of real dovekiectl processes talk over a real Prosody or ejabberd while
// the network is cut at any byte, the server restarts and the processes are killed; at
// the end what both sides show is compared with what was asked for, by content.
//
// It carries the build tag soak and is run by .ci/soak.sh ("make soak"), which says what
// the SOAK_ variables mean; docs/soak.md says what counts as what. The parts:
//
//   - deck: which faults a run has, drawn by seed
//   - proxy, link, wire: the network between a process and the server
//   - process, account, sender, torment: one account with its driver and its faults
//   - run: all of them, until everything has settled
//   - archive: what the server keeps, read by a client that shares nothing with ours
//   - ledger, verdict, summary: what was shown, and what follows
package soak
