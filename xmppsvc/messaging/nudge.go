package messaging

import (
	"time"

	"dovekie/xmppsvc/feature"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/xep"
)

// nudgeEvery is how often one contact may ask for attention, and be asked for it.
const nudgeEvery = 10 * time.Second

// nudged reports whether a message asks for attention (XEP-0224) and may have it: it does
// so now (§4: with a delay it "MUST be ignored"), comes from a contact, and not too soon
// after the last one. The messages are read all the same.
func (m *Messaging) nudged(in *feature.Message) bool {
	if in.Outgoing || in.Delayed || in.Type == "error" || in.Type == "groupchat" || !xep.WantsAttention(in.Element) {
		return false
	}
	if !m.isContact(in.Chat.Peer) {
		return false
	}
	return m.allow(m.nudges.from, in.Chat.Peer)
}

// isContact reports whether the peer is on the list itself: who speaks to us in a room, as
// one of as many resources as they like, is not.
func (m *Messaging) isContact(peer jid.JID) bool {
	_, contact := m.contacts.Item(peer)
	return contact && peer.IsBare()
}

// allow reports whether the last nudge is long enough ago, and then remembers this one.
// Only contacts are remembered, so there are not too many.
func (m *Messaging) allow(last map[jid.JID]time.Time, peer jid.JID) bool {
	now := m.s.Steady()
	if at, ok := last[peer]; ok && now.Sub(at) < nudgeEvery {
		return false
	}
	last[peer] = now
	return true
}

// MayNudge says why the peer cannot be nudged now; nil reserves the nudge. The kinds are
// ErrNotOnline, ErrUnsupported when none of its resources announced that it wants nudges,
// and ErrInvalid when the last one was a moment ago.
func (m *Messaging) MayNudge(peer jid.JID) error {
	switch {
	case !m.s.Online():
		return model.Errorf(model.ErrNotOnline, "a nudge needs a connection")
	case !m.isContact(peer) || !m.peers.Supports(peer, xep.NSAttention):
		return model.Errorf(model.ErrUnsupported, "the contact is not there, or has no program that takes nudges")
	case !m.allow(m.nudges.to, peer):
		return model.Errorf(model.ErrInvalid, "the last nudge was less than ten seconds ago")
	}
	return nil
}

// nudges remembers the last ones, by contact, on the steady clock.
type nudges struct{ from, to map[jid.JID]time.Time }
