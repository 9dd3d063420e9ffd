package state

import (
	"cmp"
	"slices"

	"dovekie/xmppsvc/model"
)

// keepMessages is how many messages a chat keeps loaded when it is not in front.
const keepMessages = 200

// Past says what is known of what lies before the messages that are loaded.
type Past int

// The pasts. All but PastNone leave room for messages that the server may have.
const (
	PastUnknown Past = iota // whoever comes near asks
	PastNone                // there is nothing
	PastOffline             // it takes a connection to know
	PastFailed              // the server did not give it
)

// Timeline is the part of a chat's messages that is loaded: oldest first, up to the newest
// one. What it does not have between two of them is a message of model.KindGap.
type Timeline struct {
	Messages []model.Message
	Loaded   bool // a first page is here
	Past     Past
	// Headed: something older was possible since the chat was opened. The view then keeps a
	// line for that above the first message, whatever comes of it, so that nothing jumps.
	Headed bool
	Slow   bool                     // older messages were asked for so long ago that it is worth a word
	Called map[model.MessageID]bool // gaps that the user wants filled

	older, again asking
	stale        bool   // what is loaded is out of date, also the reading of it that is under way
	grown        bool   // an older page came during that reading
	news         []news // what happened since the oldest question that is open
}

// asking is a question that is open; from is the place in the news behind which the answer
// may know less than we do.
type asking struct {
	n    int // its number, 0 for no question
	from int
}

// news is one thing that events told of a message.
type news struct {
	id      model.MessageID
	message model.Message // its new value
	removed bool
}

// Asked reports whether older messages are on their way.
func (t *Timeline) Asked() bool { return t.older.n != 0 }

// live reports whether events have to be entered: messages are here or on their way.
func (t *Timeline) live() bool { return t.Loaded || t.older.n != 0 || t.again.n != 0 }

func (t *Timeline) index(id model.MessageID) int { return indexOf(t.Messages, id) }

// indexOf is the place of the message, or -1. Search starts at the end: what happens,
// happens to new messages.
func indexOf(list []model.Message, id model.MessageID) int {
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].ID == id {
			return i
		}
	}
	return -1
}

// put enters a new value and reports whether what is shown changed. A message older than
// what is loaded is left for its page.
func (t *Timeline) put(m model.Message, isNew bool) bool {
	if !t.live() {
		return false
	}
	t.note(news{id: m.ID, message: m})
	i := t.index(m.ID)
	switch {
	case i >= 0 && t.Messages[i].Position == m.Position:
		t.Messages[i] = m
		return true
	case i >= 0:
		t.Messages = slices.Delete(t.Messages, i, i+1)
	case !isNew:
		return false
	}
	if t.Past != PastNone && len(t.Messages) > 0 && m.Position < t.Messages[0].Position {
		return i >= 0
	}
	t.Messages = insert(t.Messages, m)
	return true
}

func (t *Timeline) note(n news) {
	if t.older.n != 0 || t.again.n != 0 {
		t.news = append(t.news, n)
	}
}

// insert puts a message behind all that come before it.
func insert(list []model.Message, m model.Message) []model.Message {
	i := len(list)
	for i > 0 && list[i-1].Position > m.Position {
		i--
	}
	return slices.Insert(list, i, m)
}

func (t *Timeline) remove(id model.MessageID) bool {
	t.note(news{id: id, removed: true})
	delete(t.Called, id)
	i := t.index(id)
	if i < 0 {
		return false
	}
	t.Messages = slices.Delete(t.Messages, i, i+1)
	return true
}

