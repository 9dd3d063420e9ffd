// Package model holds the domain's values: what the service stores and tells and
// what every face shows. They are plain values without behaviour that could fail;
// whoever receives one owns it.
package model

import (
	"time"

	"dovekie/xmppsvc/jid"
)

// MessageID is our own id of a message, a UUIDv4 given at birth and never replaced.
// For our own messages it is the stanza's id and its origin-id as well.
type MessageID string

// ChatID names a conversation: one of our accounts (bare) and a peer, bare, or the
// full JID of a room's occupant for a private message.
type ChatID struct {
	Account jid.JID
	Peer    jid.JID
}

// Secret is a password. It prints as "***" by every verb; Reveal is the one way out.
type Secret struct{ s string }

// NewSecret wraps a password.
func NewSecret(s string) Secret { return Secret{s} }

// Reveal is the password itself.
func (s Secret) Reveal() string { return s.s }

// IsZero reports whether there is no password.
func (s Secret) IsZero() bool { return s.s == "" }

// String is "***" (or "" for the zero Secret), for logs.
func (s Secret) String() string {
	if s.s == "" {
		return ""
	}
	return "***"
}

// GoString is String, for %#v.
func (s Secret) GoString() string { return s.String() }

// MarshalText never gives the password away.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Security says how a connection is made safe.
type Security string

// The ways. SecurityPlaintext is accepted for loopback addresses only;
// SecurityInProcess is the embedded server's pipe, which never leaves the process.
const (
	SecurityAuto      Security = "auto"
	SecurityDirectTLS Security = "direct_tls"
	SecurityStartTLS  Security = "starttls"
	SecurityPlaintext Security = "plaintext"
	SecurityInProcess Security = "in_process"
)

// Account is one of our own logins with its settings. Passwords are not among them.
type Account struct {
	JID      jid.JID  // bare
	Enabled  bool     // sign in at start
	Remember bool     // the password is in the keychain
	Address  string   // "host:port" when the user gave one; "" looks it up
	Security Security // SecurityAuto unless the user chose
	CAFile   string   // an extra trust anchor (PEM), or ""
	Resource string   // ours for this account and data folder, with a random part
	AgentID  string   // UUID for SASL2's user-agent, kept for later
	Name     string   // own nickname, or ""
	LastUsed time.Time
	Privacy  Privacy
}

// Privacy is what contacts who may see our presence are not told all the same. Others
// never are.
type Privacy struct {
	NoReceipts bool // that a message arrived (XEP-0184)
	NoMarkers  bool // that it was displayed (XEP-0333)
	NoTyping   bool // what we are doing (XEP-0085)
}

// ConnState is how far a connection is.
type ConnState string

// The states, in the order of a login. Resuming takes the place of Binding.
const (
	Offline        ConnState = "offline"
	Waiting        ConnState = "waiting"
	Resolving      ConnState = "resolving"
	Connecting     ConnState = "connecting"
	Securing       ConnState = "securing"
	Authenticating ConnState = "authenticating"
	Binding        ConnState = "binding"
	Resuming       ConnState = "resuming"
	Online         ConnState = "online"
)

// Connection is the state of one account's connection. Cause is the kind of the error
// that ended the last one ("" when the user did), RetryAt is set while Waiting.
type Connection struct {
	State   ConnState
	Cause   ErrorKind
	Detail  string // English, for the log and the curious; never shown alone
	RetryAt time.Time
}

// Login tells how a connection was made, for the connection page and `account.connect`.
type Login struct {
	JID            jid.JID // full
	Mechanism      string
	ChannelBinding string // "" when none was used
	TLSVersion     string // "1.2", "1.3", or "" for a pipe
	Resumed        bool
	RoundTrips     int // TCP connect to presence written, as a delay would count them
}

// Subscription is who sees whose presence (RFC 6121 §2.1.2.5), from our side.
type Subscription string

// The subscriptions.
const (
	SubscriptionNone Subscription = "none"
	SubscriptionTo   Subscription = "to"
	SubscriptionFrom Subscription = "from"
	SubscriptionBoth Subscription = "both"
)

// SeesUs reports whether the contact may see our presence; only then receipts,
// chat states and the like are sent to it.
func (s Subscription) SeesUs() bool { return s == SubscriptionFrom || s == SubscriptionBoth }

// SeenByUs reports whether we receive the contact's presence.
func (s Subscription) SeenByUs() bool { return s == SubscriptionTo || s == SubscriptionBoth }

// RosterItem is the server's entry for a contact.
type RosterItem struct {
	JID          jid.JID // bare
	Name         string  // the remark name, or ""
	Groups       []string
	Subscription Subscription
	Ask          bool // our request is pending
	Approved     bool // pre-approved (RFC 6121 §3.4)
}

// Contact is a person as shown: the roster item and the presence of all resources.
// Somebody who wrote to us without being on the roster is no Contact.
type Contact struct {
	RosterItem
	Presence []Presence // available resources, highest priority first
}

// Show is how available somebody is.
type Show string

// The shows; Unavailable is never stored in Contact.Presence.
const (
	ShowAvailable   Show = "available"
	ShowChat        Show = "chat"
	ShowAway        Show = "away"
	ShowXA          Show = "xa"
	ShowDND         Show = "dnd"
	ShowUnavailable Show = "unavailable"
)

// Presence is one resource's presence.
type Presence struct {
	Resource string
	Show     Show
	Status   string
	Priority int
	Time     time.Time // when it came, or its delay stamp
	Caps     string    // entity capabilities "node#ver" (XEP-0115), or ""
}

// SubscriptionRequest is somebody who asks to see our presence.
type SubscriptionRequest struct {
	JID     jid.JID
	Message string
	Nick    string
	Time    time.Time
}

// Chat is a conversation as the list of recent chats shows it.
type Chat struct {
	ID       ChatID
	Last     *Message // the newest message, its text cut to a few kB; nil for an empty chat
	Unread   int
	ReadUpTo MessageID // the newest message that was displayed, or ""
	Updated  time.Time // of the last message, or when the chat was made
	ChatMarks
}

// ChatMarks are what the user decided about a chat.
type ChatMarks struct {
	Pinned bool // it stands above the others
	Muted  bool // its messages do not ring and are not counted
}

// Draft is what was typed in a chat and not sent.
type Draft struct {
	Chat ChatID
	Text string
	Time time.Time // of the last change
}

// ChatState is what the peer is doing (XEP-0085).
type ChatState string

// The chat states.
const (
	ChatActive    ChatState = "active"
	ChatComposing ChatState = "composing"
	ChatPaused    ChatState = "paused"
	ChatInactive  ChatState = "inactive"
	ChatGone      ChatState = "gone"
)

// ConnectRequest is what a login needs. A zero Password means the keychain's.
type ConnectRequest struct {
	JID      jid.JID // a resource is used instead of the stored one
	Password Secret
	Address  string
	Security Security
	CAFile   string
	Remember bool // keep the password in the keychain
	Enabled  bool // sign in automatically from now on
	Show     Show // "" keeps the last one
	Status   string
}
