package widgets

import "slices"

// TimelineKind says what a TimelineItem is.
type TimelineKind int

// The kinds of items.
const (
	TimelineMessage TimelineKind = iota // a bubble
	TimelineDate                        // a pill with the day
	TimelineNotice                      // one centred line: recalled, joined, left
	TimelineNew                         // the line above the first unread message
	TimelineEdge                        // one centred line above all messages: of what lies before them
	TimelineGap                         // one centred line where messages are missing
)

// TickState is how far a message of ours has come.
type TickState int

// The states of a message; TickNone for messages of others.
const (
	TickNone TickState = iota
	TickWaiting
	TickUnderway // sent, and not confirmed by the server
	TickSent
	TickDelivered
	TickRead
	TickFailed
	TickDoubt // nobody can tell whether it arrived
)

// TimelineItem is one thing in a chat, as a value.
type TimelineItem struct {
	Key         string // unique in the chat and never changed
	Kind        TimelineKind
	Outgoing    bool
	Text        string
	Sender      string // the name above the first bubble of a run; empty in a chat of two
	Time        string
	State       TickState
	ReadWord    bool   // the word "Read" stands at this message: the newest that was read
	Error       string // why it failed, or what is in doubt, below the bubble
	Hint        string // words for the time and the state, while the pointer rests on them
	Action      string // of a centred line: words that can be clicked
	Avatar      AvatarSpec
	Unreadable  bool     // Text is the sentence that says so
	Suggestions []string // what may be clicked below the bubble
}

func (i *TimelineItem) equal(o *TimelineItem) bool {
	return i.Key == o.Key && i.Kind == o.Kind && i.Outgoing == o.Outgoing && i.Text == o.Text &&
		i.Sender == o.Sender && i.Time == o.Time && i.State == o.State && i.ReadWord == o.ReadWord &&
		i.Error == o.Error && i.Hint == o.Hint && i.Action == o.Action && i.Avatar == o.Avatar && i.Unreadable == o.Unreadable &&
		slices.Equal(i.Suggestions, o.Suggestions)
}

// speaks reports whether both are bubbles of the same person.
func (i *TimelineItem) speaks(o *TimelineItem) bool {
	return i.Kind == TimelineMessage && o.Kind == TimelineMessage && i.Outgoing == o.Outgoing &&
		(i.Outgoing || i.Avatar.Address == o.Avatar.Address)
}
