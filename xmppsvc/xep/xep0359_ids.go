package xep

import (
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/stanza"
)

// NSStanzaID is XEP-0359.
const NSStanzaID = "urn:xmpp:sid:0"

// OriginID builds the child by which we know our own message again.
func OriginID(id string) *stanza.Element { return stanza.New(NSStanzaID, "origin-id").With("id", id) }

// OriginIDOf is the id the sender gave, or "". Whoever sends can choose any: it says
// nothing about another's message.
func OriginIDOf(message *stanza.Element) string {
	el := message.Child(NSStanzaID, "origin-id")
	if el == nil {
		return ""
	}
	return identifier(el.Get("id"))
}

// StanzaID builds the child that a server adds.
func StanzaID(by jid.JID, id string) *stanza.Element {
	return stanza.New(NSStanzaID, "stanza-id").With("by", by.String()).With("id", id)
}

// StanzaIDOf is the id that by gave the message, or "". by must be somebody who is known
// to remove forged ones (XEP-0359 §5: it announces urn:xmpp:sid:0): our bare JID, or the
// room. If there are several by the same, one is forged, so there is none.
func StanzaIDOf(message *stanza.Element, by jid.JID) string {
	found := ""
	for _, el := range message.Children() {
		if !el.Is(NSStanzaID, "stanza-id") {
			continue
		}
		who, ok := address(el.Get("by"))
		id := identifier(el.Get("id"))
		if !ok || id == "" || by.IsZero() || who != by {
			continue
		}
		if found != "" {
			return ""
		}
		found = id
	}
	return found
}
