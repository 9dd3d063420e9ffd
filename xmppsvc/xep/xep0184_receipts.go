package xep

import "dovekie/xmppsvc/stanza"

// NSReceipts is XEP-0184.
const NSReceipts = "urn:xmpp:receipts"

// Receipt says that the message with this id arrived.
type Receipt struct{ ID string }

// Element builds the child of a message.
func (r Receipt) Element() *stanza.Element {
	return stanza.New(NSReceipts, "received").With("id", r.ID)
}

// ReceiptOf reads the message's receipt. One without an id says nothing.
func ReceiptOf(message *stanza.Element) (Receipt, bool) {
	el := message.Child(NSReceipts, "received")
	if el == nil {
		return Receipt{}, false
	}
	r := Receipt{identifier(el.Get("id"))}
	return r, r.ID != ""
}

// ReceiptRequest builds the child that asks for a receipt.
func ReceiptRequest() *stanza.Element { return stanza.New(NSReceipts, "request") }

// WantsReceipt reports whether the message asks for a receipt and may get one: it has an
// id, is no receipt itself (XEP-0184 §5.2: an ack "MUST NOT include a request") and comes
// neither from a room nor as an error (§5.3).
func WantsReceipt(message *stanza.Element) bool {
	if message.Child(NSReceipts, "request") == nil || message.Child(NSReceipts, "received") != nil {
		return false
	}
	t := MessageType(message)
	return identifier(message.Get("id")) != "" && t != "groupchat" && t != "error"
}
