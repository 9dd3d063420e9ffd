// Package storage keeps what must outlive the process: accounts, the contact list, chats,
// messages, the outbox and the trusted certificates, in one SQLite file of the data
// folder. It is the only package that knows SQL. Passwords are never here.
//
// # Promises
//
// What Update acknowledged is on the disk and visible to every read that begins
// afterwards; what it did not acknowledge is not there at all. This holds across a killed
// process, a cut of power and a full disk.
//
// # Who runs what
//
// One goroutine owns the writing connection and carries out the Updates of all accounts
// in the order of the calls, a transaction each. Reads use connections of their own and
// neither wait for the writer nor hold it up.
//
// # Why
//
// Why our own order (messages.position): clocks differ and lie, so the place of handling
// orders a chat until an archive knows better. Neighbours keep a distance, so that older
// messages find room between them.
//
// Why ids of peers do not count: whoever sends can choose an id, so an equal id proves
// nothing and must not hide a message. Only the archive's id (XEP-0359 stanza-id, by a
// server we trust) and, for our own messages, the id we gave make two copies one.
//
// Why the raw element is kept: what this version does not understand (reactions,
// corrections, encrypted texts) a later version can read again.
package storage
