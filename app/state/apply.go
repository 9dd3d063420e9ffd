package state

import (
	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/model"
)

// Apply enters one fact from below and says what it touched.
func Apply(s *State, ev event.Event) Change {
	switch ev := ev.(type) {
	case event.Snapshot:
		return s.snapshot(ev)
	case event.AccountChanged:
		return s.accountChanged(ev)
	case event.AccountRemoved:
		return s.accountRemoved(ev)
	case event.ConnectionChanged:
		return s.connectionChanged(ev)
	case event.SelfChanged:
		return s.selfChanged(ev)
	case event.RosterReplaced:
		return s.rosterReplaced(ev)
	case event.ContactChanged:
		return s.contactChanged(ev)
	case event.ContactRemoved:
		return s.contactRemoved(ev)
	case event.SubscriptionRequested:
		return s.requested(ev)
	case event.SubscriptionAnswered:
		return s.answered(ev)
	case event.PresenceChanged:
		return s.presenceChanged(ev)
	case event.ChatChanged:
		return s.chatChanged(ev)
	case event.ChatRemoved:
		return s.chatRemoved(ev)
	case event.TypingChanged:
		return s.typingChanged(ev)
	case event.MessageAdded:
		return s.messageAdded(ev)
	case event.MessageChanged:
		return s.messageChanged(ev)
	case event.MessageRemoved:
		return s.messageRemoved(ev)
	case event.HistoryChanged:
		return s.historyChanged(ev)
	case event.Nudged:
		return Change{Nudged: []model.ChatID{ev.Chat}}
	case event.NoticeRaised:
		return Change{Notices: []event.NoticeRaised{ev}}
	}
	return Change{}
}

// ApplyAll enters a batch in its order.
func ApplyAll(s *State, batch []event.Event) Change {
	_, c := ApplySome(s, batch, func() bool { return true })
	return c
}

// askEvery is how many events ApplySome enters before it asks again.
const askEvery = 8

// ApplySome enters a batch in its order, as far as it is let, and says how many events
// that were: at least one. The rest can be entered later.
func ApplySome(s *State, batch []event.Event, goOn func() bool) (n int, c Change) {
	for _, ev := range batch {
		if n > 0 && n%askEvery == 0 && !goOn() {
			break
		}
		c.Add(Apply(s, ev))
		n++
	}
	return n, c
}
