package app

import (
	"context"

	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
)

// Service is what the window needs from below; *xmppsvc.Service meets it. Methods may
// be called from any goroutine; all but Close honour their context. A command that
// returned nil is recorded; its result comes as an event.
type Service interface {
	Accounts
	Contacts
	Conversations
	Tap
	// Subscribe opens a feed; its first event is a Snapshot. Close the feed when done.
	Subscribe() Feed
	// Close signs out cleanly, flushes and ends every goroutine of the service.
	Close(ctx context.Context) error
}

// Feed is an ordered queue of events (xmppsvc.Feed).
type Feed interface {
	// Next waits for at least one event and returns all that are pending, in order.
	Next(ctx context.Context) ([]event.Event, error)
	Close()
}

// Accounts are the verbs about our own logins.
type Accounts interface {
	// Connect adds the account if it is new and returns when it is online, or why not.
	Connect(ctx context.Context, r model.ConnectRequest) (model.Login, error)
	// ConnectNow retries at once while waiting.
	ConnectNow(ctx context.Context, account jid.JID) error
	Disconnect(ctx context.Context, account jid.JID) error
	RemoveAccount(ctx context.Context, account jid.JID) error
	// Register makes an account on its server (XEP-0077); it does not sign in.
	Register(ctx context.Context, r model.ConnectRequest) error
	// TrustCertificate answers CertificateRejected: for this once, or remembered.
	TrustCertificate(ctx context.Context, account jid.JID, fingerprint string, remember bool) error
	SetPresence(ctx context.Context, account jid.JID, show model.Show, status string) error
	// SetActive says whether somebody looks at the program: if nobody does, the servers of
	// all accounts may keep back what can wait.
	SetActive(ctx context.Context, active bool) error
	// SetPrivacy says what the account's contacts are not told.
	SetPrivacy(ctx context.Context, account jid.JID, p model.Privacy) error
}

// Contacts are the verbs about the roster.
type Contacts interface {
	SetContact(ctx context.Context, account jid.JID, item model.RosterItem) error
	RemoveContact(ctx context.Context, account, contact jid.JID) error
	Subscriptions
}

// Subscriptions are the verbs about who sees whose presence.
type Subscriptions interface {
	RequestSubscription(ctx context.Context, account, contact jid.JID, message string) error
	ApproveSubscription(ctx context.Context, account, contact jid.JID) error
	DenySubscription(ctx context.Context, account, contact jid.JID) error
	CancelSubscription(ctx context.Context, account, contact jid.JID) error
}

// Conversations are the verbs about messages.
type Conversations interface {
	// SendMessage returns the id as soon as the message is safe in the outbox. The same
	// non-empty key again returns the same id and sends nothing.
	SendMessage(ctx context.Context, chat model.ChatID, body, key string) (model.MessageID, error)
	// Nudge asks the peer for attention: of somebody who is there and takes nudges, and at
	// most every ten seconds.
	Nudge(ctx context.Context, chat model.ChatID) (model.MessageID, error)
	RetryMessage(ctx context.Context, chat model.ChatID, id model.MessageID) error
	SetTyping(ctx context.Context, chat model.ChatID, state model.ChatState) error
	MarkDisplayed(ctx context.Context, chat model.ChatID, id model.MessageID) error
	// History is the page of at most limit messages before the message (the newest ones
	// if before is ""), oldest first; complete reports that nothing older can be had. Where
	// nothing is here any more it waits for the server's archive; an error, of the kind
	// not_online or another, says that there may be more another time. A gap in the page is
	// fetched meanwhile.
	History(ctx context.Context, chat model.ChatID, before model.MessageID, limit int) (page []model.Message, complete bool, err error)
	// Search finds messages by text, newest first; a zero Peer searches all chats.
	Search(ctx context.Context, chat model.ChatID, query string, limit int) ([]model.Message, error)
	// MarkChat pins or mutes a chat.
	MarkChat(ctx context.Context, chat model.ChatID, marks model.ChatMarks) error
	// SetDraft keeps what was typed and not sent, "" for nothing; SendMessage takes it away.
	SetDraft(ctx context.Context, chat model.ChatID, text string) error
	Drafts(ctx context.Context, account jid.JID) ([]model.Draft, error)
	RemoveChat(ctx context.Context, chat model.ChatID) error
}
