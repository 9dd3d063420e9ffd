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
	if !m.direct(in, self) || in.Carbon && !ours(in, self) {
		return nil, false
	}
	m.stamp(in)
	in.Nudge = m.nudged(in)
	return in, true
}

// Archived says the same of a message out of our archive. No wrapper in it is opened:
// whoever wrote it could have put one there (XEP-0313 §8.2). Its time is the archive's.
func (m *Messaging) Archived(r xep.ArchiveResult) (in *feature.Message, ok bool) {
	el, self := r.Stanza, m.s.Self()
	if el.Child(xep.NSCarbons, "received") != nil || el.Child(xep.NSCarbons, "sent") != nil || el.Child(xep.NSArchive, "result") != nil {
		return nil, false
	}
	in = &feature.Message{Element: el, Archived: r.ID, Delayed: true}
	if ok = m.direct(in, self) && ours(in, self); !ok {
		return nil, false
	}
	in.Time = m.s.Now()
	if at := r.Delay.Stamp; !at.IsZero() && at.Before(in.Time) {
		in.Time = at.UTC().Truncate(time.Millisecond)
	}
	return in, true
}

// direct says who wrote it, to whom, and so in which chat it is.
func (m *Messaging) direct(in *feature.Message, self jid.JID) (ok bool) {
	in.Type = xep.MessageType(in.Element)
	if in.From, ok = address(in.Element.Get("from"), self.Bare()); !ok {
		return false
	}
	if in.To, ok = address(in.Element.Get("to"), self); !ok {
		return false
	}
	peer := in.From
	if in.Outgoing = in.From.Bare() == self.Bare() && in.Type != "error"; in.Outgoing {
		peer = in.To
	}
	in.Chat = model.ChatID{Account: self.Bare(), Peer: chatPeer(in.Element, peer)}
	return true
}

// ours reports whether we wrote it or it was written to us. The server sees to that for what it
// delivers; what is forwarded may be out of somebody else's conversation.
func ours(in *feature.Message, self jid.JID) bool { return in.Outgoing || in.To.Bare() == self.Bare() }

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
