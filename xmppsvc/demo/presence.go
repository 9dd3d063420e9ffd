package demo

import (
	"slices"
	"strconv"
	"strings"

	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/stanza"
)

// maxDirected bounds whom one session may keep informed beyond its roster.
const maxDirected = 200

// presence handles a presence stanza (RFC 6121 §3 and §4).
func (s *Server) presence(from *session, el *stanza.Element, to jid.JID) {
	switch typ := el.Get("type"); typ {
	case "", "unavailable":
		switch {
		case !to.IsZero():
			s.directed(from, el, to)
		case typ == "":
			s.broadcast(from, el)
		default:
			s.goOffline(from, el)
		}
	case "subscribe", "subscribed", "unsubscribe", "unsubscribed":
		s.subscription(from, el, to.Bare())
	case "probe":
		if acct := s.st.Accounts[to.Bare()]; acct != nil && (acct == from.acct || acct.subscription(from.jid.Bare()).SeesUs()) {
			s.probed(from, acct)
		}
	case "error":
		if acct := s.st.Accounts[to.Bare()]; acct != nil {
			if sess := acct.sessions[to.Resource()]; sess != nil {
				s.deliver(sess, el)
			}
		}
	default:
		s.bounce(from, el, badRequest)
	}
}

// broadcast is a session's own presence: to all who may see it and to the account's
// sessions, the sender's too (RFC 6121 §4.2.2).
func (s *Server) broadcast(from *session, el *stanza.Element) {
	first, was := from.presence == nil, from.priority
	from.presence, from.since, from.priority = el, s.now(), priority(el)
	s.learn(from, el)
	s.tell(from, el)
	s.spread(from.acct, el)
	if first {
		for _, contact := range s.contactsOf(from.acct) {
			if from.acct.subscription(contact.jid).SeenByUs() {
				s.probed(from, contact)
			}
		}
		for _, other := range from.acct.available() {
			if other != from {
				s.deliver(from, addressed(other.presence, from.acct.jid))
			}
		}
		s.deliverRequests(from)
	}
	if from.priority >= 0 && (first || was < 0) {
		s.deliverKept(from)
	}
	if first && from.bot == nil {
		s.script.signedIn(from.acct)
	}
}

// goOffline tells all who knew that a session is no longer available.
func (s *Server) goOffline(from *session, el *stanza.Element) {
	el.SetAttr("from", from.jid.String())
	if from.presence != nil {
		from.presence = nil
		s.tell(from, el)
		s.spread(from.acct, el)
	}
	for to := range from.directed {
		s.toAddress(to, addressed(el, to))
	}
	clear(from.directed)
}

// tell sends presence to the contacts that may see it.
func (s *Server) tell(from *session, el *stanza.Element) {
	for _, contact := range s.contactsOf(from.acct) {
		if from.acct.subscription(contact.jid).SeesUs() {
			s.spread(contact, el)
		}
	}
}

// spread sends presence to every available session of an account.
func (s *Server) spread(acct *account, el *stanza.Element) {
	el = addressed(el, acct.jid)
	for _, sess := range acct.available() {
		s.deliver(sess, el)
	}
}

// probed shows one session the presence of an account, each with its age.
func (s *Server) probed(to *session, acct *account) {
	for _, sess := range acct.available() {
		s.deliver(to, addressed(sess.presence, to.acct.jid).Add(delay(sess.since)))
	}
}

// directed sends presence to one address and remembers to take it back (§4.6).
func (s *Server) directed(from *session, el *stanza.Element, to jid.JID) {
	if to.Domain() != Domain {
		s.bounce(from, el, remoteNotFound)
		return
	}
	switch {
	case el.Get("type") == "unavailable":
		delete(from.directed, to)
	case !from.acct.subscription(to.Bare()).SeesUs() && len(from.directed) < maxDirected:
		from.directed[to] = true
	}
	s.toAddress(to, el)
}

// toAddress delivers presence to one session or to all available ones of an account.
func (s *Server) toAddress(to jid.JID, el *stanza.Element) {
	acct := s.st.Accounts[to.Bare()]
	if acct == nil {
		return
	}
	if to.IsBare() {
		for _, sess := range acct.available() {
			s.deliver(sess, el)
		}
	} else if sess := acct.sessions[to.Resource()]; sess != nil {
		s.deliver(sess, el)
	}
}

// contactsOf are the local accounts on a roster, in a fixed order.
func (s *Server) contactsOf(a *account) []*account {
	var out []*account
	for j := range a.Roster {
		if c := s.st.Accounts[j]; c != nil {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(x, y *account) int { return strings.Compare(x.jid.String(), y.jid.String()) })
	return out
}

// addressed is a copy of a presence for one account.
func addressed(el *stanza.Element, to jid.JID) *stanza.Element {
	c := copyOf(el)
	c.SetAttr("to", to.String())
	return c
}

// priority reads <priority/>; out of range or unreadable is 0 (RFC 6121 §4.7.2.3).
func priority(el *stanza.Element) int {
	n, err := strconv.ParseInt(strings.TrimSpace(el.ChildText(stanza.NSClient, "priority")), 10, 8)
	if err != nil {
		return 0
	}
	return int(n)
}
