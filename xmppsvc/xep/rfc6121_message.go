package xep

import "dovekie/xmppsvc/stanza"

// BodyOf is the text of a message (RFC 6121 §5.2.3) in the language that fits best, and
// that language ("" if unknown). Only a direct child in the stanza's own namespace is a
// body: one in an extension or in a foreign namespace is not what the sender said.
func BodyOf(message *stanza.Element, lang string) (body, of string, ok bool) {
	return localized(message, stanza.NSClient, "body", lang)
}

// ThreadOf is the message's thread (RFC 6121 §5.2.5), or "".
func ThreadOf(message *stanza.Element) string {
	return identifier(message.ChildText(stanza.NSClient, "thread"))
}

// MessageType is the message's type; an unknown one is "normal" (RFC 6121 §5.2.2).
func MessageType(message *stanza.Element) string {
	switch t := message.Get("type"); t {
	case "chat", "groupchat", "headline", "error":
		return t
	}
	return "normal"
}
