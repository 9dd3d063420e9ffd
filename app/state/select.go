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
	Version  int        // another one whenever anything of the group changed
}

// groupCache keeps the groups sorted between presences: one changed presence then sorts
// one group and not all.
type groupCache struct {
	groups []Group
	built  bool
	dirty  map[string]bool // names of groups to be sorted again
	next   int             // the next version
}

// touch marks the groups of the contact.
func (g *groupCache) touch(c *Contact) {
	if g.dirty == nil {
		g.dirty = map[string]bool{}
	}
	if len(c.Groups) == 0 {
		g.dirty[""] = true
	}
	for _, name := range c.Groups {
		g.dirty[name] = true
	}
}

// Groups are the account's groups by the sound of their names, those without a group
// first. A contact in several groups is in each. They stay the state's, until the next
// event.
func Groups(a *Account) []Group {
	g := &a.cache
	if !g.built {
		a.buildGroups()
	}
	for i := range g.groups {
		if group := &g.groups[i]; g.dirty[group.Name] {
			group.settle()
			g.next++
			group.Version = g.next
		}
	}
	clear(g.dirty)
	return g.groups
}

// settle sorts the group and counts who is online.
func (g *Group) settle() {
	slices.SortFunc(g.Contacts, compareContacts)
	g.Online = 0
	for _, c := range g.Contacts {
		if c.IsOnline() {
			g.Online++
		}
	}
}

func (a *Account) buildGroups() {
	byName := map[string]*Group{}
	for _, c := range a.Contacts {
		if len(c.Groups) == 0 {
			addTo(byName, "", c)
		}
		for _, name := range c.Groups {
			addTo(byName, name, c)
		}
	}
	groups := make([]Group, 0, len(byName))
	keys := make(map[string]string, len(byName))
	for _, g := range byName {
		g.settle()
		a.cache.next++
		g.Version = a.cache.next
		groups = append(groups, *g)
		keys[g.Name], _ = spell(g.Name)
	}
	slices.SortFunc(groups, func(a, b Group) int {
		return cmp.Or(cmp.Compare(keys[a.Name], keys[b.Name]), cmp.Compare(a.Name, b.Name))
	})
	a.cache.groups, a.cache.built = groups, true
}

func addTo(m map[string]*Group, name string, c *Contact) {
	g := m[name]
	if g == nil {
		g = &Group{Name: name}
		m[name] = g
	}
	g.Contacts = append(g.Contacts, c)
}

func compareContacts(a, b *Contact) int {
	if ao, bo := a.IsOnline(), b.IsOnline(); ao != bo {
		if ao {
			return -1
		}
		return 1
	}
	return cmp.Or(strings.Compare(a.Key, b.Key), strings.Compare(a.Label, b.Label),
		strings.Compare(a.JID.Local(), b.JID.Local()), strings.Compare(a.JID.Domain(), b.JID.Domain()))
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

// IsOnline reports whether any resource is available.
func (c *Contact) IsOnline() bool { return len(c.Presence) > 0 }

// Best is the presence that stands for the contact: that of the resource with the highest
// priority, unavailable when there is none.
func (c *Contact) Best() model.Presence {
	if len(c.Presence) == 0 {
		return model.Presence{Show: model.ShowUnavailable}
	}
	return c.Presence[0]
}

// Online reports whether the account's connection is up, so that presences are known.
func (a *Account) Online() bool { return a.Connection.State == model.Online }

// Label is the account's own name to show.
func (a *Account) Label() string {
	if a.Settings.Name != "" {
		return a.Settings.Name
	}
	return AddressLabel(a.Settings.JID)
}

// Contact is the contact behind an address of the account, or nil.
func (s *State) Contact(account, peer jid.JID) *Contact {
	a := s.Accounts[account]
	if a == nil {
		return nil
	}
	return a.Contacts[peer.Bare()]
}

// Label is the name to show for somebody, on the list or not.
func (s *State) Label(account, peer jid.JID) string {
	if c := s.Contact(account, peer); c != nil {
		return c.Label
	}
	return AddressLabel(peer)
}

// Recent are the account's chats with something in them, the newest first.
func (s *State) Recent(account jid.JID) []*Chat {
	var chats []*Chat
	for id, c := range s.Chats {
		if id.Account == account && (c.Last != nil || c.Draft != "") {
			chats = append(chats, c)
		}
	}
	slices.SortFunc(chats, func(a, b *Chat) int {
		return cmp.Or(b.Updated.Compare(a.Updated), strings.Compare(a.ID.Peer.String(), b.ID.Peer.String()))
	})
	return chats
}

// Unread is the number of unread messages in all chats of the account.
func (s *State) Unread(account jid.JID) int {
	n := 0
	for id, c := range s.Chats {
		if id.Account == account {
			n += c.Unread
		}
	}
	return n
}

// UnreadOf is the number of unread messages of one chat, 0 for a chat that is not there.
func (s *State) UnreadOf(id model.ChatID) int {
	if c := s.Chats[id]; c != nil {
		return c.Unread
	}
	return 0
}

// Matches reports whether the query finds the contact: in its name, its address, the
// pinyin of its name or the initials of that.
func (c *Contact) Matches(query string) bool {
	q := fold(strings.TrimSpace(query))
	if q == "" {
		return true
	}
	plain := strings.ReplaceAll(q, " ", "")
	return strings.Contains(fold(c.Label), q) ||
		matchesAddress(c.JID, q) ||
		strings.Contains(strings.ReplaceAll(c.Key, " ", ""), plain) ||
		strings.HasPrefix(c.Initials, plain)
}

// matchesAddress looks into the part before @, and behind it only when asked to: else a
// few letters of the server's name would find everybody.
func matchesAddress(j jid.JID, q string) bool {
	if strings.Contains(q, "@") {
		return strings.Contains(j.String(), q)
	}
	return strings.Contains(j.Local(), q) || j.Local() == "" && strings.Contains(j.Domain(), q)
}

// Find are the contacts that match, online first.
func Find(a *Account, query string) []*Contact {
	var found []*Contact
	for _, c := range a.Contacts {
		if c.Matches(query) {
			found = append(found, c)
		}
	}
	slices.SortFunc(found, compareContacts)
	return found
}

// FindStrangers are chats with people who are not on the list and match.
func (s *State) FindStrangers(a *Account, query string) []*Chat {
	q := fold(strings.TrimSpace(query))
	var found []*Chat
	for _, c := range s.Recent(a.Settings.JID) {
		if a.Contacts[c.ID.Peer.Bare()] == nil && matchesAddress(c.ID.Peer, q) {
			found = append(found, c)
		}
	}
	return found
}

// NewestRead is the newest of our messages in the chat that was read, or "".
func NewestRead(t *Timeline) model.MessageID {
	for i := len(t.Messages) - 1; i >= 0; i-- {
		if m := &t.Messages[i]; m.Outgoing && m.Delivery == model.Displayed {
			return m.ID
		}
	}
	return ""
}

// LastReceived is the newest message of the chat that came from the other side, or "".
func LastReceived(t *Timeline) model.MessageID {
	for i := len(t.Messages) - 1; i >= 0; i-- {
		if !t.Messages[i].Outgoing {
			return t.Messages[i].ID
		}
	}
	return ""
}
