package model

import (
	"time"

	"dovekie/xmppsvc/jid"
)

// Kind is what a message is.
type Kind string

// The kinds. A gap is no message but the place in a chat where the archive holds, or held,
// messages that are not here; it has an id and a position as they have. Unused messages have no body that this version shows (a reaction, a
// correction, …): they are kept raw for later versions and never appear in a page. A nudge
// is a wish for attention (XEP-0224) and has no body.
const (
	KindText      Kind = "text"
	KindNudge     Kind = "nudge"
	KindEncrypted Kind = "encrypted"
	KindUnused    Kind = "unused"
	KindGap       Kind = "gap"
)

// GapState says what becomes of a gap.
type GapState string

// The states of a gap.
const (
	GapOpen    GapState = "open"    // the archive has more; whoever scrolls here fetches it
	GapFilling GapState = "filling" // it is being fetched
	GapLost    GapState = "lost"    // the archive does not have it any more
)

// Delivery is how far one of our own messages got; "" for received ones.
type Delivery string

// The deliveries, in order. Two steps back are allowed: Sent to Queued when a session
// is lost unresumed, and Failed to Queued on retry.
const (
	Queued    Delivery = "queued"
	Sent      Delivery = "sent"
	Acked     Delivery = "acked"
	Delivered Delivery = "delivered"
	Displayed Delivery = "displayed"
	Failed    Delivery = "failed"
)

// Message is one message of a chat, as stored.
type Message struct {
	ID         MessageID
	Chat       ChatID
	Kind       Kind
	From       jid.JID // full JID of the sender, our own bare JID when Outgoing
	Occupant   string  // occupant-id in rooms, or ""
	Outgoing   bool
	Body       string
	Time       time.Time // UTC, milliseconds; a trusted delay stamp or when it came
	Position   int64     // orders the chat; clocks never do
	Live       bool      // false for what comes from an archive, offline storage or our storage
	Delivery   Delivery
	InDoubt    bool
	OriginID   string
	StanzaID   string // given by StanzaBy, which is our server or the room; else ""
	StanzaBy   jid.JID
	Encryption string // namespace of the encryption when KindEncrypted, or ""
	Lang       string
	Failure    *StanzaError
	Gap        GapState // of a KindGap, else ""
}

// StanzaError is an error that a server or a peer answered with (RFC 6120 §8.3).
type StanzaError struct {
	Type      string
	Condition string
	Text      string
}
