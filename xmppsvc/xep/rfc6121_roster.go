package xep

import (
	"slices"

	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stanza"
)

// The roster's namespaces: RFC 6121 §2, its versioning (§2.6) and pre-approval (§3.4)
// as stream features.
const (
	NSRoster           = "jabber:iq:roster"
	NSRosterVersioning = "urn:xmpp:features:rosterver"
	NSPreApproval      = "urn:xmpp:features:pre-approval"
)

// Roster is a roster result or a push. Version is "" when the server gave none.
type Roster struct {
	Version string
	Items   []RosterItem
}

// RosterItem is an entry, or the news that it is gone.
type RosterItem struct {
	model.RosterItem
	Removed bool
}

// RosterQuery asks for the roster. With versioned, which takes a server that offers it,
// it tells what we have (RFC 6121 §2.6.2: "" when nothing).
func RosterQuery(version string, versioned bool) *stanza.Element {
	q := stanza.New(NSRoster, "query")
	if versioned {
		q.SetAttr("ver", version)
	}
	return q
}

// RosterSet is the query that adds or changes an entry. Only address, name and groups
// are ours to say (RFC 6121 §2.1.2).
func RosterSet(it model.RosterItem) *stanza.Element {
	el := stanza.New(NSRoster, "item").With("jid", it.JID.Bare().String()).With("name", it.Name)
	addGroups(el, it.Groups)
	return stanza.New(NSRoster, "query", el)
}

// RosterRemove is the query that removes an entry (RFC 6121 §2.5).
func RosterRemove(it model.RosterItem) *stanza.Element {
	el := stanza.New(NSRoster, "item").With("jid", it.JID.Bare().String()).With("subscription", "remove")
	return stanza.New(NSRoster, "query", el)
}

// Element builds a result or a push, as a server sends it.
func (r Roster) Element() *stanza.Element {
	q := stanza.New(NSRoster, "query").With("ver", r.Version)
	for _, it := range r.Items {
		el := stanza.New(NSRoster, "item").With("jid", it.JID.String()).With("name", it.Name)
		if it.Removed {
			q.Add(el.With("subscription", "remove"))
			continue
		}
		el.With("subscription", string(it.Subscription))
		if it.Ask {
			el.SetAttr("ask", "subscribe")
		}
		if it.Approved {
			el.SetAttr("approved", "true")
		}
		addGroups(el, it.Groups)
		q.Add(el)
	}
	return q
}

func addGroups(el *stanza.Element, groups []string) {
	for _, g := range groups {
		el.Add(stanza.NewText(NSRoster, "group", g))
	}
}

// ReadRoster reads a roster query element. Entries without a valid address are left out,
// of several for one address the last counts, as if they came one after the other. Who
// sent it is the caller's to check (RFC 6121 §2.1.6).
func ReadRoster(query *stanza.Element) (Roster, bool) {
	if !query.Is(NSRoster, "query") {
		return Roster{}, false
	}
	r := Roster{Version: identifier(query.Get("ver"))}
	at := map[string]int{}
	for _, el := range query.Children() {
		it, ok := readItem(el)
		if !ok {
			continue
		}
		key := it.JID.String()
		if i, again := at[key]; again {
			r.Items[i] = it
			continue
		}
		at[key] = len(r.Items)
		r.Items = append(r.Items, it)
	}
	return r, true
}

func readItem(el *stanza.Element) (RosterItem, bool) {
	if !el.Is(NSRoster, "item") {
		return RosterItem{}, false
	}
	j, ok := address(el.Get("jid"))
	if !ok {
		return RosterItem{}, false
	}
	it := RosterItem{RosterItem: model.RosterItem{
		JID:          j.Bare(),
		Name:         clip(el.Get("name"), maxName),
		Subscription: model.SubscriptionNone,
		Ask:          el.Get("ask") == "subscribe",
		Approved:     boolean(el.Get("approved")),
	}}
	switch s := model.Subscription(el.Get("subscription")); s {
	case model.SubscriptionTo, model.SubscriptionFrom, model.SubscriptionBoth:
		it.Subscription = s
	case "remove":
		it.Removed = true
	default: // "none", and what nobody knows
	}
	for _, c := range el.Children() {
		g := clip(c.Text(), maxName)
		if c.Is(NSRoster, "group") && g != "" && !slices.Contains(it.Groups, g) {
			it.Groups = append(it.Groups, g)
		}
	}
	return it, true
}
