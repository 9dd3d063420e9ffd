package xep

import "dovekie/xmppsvc/stanza"

// NSHints is XEP-0334.
const NSHints = "urn:xmpp:hints"

// Hint tells servers what to do with a message.
type Hint string

// The hints of XEP-0334 §4.
const (
	NoPermanentStore Hint = "no-permanent-store"
	NoStore          Hint = "no-store"
	NoCopy           Hint = "no-copy"
	StoreHint        Hint = "store"
)

// Element builds the child of a message.
func (h Hint) Element() *stanza.Element { return stanza.New(NSHints, string(h)) }

// HasHint reports whether the message has the hint.
func HasHint(message *stanza.Element, h Hint) bool { return message.Child(NSHints, string(h)) != nil }
