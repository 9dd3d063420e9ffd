package demo

import (
	"slices"
	"strings"

	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stanza"
)

const (
	maxItems  = 5_000
	maxGroups = 50
	maxName   = 1023 // bytes, of a name or a group
)

// rosterGet answers with the roster, or with nothing if the client has this version
// (RFC 6121 §2.6).
func (s *Server) rosterGet(from *session, query *stanza.Element) (*stanza.Element, *condition) {
	from.interested = true
	acct := from.acct
	if query.Get("ver") == acct.version() {
		return nil, nil
	}
	out := stanza.New(nsRoster, "query").With("ver", acct.version())
	var all []jid.JID
	for j := range acct.Roster {
		all = append(all, j)
	}
	slices.SortFunc(all, func(a, b jid.JID) int { return strings.Compare(a.String(), b.String()) })
	for _, j := range all {
		out.Add(acct.Roster[j].element(j))
	}
	return out, nil
}

// rosterSet changes or removes one item (RFC 6121 §2.3 to §2.5).
func (s *Server) rosterSet(from *session, query *stanza.Element) (*stanza.Element, *condition) {
	el := query.Child(nsRoster, "item")
	var address string
	if el != nil {
		address = el.Get("jid")
	}
	contact, err := jid.Parse(address)
	if len(query.Children()) != 1 || err != nil {
		return nil, badRequest
	}
	contact = contact.Bare()
	acct := from.acct
	if el.Get("subscription") == "remove" {
		return nil, s.removeContact(acct, contact)
	}
	if contact == acct.jid {
		return nil, notAllowed
	}
	groups, c := groupsOf(el)
	if c != nil || len(el.Get("name")) > maxName {
		return nil, notAcceptable
	}
	if acct.Roster[contact] == nil && len(acct.Roster) >= maxItems {
		return nil, tooMany
	}
	// The client has no say in subscription and ask (§2.1.2).
	it := acct.need(contact)
	it.Name, it.Groups = el.Get("name"), groups
	s.push(acct, contact)
	return nil, nil
}

// removeContact ends the subscriptions both ways and forgets the item (§2.5.2).
func (s *Server) removeContact(acct *account, contact jid.JID) *condition {
	if acct.Roster[contact] == nil {
		return notFound
	}
	stanzaOf := func(typ string) *stanza.Element {
		return stanza.NewPresence(typ, contact.String()).With("from", acct.jid.String())
	}
	other := s.st.Accounts[contact]
	s.unsubscribe(acct, other, contact, stanzaOf("unsubscribe"))
	s.revoke(acct, other, contact, stanzaOf("unsubscribed"))
	delete(acct.Roster, contact)
	s.push(acct, contact)
	return nil
}

// push tells the account's interested sessions about one item, or that it is gone.
func (s *Server) push(acct *account, contact jid.JID) {
	acct.Ver++
	s.changed()
	el := stanza.New(nsRoster, "item").With("jid", contact.String()).With("subscription", "remove")
	if it := acct.Roster[contact]; it != nil {
		el = it.element(contact)
	}
	for _, sess := range acct.sessions {
		if sess.interested {
			s.deliver(sess, stanza.NewIQ("set", newID(), sess.jid.String(), stanza.New(nsRoster, "query", el).With("ver", acct.version())))
		}
	}
}

func (it *item) element(contact jid.JID) *stanza.Element {
	el := stanza.New(nsRoster, "item").With("jid", contact.String()).With("name", it.Name).With("subscription", string(it.Subscription))
	if it.Subscription == "" {
		el.SetAttr("subscription", string(model.SubscriptionNone))
	}
	if it.Ask {
		el.SetAttr("ask", "subscribe")
	}
	if it.Approved {
		el.SetAttr("approved", "true")
	}
	for _, g := range it.Groups {
		el.Add(stanza.NewText(nsRoster, "group", g))
	}
	return el
}

// groupsOf reads an item's groups: none empty, none twice (§2.3.3).
func groupsOf(el *stanza.Element) ([]string, *condition) {
	var out []string
	for _, g := range el.Children() {
		if !g.Is(nsRoster, "group") {
			continue
		}
		name := g.Text()
		if name == "" || len(name) > maxName || len(out) == maxGroups {
			return nil, notAcceptable
		}
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out, nil
}
