package state

import (
	"cmp"
	"slices"
	"strings"

	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
)

// Group is a group of contacts as the list shows it.
type Group struct {
	Name     string // "" for contacts in no group
	Online   int
	Contacts []*Contact // online first, then by the sound of the name
}

// groups keep an account's contacts in order between events: a contact that comes, goes or
// changes moves alone, so that no event costs more than its own contact.
type groups struct {
	order  ordered[*group]
	byName map[string]*group // nil: not made
}

type group struct {
	name, key string // the key orders them
	online    int
	members   ordered[*Contact]
}

// Groups are the account's groups by the sound of their names, those without a group
// first. A contact in several groups is in each. They are as they are now: the order does
// not change any more, the contacts themselves follow the events.
func Groups(a *Account) []Group {
	if a.groups.byName == nil {
		a.groups = newGroups(a.Contacts)
	}
	list := make([]Group, 0, len(a.groups.order.items))
	for _, g := range a.groups.order.items {
		list = append(list, Group{g.name, g.online, g.members.give()})
	}
	return list
}

// newGroups sorts all contacts.
func newGroups(contacts map[jid.JID]*Contact) groups {
	g := groups{byName: map[string]*group{}}
	var list []*group
	for _, c := range contacts {
		for _, name := range c.groupNames() {
			in := g.byName[name]
			if in == nil {
				in = newGroup(name)
				g.byName[name] = in
				list = append(list, in)
			}
			in.members.items = append(in.members.items, c)
			in.online += c.onlineCount()
		}
	}
	for _, in := range list {
		slices.SortFunc(in.members.items, compareContacts)
	}
	g.order = sortedBy(compareGroups, list)
	return g
}

func newGroup(name string) *group {
	key, _ := spell(name)
	return &group{name: name, key: key, members: ordered[*Contact]{compare: compareContacts}}
}

// add puts a contact into its places.
func (g *groups) add(c *Contact) {
	if g.byName == nil {
		return
	}
	for _, name := range c.groupNames() {
		in := g.byName[name]
		if in == nil {
			in = newGroup(name)
			g.byName[name] = in
			g.order.add(in)
		}
		in.members.add(c)
		in.online += c.onlineCount()
	}
}

// remove takes a contact out of its places, before anything of it changes. A group goes
// with its last contact.
func (g *groups) remove(c *Contact) {
	for _, name := range c.groupNames() {
		in := g.byName[name]
		if in == nil {
			continue
		}
		in.members.remove(c)
		in.online -= c.onlineCount()
		if len(in.members.items) == 0 {
			delete(g.byName, name)
			g.order.remove(in)
		}
	}
}

// setPresence moves the contact when it came or went.
func (a *Account) setPresence(c *Contact, presence []model.Presence) {
	if c.IsOnline() == (len(presence) > 0) {
		c.Presence = presence
		return
	}
	a.groups.remove(c)
	c.Presence = presence
	a.groups.add(c)
}

// inNoGroup are the groups of a contact that is in none.
var inNoGroup = []string{""}

// groupNames are the names of the groups that the contact is shown in, each once.
func (c *Contact) groupNames() []string {
	if len(c.Groups) == 0 {
		return inNoGroup
	}
	for i, name := range c.Groups {
		if slices.Contains(c.Groups[:i], name) {
			return slices.Compact(slices.Sorted(slices.Values(c.Groups)))
		}
	}
	return c.Groups
}

func (c *Contact) onlineCount() int {
	if c.IsOnline() {
		return 1
	}
	return 0
}

func compareGroups(a, b *group) int {
	return cmp.Or(strings.Compare(a.key, b.key), strings.Compare(a.name, b.name))
}

// compareContacts orders all contacts of an account: no two are equal.
func compareContacts(a, b *Contact) int {
	if ao, bo := a.IsOnline(), b.IsOnline(); ao != bo {
		if ao {
			return -1
		}
		return 1
	}
	if c := strings.Compare(a.Key, b.Key); c != 0 {
		return c
	}
	return cmp.Or(strings.Compare(a.Label, b.Label), compareAddresses(a.JID, b.JID))
}

func compareAddresses(a, b jid.JID) int {
	return cmp.Or(strings.Compare(a.Local(), b.Local()), strings.Compare(a.Domain(), b.Domain()),
		strings.Compare(a.Resource(), b.Resource()))
}

// GroupNames are the names of the account's groups, for choosing one.
func GroupNames(a *Account) []string {
	var names []string
	for _, g := range Groups(a) {
		if g.Name != "" {
			names = append(names, g.Name)
		}
	}
	return names
}
