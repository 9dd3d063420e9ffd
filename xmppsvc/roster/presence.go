package roster

import (
	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/feature"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stanza"
	"dovekie/xmppsvc/xep"
)

const (
	// maxResources of one contact are kept; nobody has as many devices.
	maxResources = 64
	// maxRequests that wait are kept, so that a flood of strangers has an end.
	maxRequests = 1000
)

// HandlePresence takes the presence of contacts and what strangers ask.
func (r *Roster) HandlePresence(from jid.JID, el *stanza.Element) feature.Verdict {
	switch el.Get("type") {
	case "", "unavailable":
		r.available(from, el)
	case "subscribe":
		r.subscribe(from, el)
	case "unsubscribe":
		r.closeRequest(from.Bare())
	case "error":
		r.bounced(from, el)
	}
	return feature.Pass
}

// available notes one resource's presence. That of strangers is nobody's business here,
// and so would their number be.
func (r *Roster) available(from jid.JID, el *stanza.Element) {
	contact := from.Bare()
	if _, known := r.items[contact]; !known {
		return
	}
	was := r.presence[contact]
	switch {
	case el.Get("type") == "" && (len(was) < maxResources || was[from.Resource()].Show != ""):
		if was == nil {
			was = map[string]model.Presence{}
			r.presence[contact] = was
		}
		was[from.Resource()] = r.parse(from, el)
	case el.Get("type") == "":
		return
	case len(was) == 0 || from.IsFull() && was[from.Resource()].Show == "":
		return // gone already
	case from.IsBare(): // the server speaks for all of them
		clear(was)
	default:
		delete(was, from.Resource())
	}
	if len(was) == 0 {
		delete(r.presence, contact)
	}
	r.keepPresence(contact)
	r.s.Emit(event.PresenceChanged{Account: r.self(), JID: contact, Presence: r.resources(contact)})
}

// parse reads what a resource says of itself. The time is that of its last change, if
// somebody stamped it: our server does when it tells us after a login.
func (r *Roster) parse(from jid.JID, el *stanza.Element) model.Presence {
	p, _ := xep.PresenceOf(el, "")
	p.Resource, p.Time = from.Resource(), r.s.Now()
	if d, ok := xep.DelayOf(el); ok && d.Stamp.Before(p.Time) {
		p.Time = d.Stamp
	}
	return p
}

// subscribe keeps a request until the user answers it; nothing is approved by itself.
func (r *Roster) subscribe(from jid.JID, el *stanza.Element) {
	contact := from.Bare()
	if contact == r.self() || r.items[contact].Subscription.SeesUs() {
		return
	}
	q, _ := xep.RequestOf(el, "", r.s.Now())
	old, open := r.requests[contact]
	if open && old.Message == q.Message && old.Nick == q.Nick {
		return // the server repeats it at every login (§3.1.3)
	}
	if !open && len(r.requests) >= maxRequests {
		return
	}
	r.requests[contact] = q
	if err := r.store().PutRequest(r.self(), q); err != nil {
		r.s.Fail(err)
	}
	r.s.Emit(event.SubscriptionRequested{Account: r.self(), Request: q})
}

func (r *Roster) closeRequest(contact jid.JID) {
	if _, open := r.requests[contact]; !open {
		return
	}
	delete(r.requests, contact)
	if err := r.store().RemoveRequest(r.self(), contact); err != nil {
		r.s.Fail(err)
	}
	r.s.Emit(event.SubscriptionAnswered{Account: r.self(), JID: contact})
}

// bounced tells that our request did not reach the contact: an error for a contact whom
// we do not see yet and have asked (§3.1.2).
func (r *Roster) bounced(from jid.JID, el *stanza.Element) {
	item, known := r.items[from.Bare()]
	if !known || !item.Ask {
		return
	}
	failure, _ := xep.ErrorOf(el)
	r.s.Emit(event.NoticeRaised{
		Account: r.self(), Kind: event.NoticeBounced, JID: from.Bare(), Detail: failure.Condition,
	})
}
