package state

import (
	"cmp"
	"slices"

	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
)

// chatIndex keeps an account's chats in order and counted between events.
type chatIndex struct {
	recent ordered[*Chat] // those with something in them
	unread int            // in all of them
}

// index is the account's index, made when it is not there.
func (s *State) index(account jid.JID) *chatIndex {
	if x := s.indexes[account]; x != nil {
		return x
	}
	x := &chatIndex{}
	var list []*Chat
	for id, c := range s.Chats {
		if id.Account != account {
			continue
		}
		x.unread += c.Counted()
		if c.isRecent() {
			list = append(list, c)
		}
	}
	x.recent = sortedBy(compareChats, list)
	s.indexes[account] = x
	return x
}

// change changes what the chat's place depends on: its value from below and its draft.
func (s *State) change(c *Chat, with func()) {
	x := s.index(c.ID.Account)
	x.remove(c)
	with()
	x.add(c)
}

// drop removes a chat.
func (s *State) drop(id model.ChatID) {
	if c := s.Chats[id]; c != nil {
		s.index(id.Account).remove(c)
		delete(s.Chats, id)
	}
}

func (x *chatIndex) add(c *Chat) {
	x.unread += c.Counted()
	if c.isRecent() {
		x.recent.add(c)
	}
}

func (x *chatIndex) remove(c *Chat) {
	x.unread -= c.Counted()
	if c.isRecent() {
		x.recent.remove(c)
	}
}

func (c *Chat) isRecent() bool { return c.Last != nil || c.Draft != "" || c.Pinned }

// Counted are the unread messages that the totals have: none of a chat that is muted.
func (c *Chat) Counted() int {
	if c.Muted {
		return 0
	}
	return c.Unread
}

// compareChats orders the chats of an account: no two are equal.
func compareChats(a, b *Chat) int {
	if a.Pinned != b.Pinned {
		if a.Pinned {
			return -1
		}
		return 1
	}
	return cmp.Or(b.Updated.Compare(a.Updated), compareAddresses(a.ID.Peer, b.ID.Peer))
}

// Recent are the account's chats with something in them: those pinned first,
// and then the newest. Their order
// does not change any more, the chats themselves follow the events.
func (s *State) Recent(account jid.JID) []*Chat { return s.index(account).recent.give() }

// Unread is the number of unread messages in all chats of the account that are not muted.
func (s *State) Unread(account jid.JID) int { return s.index(account).unread }

// forgetChats drops all chats of an account with their tabs.
func (s *State) forgetChats(account jid.JID) {
	for id := range s.Chats {
		if id.Account == account {
			delete(s.Chats, id)
		}
	}
	delete(s.indexes, account)
	s.Open = slices.DeleteFunc(s.Open, func(id model.ChatID) bool { return id.Account == account })
}
