package disco

import (
	"dovekie/xmppsvc/feature"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/stanza"
	"dovekie/xmppsvc/xep"
)

// maxNode is the longest node that an answer repeats, in bytes.
const maxNode = 1023

// HandleIQ answers questions about us: to our server and to who may know that we are
// here. Everybody else gets what they would get if nobody were (XEP-0030 §8).
func (d *Disco) HandleIQ(from jid.JID, iq *stanza.Element) feature.Verdict {
	if iq.Get("type") != "get" || !d.mayAsk(from) {
		return feature.Pass
	}
	query := iq.First()
	switch {
	case query != nil && len(query.Get("node")) > maxNode:
		d.s.Send(iq.ErrorReply("cancel", "item-not-found", ""))
	case query.Is(xep.NSDiscoInfo, "query"):
		d.info(iq, query.Get("node"))
	case query.Is(xep.NSDiscoItems, "query"):
		d.s.Send(iq.Result(xep.Items{Node: query.Get("node")}.Element()))
	case query.Is(xep.NSVersion, "query"):
		d.s.Send(iq.Result(xep.Version{Name: d.software.Name, Version: d.software.Version}.Element()))
	case query.Is(xep.NSTime, "time"):
		d.s.Send(iq.Result(xep.LocalTime(d.s.Now())))
	case query.Is(xep.NSPing, "ping"):
		d.s.Send(iq.Result(nil))
	default:
		return feature.Pass
	}
	return feature.Handled
}

func (d *Disco) mayAsk(from jid.JID) bool {
	return from.IsZero() || from == d.s.Self().Server() || d.contacts.SeesUs(from)
}

// info answers for us, or for the node that our caps name (XEP-0115 §6.2).
func (d *Disco) info(iq *stanza.Element, node string) {
	if node != "" && node != d.caps.Key() {
		d.s.Send(iq.ErrorReply("cancel", "item-not-found", ""))
		return
	}
	answer := d.answer
	answer.Node = node
	d.s.Send(iq.Result(answer.Element()))
}
