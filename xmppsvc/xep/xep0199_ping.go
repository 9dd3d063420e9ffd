package xep

import "dovekie/xmppsvc/stanza"

// NSPing is XEP-0199.
const NSPing = "urn:xmpp:ping"

// Ping builds the payload of a question that only wants an answer.
func Ping() *stanza.Element { return stanza.New(NSPing, "ping") }

// IsPing reports whether the IQ is one.
func IsPing(iq *stanza.Element) bool {
	return iq != nil && iq.Get("type") == "get" && iq.Child(NSPing, "ping") != nil
}
