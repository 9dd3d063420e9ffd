package xep

import "dovekie/xmppsvc/stanza"

// NSAttention is XEP-0224.
const NSAttention = "urn:xmpp:attention:0"

// Attention builds the child of a message that asks for attention: a nudge.
func Attention() *stanza.Element { return stanza.New(NSAttention, "attention") }

// WantsAttention reports whether the message has that child.
func WantsAttention(message *stanza.Element) bool {
	return message.Child(NSAttention, "attention") != nil
}
