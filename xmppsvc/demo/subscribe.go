package demo

import (
	"slices"
	"strings"

	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stanza"
)

const (
	// maxRequests bounds the unanswered requests to one account.
	maxRequests = 200
	// maxRequest bounds one of them, in bytes.
	maxRequest = 16 << 10
)

// subscription handles the four subscription stanzas (RFC 6121 §3). Both sides live
// here, so each change is made on both at once.
func (s *Server) subscription(from *session, el *stanza.Element, to jid.JID) {
	if to.IsZero() || to == from.acct.jid {
		s.bounce(from, el, badRequest)
		return
	}
	if to.Domain() != Domain {
		s.bounce(from, el, remoteNotFound)
		return
	}
	user, contact := from.acct, s.st.Accounts[to]
	switch typ := el.Get("type"); {
	case typ == "subscribe" && len(el.String()) > maxRequest:
		s.bounce(from, el, policyViolation)
		return
	case (typ == "subscribe" || typ == "subscribed") && user.Roster[to] == nil && len(user.Roster) >= maxItems:
		s.bounce(from, el, tooMany)
		return
	}
	// RFC 6121 §3.1.2: such stanzas travel between bare addresses.
	el.SetAttr("from", user.jid.String())
	el.SetAttr("to", to.String())
	switch el.Get("type") {
	case "subscribe":
		s.subscribe(user, contact, to, el)
	case "subscribed":
		s.approve(user, contact, to, el)
	case "unsubscribe":
		s.unsubscribe(user, contact, to, el)
	case "unsubscribed":
		s.revoke(user, contact, to, el)
	}
}

// subscribe asks to see a contact's presence (§3.1).
func (s *Server) subscribe(user, contact *account, to jid.JID, el *stanza.Element) {
	if user.subscription(to).SeenByUs() {
		return
	}
	it := user.need(to)
	it.Ask = true
	s.push(user, to)
	if contact == nil {
		it.Ask = false
		s.push(user, to)
		s.spread(user, stanza.NewPresence("unsubscribed", "").With("from", to.String()))
		return
	}
	if theirs := contact.Roster[user.jid]; theirs != nil && (theirs.Subscription.SeesUs() || theirs.Approved) {
		s.grant(contact, user, stanza.NewPresence("subscribed", user.jid.String()).With("from", to.String()))
		return
	}
	if len(contact.Requests) < maxRequests {
		contact.Requests[user.jid] = el.String()
		s.changed()
	}
	s.spread(contact, el)
}

// approve lets a contact see us, now or, without a request, as soon as it asks (§3.4).
func (s *Server) approve(user, contact *account, to jid.JID, el *stanza.Element) {
	if _, asked := user.Requests[to]; asked && contact != nil {
		delete(user.Requests, to)
		s.grant(user, contact, el)
		return
	}
	if it := user.need(to); !it.Subscription.SeesUs() && !it.Approved {
		it.Approved = true
		s.push(user, to)
	}
}

// grant makes the subscription of contact to user's presence, on both sides.
func (s *Server) grant(user, contact *account, el *stanza.Element) {
	it := user.need(contact.jid)
	it.Subscription = with(it.Subscription, model.SubscriptionFrom)
	it.Approved = false
	s.push(user, contact.jid)
	theirs := contact.need(user.jid)
	theirs.Subscription = with(theirs.Subscription, model.SubscriptionTo)
	theirs.Ask = false
	s.spread(contact, el)
	s.push(contact, user.jid)
	for _, sess := range user.available() {
		s.spread(contact, sess.presence)
	}
}

// unsubscribe ends our sight of a contact (§3.3).
func (s *Server) unsubscribe(user, contact *account, to jid.JID, el *stanza.Element) {
	if it := user.Roster[to]; it != nil && (it.Ask || it.Subscription.SeenByUs()) {
		it.Ask = false
		it.Subscription = without(it.Subscription, model.SubscriptionTo)
		s.push(user, to)
	}
	if contact == nil {
		return
	}
	delete(contact.Requests, user.jid)
	s.changed()
	if theirs := contact.Roster[user.jid]; theirs != nil && theirs.Subscription.SeesUs() {
		theirs.Subscription = without(theirs.Subscription, model.SubscriptionFrom)
		s.spread(contact, el)
		s.push(contact, user.jid)
		s.hide(contact, user)
	}
}

// revoke denies a request or ends a contact's sight of us (§3.2).
func (s *Server) revoke(user, contact *account, to jid.JID, el *stanza.Element) {
	delete(user.Requests, to)
	s.changed()
	if it := user.Roster[to]; it != nil && (it.Approved || it.Subscription.SeesUs()) {
		it.Approved = false
		it.Subscription = without(it.Subscription, model.SubscriptionFrom)
		s.push(user, to)
	}
	if contact == nil {
		return
	}
	if theirs := contact.Roster[user.jid]; theirs != nil && (theirs.Ask || theirs.Subscription.SeenByUs()) {
		theirs.Ask = false
		theirs.Subscription = without(theirs.Subscription, model.SubscriptionTo)
		s.hide(user, contact)
		s.spread(contact, el)
		s.push(contact, user.jid)
	}
}

// hide tells viewer that the sessions of acct are gone for it.
func (s *Server) hide(acct, viewer *account) {
	for _, sess := range acct.available() {
		s.spread(viewer, stanza.NewPresence("unavailable", "").With("from", sess.jid.String()))
	}
}

// deliverRequests shows a session the requests that still wait (§3.1.3).
func (s *Server) deliverRequests(to *session) {
	var from []jid.JID
	for j := range to.acct.Requests {
		from = append(from, j)
	}
	slices.SortFunc(from, func(a, b jid.JID) int { return strings.Compare(a.String(), b.String()) })
	for _, j := range from {
		if el, err := stanza.Parse([]byte(to.acct.Requests[j])); err == nil {
			s.deliver(to, el)
		}
	}
}

// need is the roster item for a contact, made if missing.
func (a *account) need(contact jid.JID) *item {
	it := a.Roster[contact]
	if it == nil {
		it = &item{Subscription: model.SubscriptionNone}
		a.Roster[contact] = it
	}
	return it
}

// with is s and half, which is To or From.
func with(s, half model.Subscription) model.Subscription {
	if s == model.SubscriptionNone || s == half {
		return half
	}
	return model.SubscriptionBoth
}

// without is s less half, which is To or From.
func without(s, half model.Subscription) model.Subscription {
	switch {
	case s == half:
		return model.SubscriptionNone
	case s == model.SubscriptionBoth && half == model.SubscriptionTo:
		return model.SubscriptionFrom
	case s == model.SubscriptionBoth:
		return model.SubscriptionTo
	}
	return s
}
