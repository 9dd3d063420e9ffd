package state

import (
	"slices"

	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/model"
)

// chatChanged also notes unread messages that no event of their own told as new: they come
// from the archive, or waited at the server.
func (s *State) chatChanged(ev event.ChatChanged) Change {
	chat := s.chat(ev.Chat.ID)
	c := Change{Chats: true}
	if ev.Chat.Unread > chat.Unread+chat.fresh {
		c.Missed = append(c.Missed, ev.Chat.ID)
	}
	chat.fresh = 0
	s.change(chat, func() { chat.Chat = ev.Chat })
	return c
}

func (s *State) chatRemoved(ev event.ChatRemoved) Change {
	if s.Chats[ev.Chat] == nil {
		return Change{}
	}
	c := s.CloseChat(ev.Chat)
	s.drop(ev.Chat)
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
	if m.Kind == model.KindGap {
		return s.gapAdded(m)
	}
	chat := s.chat(m.Chat)
	known := chat.knows(m.ID)
	var c Change
	if chat.Last == nil || chat.Last.ID == m.ID || chat.Last.Position < m.Position {
		last := m
		s.change(chat, func() { chat.Last, chat.Updated = &last, m.Time })
		c.Chats = true
	}
	if chat.Timeline.put(m, true) {
		c.touch(m.Chat)
	}
	switch {
	case m.Outgoing:
		c.Add(chat.dropNewLine())
	case !known && m.Live:
		chat.newest = m.ID
		chat.fresh++
		c.Arrived = append(c.Arrived, m)
	}
	if !m.Outgoing && m.Live && chat.Typing {
		chat.Typing, c.Typing = false, true
		c.touch(m.Chat)
	}
	return c
}

// knows reports whether the message was told before, as far as that is remembered.
func (c *Chat) knows(id model.MessageID) bool {
	return c.Timeline.index(id) >= 0 || c.newest == id || c.Last != nil && c.Last.ID == id
}

// gapAdded shows a gap. It is no message: nothing is new, and the list of chats stays.
func (s *State) gapAdded(m model.Message) Change {
	var c Change
	if chat := s.Chats[m.Chat]; chat != nil && chat.Timeline.put(m, true) {
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
	if chat == nil || !chat.Timeline.live() {
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
