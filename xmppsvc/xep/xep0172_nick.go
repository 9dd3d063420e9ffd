package xep

import (
	"strings"

	"dovekie/xmppsvc/stanza"
)

// NSNick is XEP-0172.
const NSNick = "http://jabber.org/protocol/nick"

// Nick builds the child of a presence or message that says what we want to be called.
func Nick(name string) *stanza.Element { return stanza.NewText(NSNick, "nick", name) }

// NickOf is what the sender wants to be called. It is a wish, not a proof: whoever sends
// can choose any.
func NickOf(st *stanza.Element) (string, bool) {
	name := strings.TrimSpace(clip(st.ChildText(NSNick, "nick"), maxName))
	return name, name != ""
}
