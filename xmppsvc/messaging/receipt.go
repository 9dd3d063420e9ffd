package messaging

import (
	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/feature"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stanza"
	"dovekie/xmppsvc/xep"
)

// Answer sends the receipt that a message asks for (XEP-0184), but not for a copy, whose
// addressee answers, and only to who may know that we are here (§8: receipts leak
// presence).
func (m *Messaging) Answer(in *feature.Message) {
	if m.privacy.NoReceipts || in.Carbon || in.Outgoing || !xep.WantsReceipt(in.Element) || !m.contacts.SeesUs(in.From) {
		return
	}
	receipt := xep.Receipt{ID: in.Element.Get("id")}
	m.s.Send(stanza.NewMessage(in.Type, m.s.NewID(), in.From.String(), receipt.Element(), xep.StoreHint.Element()))
}

// Receipt takes the receipt for one of our messages. Only the peer of that very chat can
// give it: the message is looked for nowhere else.
func (m *Messaging) Receipt(in *feature.Message) {
	receipt, ok := xep.ReceiptOf(in.Element)
	if ok && !in.Outgoing {
		m.deliver(in.Chat, receipt.ID, model.Delivered, nil)
	}
}

// Bounce takes an error that answers one of our messages (RFC 6120 §8.3), in the chat of
// who sends it.
func (m *Messaging) Bounce(in *feature.Message) {
	if failure, ok := xep.ErrorOf(in.Element); ok {
		m.deliver(in.Chat, in.Element.Get("id"), model.Failed, &failure)
	}
}

// deliver moves our message of that chat and id on, if there is one.
func (m *Messaging) deliver(chat model.ChatID, id string, d model.Delivery, failure *model.StanzaError) {
	msg, found, err := m.store().ByWireID(chat, id)
	if err != nil || !found {
		m.failed(err)
		return
	}
	msg, changed, err := m.store().SetDelivery(msg.ID, d, false, failure)
	m.failed(err)
	if changed {
		m.s.Emit(event.MessageChanged{Message: msg, Why: event.WhyDelivery})
	}
}

func (m *Messaging) failed(err error) {
	if err != nil {
		m.s.Fail(err)
	}
}
