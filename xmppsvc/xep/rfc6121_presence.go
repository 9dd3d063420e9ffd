package xep

import (
	"strconv"
	"time"

	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stanza"
)

// NewPresence builds our presence (RFC 6121 §4.2): ShowUnavailable is type
// "unavailable", other shows the available ones.
func NewPresence(show model.Show, status string, priority int, children ...stanza.Node) *stanza.Element {
	p := stanza.NewPresence("", "")
	switch show {
	case model.ShowUnavailable:
		p.SetAttr("type", "unavailable")
	case model.ShowChat, model.ShowAway, model.ShowXA, model.ShowDND:
		p.Add(stanza.NewText(stanza.NSClient, "show", string(show)))
	case model.ShowAvailable: // has no show
	}
	if status != "" {
		p.Add(stanza.NewText(stanza.NSClient, "status", status))
	}
	if priority != 0 && show != model.ShowUnavailable {
		p.Add(stanza.NewText(stanza.NSClient, "priority", strconv.Itoa(priority)))
	}
	return p.Add(children...)
}

// PresenceOf reads a presence without type or of type "unavailable"; ok is false for the
// others (subscriptions, probes, errors). Resource and Time are the caller's to fill: it
// knows the sender and the clock. An unknown show is available, the priority is bounded
// to -128..127 (RFC 6121 §4.7.2.3).
func PresenceOf(el *stanza.Element, lang string) (p model.Presence, ok bool) {
	if !el.Is(stanza.NSClient, "presence") {
		return p, false
	}
	switch el.Get("type") {
	case "":
		p.Show = show(el.ChildText(stanza.NSClient, "show"))
	case "unavailable":
		p.Show = model.ShowUnavailable
	default:
		return p, false
	}
	status, _, _ := localized(el, stanza.NSClient, "status", lang)
	p.Status = clip(status, maxText)
	p.Priority = number(el.ChildText(stanza.NSClient, "priority"), -128, 127, 0)
	if c, ok := CapsOf(el); ok {
		p.Caps = c.Key()
	}
	return p, true
}

func show(s string) model.Show {
	switch m := model.Show(s); m {
	case model.ShowChat, model.ShowAway, model.ShowXA, model.ShowDND:
		return m
	default:
		return model.ShowAvailable
	}
}

// RequestOf reads a presence of type "subscribe" (RFC 6121 §3.1): the message and the
// nick of somebody who asks to see our presence.
func RequestOf(el *stanza.Element, lang string, at time.Time) (r model.SubscriptionRequest, ok bool) {
	if !el.Is(stanza.NSClient, "presence") || el.Get("type") != "subscribe" {
		return r, false
	}
	from, ok := address(el.Get("from"))
	if !ok {
		return r, false
	}
	status, _, _ := localized(el, stanza.NSClient, "status", lang)
	nick, _ := NickOf(el)
	return model.SubscriptionRequest{JID: from.Bare(), Message: clip(status, maxText), Nick: nick, Time: at}, true
}
