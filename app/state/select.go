package state

import (
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
)

// IsOnline reports whether any resource is available.
func (c *Contact) IsOnline() bool { return len(c.Presence) > 0 }

// Best is the presence that stands for the contact: that of the resource with the highest
// priority, unavailable when there is none.
func (c *Contact) Best() model.Presence {
	if len(c.Presence) == 0 {
		return model.Presence{Show: model.ShowUnavailable}
	}
	return c.Presence[0]
}

// Online reports whether the account's connection is up, so that presences are known.
func (a *Account) Online() bool { return a.Connection.State == model.Online }

// Label is the account's own name to show.
func (a *Account) Label() string {
	if a.Settings.Name != "" {
		return a.Settings.Name
	}
	return AddressLabel(a.Settings.JID)
}

// Contact is the contact behind an address of the account, or nil.
func (s *State) Contact(account, peer jid.JID) *Contact {
	a := s.Accounts[account]
	if a == nil {
		return nil
	}
	return a.Contacts[peer.Bare()]
}

// Label is the name to show for somebody, on the list or not.
func (s *State) Label(account, peer jid.JID) string {
	if c := s.Contact(account, peer); c != nil {
		return c.Label
	}
	return AddressLabel(peer)
}

// UnreadOf is the number of unread messages of one chat, 0 for a chat that is not there.
func (s *State) UnreadOf(id model.ChatID) int {
	if c := s.Chats[id]; c != nil {
		return c.Unread
	}
	return 0
}

// CountedOf is how many of them the totals have.
func (s *State) CountedOf(id model.ChatID) int {
	if c := s.Chats[id]; c != nil {
		return c.Counted()
	}
	return 0
}

// NewestRead is the newest of our messages in the chat that was read, or "".
func NewestRead(t *Timeline) model.MessageID {
	for i := len(t.Messages) - 1; i >= 0; i-- {
		if m := &t.Messages[i]; m.Outgoing && m.Delivery == model.Displayed && m.Kind != model.KindNudge {
			return m.ID
		}
	}
	return ""
}
