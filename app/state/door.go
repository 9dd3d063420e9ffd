package state

import (
	"slices"

	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
)

// Choose makes the account the one that the window shows.
func (s *State) Choose(account jid.JID) Change {
	if s.Current == account {
		return Change{}
	}
	s.Current = account
	return Everything()
}

// OpenChat puts the chat's tab in front, opening it if it is not there. The new-messages
// line is set behind what was read until now.
func (s *State) OpenChat(id model.ChatID) Change {
	if s.Front == id && s.isOpen(id) {
		return Change{}
	}
	c := s.leaveFront()
	if !s.isOpen(id) {
		s.Open = append(s.Open, id)
	}
	s.Front = id
	chat := s.chat(id)
	if chat.Unread > 0 {
		chat.HasNew, chat.NewAfter = true, chat.ReadUpTo
	}
	c.Add(Change{Tabs: true, Chats: true})
	c.touch(id)
	if chat.Timeline.stale && chat.Timeline.again.n == 0 {
		c.Reload = append(c.Reload, id)
	}
	return c
}

// leaveFront is what happens to a chat that is no longer looked at.
func (s *State) leaveFront() Change {
	chat := s.Chats[s.Front]
	if chat == nil {
		return Change{}
	}
	chat.Timeline.trim()
	if chat.Unread == 0 {
		return chat.dropNewLine()
	}
	return Change{}
}

// NewLine sets the new-messages line of the chat in front, when messages came while
// nobody looked.
func (s *State) NewLine() Change {
	chat := s.Chats[s.Front]
	if chat == nil || chat.Unread == 0 || chat.HasNew {
		return Change{}
	}
	chat.HasNew, chat.NewAfter = true, chat.ReadUpTo
	var c Change
	c.touch(chat.ID)
	return c
}

// LookAway is what happens to the new-messages line when the window loses the focus: where
// everything was read it goes, so that the next one stands above what comes then.
func (s *State) LookAway() Change {
	if chat := s.Chats[s.Front]; chat != nil && chat.Unread == 0 {
		return chat.dropNewLine()
	}
	return s.NewLine()
}

// CloseChat closes the tab; its right neighbour, or else its left one, comes in front.
func (s *State) CloseChat(id model.ChatID) Change {
	i := slices.Index(s.Open, id)
	if i < 0 {
		return Change{}
	}
	var c Change
	if s.Front == id {
		c = s.leaveFront()
	}
	s.Open = slices.Delete(slices.Clone(s.Open), i, i+1)
	if chat := s.Chats[id]; chat != nil {
		chat.Timeline = Timeline{}
		if chat.Last == nil && chat.Draft == "" && chat.ChatMarks == (model.ChatMarks{}) {
			s.drop(id)
		}
	}
	if s.Front == id {
		s.Front = model.ChatID{}
		if len(s.Open) > 0 {
			c.Add(s.OpenChat(s.Open[min(i, len(s.Open)-1)]))
		}
	}
	c.Tabs, c.Chats = true, true
	return c
}

// MoveTab gives a tab another place among those that are open.
func (s *State) MoveTab(id model.ChatID, to int) Change {
	i := slices.Index(s.Open, id)
	if i < 0 || to < 0 || to >= len(s.Open) || to == i {
		return Change{}
	}
	s.Open = slices.Insert(slices.Delete(slices.Clone(s.Open), i, i+1), to, id)
	return Change{Tabs: true}
}

// CloseAll closes all tabs, on signing out.
func (s *State) CloseAll() Change {
	s.leaveFront()
	s.Open, s.Front = nil, model.ChatID{}
	for _, chat := range s.Chats {
		chat.Timeline = Timeline{}
	}
	return Change{Tabs: true, Chats: true}
}

// SetDraft keeps what was typed and not sent.
func (s *State) SetDraft(id model.ChatID, draft string) Change {
	chat := s.Chats[id]
	if chat == nil || chat.Draft == draft {
		return Change{}
	}
	s.change(chat, func() { chat.Draft = draft })
	return Change{Chats: true}
}

// RestoreDrafts enters the drafts of an earlier run, where nothing was typed since.
func (s *State) RestoreDrafts(all []model.Draft) Change {
	var c Change
	for _, d := range all {
		if s.Accounts[d.Chat.Account] == nil || d.Text == "" {
			continue
		}
		chat := s.chat(d.Chat)
		if chat.Draft != "" {
			continue
		}
		s.change(chat, func() {
			chat.Draft = d.Text
			if chat.Last == nil {
				chat.Updated = d.Time
			}
		})
		c.Chats = true
	}
	return c
}