// enterOlder takes in the page before what is loaded.
func (t *Timeline) enterOlder(page []model.Message, complete bool) {
	page = used(page)
	for _, n := range t.news[t.older.from:] {
		// What is loaded is up to date already, perhaps by a later reading than the news.
		if t.index(n.id) >= 0 || !n.removed && len(t.Messages) > 0 && n.message.Position >= t.Messages[0].Position {
			continue
		}
		page = n.enter(page, complete)
	}
	t.Messages = joined(page, t.Messages)
	t.Loaded, t.Headed = true, t.Headed || !complete
	switch {
	case complete:
		t.Past = PastNone
	case len(page) == 0:
		t.Past = PastFailed // there should have been something
	default:
		t.Past = PastUnknown
	}
	if t.again.n != 0 {
		t.stale, t.grown = true, true // the reading under way knows nothing of this page
	}
	t.answered(&t.older)
}

// enterAgain takes in what was read anew, down to the message down or further.
func (t *Timeline) enterAgain(page []model.Message, complete bool, down model.MessageID) {
	list := used(page)
	oldest := t.oldest()
	for _, n := range t.news[t.again.from:] {
		list = n.enter(list, complete)
	}
	if t.grown {
		older := slices.Clone(t.Messages[:max(t.index(down), 0)])
		older = slices.DeleteFunc(older, func(m model.Message) bool {
			return len(list) > 0 && m.Position >= list[0].Position || indexOf(list, m.ID) >= 0
		})
		list = append(older, list...)
	}
	t.Messages = list
	t.Loaded, t.Headed = true, t.Headed || !complete
	switch {
	case complete:
		t.Past = PastNone
	case t.Past == PastNone || t.oldest() != oldest:
		t.Past = PastUnknown
	}
	t.answered(&t.again)
}

// used leaves out what is not shown.
func used(page []model.Message) []model.Message {
	return slices.DeleteFunc(slices.Clone(page), func(m model.Message) bool { return m.Kind == model.KindUnused })
}

// joined sets a page before the messages that are loaded, of which they may share some.
func joined(page, have []model.Message) []model.Message {
	if len(page) == 0 || len(have) == 0 {
		return append(page, have...)
	}
	if page[len(page)-1].Position < have[0].Position {
		return append(page, have...)
	}
	known := make(map[model.MessageID]bool, len(have))
	for i := range have {
		known[have[i].ID] = true
	}
	page = slices.DeleteFunc(page, func(m model.Message) bool { return known[m.ID] })
	list := append(page, have...)
	slices.SortStableFunc(list, func(a, b model.Message) int { return cmp.Compare(a.Position, b.Position) })
	return list
}

// enter brings the list up to date with one piece of news.
func (n *news) enter(list []model.Message, complete bool) []model.Message {
	i := indexOf(list, n.id)
	switch {
	case i >= 0 && !n.removed && list[i].Position == n.message.Position:
		list[i] = n.message
		return list
	case i >= 0:
		list = slices.Delete(list, i, i+1)
	}
	m := n.message
	if n.removed || m.Kind == model.KindUnused || i < 0 && !complete && len(list) > 0 && m.Position < list[0].Position {
		return list
	}
	return insert(list, m)
}

// answered closes a question.
func (t *Timeline) answered(q *asking) {
	*q = asking{}
	if t.older.n == 0 {
		t.Slow = false
	}
	if t.older.n == 0 && t.again.n == 0 {
		t.news = nil
	}
}

// oldest is the first message that is loaded, gaps aside: they come and go.
func (t *Timeline) oldest() model.MessageID {
	for i := range t.Messages {
		if t.Messages[i].Kind != model.KindGap {
			return t.Messages[i].ID
		}
	}
	return ""
}

// trim drops what is older than the newest messages.
func (t *Timeline) trim() {
	if n := len(t.Messages) - keepMessages; n > 0 && t.older.n == 0 && t.again.n == 0 {
		t.Messages = slices.Clone(t.Messages[n:])
		t.Past, t.Headed = PastUnknown, true
	}
}

// Message is the message of that id as it is loaded, or nil. It stays the state's.
func (t *Timeline) Message(id model.MessageID) *model.Message {
	if i := t.index(id); i >= 0 {
		return &t.Messages[i]
	}
	return nil
}
