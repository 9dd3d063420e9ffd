package xep

import (
	"errors"

	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/stanza"
)

// NSCarbons is XEP-0280.
const NSCarbons = "urn:xmpp:carbons:2"

// Carbon is a copy of a message that another device of ours sent or received.
type Carbon struct {
	Sent    bool // else received
	Message *stanza.Element
	Delay   Delay // of the forwarding; zero when there was none
}

// The outcomes of Unwrap for messages that are no carbon to believe.
var (
	ErrNoCarbon     = errors.New("not a carbon")
	ErrForgedCarbon = errors.New("a carbon that our server did not send")
	ErrBrokenCarbon = errors.New("a carbon without a message")
)

// Unwrap takes the copy out of a carbon. ErrNoCarbon: the message is an ordinary one. Any
// other error: drop it. self is our address.
func Unwrap(message *stanza.Element, self jid.JID) (Carbon, error) {
	wrapper, sent := message.Child(NSCarbons, "received"), false
	if s := message.Child(NSCarbons, "sent"); s != nil {
		if wrapper != nil {
			return Carbon{}, ErrBrokenCarbon
		}
		wrapper, sent = s, true
	}
	if !message.Is(stanza.NSClient, "message") || wrapper == nil {
		return Carbon{}, ErrNoCarbon
	}
	// XEP-0280 §11: "Any forwarded copies received by a Carbons-enabled client MUST be
	// from that user's bare JID; any copies that do not meet this requirement MUST be
	// ignored." Equal as addresses, not as a beginning, and never missing.
	from, ok := address(message.Get("from"))
	if !ok || self.IsZero() || from != self.Bare() {
		return Carbon{}, ErrForgedCarbon
	}
	f, ok := ForwardedOf(wrapper)
	if !ok || !f.Stanza.Is(stanza.NSClient, "message") {
		return Carbon{}, ErrBrokenCarbon
	}
	if !plausible(f.Stanza, sent, self) {
		return Carbon{}, ErrForgedCarbon
	}
	return Carbon{Sent: sent, Message: f.Stanza, Delay: f.Delay}, nil
}

// plausible looks at the copied message itself.
func plausible(m *stanza.Element, sent bool, self jid.JID) bool {
	// A copy of a copy would carry the words of whoever made the inner one.
	if m.Child(NSCarbons, "received") != nil || m.Child(NSCarbons, "sent") != nil {
		return false
	}
	// What our other device sent is from us; what it received is to us, also unsaid.
	side := m.Get("to")
	if sent {
		side = m.Get("from")
	} else if side == "" {
		return true
	}
	who, ok := address(side)
	return ok && who.Bare() == self.Bare()
}

// Element builds the child of the message that a server sends.
func (c Carbon) Element() *stanza.Element {
	name := "received"
	if c.Sent {
		name = "sent"
	}
	return stanza.New(NSCarbons, name, Forwarded{c.Delay, c.Message}.Element())
}

// EnableCarbons builds the IQ payload that switches copies on for this stream.
func EnableCarbons() *stanza.Element { return stanza.New(NSCarbons, "enable") }
