package state

import (
	"cmp"
	"slices"

	"dovekie/xmppsvc/model"
)

// keepMessages is how many messages a chat keeps loaded when it is not in front.
const keepMessages = 200

// Timeline is the part of a chat's messages that is loaded: without gaps, oldest first,
// up to the newest one.
type Timeline struct {
	Messages []model.Message
	Loaded   bool // a first page is here
	Complete bool // nothing older is stored
	Loading  bool // a page was asked for and has not come
	// changed holds what happened to messages while a page was on its way, so that an
	// older value in the page does not undo it.
	changed map[model.MessageID]model.Message
	removed map[model.MessageID]bool
}

// index is the place of the message, or -1. Search starts at the end: what happens,
// happens to new messages.
func (t *Timeline) index(id model.MessageID) int {
	for i := len(t.Messages) - 1; i >= 0; i-- {
		if t.Messages[i].ID == id {
			return i
		}
	}
	return -1
}

// put enters a new value and reports whether what is shown changed. A message older than
// what is loaded is left for its page.
func (t *Timeline) put(m model.Message, isNew bool) bool {
	if t.Loading {
		if t.changed == nil {
			t.changed = map[model.MessageID]model.Message{}
		}
		t.changed[m.ID] = m
	}
	if !t.Loaded {
		return false
	}
	if i := t.index(m.ID); i >= 0 {
		if t.Messages[i].Position == m.Position {
			t.Messages[i] = m
			return true
		}
		t.Messages = slices.Delete(t.Messages, i, i+1)
	} else if !isNew {
		return false
	}
	if !t.Complete && len(t.Messages) > 0 && m.Position < t.Messages[0].Position {
		return true
	}
	t.insert(m)
	return true
}

func (t *Timeline) insert(m model.Message) {
	i := len(t.Messages)
	for i > 0 && after(&t.Messages[i-1], &m) {
		i--
	}
	t.Messages = slices.Insert(t.Messages, i, m)
}

func after(a, b *model.Message) bool { return a.Position > b.Position }

func (t *Timeline) remove(id model.MessageID) bool {
	if t.Loading {
		if t.removed == nil {
			t.removed = map[model.MessageID]bool{}
		}
		t.removed[id] = true
		delete(t.changed, id)
	}
	i := t.index(id)
	if i < 0 {
		return false
	}
	t.Messages = slices.Delete(t.Messages, i, i+1)
	return true
}

// enter merges a page: what is known by events is newer than the page.
func (t *Timeline) enter(page []model.Message, complete, replace bool) {
	have := make(map[model.MessageID]model.Message, len(page)+len(t.Messages))
	for _, m := range page {
		have[m.ID] = m
	}
	if !replace {
		for _, m := range t.Messages {
			have[m.ID] = m
		}
	}
	for id, m := range t.changed {
		if _, ok := have[id]; ok || t.belongs(m, page) {
			have[id] = m
		}
	}
	for id := range t.removed {
		delete(have, id)
	}
	t.Messages = t.Messages[:0:0]
	for _, m := range have {
		if m.Kind != model.KindUnused {
			t.Messages = append(t.Messages, m)
		}
	}
	slices.SortFunc(t.Messages, func(a, b model.Message) int {
		return cmp.Or(cmp.Compare(a.Position, b.Position), cmp.Compare(a.ID, b.ID))
	})
	t.Loaded, t.Loading, t.Complete = true, false, complete
	t.changed, t.removed = nil, nil
}

// belongs says whether a message that the page does not have is newer than its start.
func (t *Timeline) belongs(m model.Message, page []model.Message) bool {
	return len(page) == 0 || m.Position >= page[0].Position
}

// trim drops what is older than the newest messages.
func (t *Timeline) trim() {
	if n := len(t.Messages) - keepMessages; n > 0 && !t.Loading {
		t.Messages = slices.Clone(t.Messages[n:])
		t.Complete = false
	}
}
