package messaging

import (
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stanza"
	"dovekie/xmppsvc/xep"
)

// Compose makes the stanza of one of our messages, to the bare JID, so that the peer's
// server decides which devices get it. A retry has the same ids: a receiver who honours
// them sees it as what it is.
func (m *Messaging) Compose(msg model.Message) *stanza.Element {
	id, peer := string(msg.ID), msg.Chat.Peer
	if msg.Kind == model.KindNudge {
		// Of a type that no server keeps for later (XEP-0224 §4).
		return stanza.NewMessage("headline", id, peer.String(), xep.Attention(), xep.OriginID(id))
	}
	el := stanza.NewMessage("chat", id, peer.String(),
		stanza.NewText(stanza.NSClient, "body", msg.Body), xep.OriginID(id))
	if peer.IsFull() {
		return el.Add(stanza.New(nsMUCUser, "x")) // a private message in a room (XEP-0045 §7.5)
	}
	if _, contact := m.contacts.Item(peer); contact {
		el.Add(xep.ReceiptRequest(), xep.Markable())
	}
	if m.mayTell(peer, unknown) {
		m.talk(peer).told = model.ChatActive
		el.Add(xep.ChatState(model.ChatActive))
	}
	return el
}
