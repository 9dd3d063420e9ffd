package state

import (
	"slices"

	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/model"
)

func (s *State) chatChanged(ev event.ChatChanged) Change {
	s.chat(ev.Chat.ID).Chat = ev.Chat
	return Change{Chats: true}
}

func (s *State) chatRemoved(ev event.ChatRemoved) Change {
	if s.Chats[ev.Chat] == nil {
		return Change{}
	}
	c := s.CloseChat(ev.Chat)
	delete(s.Chats, ev.Chat)
	c.Chats = true
	return c
}

func (s *State) typingChanged(ev event.TypingChanged) Change {
	typing := ev.State == model.ChatComposing
	chat := s.Chats[ev.Chat]
	if chat == nil && !typing {
		return Change{}
	}
	chat = s.chat(ev.Chat)
	if chat.Typing == typing {
		return Change{}
	}
	chat.Typing = typing
	c := Change{Typing: true}
	c.touch(ev.Chat)
	return c
}

func (s *State) messageAdded(ev event.MessageAdded) Change {
	m := ev.Message
	if m.Kind == model.KindUnused {
		return Change{}
	}
	chat := s.chat(m.Chat)
	known := chat.Timeline.index(m.ID) >= 0 || chat.Last != nil && chat.Last.ID == m.ID
	var c Change
	if chat.Last == nil || chat.Last.ID == m.ID || chat.Last.Position < m.Position {
		last := m
		chat.Last, chat.Updated, c.Chats = &last, m.Time, true
	}
	if chat.Timeline.put(m, true) {
		c.touch(m.Chat)
	}
	switch {
	case m.Outgoing:
		c.Add(chat.dropNewLine())
	case !known && m.Live:
		c.Arrived = append(c.Arrived, m)
	}
	if !m.Outgoing && m.Live && chat.Typing {
		chat.Typing, c.Typing = false, true
		c.touch(m.Chat)
	}
	return c
}

func (s *State) messageChanged(ev event.MessageChanged) Change {
	m := ev.Message
	chat := s.Chats[m.Chat]
	if chat == nil {
		return Change{}
	}
	var c Change
	if chat.Last != nil && chat.Last.ID == m.ID {
		last := m
		chat.Last, c.Chats = &last, true
	}
	if chat.Timeline.put(m, false) {
		c.touch(m.Chat)
	}
	return c
}

func (s *State) messageRemoved(ev event.MessageRemoved) Change {
	chat := s.Chats[ev.Chat]
	var c Change
	if chat != nil && chat.Timeline.remove(ev.ID) {
		c.touch(ev.Chat)
	}
	return c
}

func (s *State) historyChanged(ev event.HistoryChanged) Change {
	chat := s.Chats[ev.Chat]
	if chat == nil || !chat.Timeline.Loaded {
		return Change{}
	}
	return Change{Reload: []model.ChatID{ev.Chat}}
}

// dropNewLine takes the new-messages line away.
func (c *Chat) dropNewLine() Change {
	if !c.HasNew {
		return Change{}
	}
	c.HasNew, c.NewAfter = false, ""
	var ch Change
	ch.touch(c.ID)
	return ch
}

func (s *State) isOpen(id model.ChatID) bool { return slices.Contains(s.Open, id) }
