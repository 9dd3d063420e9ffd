package chat

import (
	"time"

	"dovekie/app/adapt"
	"dovekie/app/state"
	"dovekie/app/tr"
	"dovekie/widgets"
	"dovekie/xmppsvc/model"
)

// edgeKey is the key of the line above all messages.
const edgeKey = "older"

// items are the messages of the chat with the pills of their days, the line above what is
// new, and lines where some are missing.
func (v *View) items(c *state.Chat) []widgets.TimelineItem {
	list := c.Timeline.Messages
	items := make([]widgets.TimelineItem, 0, len(list)+8)
	if item, ok := v.edgeItem(&c.Timeline); ok {
		items = append(items, item)
	}
	newest := state.NewestRead(&c.Timeline)
	newLine := c.HasNew && c.NewAfter == ""
	now := v.clock.Now()
	for i := range list {
		m := &list[i]
		if m.Kind == model.KindGap {
			items = append(items, v.gapItem(m, &c.Timeline))
			continue
		}
		if i == 0 || !adapt.SameDay(before(list[:i]), m.Time) {
			items = append(items, widgets.TimelineItem{Key: "day:" + string(m.ID), Kind: widgets.TimelineDate, Text: adapt.Day(m.Time, now)})
		}
		if newLine && !m.Outgoing {
			items = append(items, widgets.TimelineItem{Key: "new", Kind: widgets.TimelineNew, Text: tr.T("chat.new")})
			newLine = false
		}
		items = append(items, v.messageItem(m, m.ID == newest))
		if c.HasNew && c.NewAfter != "" && m.ID == c.NewAfter {
			newLine = true
		}
	}
	return items
}

// before is the time of the last message, the zero time if there is none.
func before(list []model.Message) (t time.Time) {
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].Kind != model.KindGap {
			return list[i].Time
		}
	}
	return t
}

// edgeItem is the line above all messages, for what is known of older ones. It keeps its
// place without words as well.
func (v *View) edgeItem(t *state.Timeline) (item widgets.TimelineItem, ok bool) {
	if !t.Headed || t.Past == state.PastNone && len(t.Messages) == 0 {
		return item, false
	}
	item = widgets.TimelineItem{Key: edgeKey, Kind: widgets.TimelineEdge}
	switch {
	case t.Slow:
		item.Text = tr.T("chat.older_loading")
	case t.Past == state.PastOffline:
		item.Text = tr.T("chat.older_offline")
	case t.Past == state.PastFailed:
		item.Text, item.Action = tr.T("chat.older_failed"), tr.T("chat.retry")
	case t.Past == state.PastNone:
		item.Text = tr.T("chat.older_none")
	}
	return item, true
}

// gapItem is the line where messages are missing.
func (v *View) gapItem(m *model.Message, t *state.Timeline) widgets.TimelineItem {
	item := widgets.TimelineItem{Key: string(m.ID), Kind: widgets.TimelineGap}
	a := v.state.Accounts[m.Chat.Account]
	switch {
	case m.Gap == model.GapLost:
		item.Text = tr.T("chat.gap_lost")
	case a == nil || !a.Online():
		item.Text = tr.T("chat.gap_offline")
	case m.Gap == model.GapFilling || t.Called[m.ID]:
		item.Text = tr.T("chat.gap_filling")
	default:
		item.Text, item.Action = tr.T("chat.gap_open"), tr.T("chat.gap_fetch")
	}
	return item
}

func (v *View) messageItem(m *model.Message, newestRead bool) widgets.TimelineItem {
	if text, is := adapt.Nudge(v.state, m); is {
		return widgets.TimelineItem{Key: string(m.ID), Kind: widgets.TimelineNotice, Text: text}
	}
	item := widgets.TimelineItem{
		Key: string(m.ID), Kind: widgets.TimelineMessage, Outgoing: m.Outgoing, Text: m.Body,
		Time: adapt.Clock(m.Time), State: adapt.Tick(m), ReadWord: newestRead, Hint: adapt.Hint(m),
	}
	if !m.Outgoing {
		item.Avatar = adapt.PeerAvatar(v.state, m.Chat)
	}
	if !m.Outgoing && m.Kind == model.KindText {
		item.Text, item.Suggestions = v.actions.Suggest(m)
	}
	if text, is := adapt.Action(v.state, m); is {
		item.Text = text
	}
	if m.Kind == model.KindEncrypted {
		item.Unreadable, item.Text = true, tr.T("chat.encrypted")
	}
	switch item.State {
	case widgets.TickFailed:
		item.Error = tr.T("chat.failed", "why", adapt.ShortReason(m.Failure, m.Chat.Peer.Domain()))
	case widgets.TickDoubt:
		item.Error = tr.T("state.in_doubt")
	default:
	}
	return item
}
