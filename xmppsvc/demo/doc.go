// Package demo is a small XMPP server that lives inside the program: for trying
// Dovekie out without an account and as the counterpart in tests. It speaks over
// in-process pipes ([Server.Dial]) and, when asked, over TLS on loopback
// ([Server.Listen]).
//
// It is a server of its own on the element tree of package stanza. It uses neither
// the client's connection nor its account loop, so that both sides cannot make the
// same mistake.
//
// # What it does
//
// SCRAM-SHA-1 and -256, with -PLUS (tls-exporter, XEP-0440) on TLS 1.3; registration
// (XEP-0077); rosters with versions, pushes and subscriptions (RFC 6121); presence;
// routing; carbons (XEP-0280); offline messages (XEP-0160); an archive for each account
// (XEP-0313 with XEP-0059), whose ids live messages carry (XEP-0359), and hints about it
// (XEP-0334); acknowledgements and resumption (XEP-0198); an account's own private nodes,
// as many as read positions need (XEP-0490, XEP-0223, XEP-0163); what can wait while
// nobody looks (XEP-0352); disco, ping, version, time, vcard-temp.
//
// # What is never lost
//
// A message is one parcel for all of an account's sessions. A session whose connection
// broke waits for [Options.ResumeTime] and goes on being sent to; when it ends unresumed,
// each parcel that no session has confirmed, and none still may, is placed anew: with the
// account's other sessions or, while there is room, in offline storage, under the id that it
// has in the archive.
//
// # The contacts
//
// Eight contacts in three groups live inside the server, and a ninth asks to be
// added. They are ordinary accounts whose one session is code ([bot]) instead of a
// connection; everything they say passes the same router as a client's stanza. What
// happens when is in script.go, who they are and what they say in contacts.go. What they
// and the owner wrote to each other before is in package past, and in the archive only.
// They say that they got something at once, that they have seen it once they looked, and
// answer after that.
//
// # Suggestions
//
// The guide ends some messages with suggestions, one a line, each after "• ".
// [Suggestions] takes them off a body and says what each stands for.
//
// # State
//
// One mutex guards everything. The state is one JSON file in a folder of its own,
// written to a new file and renamed, at the latest a quarter of a second after a
// change and on Close. The archives are a file beside it, a line a message, which is only
// appended to until most of it is of messages that are gone. Passwords are kept only as
// salted SCRAM keys.
//
// Timers are the runtime's, so that inside a testing/synctest bubble the whole
// script runs in virtual time.
package demo
