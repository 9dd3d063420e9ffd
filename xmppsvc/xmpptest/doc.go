// Package xmpptest starts real XMPP servers for tests: Debian's Prosody and
// ejabberd as child processes with their own configuration, data, certificate
// authority and free loopback ports, in a temporary folder. Nothing of the
// system's own configuration is read, no system service is touched, and no
// process outlives the test process, not even when that one is killed.
//
// A test that is happy with the usual configuration takes the shared server of
// the process and a user of its own:
//
//	srv := xmpptest.SharedProsody(t)
//	romeo, juliet := srv.NewUser("romeo"), srv.NewUser("juliet")
//	srv.Befriend(romeo, juliet)
//
// A test that needs something special (an expired certificate, PLAIN only, no
// TLS, a restart) starts a server for itself with [Prosody] or [Ejabberd];
// Prosody takes about half a second, ejabberd three. Beside them stand
// [DelayProxy], which delays, cuts, stalls and counts the bytes between client
// and server, and [DNS], a name server for SRV records.
//
// Where a server is not installed the test is skipped; with
// DOVEKIE_REQUIRE_SERVERS=1 in the environment (make test sets it) it fails.
//
// The package knows nothing of the client: it imports the standard library and
// miekg/dns only, so every package may use it in its tests.
package xmpptest
