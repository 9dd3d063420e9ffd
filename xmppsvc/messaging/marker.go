package messaging

import (
	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/feature"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stanza"
	"dovekie/xmppsvc/xep"
)

// Marker takes how far somebody got (XEP-0333): the peer with our messages, of that chat
// alone, or our user on another device with theirs.
func (m *Messaging) Marker(in *feature.Message) {
	marker, ok := xep.MarkerOf(in.Element)
	switch {
	case !ok:
	case in.Outgoing:
		if marker.Name != "received" {
			m.readElsewhere(in.Chat, marker.ID)
		}
	case marker.Name == "received":
		m.deliver(in.Chat, marker.ID, model.Delivered, nil)
	default:
		moved, err := m.store().DisplayedUpTo(in.Chat, marker.ID)
		m.failed(err)
		for _, msg := range moved {
			m.s.Emit(event.MessageChanged{Message: msg, Why: event.WhyDelivery})
		}
	}
}

func (m *Messaging) readElsewhere(chat model.ChatID, wireID string) {
	id, found, err := m.store().ReceivedAs(chat, wireID)
	if err != nil || !found {
		m.failed(err)
		return
	}
	m.markRead(chat, id)
}

// markRead moves the read position without telling anybody else.
func (m *Messaging) markRead(chat model.ChatID, id model.MessageID) {
	c, changed, err := m.store().MarkDisplayed(chat, id)
	m.failed(err)
	if changed {
		m.s.Emit(event.ChatChanged{Chat: c})
	}
}

// Displayed follows when our user has read up to the chat's read position, and before up
// to since: the peer hears of it if it asked and may see our presence, and so do our other
// devices.
func (m *Messaging) Displayed(chat model.ChatID, since model.MessageID) {
	m.position(chat)
	if m.privacy.NoMarkers || !m.contacts.SeesUs(chat.Peer) {
		return
	}
	id, err := m.store().Marked(chat, since)
	m.failed(err)
	if id == "" {
		return
	}
	marker := xep.Marker{Name: "displayed", ID: id}
	m.s.Send(stanza.NewMessage("chat", m.s.NewID(), chat.Peer.String(), marker.Element(), xep.StoreHint.Element()))
}

// SetPrivacy says what is not told.
func (m *Messaging) SetPrivacy(p model.Privacy) { m.privacy = p }
