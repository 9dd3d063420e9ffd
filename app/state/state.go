package state

import (
	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
)

// State is everything the window shows. The zero State is not usable: take New's.
type State struct {
	Ready    bool    // the snapshot has come
	Current  jid.JID // the account that the window shows, or zero
	Accounts map[jid.JID]*Account
	Chats    map[model.ChatID]*Chat
	Open     []model.ChatID // the tabs, from left to right
	Front    model.ChatID   // the tab in front, or zero

	ready   Prepared // rosters of the events to come, see Use
	indexes map[jid.JID]*chatIndex
	asked   int // the number of the newest question for History
}

// Account is one of our logins as shown.
type Account struct {
	Settings   model.Account
	Connection model.Connection
	Login      model.Login
	Show       model.Show
	Status     string
	Contacts   map[jid.JID]*Contact
	Requests   []model.SubscriptionRequest

	groups groups
}

// Contact is a contact with what sorting and searching need of its name.
type Contact struct {
	model.Contact
	Label    string // the name to show, never empty
	Address  string // the JID as text
	Key      string // orders by pronunciation
	Sound    string // the key without spaces
	Initials string // of every syllable or word
	Folded   string // the label without capitals and marks
}

// Chat is a conversation with what is loaded of its messages.
type Chat struct {
	model.Chat
	Draft    string
	Typing   bool
	NewAfter model.MessageID // the new-messages line stands behind this message
	HasNew   bool            // the line is shown; behind nothing (at the top) when NewAfter is ""
	Timeline Timeline

	newest model.MessageID // the last one that came just now
	fresh  int             // how many of those since Unread was told
}

// New is a state before anything is known.
func New() *State {
	return &State{Accounts: map[jid.JID]*Account{}, Chats: map[model.ChatID]*Chat{}, indexes: map[jid.JID]*chatIndex{}}
}

// Account is the account that the window shows, or nil.
func (s *State) Account() *Account { return s.Accounts[s.Current] }

// FrontChat is the chat in front, or nil.
func (s *State) FrontChat() *Chat { return s.Chats[s.Front] }

// chat is the chat of that name, made when it is new.
func (s *State) chat(id model.ChatID) *Chat {
	c := s.Chats[id]
	if c == nil {
		c = &Chat{Chat: model.Chat{ID: id}}
		s.Chats[id] = c
	}
	return c
}

// Change says which parts of the state were touched. The zero Change is none.
type Change struct {
	Accounts   bool // added, removed or its settings changed; also another account in front
	Connection bool
	Self       bool // our own show, status or name
	Roster     bool // names, groups, members
	Presence   bool // of contacts
	Requests   bool
	Chats      bool // the list of chats: last lines, unread, drafts
	Tabs       bool // which tabs are open and which is in front
	Timelines  map[model.ChatID]bool
	Typing     bool
	Reload     []model.ChatID  // chats whose loaded history is out of date
	Arrived    []model.Message // messages that came just now from others
	Missed     []model.ChatID  // chats with more unread messages that came while we were away
	Nudged     []model.ChatID  // chats whose peer asks for attention now
	Notices    []event.NoticeRaised
}

// Add makes c the change of both.
func (c *Change) Add(o Change) {
	c.Accounts = c.Accounts || o.Accounts
	c.Connection = c.Connection || o.Connection
	c.Self = c.Self || o.Self
	c.Roster = c.Roster || o.Roster
	c.Presence = c.Presence || o.Presence
	c.Requests = c.Requests || o.Requests
	c.Chats = c.Chats || o.Chats
	c.Tabs = c.Tabs || o.Tabs
	c.Typing = c.Typing || o.Typing
	c.Reload = append(c.Reload, o.Reload...)
	c.Arrived = append(c.Arrived, o.Arrived...)
	c.Nudged = append(c.Nudged, o.Nudged...)
	c.Missed = append(c.Missed, o.Missed...)
	c.Notices = append(c.Notices, o.Notices...)
	for id := range o.Timelines {
		c.touch(id)
	}
}

// touch marks a chat's messages as changed.
func (c *Change) touch(id model.ChatID) {
	if c.Timelines == nil {
		c.Timelines = map[model.ChatID]bool{}
	}
	c.Timelines[id] = true
}

// List reports whether the left panel's list has to be drawn anew.
func (c *Change) List() bool {
	return c.Accounts || c.Connection || c.Roster || c.Presence || c.Requests || c.Chats || c.Tabs || c.Typing
}

// OnlyPresence reports whether nothing but presences of contacts changed.
func (c *Change) OnlyPresence() bool {
	return c.Presence && !c.Accounts && !c.Connection && !c.Self && !c.Roster && !c.Requests &&
		!c.Chats && !c.Tabs && !c.Typing && len(c.Timelines) == 0
}

// Everything is the change after which all is drawn anew: a new language, a new account.
func Everything() Change {
	return Change{Accounts: true, Connection: true, Self: true, Roster: true, Presence: true,
		Requests: true, Chats: true, Tabs: true, Typing: true}
}
