package chat

import (
	"dovekie/app/adapt"
	"dovekie/app/state"
	"dovekie/app/tr"
	"dovekie/widgets"
	"dovekie/xmppsvc/model"
)

// items are the messages of the chat with the pills of their days and the line above
// what is new.
func (v *View) items(c *state.Chat) []widgets.TimelineItem {
	list := c.Timeline.Messages
	items := make([]widgets.TimelineItem, 0, len(list)+8)
	newest := state.NewestRead(&c.Timeline)
	newLine := c.HasNew && c.NewAfter == ""
	now := v.clock.Now()
	for i := range list {
		m := &list[i]
		if i == 0 || !adapt.SameDay(list[i-1].Time, m.Time) {
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

func (v *View) messageItem(m *model.Message, newestRead bool) widgets.TimelineItem {
	item := widgets.TimelineItem{
		Key: string(m.ID), Kind: widgets.TimelineMessage, Outgoing: m.Outgoing, Text: m.Body,
		Time: adapt.Clock(m.Time), State: tick(m), ReadWord: newestRead,
	}
	if !m.Outgoing {
		item.Avatar = adapt.Avatar(v.state.Label(m.Chat.Account, m.Chat.Peer), m.Chat.Peer, false)
	}
	if !m.Outgoing && m.Kind == model.KindText {
		item.Text, item.Suggestions = v.actions.Suggest(m)
	}
	if m.Kind == model.KindEncrypted {
		item.Unreadable, item.Text = true, tr.T("chat.encrypted")
	}
	if m.Outgoing && m.Delivery == model.Failed {
		item.Error = tr.T("chat.failed", "why", failure(m.Failure))
	}
	return item
}

// tick is the state that a message of ours shows.
func tick(m *model.Message) widgets.TickState {
	if !m.Outgoing {
		return widgets.TickNone
	}
	switch m.Delivery {
	case model.Queued, model.Sent:
		return widgets.TickWaiting
	case model.Acked:
		return widgets.TickSent
	case model.Delivered:
		return widgets.TickDelivered
	case model.Displayed:
		return widgets.TickRead
	case model.Failed:
		return widgets.TickFailed
	}
	return widgets.TickWaiting
}

// failure says in a few words why a message did not arrive (RFC 6120 §8.3.3).
func failure(f *model.StanzaError) string {
	if f == nil {
		return tr.T("fail.no_answer")
	}
	switch f.Condition {
	case "item-not-found", "gone", "jid-malformed":
		return tr.T("fail.recipient")
	case "remote-server-not-found", "remote-server-timeout":
		return tr.T("fail.server")
	case "service-unavailable": // RFC 6121 §8.5.1: also for an address that nobody has
		return tr.T("fail.nobody")
	case "resource-constraint", "recipient-unavailable", "policy-violation":
		return tr.T("fail.busy")
	}
	return tr.T("fail.refused")
}
