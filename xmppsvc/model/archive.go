package model

import (
	"time"

	"dovekie/xmppsvc/jid"
)

// Cursor is how far an account's archive (XEP-0313) was read forward for good: everything
// up to ID is here.
type Cursor struct {
	Begun bool      // it was read once; then an empty ID means that it was empty
	ID    string    // in the archive
	Time  time.Time // of that message, by the archive's clock
}

// ArchivedMessage is one message of a page of the archive.
type ArchivedMessage struct {
	Message  Message // StanzaID and StanzaBy are the archive's
	WireID   string  // its id attribute
	Raw      []byte  // its XML, or nil
	Markable bool    // the sender wants to know when it was displayed
}

// ArchivePage is a page of an archive on its way into the history.
type ArchivePage struct {
	Account  jid.JID
	Messages []ArchivedMessage // oldest first
	// Backward: the page lies before what was read, else behind it.
	Backward bool
	// Before is the message that a Backward page lies right before, "" for the oldest one
	// of each chat that has its final place.
	Before MessageID
	// Lost, if not nil: something is missing before this page. The chats in which a gap says
	// so already are in it, others are added.
	Lost map[ChatID]bool
	// Passed, if not nil: what a page that is not Backward may show again has its place
	// already. The last message of each chat is noted here, and the next page goes on there.
	Passed map[ChatID]MessageID
}

// Placed is what a page changed.
type Placed struct {
	Chats   []Chat          // with news, or another order
	Own     []Message       // ours that the archive has shown to have arrived
	Added   map[string]bool // the archive's ids of messages that are new here
	Known   int             // messages that were here already
	Overlap bool            // a Backward page has met what lies before its gap
}

// Edge is a place in a chat before which the archive may have more.
type Edge struct {
	Gap      MessageID // the gap there, "" at the beginning of the chat
	Next     MessageID // the first message behind the place that the archive knows, or ""
	ID       string    // the archive's id of Next; "" asks from the archive's end
	Settled  bool      // Next has its final place
	Complete bool      // the archive has nothing more here
}
