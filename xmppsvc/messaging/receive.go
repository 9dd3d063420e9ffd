package messaging

import (
	"errors"
	"time"

	"dovekie/xmppsvc/feature"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stanza"
	"dovekie/xmppsvc/xep"
)

const nsMUCUser = "http://jabber.org/protocol/muc#user"

// Receive unwraps an incoming message and says who wrote it, when, and to which chat
// it belongs; ok is false for what must be ignored: forged carbons, unsound addresses.
func (m *Messaging) Receive(el *stanza.Element) (in *feature.Message, ok bool) {
	self := m.s.Self()
	in = &feature.Message{Element: el}
	switch carbon, err := xep.Unwrap(el, self); {
	case err == nil:
		in.Element, in.Carbon = carbon.Message, true
	case !errors.Is(err, xep.ErrNoCarbon):
		return nil, false
	}
	in.Type = xep.MessageType(in.Element)
	if in.From, ok = address(in.Element.Get("from"), self.Bare()); !ok {
		return nil, false
	}
	if in.To, ok = address(in.Element.Get("to"), self); !ok {
		return nil, false
	}
	peer := in.From
	if in.Outgoing = in.From.Bare() == self.Bare() && in.Type != "error"; in.Outgoing {
		peer = in.To
	}
	in.Chat = model.ChatID{Account: self.Bare(), Peer: chatPeer(in.Element, peer)}
	m.stamp(in)
	return in, true
}

// address reads from or to; without one it is our own (RFC 6120 §8.1.1.1, §8.1.2.1).
func address(s string, self jid.JID) (jid.JID, bool) {
	if s == "" {
		return self, true
	}
	j, err := jid.Parse(s)
	return j, err == nil
}

// chatPeer is the bare JID, but the occupant for a private message of a room (XEP-0045
// §7.5): whoever chose a nick there must not get into a contact's chat.
func chatPeer(el *stanza.Element, peer jid.JID) jid.JID {
	if el.Child(nsMUCUser, "x") != nil && peer.IsFull() {
		return peer
	}
	return peer.Bare()
}

// stamp takes the time from a delay that our own server or account set (XEP-0203);
// others' say what they like. It never moves a message in its chat, it is only shown.
func (m *Messaging) stamp(in *feature.Message) {
	self := m.s.Self()
	in.Time = m.s.Now()
	delay, ok := xep.DelayOf(in.Element, self.Bare(), self.Server())
	if !ok {
		return
	}
	in.Delayed = true
	if delay.Stamp.Before(in.Time) {
		in.Time = delay.Stamp.UTC().Truncate(time.Millisecond)
	}
}
