package storage

import (
	"context"
	"time"

	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
)

// StreamState is what must survive so that a login can be pipelined and, later, a
// stream resumed. Hint is opaque to storage (JSON of stream.Hint).
type StreamState struct {
	Account   jid.JID
	Hint      []byte
	ScramSeen bool // PLAIN is never used again
	PlusSeen  bool // channel binding worked once
	SMID      string
	HandledIn uint32
}

// Outgoing is one message that waits in the outbox.
type Outgoing struct {
	Message model.Message
	Key     string // the caller's, for safe retries; or ""
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
	Chat    model.Chat    // as it is after the insert
}

// Tx is one write transaction; it is used on the storage writer's goroutine inside
// Store.Update and must not be kept.
type Tx interface {
	PutAccount(a model.Account) error
	RemoveAccount(account jid.JID) error
	PutStreamState(s StreamState) error
	PutPin(account jid.JID, p Pin) error
	RemovePin(account jid.JID, domain string) error

	ReplaceRoster(account jid.JID, version string, items []model.RosterItem) error
	PutRosterItem(account jid.JID, version string, item model.RosterItem) error
	RemoveRosterItem(account jid.JID, version string, contact jid.JID) error
	PutRequest(account jid.JID, r model.SubscriptionRequest) error
	RemoveRequest(account, contact jid.JID) error
	PutOwnPresence(account jid.JID, show model.Show, status, name string) error

	// InsertMessage stores a message unless it is known: by (account, StanzaBy, StanzaID)
	// or, for our own, by OriginID in the chat; never by a peer's message id, never by
	// body. It gives the Position, makes the chat, counts unread for a received Live
	// text, and indexes the body for search. raw is the element's XML, or nil; it is
	// kept compressed up to 64 KiB. wireID is the stanza's id attribute, kept for
	// receipts, never for deduplication.
	InsertMessage(m model.Message, wireID string, raw []byte) (Inserted, error)
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
	// RequeueSent moves Sent messages of the account back to Queued and returns them.
	RequeueSent(account jid.JID) ([]model.Message, error)
	// MarkDisplayed moves the read position (never backwards) and recounts unread.
	MarkDisplayed(chat model.ChatID, id model.MessageID) (c model.Chat, changed bool, err error)
	RemoveChat(chat model.ChatID) error
}

// Reads, each on a reading connection of its own, from any goroutine.
type reads interface {
	Accounts(ctx context.Context) ([]model.Account, error)
	StreamState(ctx context.Context, account jid.JID) (StreamState, error)
	Pins(ctx context.Context, account jid.JID) ([]Pin, error)
	Roster(ctx context.Context, account jid.JID) (items []model.RosterItem, version string, err error)
	Requests(ctx context.Context, account jid.JID) ([]model.SubscriptionRequest, error)
	OwnPresence(ctx context.Context, account jid.JID) (show model.Show, status, name string, err error)
	Chats(ctx context.Context, account jid.JID) ([]model.Chat, error)
	// Outbox is what is Queued, oldest first.
	Outbox(ctx context.Context, account jid.JID) ([]Outgoing, error)
	History(ctx context.Context, chat model.ChatID, before model.MessageID, limit int) (page []model.Message, complete bool, err error)
	Search(ctx context.Context, chat model.ChatID, query string, limit int) ([]model.Message, error)
	Message(ctx context.Context, id model.MessageID) (model.Message, error)
	// ChatOf names the chat of a message that was stored before.
	ChatOf(ctx context.Context, id model.MessageID) (model.ChatID, error)
}

var _ reads = (*Store)(nil)
