package storage

import (
	"context"
	"time"

	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
)

// StreamState is what must survive so that a login can be pipelined and a stream
// resumed. Hint is opaque to storage (JSON of stream.Hint).
type StreamState struct {
	Account   jid.JID
	Hint      []byte
	ScramSeen bool // PLAIN is never used again
	PlusSeen  bool // channel binding worked once
	Session   Session
}

// Session is what XEP-0198 counts of the session that may be resumed; a zero ID is none.
// Counters wrap at 2^32.
type Session struct {
	ID       string
	JID      jid.JID // full, as it was bound
	Location string
	Handled  uint32 // the server's stanzas that are committed
	Sent     uint32 // the number of the last stanza of ours
	Acked    uint32 // of the last message of ours that the server confirmed
}

// Outgoing is one message that waits in the outbox.
type Outgoing struct {
	Message model.Message
	Key     string // the caller's, for safe retries; or ""
	// Number is its place in the session's count when it was Sent, else 0.
	Number uint32
	// Held: the server may have it, so it waits until the archive was read.
	Held bool
}

// Pin is a certificate that the user trusts for a domain, by SPKI (SHA-256, hex).
type Pin struct {
	Domain      string
	Fingerprint string
	Added       time.Time
}

// Inserted is what InsertMessage did.
type Inserted struct {
	Message model.Message // as stored: Position and, for a known message, the stored one
	Known   bool          // a message with one of its ids was there already
	Woken   bool          // Known as a thing of the past, and now it came by itself: it is unread
	Chat    model.Chat    // as it is after the insert
}

// Tx is one write transaction; it is used on the storage writer's goroutine inside
// Store.Update and must not be kept.
type Tx interface {
	PutAccount(a model.Account) error
	RemoveAccount(account jid.JID) error
	PutStreamState(s StreamState) error
	// PutFeatures keeps what our account on the server announces (XEP-0030); it needs a
	// stored StreamState.
	PutFeatures(account jid.JID, features []string) error
	// PutSession changes only the session of a stored StreamState; a zero one ends it.
	PutSession(account jid.JID, n Session) error
	PutPin(account jid.JID, p Pin) error
	RemovePin(account jid.JID, domain string) error

	ReplaceRoster(account jid.JID, version string, items []model.RosterItem) error
	PutRosterItem(account jid.JID, version string, item model.RosterItem) error
	RemoveRosterItem(account jid.JID, version string, contact jid.JID) error
	PutRequest(account jid.JID, r model.SubscriptionRequest) error
	RemoveRequest(account, contact jid.JID) error
	PutOwnPresence(account jid.JID, show model.Show, status, name string) error
	// PutPresence keeps all resources of a contact (none: it is gone), and ClearPresence
	// forgets those of all contacts. They belong to the session in StreamState.
	PutPresence(account, contact jid.JID, all []model.Presence) error
	ClearPresence(account jid.JID) error

	// InsertMessage stores a message unless it is known: by (account, StanzaBy, StanzaID)
	// or, for our own, by OriginID in the chat; never by a peer's message id, never by
	// body. One of a peer with the OriginID, the kind and the text of another one of theirs in
	// the chat is a retry of that (XEP-0359): Known too. It gives the Position, makes the chat, counts unread for a received Live
	// text, and indexes the body for search. raw is the element's XML, or nil; it is
	// kept compressed up to 64 KiB. wireID is the stanza's id attribute, kept for
	// receipts, never for deduplication. markable: the sender wants to know when it was
	// displayed.
	InsertMessage(m model.Message, wireID string, raw []byte, markable bool) (Inserted, error)
	// QueueMessage is InsertMessage of our own message with Delivery Queued, and its
	// outbox row. The same non-empty key in the account gives the message of then, Known.
	QueueMessage(m model.Message, key string) (Inserted, error)
	// SetDelivery moves a message forward (or back as model.Delivery allows) and returns
	// its new value; changed is false if nothing moved. Acked and later leave the outbox.
	SetDelivery(id model.MessageID, d model.Delivery, inDoubt bool, f *model.StanzaError) (m model.Message, changed bool, err error)
	// SetStanzaID records the server's id for one of our own messages (a carbon or an
	// archive shows it).
	SetStanzaID(id model.MessageID, by jid.JID, stanzaID string) error
	// ByWireID finds our own message in the chat by its stanza id: for receipts, markers
	// and bounces, which name it.
	ByWireID(chat model.ChatID, wireID string) (model.Message, bool, error)
	// RequeueSent moves Sent messages of the account back to Queued and returns them, Held
	// if held says so.
	RequeueSent(account jid.JID, held bool) ([]Outgoing, error)
	// NumberSent notes a Sent message's place in the count of the session.
	NumberSent(id model.MessageID, n uint32) error
	// Release lets go of what is Held.
	Release(account jid.JID) error
	// InsertPage stores a page of the archive, each message at its place.
	InsertPage(p model.ArchivePage) (model.Placed, error)
	PutCursor(account jid.JID, c model.Cursor) error
	// Settle notes that the archive was read for the first time: what is here has its place,
	// but for what waits to be confirmed. Unsettle notes that this reading begins, perhaps
	// anew: nothing has. last is the newest row that is here.
	Settle(account jid.JID) error
	Unsettle(account jid.JID) (last int64, err error)
	// SplitOff follows where that reading ended before the archive did: what an earlier one
	// or its time brought (up to the row last) and this one has not shown is older than all
	// that it has. An open gap goes between.
	SplitOff(account jid.JID, last int64) (gaps []model.Message, err error)
	// InsertGap puts a gap before a message of the chat and returns it as the row it is.
	InsertGap(before model.MessageID, s model.GapState) (model.Message, error)
	// RemoveGap takes one away; one that is not there is no error.
	RemoveGap(id model.MessageID) (model.ChatID, bool, error)
	// CloseGaps takes those away that were being filled, and returns them.
	CloseGaps(account jid.JID) ([]model.Message, error)
	// ArchiveComplete notes that the archive has nothing of the chat before what is here.
	ArchiveComplete(chat model.ChatID) error
	// DisplayedUpTo moves our messages of the chat up to the one with this stanza id to
	// Displayed and returns those that moved.
	DisplayedUpTo(chat model.ChatID, wireID string) ([]model.Message, error)
	// Marked is the newest message of the peer up to the read position whose sender wants
	// to know, "" if there is none after the message since.
	Marked(chat model.ChatID, since model.MessageID) (wireID string, err error)
	// ReceivedAs finds the peer's message in the chat by its stanza id.
	ReceivedAs(chat model.ChatID, wireID string) (id model.MessageID, found bool, err error)
	// ReadUpTo is the chat's read position, and ReadStanzaID the id that by gave the newest
	// message up to it.
	ReadUpTo(chat model.ChatID) (model.MessageID, error)
	ReadStanzaID(chat model.ChatID, by jid.JID) (string, error)
	// ByStanzaID finds the message that the archive of by knows by this id.
	ByStanzaID(account, by jid.JID, stanzaID string) (model.Message, bool, error)
	// MarkDisplayed moves the read position (never backwards) and recounts unread.
	MarkDisplayed(chat model.ChatID, id model.MessageID) (c model.Chat, changed bool, err error)
	RemoveChat(chat model.ChatID) error
	// MarkChat keeps the marks of a chat, which is made at now if it is not there.
	MarkChat(chat model.ChatID, marks model.ChatMarks, now time.Time) (model.Chat, error)
	// PutDraft keeps a draft; one without text is removed.
	PutDraft(d model.Draft) error
	// DraftSent removes the chat's draft if the text sent is that, or goes on from it: what
	// was typed last may not have been stored. Any other draft stays.
	DraftSent(chat model.ChatID, text string) error
}

