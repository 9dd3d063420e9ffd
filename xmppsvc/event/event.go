// Package event is the closed set of facts that the service tells. Each carries the
// whole new value of what changed, so applying one twice equals once. None carries a
// stanza, a callback, a pointer into the service or text meant for people.
package event

import (
	"time"

	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
)

//sumtype:decl

// Event is one fact about the world. Only this package adds to the set.
type Event interface{ event() }

// Account is everything a face needs to draw one account without asking.
type Account struct {
	Account    model.Account
	Connection model.Connection
	Login      model.Login
	Show       model.Show // what the user chose
	Status     string
	Contacts   []model.Contact
	Requests   []model.SubscriptionRequest
	Chats      []model.Chat
}

// Snapshot is a feed's first event: all accounts as they are.
type Snapshot struct{ Accounts []Account }

// AccountChanged says that an account was added or its settings changed.
type AccountChanged struct{ Account model.Account }

// AccountRemoved says that an account and all it kept is gone.
type AccountRemoved struct{ Account jid.JID }

// ConnectionChanged travels in the same order as messages: all that came before a loss
// is seen before it. Login is set when State is Online.
type ConnectionChanged struct {
	Account    jid.JID
	Connection model.Connection
	Login      model.Login
}

// CertificateRejected is the one question among the facts: the attempt has ended; the
// answer is Service.TrustCertificate and a new attempt. Nobody answering means no.
type CertificateRejected struct {
	Account     jid.JID
	Host        string
	Fingerprint string // SHA-256 of the SPKI, hex
	Reason      string // as model.Error.Reason
	Subject     string
	Issuer      string
	NotBefore   time.Time
	NotAfter    time.Time
}

// SelfChanged holds our own show, status and nickname after one of them changed.
type SelfChanged struct {
	Account jid.JID
	Show    model.Show
	Status  string
	Name    string
}

// RosterReplaced holds the whole list, after a full roster result.
type RosterReplaced struct {
	Account  jid.JID
	Contacts []model.Contact
}

// ContactChanged says that one contact was added or changed.
type ContactChanged struct {
	Account jid.JID
	Contact model.Contact
}

// ContactRemoved says that the contact left the roster; its chat stays.
type ContactRemoved struct {
	Account jid.JID
	JID     jid.JID
}

// SubscriptionRequested says that somebody asks to see our presence. Asked again, the newer
// message replaces the older one.
type SubscriptionRequested struct {
	Account jid.JID
	Request model.SubscriptionRequest
}

// SubscriptionAnswered says that the request of JID is no longer open.
type SubscriptionAnswered struct {
	Account jid.JID
	JID     jid.JID
}

// PresenceChanged holds all available resources of JID (bare), highest priority first; empty
// when it went offline.
type PresenceChanged struct {
	Account  jid.JID
	JID      jid.JID
	Presence []model.Presence
}

// ChatChanged tells a new unread count, read position or last message.
type ChatChanged struct{ Chat model.Chat }

// ChatRemoved says that the chat and its messages are gone here.
type ChatRemoved struct{ Chat model.ChatID }

// TypingChanged tells what the peer is doing.
type TypingChanged struct {
	Chat  model.ChatID
	From  jid.JID
	State model.ChatState
}

// Nudged says that the peer asks for attention now (XEP-0224); the message that does so came
// before, as any other. It is told at most once in ten seconds.
type Nudged struct{ Chat model.ChatID }

// MessageAdded says that a message was stored, ours or theirs.
type MessageAdded struct{ Message model.Message }

// Why says what changed in a MessageChanged.
type Why string

// The reasons.
const (
	WhyDelivery Why = "delivery"
	WhyPosition Why = "position"
)

// MessageChanged holds the message's new value.
type MessageChanged struct {
	Message model.Message
	Why     Why
}

// MessageRemoved says that the message is gone here.
type MessageRemoved struct {
	Chat model.ChatID
	ID   model.MessageID
}

// HistoryChanged says that a chat's past changed in bulk; read it again.
type HistoryChanged struct{ Chat model.ChatID }

// NoticeKind names something to tell the user.
type NoticeKind string

// The notices.
const (
	NoticeStanzaDropped NoticeKind = "stanza_dropped"  // over a limit, from JID; Detail says which limit
	NoticeStorage       NoticeKind = "storage"         // writing failed; Detail is the error kind
	NoticeRecovered     NoticeKind = "recovered"       // a damaged database was put aside; Detail is its new name
	NoticeNoKeychain    NoticeKind = "no_keychain"     // the password could not be stored
	NoticeBindingLost   NoticeKind = "binding_lost"    // channel binding or a better hash was used before and is not now; told once
	NoticeArchiveOff    NoticeKind = "archive_off"     // the account is set so that the server keeps no messages
	NoticeBounced       NoticeKind = "request_refused" // a contact request came back; Detail is the condition
)

// NoticeRaised is something to tell the user.
type NoticeRaised struct {
	Account jid.JID
	Kind    NoticeKind
	JID     jid.JID
	Detail  string
}

func (Snapshot) event()              {}
func (AccountChanged) event()        {}
func (AccountRemoved) event()        {}
func (ConnectionChanged) event()     {}
func (CertificateRejected) event()   {}
func (SelfChanged) event()           {}
func (RosterReplaced) event()        {}
func (ContactChanged) event()        {}
func (ContactRemoved) event()        {}
func (SubscriptionRequested) event() {}
func (SubscriptionAnswered) event()  {}
func (PresenceChanged) event()       {}
func (ChatChanged) event()           {}
func (ChatRemoved) event()           {}
func (TypingChanged) event()         {}
func (Nudged) event()                {}
func (MessageAdded) event()          {}
func (MessageChanged) event()        {}
func (MessageRemoved) event()        {}
func (HistoryChanged) event()        {}
func (NoticeRaised) event()          {}
