package xep

import (
	"strings"

	"dovekie/xmppsvc/stanza"
)

// NSEncryption is XEP-0380. The others are the encryptions that exist.
const (
	NSEncryption = "urn:xmpp:eme:0"
	NSOMEMO      = "eu.siacs.conversations.axolotl"
	NSOMEMO2     = "urn:xmpp:omemo:2"
	NSPGP        = "jabber:x:encrypted"
	NSOpenPGP    = "urn:xmpp:openpgp:0"
	NSOTR        = "urn:xmpp:otr:0"
)

// encrypted are the elements that hold the cipher text, and what they are called.
var encrypted = []struct{ space, local, name string }{
	{NSOMEMO, "encrypted", "OMEMO"},
	{NSOMEMO2, "encrypted", "OMEMO"},
	{NSPGP, "x", "OpenPGP"},
	{NSOpenPGP, "openpgp", "OpenPGP"},
}

// Encryption names how a message is encrypted from end to end.
type Encryption struct {
	Namespace string
	Name      string // for people; the sender's own word for an unknown one, or ""
}

// Element builds the hint of XEP-0380.
func (e Encryption) Element() *stanza.Element {
	return stanza.New(NSEncryption, "encryption").With("namespace", e.Namespace).With("name", e.Name)
}

// EncryptionOf tells whether the message is encrypted: it holds a known cipher text, says
// so (XEP-0380), or its body is OTR. Its body is then not what the sender wrote.
func EncryptionOf(message *stanza.Element) (Encryption, bool) {
	for _, k := range encrypted {
		if message.Child(k.space, k.local) != nil {
			return Encryption{k.space, k.name}, true
		}
	}
	if el := message.Child(NSEncryption, "encryption"); el != nil {
		if ns := identifier(el.Get("namespace")); ns != "" {
			return Encryption{ns, known(ns, clip(el.Get("name"), maxName))}, true
		}
	}
	if body, _, ok := BodyOf(message, ""); ok && isOTR(body) {
		return Encryption{NSOTR, "OTR"}, true
	}
	return Encryption{}, false
}

// known is our name for the namespace: the sender must not call OTR "OMEMO".
func known(space, otherwise string) string {
	for _, k := range encrypted {
		if k.space == space {
			return k.name
		}
	}
	if space == NSOTR {
		return "OTR"
	}
	return otherwise
}

// isOTR: the encoded messages of OTR ("?OTR:", "?OTR,", "?OTR|") and its queries
// ("?OTR?", "?OTRv2?"). A text that only begins with "?OTR" is a text.
func isOTR(body string) bool {
	rest, ok := strings.CutPrefix(body, "?OTR")
	if !ok || rest == "" {
		return false
	}
	return strings.ContainsRune(":,|?", rune(rest[0])) || rest[0] == 'v' && strings.Contains(rest, "?")
}
