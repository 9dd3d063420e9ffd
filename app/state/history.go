package state

import (
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
)

// Ask is a question for History: which page, and by its number which question it was. A
// chat has at most two open at once: one for older messages, which may have to wait for
// the server, and one that reads again what is loaded, which does not.
type Ask struct {
	Chat   model.ChatID
	Before model.MessageID // of older messages: those before this one, "" for the newest
	// Again: what is loaded is read anew, from the end back to the message Down (all of the
	// chat's beginning if that is gone), but no fewer than Least messages.
	Again bool
	Down  model.MessageID
	Least int

	n int
}

// AskPage asks for the page before what is loaded. It reports false where that is on its
// way, where nothing older is, and where the last try failed, unless the user insists.
func (s *State) AskPage(id model.ChatID, insist bool) (Ask, bool) {
	chat := s.Chats[id]
	if chat == nil || chat.Timeline.older.n != 0 {
		return Ask{}, false
	}
	t := &chat.Timeline
	if t.Past == PastNone || t.Past != PastUnknown && !insist {
		return Ask{}, false
	}
	t.Past = PastUnknown
	return Ask{Chat: id, Before: t.oldest(), n: s.open(t, &t.older)}, true
}

// AskAgain asks for what is loaded, because it changed as a whole; seen is the first
// message in sight, or "". What lies far above both that and the end is given up. While it
// is being read already it is read once more after that, and false reported.
func (s *State) AskAgain(id model.ChatID, seen model.MessageID) (Ask, bool) {
	chat := s.Chats[id]
	if chat == nil || !chat.Timeline.live() {
		return Ask{}, false
	}
	t := &chat.Timeline
	if t.again.n != 0 {
		t.stale = true
		return Ask{}, false
	}
	t.stale, t.grown = false, false
	from := max(len(t.Messages)-keepMessages, 0)
	if i := t.index(seen); i >= 0 {
		from = min(from, i)
	}
	down := Timeline{Messages: t.Messages[from:]}
	return Ask{Chat: id, Again: true, Down: down.oldest(), Least: len(t.Messages) - from, n: s.open(t, &t.again)}, true
}

// open numbers a question.
func (s *State) open(t *Timeline, q *asking) int {
	s.asked++
	*q = asking{n: s.asked, from: len(t.news)}
	return q.n
}

// question finds the question that an answer is for; nil if nobody waits for it any more.
func (s *State) question(a Ask) (*Chat, *asking) {
	chat := s.Chats[a.Chat]
	if chat == nil {
		return nil, nil
	}
	q := &chat.Timeline.older
	if a.Again {
		q = &chat.Timeline.again
	}
	if q.n != a.n {
		return nil, nil
	}
	return chat, q
}

// AddPage enters an answer of History.
func (s *State) AddPage(a Ask, page []model.Message, complete bool) Change {
	chat, q := s.question(a)
	if chat == nil {
		return Change{} // the chat was closed meanwhile
	}
	var c Change
	c.touch(a.Chat)
	t := &chat.Timeline
	if !a.Again && a.Before != "" && t.index(a.Before) < 0 {
		t.answered(q) // it would not join what is loaded now
		return c
	}
	if a.Again {
		t.enterAgain(page, complete, a.Down)
	} else {
		t.enterOlder(page, complete)
	}
	for id := range t.Called {
		if t.index(id) < 0 {
			delete(t.Called, id)
		}
	}
	if a.Again && t.stale {
		t.stale = false
		c.Reload = append(c.Reload, a.Chat)
	}
	return c
}

// PageFailed closes a question that got no answer; offline says that a connection was
// missing. What could not be read again is read when the chat comes in front.
func (s *State) PageFailed(a Ask, offline bool) Change {
	chat, q := s.question(a)
	if chat == nil {
		return Change{}
	}
	var c Change
	c.touch(a.Chat)
	t := &chat.Timeline
	t.answered(q)
	if a.Again {
		t.stale = true
		return c
	}
	t.Loaded, t.Headed = true, true
	t.Past = PastFailed
	if offline {
		t.Past = PastOffline
	}
	return c
}

// PageSlow says that an answer takes long enough to be worth a word.
func (s *State) PageSlow(a Ask) Change {
	chat, _ := s.question(a)
	if chat == nil || a.Again || chat.Timeline.Slow {
		return Change{}
	}
	chat.Timeline.Slow, chat.Timeline.Headed = true, true
	var c Change
	c.touch(a.Chat)
	return c
}

// CallGap notes that the user wants a gap filled, and names the message behind it: the
// page before that holds the gap. It reports false for what is no gap any more.
func (s *State) CallGap(id model.ChatID, gap model.MessageID) (behind model.MessageID, c Change, ok bool) {
	chat := s.Chats[id]
	if chat == nil {
		return "", c, false
	}
	t := &chat.Timeline
	i := t.index(gap)
	if i < 0 || t.Messages[i].Kind != model.KindGap || t.Messages[i].Gap != model.GapOpen {
		return "", c, false
	}
	if t.Called == nil {
		t.Called = map[model.MessageID]bool{}
	}
	t.Called[gap] = true
	c.touch(id)
	rest := Timeline{Messages: t.Messages[i+1:]}
	return rest.oldest(), c, true
}

// GapQuiet gives a gap that did not go back to the user.
func (s *State) GapQuiet(id model.ChatID, gap model.MessageID) Change {
	chat := s.Chats[id]
	if chat == nil || !chat.Timeline.Called[gap] {
		return Change{}
	}
	delete(chat.Timeline.Called, gap)
	var c Change
	c.touch(id)
	return c
}

// connected forgets what was known of the past of the account's chats: the server may have
// more than there seemed to be.
func (s *State) connected(account jid.JID) (c Change) {
	for id, chat := range s.Chats {
		if t := &chat.Timeline; id.Account == account && t.live() && t.Past != PastUnknown {
			t.Past = PastUnknown
			c.touch(id)
		}
	}
	return c
}
