package buddies

import (
	"slices"
	"sort"
	"strings"

	"dovekie/app/state"
	"dovekie/app/tr"
	"dovekie/widgets"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
)

// contactRows are the rows of the contacts: the requests, then the groups as they were
// when it was made. It holds no row: each is made when it comes in sight, so that making
// the list costs as much as there are groups, and not contacts.
type contactRows struct {
	view     *View
	account  *state.Account
	requests []model.SubscriptionRequest
	groups   []shownGroup
}

// shownGroup is a group with the place of its row in the list.
type shownGroup struct {
	name, count string
	folded      bool
	at          int
	contacts    []*state.Contact // as ordered then; none when folded
}

func (v *View) contactRows(a *state.Account) *contactRows {
	groups := state.Groups(a)
	r := &contactRows{view: v, account: a, requests: slices.Clone(a.Requests), groups: make([]shownGroup, 0, len(groups))}
	at := r.firstGroup()
	folded := v.actions.Folded()
	// While we are not online nobody is known to be; then the list stays as long as it is.
	hide := v.actions.HideOffline() && a.Online()
	for _, g := range groups {
		shown := shownGroup{name: g.Name, count: groupCount(a, &g), folded: folded[g.Name], at: at}
		switch {
		case shown.folded:
		case hide:
			shown.contacts = v.present(a, &g)
		default:
			shown.contacts = g.Contacts
		}
		r.groups = append(r.groups, shown)
		at += 1 + len(shown.contacts)
	}
	return r
}

// present are those of a group who are online, and those who are not and have something to
// tell: a message that was not read, or a request that waits for their answer.
func (v *View) present(a *state.Account, g *state.Group) []*state.Contact {
	list := slices.Clone(g.Contacts[:g.Online]) // who is online stands first
	for _, c := range g.Contacts[g.Online:] {
		if c.Ask && !c.Subscription.SeenByUs() || v.unread(model.ChatID{Account: a.Settings.JID, Peer: c.JID}) > 0 {
			list = append(list, c)
		}
	}
	return list
}

// firstGroup is the place of the first group: below the requests and their caption.
func (r *contactRows) firstGroup() int {
	if len(r.requests) == 0 {
		return 0
	}
	return 1 + len(r.requests)
}

// Spans implements widgets.ListSource.
func (r *contactRows) Spans() []widgets.ListSpan {
	spans := make([]widgets.ListSpan, 0, 2+2*len(r.groups))
	if n := len(r.requests); n > 0 {
		spans = append(spans, widgets.ListSpan{Kind: widgets.CaptionRow, Len: 1}, widgets.ListSpan{Kind: widgets.RequestRow, Len: n})
	}
	for i := range r.groups {
		spans = append(spans, widgets.ListSpan{Kind: widgets.GroupRow, Len: 1},
			widgets.ListSpan{Kind: widgets.ContactRow, Len: len(r.groups[i].contacts)})
	}
	return spans
}

// Row implements widgets.ListSource.
func (r *contactRows) Row(i int) widgets.ListItem {
	if i < r.firstGroup() {
		if i == 0 {
			return widgets.ListItem{Key: keyRequests, Kind: widgets.CaptionRow, Name: tr.T("panel.requests")}
		}
		return r.view.requestItem(&r.requests[i-1])
	}
	g := &r.groups[sort.Search(len(r.groups), func(n int) bool { return r.groups[n].at > i })-1]
	if i == g.at {
		return widgets.ListItem{Key: keyGroup + g.name, Kind: widgets.GroupRow, Name: groupLabel(g.name), Count: g.count, Folded: g.folded}
	}
	c := g.contacts[i-g.at-1]
	return r.view.contactItem(r.account, c, contactKey(g.name, c))
}

// keyRequests is the key of the caption above the requests.
const keyRequests = "caption:requests"

// contactKey is the key of a contact in a group.
func contactKey(group string, c *state.Contact) string { return keyContact + group + "/" + c.Address }

// Find implements widgets.ListSource, for keys of rows that were made once.
func (r *contactRows) Find(key string) int {
	switch {
	case strings.HasPrefix(key, keyGroup):
		for i := range r.groups {
			if r.groups[i].name == groupOfKey(key) {
				return r.groups[i].at
			}
		}
	case strings.HasPrefix(key, keyContact):
		return r.findContact(key)
	case strings.HasPrefix(key, keyRequest):
		for i := range r.requests {
			if r.requests[i].JID == r.view.peers[key] {
				return i + 1
			}
		}
	case key == keyRequests && len(r.requests) > 0:
		return 0
	}
	return -1
}

func (r *contactRows) findContact(key string) int {
	c := r.account.Contacts[r.view.peers[key]]
	if c == nil {
		return -1
	}
	group := strings.TrimSuffix(strings.TrimSuffix(key[len(keyContact):], c.Address), "/")
	for i := range r.groups {
		g := &r.groups[i]
		if g.name != group {
			continue
		}
		if n := slices.Index(g.contacts, c); n >= 0 {
			return g.at + 1 + n
		}
	}
	return -1
}

// keyOf is the key of the first row of somebody, "" for none.
func (r *contactRows) keyOf(peer jid.JID) string {
	for i := range r.requests {
		if r.requests[i].JID == peer {
			return r.view.requestItem(&r.requests[i]).Key
		}
	}
	c := r.account.Contacts[peer]
	if c == nil {
		return ""
	}
	for i := range r.groups {
		if g := &r.groups[i]; slices.Contains(g.contacts, c) {
			return r.view.contactItem(r.account, c, contactKey(g.name, c)).Key
		}
	}
	return ""
}
