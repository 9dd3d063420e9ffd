package xep

import (
	"time"

	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/stanza"
)

// NSDelay is XEP-0203.
const NSDelay = "urn:xmpp:delay"

// Delay says when a stanza was sent that waited somewhere.
type Delay struct {
	By    jid.JID // who says so (the attribute "from"); zero when nobody
	Stamp time.Time
	Text  string
}

// Element builds the child of a stanza.
func (d Delay) Element() *stanza.Element {
	el := stanza.New(NSDelay, "delay").With("from", d.By.String()).With("stamp", FormatTime(d.Stamp))
	if d.Text != "" {
		el.Add(stanza.Text(d.Text))
	}
	return el
}

// DelayOf is the first delay of the stanza that one of by speaks for; without any by it is
// the first one at all. Anybody can put a delay into a stanza, also in another's name
// where no server checks, so trust it for display only. A delay without a possible time
// is none.
func DelayOf(st *stanza.Element, by ...jid.JID) (Delay, bool) {
	for _, el := range st.Children() {
		if !el.Is(NSDelay, "delay") {
			continue
		}
		d := Delay{Text: clip(el.Text(), maxText)}
		var ok bool
		if d.Stamp, ok = ParseTime(el.Get("stamp")); !ok {
			continue
		}
		if from := el.Get("from"); from != "" {
			if d.By, ok = address(from); !ok {
				continue
			}
		}
		if len(by) == 0 || !d.By.IsZero() && contains(by, d.By) {
			return d, true
		}
	}
	return Delay{}, false
}

func contains(all []jid.JID, j jid.JID) bool {
	for _, a := range all {
		if a == j {
			return true
		}
	}
	return false
}
