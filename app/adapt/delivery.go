package adapt

import (
	"strconv"
	"time"

	"dovekie/app/tr"
	"dovekie/widgets"
	"dovekie/xmppsvc/model"
)

// Tick is the sign that a message of ours shows; none for those of others.
func Tick(m *model.Message) widgets.TickState {
	switch {
	case !m.Outgoing:
		return widgets.TickNone
	case m.InDoubt:
		return widgets.TickDoubt
	}
	switch m.Delivery {
	case model.Acked:
		return widgets.TickSent
	case model.Delivered:
		return widgets.TickDelivered
	case model.Displayed:
		return widgets.TickRead
	case model.Failed:
		return widgets.TickFailed
	case model.Sent:
		return widgets.TickUnderway
	case model.Queued:
	}
	return widgets.TickWaiting
}

// State is how far a message of ours got, in words. Of a failed one it is why.
func State(m *model.Message) string {
	switch {
	case m.InDoubt:
		return tr.T("state.in_doubt")
	case m.Delivery == model.Failed:
		return Reason(m.Failure, m.Chat.Peer.Domain())
	}
	return tr.T("state." + string(m.Delivery))
}

// Hint is what is said of a message's time and state while the pointer rests there.
func Hint(m *model.Message) string {
	if m.Outgoing {
		return State(m)
	}
	return Moment(m.Time)
}

// Moment is a time with its day, to the second.
func Moment(t time.Time) string {
	t = t.Local()
	day := tr.T("day.long_year",
		"weekday", tr.T("day."+strconv.Itoa(int(t.Weekday()))),
		"day", strconv.Itoa(t.Day()), "m", strconv.Itoa(int(t.Month())),
		"month", tr.T("month."+strconv.Itoa(int(t.Month()))), "year", strconv.Itoa(t.Year()))
	return day + " " + t.Format("15:04:05")
}

// ShortReason says in a few words why a message to that host did not arrive: the beginning
// of what Reason says, so that the bubble and the details never tell two stories.
func ShortReason(f *model.StanzaError, host string) string {
	return tr.T("fail."+reasonKey(f), "host", host)
}

// Reason says it in a sentence, and what may help. A condition that is not known, as a
// newer server may have, is named.
func Reason(f *model.StanzaError, host string) string {
	key := reasonKey(f)
	if key == "unknown" {
		return tr.T("why.unknown", "condition", f.Condition)
	}
	return tr.T("why."+key, "host", host)
}

// reasonKey is what the texts of a reason are found by: the condition (RFC 6120 §8.3.3).
func reasonKey(f *model.StanzaError) string {
	switch {
	case f == nil:
		return "no_answer"
	case tr.Has("why." + f.Condition):
		return f.Condition
	case f.Condition == "" || f.Condition == "undefined-condition":
		return "no_reason"
	}
	return "unknown"
}
