package messaging

import (
	"strings"

	"github.com/google/uuid"

	"dovekie/xmppsvc/feature"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stanza"
	"dovekie/xmppsvc/xep"
)

// Read makes the message that is stored; its Kind is "" when there is nothing to keep.
func (m *Messaging) Read(in *feature.Message) model.Message {
	msg := model.Message{
		ID:       newID(),
		Chat:     in.Chat,
		From:     in.From,
		Outgoing: in.Outgoing,
		Time:     in.Time,
		Live:     !in.Delayed,
		// The sender's own id: it recognises our own messages, of others it is only kept.
		OriginID: xep.OriginIDOf(in.Element),
	}
	if in.Outgoing {
		msg.From, msg.Delivery = in.From.Bare(), model.Acked
	}
	msg.StanzaID, msg.StanzaBy = m.stanzaID(in.Element)
	if in.Archived != "" {
		msg.StanzaID, msg.StanzaBy = in.Archived, m.s.Self().Bare()
	}
	body, lang, _ := xep.BodyOf(in.Element, "")
	cipher, encrypted := xep.EncryptionOf(in.Element)
	switch {
	case encrypted:
		msg.Kind, msg.Encryption = model.KindEncrypted, cipher.Namespace // never the fallback text beside it
	case strings.TrimSpace(body) != "":
		msg.Kind, msg.Body, msg.Lang = model.KindText, body, lang
	case in.Nudge:
		msg.Kind = model.KindNudge
	case in.Type != "headline" && worthKeeping(in.Element, msg.StanzaID != ""):
		msg.Kind = model.KindUnused
	}
	return msg
}

// newID is one for a message of somebody else, or of another device: it never leaves us, so it may
// tell the time, and the disk's index grows at its end instead of everywhere.
func newID() model.MessageID { return model.MessageID(uuid.Must(uuid.NewV7()).String()) }

// stanzaID is the id that our own account gave the message, and only if it announces
// that it gives any; otherwise it is what the sender wrote (XEP-0359 §6).
func (m *Messaging) stanzaID(el *stanza.Element) (string, jid.JID) {
	self := m.s.Self().Bare()
	if m.peers.OwnAccount(xep.NSStanzaID) || m.peers.OwnAccount(xep.NSArchive) {
		if id := xep.StanzaIDOf(el, self); id != "" {
			return id, self
		}
	}
	return "", jid.JID{}
}

// laterUse are what this version does not show, and a later one will want to replay.
var laterUse = map[string]bool{
	"urn:xmpp:reactions:0":        true,
	"urn:xmpp:message-correct:0":  true,
	"urn:xmpp:message-retract:0":  true,
	"urn:xmpp:message-retract:1":  true,
	"urn:xmpp:message-moderate:1": true,
	"urn:xmpp:fasten:0":           true,
	"urn:xmpp:sfs:0":              true,
	"urn:xmpp:jingle-message:0":   true,
	"urn:xmpp:call-invites:0":     true,
	"jabber:x:conference":         true,
	nsMUCUser:                     true,
}

// passing are what says nothing after its moment.
var passing = map[string]bool{
	xep.NSReceipts:   true,
	xep.NSChatStates: true,
	xep.NSMarkers:    true,
	xep.NSStanzaID:   true,
	xep.NSDelay:      true,
	xep.NSHints:      true,
	xep.NSNick:       true,
	"jabber:x:delay": true,
	"http://jabber.org/protocol/pubsub#event": true,
}

// worthKeeping reports whether a message without a body deserves its row: it holds what
// a later version uses, or anything at all that the server keeps too.
func worthKeeping(el *stanza.Element, archived bool) bool {
	for _, c := range el.Children() {
		space := c.Name.Space
		if laterUse[space] || archived && space != stanza.NSClient && !passing[space] {
			return true
		}
	}
	return false
}
