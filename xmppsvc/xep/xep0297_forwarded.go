package xep

import "dovekie/xmppsvc/stanza"

// NSForward is XEP-0297.
const NSForward = "urn:xmpp:forward:0"

// Forwarded is a stanza that somebody passes on. Who passes it on decides whether it is
// to be believed: that is for whoever uses it to check.
type Forwarded struct {
	Delay  Delay // zero when there was none
	Stanza *stanza.Element
}

// Element builds the wrapper.
func (f Forwarded) Element() *stanza.Element {
	w := stanza.New(NSForward, "forwarded")
	if !f.Delay.Stamp.IsZero() {
		w.Add(f.Delay.Element())
	}
	return w.Add(f.Stanza)
}

// ForwardedOf reads the wrapper among the children of parent. It must hold exactly one
// stanza (XEP-0297 §2.1).
func ForwardedOf(parent *stanza.Element) (Forwarded, bool) {
	w := parent.Child(NSForward, "forwarded")
	var f Forwarded
	for _, el := range w.Children() {
		if !el.IsStanza() {
			continue
		}
		if f.Stanza != nil {
			return Forwarded{}, false
		}
		f.Stanza = el
	}
	f.Delay, _ = DelayOf(w)
	return f, f.Stanza != nil
}