// Reads, each on a reading connection of its own, from any goroutine.
type reads interface {
	Accounts(ctx context.Context) ([]model.Account, error)
	StreamState(ctx context.Context, account jid.JID) (StreamState, error)
	Pins(ctx context.Context, account jid.JID) ([]Pin, error)
	Roster(ctx context.Context, account jid.JID) (items []model.RosterItem, version string, err error)
	Requests(ctx context.Context, account jid.JID) ([]model.SubscriptionRequest, error)
	OwnPresence(ctx context.Context, account jid.JID) (show model.Show, status, name string, err error)
	Features(ctx context.Context, account jid.JID) ([]string, error)
	Presence(ctx context.Context, account jid.JID) (map[jid.JID][]model.Presence, error)
	Cursor(ctx context.Context, account jid.JID) (model.Cursor, error)
	Edge(ctx context.Context, chat model.ChatID, before model.MessageID) (model.Edge, error)
	Chats(ctx context.Context, account jid.JID) ([]model.Chat, error)
	Drafts(ctx context.Context, account jid.JID) ([]model.Draft, error)
	// Outbox is what is Queued, and Sent what is under way, oldest first.
	Sent(ctx context.Context, account jid.JID) ([]Outgoing, error)
	Outbox(ctx context.Context, account jid.JID) ([]Outgoing, error)
	History(ctx context.Context, chat model.ChatID, before model.MessageID, limit int) (page []model.Message, complete bool, err error)
	Search(ctx context.Context, chat model.ChatID, query string, limit int) ([]model.Message, error)
	Message(ctx context.Context, id model.MessageID) (model.Message, error)
	// ChatOf names the chat of a message that was stored before.
	ChatOf(ctx context.Context, id model.MessageID) (model.ChatID, error)
}

var _ reads = (*Store)(nil)
