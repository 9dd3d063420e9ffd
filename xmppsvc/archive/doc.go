// Package archive reads our account's archive on the server (XEP-0313): what was missed
// since last time, and the past of a chat when somebody wants to see it.
//
// # Catching up
//
// The cursor is the last message of the archive up to which all of it is here. It is
// moved only by pages, in the transaction that stores them: never by a message that came
// by itself, because that says nothing about those before it. It stays a little behind: a
// server may show a message later than one that lies behind it. At the first login the
// newest messages of the whole archive are read, backwards; from then on everything
// behind the cursor, forward.
//
// What comes by itself meanwhile is stored and shown at once. In its chat a gap says that
// something before it is being fetched; when a page reaches it, it takes its place. A run
// that was cut goes on behind the cursor.
//
// When all is quiet for a while, what came by itself is read as well ("settled"): so the
// order of a chat is the archive's, and the next login has little to ask. What may stand in
// the wrong order, as after a resumption, is settled at once.
//
// # A chat's past
//
// Nothing is asked per contact. Older asks for the page before the beginning of a chat, or
// before a gap in it.
//
// # Who is believed
//
// Only our own account, and only in answer to a question that is open (XEP-0313 §8.2).
package archive
