package xep

import (
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/stanza"
)

// NSDisplayed is XEP-0490 and the node it uses; NSDisplayedNotify among our features makes
// the server tell us when another device of ours moved a read position (XEP-0163 §4.2).
const (
	NSDisplayed       = "urn:xmpp:mds:displayed:0"
	NSDisplayedNotify = NSDisplayed + "+notify"
)

// ReadPosition says up to which message of a chat our user has seen all.
type ReadPosition struct {
	Chat     jid.JID // bare, or an occupant's full JID
	StanzaID string  // of the last message that was displayed
	By       jid.JID // who gave that id: our bare JID, or the room
}

// Element builds the item's payload.
func (p ReadPosition) Element() *stanza.Element {
	return stanza.New(NSDisplayed, "displayed", StanzaID(p.By, p.StanzaID))
}

// Publish builds the payload of the IQ that tells our other devices. XEP-0490 §7: "the
// client MUST use publish-options to set the access model on the node to whitelist", and
// only where the server announces NSPublishOptions.
func (p ReadPosition) Publish() *stanza.Element {
	return Publish{NSDisplayed, PubSubItem{p.Chat.String(), p.Element()}, PrivateNode()}.Element()
}

// ReadPositionsQuery builds the payload of the IQ that asks for all of them.
func ReadPositionsQuery() *stanza.Element { return PubSubItems{Node: NSDisplayed}.Element() }

// ReadPositionsOf reads the answer to ReadPositionsQuery. What makes no sense is left out:
// an item whose id is no address, a payload with another number of ids than one. Whether
// By is who gives ids in that chat, and whether the position lies ahead of the known one
// (XEP-0490 §5.1: else it MUST be ignored), is for the caller to check.
func ReadPositionsOf(iq *stanza.Element) ([]ReadPosition, bool) {
	items, ok := PubSubItemsOf(iq)
	if !ok || items.Node != NSDisplayed || iq.Get("type") != "result" {
		return nil, false
	}
	return readPositions(items.Items), true
}

// ReadPositionsIn are the positions that a notification tells of, as ReadPositionsOf. The
// caller has checked who sent it.
func ReadPositionsIn(e PubSubEvent) ([]ReadPosition, bool) {
	if e.Node != NSDisplayed {
		return nil, false
	}
	return readPositions(e.Items), true
}

func readPositions(items []PubSubItem) []ReadPosition {
	var all []ReadPosition
	for _, it := range items {
		chat, ok := address(it.ID)
		if !ok || !it.Payload.Is(NSDisplayed, "displayed") {
			continue
		}
		if by, id := onlyStanzaID(it.Payload); id != "" {
			all = append(all, ReadPosition{chat, id, by})
		}
	}
	return all
}

// onlyStanzaID is the id of the payload, which "MUST contain exactly one" (§4.1).
func onlyStanzaID(displayed *stanza.Element) (by jid.JID, id string) {
	n := 0
	for _, el := range displayed.Children() {
		if !el.Is(NSStanzaID, "stanza-id") {
			continue
		}
		var ok bool
		if by, ok = address(el.Get("by")); !ok {
			return by, ""
		}
		id = identifier(el.Get("id"))
		n++
	}
	if n != 1 {
		return by, ""
	}
	return by, id
}
