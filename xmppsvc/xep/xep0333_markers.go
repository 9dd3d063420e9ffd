package xep

import "dovekie/xmppsvc/stanza"

// NSMarkers is XEP-0333.
const NSMarkers = "urn:xmpp:chat-markers:0"

// Marker says how far somebody got with the message of this id and those before it.
type Marker struct {
	Name string // "received", "displayed" or "acknowledged"
	ID   string
}

// Element builds the child of a message.
func (m Marker) Element() *stanza.Element { return stanza.New(NSMarkers, m.Name).With("id", m.ID) }

// MarkerOf reads the message's marker; of several the farthest.
func MarkerOf(message *stanza.Element) (Marker, bool) {
	for _, name := range [...]string{"acknowledged", "displayed", "received"} {
		if el := message.Child(NSMarkers, name); el != nil {
			m := Marker{name, identifier(el.Get("id"))}
			return m, m.ID != ""
		}
	}
	return Marker{}, false
}

// Markable builds the child that asks for markers.
func Markable() *stanza.Element { return stanza.New(NSMarkers, "markable") }

// IsMarkable reports whether the sender wants to know.
func IsMarkable(message *stanza.Element) bool { return message.Child(NSMarkers, "markable") != nil }
