// Package messaging is what one-to-one messages are made of: carbons (XEP-0280), ids
// (0359), delays (0203), receipts (0184), chat states (0085), the mark of encryption
// (0380), markers (0333), read positions (0490), nudges (0224), and errors that come back.
//
// Reading is a row of small steps: receive.go unwraps and finds sender, direction and chat,
// read.go makes the message. The account calls them in the order of account/inbound.go.
// Writing is compose.go.
package messaging

import (
	"time"

	"dovekie/xmppsvc/feature"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stanza"
	"dovekie/xmppsvc/xep"
)

// Store is what messaging reads and writes, in the transaction of the batch at hand.
type Store interface {
	ByWireID(chat model.ChatID, wireID string) (model.Message, bool, error)
	SetDelivery(id model.MessageID, d model.Delivery, inDoubt bool, f *model.StanzaError) (m model.Message, changed bool, err error)
	DisplayedUpTo(chat model.ChatID, wireID string) ([]model.Message, error)
	MarkDisplayed(chat model.ChatID, id model.MessageID) (c model.Chat, changed bool, err error)
	Marked(chat model.ChatID, since model.MessageID) (wireID string, err error)
	ReceivedAs(chat model.ChatID, wireID string) (id model.MessageID, found bool, err error)
	ByStanzaID(account, by jid.JID, stanzaID string) (model.Message, bool, error)
	ReadStanzaID(chat model.ChatID, by jid.JID) (string, error)
}

// Contacts tells who somebody is to us (roster.Roster).
type Contacts interface {
	Item(contact jid.JID) (model.RosterItem, bool)
	SeesUs(j jid.JID) bool
}

// Peers tells what others can do, as far as is known (disco.Disco).
type Peers interface {
	// Supports reports whether any resource of the contact announced the namespace.
	Supports(contact jid.JID, ns string) bool
	// OwnAccount reports whether our own account announced the namespace.
	OwnAccount(ns string) bool
}

// Messaging belongs to one account's loop.
type Messaging struct {
	s        feature.Session
	store    func() Store
	contacts Contacts
	peers    Peers

	typing map[jid.JID]model.ChatState // what a resource of a peer is doing, if not active
	talks  map[jid.JID]*talk           // by peer (bare, or an occupant)

	privacy model.Privacy
	pos     positions
	nudges  nudges
}

// talk is what we know of one conversation's chat states.
type talk struct {
	knows support         // does the peer speak chat states
	told  model.ChatState // what we said last
}

type support int

const (
	unknown support = iota
	yes
	no
)

var (
	_ feature.Feature         = (*Messaging)(nil)
	_ feature.Opener          = (*Messaging)(nil)
	_ feature.Lost            = (*Messaging)(nil)
	_ feature.PresenceHandler = (*Messaging)(nil)
	_ feature.MessageHandler  = (*Messaging)(nil)
	_ feature.Timed           = (*Messaging)(nil)
	_ feature.Resumed         = (*Messaging)(nil)
)

// New makes it; store is asked only while a batch runs.
func New(s feature.Session, store func() Store, contacts Contacts, peers Peers) *Messaging {
	return &Messaging{
		s: s, store: store, contacts: contacts, peers: peers,
		typing: map[jid.JID]model.ChatState{}, talks: map[jid.JID]*talk{},
		pos:    positions{unsaid: map[jid.JID]model.ChatID{}, early: map[jid.JID]xep.ReadPosition{}},
		nudges: nudges{from: map[jid.JID]time.Time{}, to: map[jid.JID]time.Time{}},
	}
}

// Namespaces are what others may count on. Carbons are not among them: they concern our
// server only.
func (m *Messaging) Namespaces() []string {
	return []string{xep.NSReceipts, xep.NSChatStates, xep.NSStanzaID, xep.NSMarkers, xep.NSDisplayedNotify, xep.NSAttention}
}

// Open switches carbons on, and asks how far our other devices have read; a server without
// either answers with an error and that is that.
func (m *Messaging) Open() {
	m.s.Ask(stanza.NewIQ("set", "", "", xep.EnableCarbons()), func(*stanza.Element, error) {})
	m.askPositions()
}

// Resumed asks again what a crash made us forget; carbons belong to the session.
func (m *Messaging) Resumed(fresh bool) {
	if fresh {
		m.askPositions()
	}
}

// Lost forgets who is typing and what we told them.
func (m *Messaging) Lost() {
	clear(m.typing)
	clear(m.talks)
}
