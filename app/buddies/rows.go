package buddies

import (
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"

	"dovekie/app/adapt"
	"dovekie/app/state"
	"dovekie/app/tr"
	"dovekie/widgets"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
)

// Row keys: a letter for the kind, then what it is about.
const (
	keyGroup   = "g:"
	keyContact = "c:"
	keyChat    = "m:"
	keyHit     = "h:"
	keyRequest = "r:"
)

func groupOfKey(key string) string { return strings.TrimPrefix(key, keyGroup) }

// foundMost is how many contacts a search lists.
const foundMost = 50

// contactItems are the requests and then the groups.
func (v *View) contactItems(a *state.Account) []widgets.ListItem {
	// The list keeps what it shows; of two slices in turn the other one is free.
	v.turn = 1 - v.turn
	items := slices.Grow(v.spare[v.turn][:0], len(a.Contacts)+16)
	defer func() { v.spare[v.turn] = items }()
	for i := range a.Requests {
		if i == 0 {
			items = append(items, widgets.ListItem{Key: "caption:requests", Kind: widgets.CaptionRow, Name: tr.T("panel.requests")})
		}
		items = append(items, v.requestItem(&a.Requests[i]))
	}
	folded := v.actions.Folded()
	for _, g := range state.Groups(a) {
		items = append(items, widgets.ListItem{Key: keyGroup + g.Name, Kind: widgets.GroupRow,
			Name: groupLabel(g.Name), Count: groupCount(a, &g), Folded: folded[g.Name]})
		if !folded[g.Name] {
			items = append(items, v.groupItems(a, &g)...)
		}
	}
	v.badge(a, items)
	return items
}

// badge puts the unread figures on the rows: they change more often than the rows.
func (v *View) badge(a *state.Account, items []widgets.ListItem) {
	unread := map[string]int{}
	for id := range v.state.Chats {
		if n := v.unread(id); n > 0 && id.Account == a.Settings.JID {
			unread[id.Peer.String()] = n
		}
	}
	if len(unread) == 0 {
		return
	}
	for i := range items {
		if items[i].Kind == widgets.ContactRow {
			items[i].Unread = unread[items[i].Avatar.Address]
		}
	}
}

// groupRows are the rows of a group as they were made last.
type groupRows struct {
	version int
	looks   int
	items   []widgets.ListItem
	made    map[*state.Contact]madeRow
}

// madeRow is the row of a contact in one of its states.
type madeRow struct {
	revision int
	looks    int
	item     widgets.ListItem
}

// groupItems are the rows of a group's contacts. Only those are made anew that changed.
func (v *View) groupItems(a *state.Account, g *state.Group) []widgets.ListItem {
	old, ok := v.rows[g.Name]
	if ok && old.version == g.Version && old.looks == v.looks {
		return old.items
	}
	if old.made == nil || len(old.made) > 2*len(g.Contacts)+8 { // contacts that are gone
		old.made = make(map[*state.Contact]madeRow, len(g.Contacts))
	}
	items := slices.Grow(old.items[:0], len(g.Contacts)) // copied by whom they are given to
	for _, c := range g.Contacts {
		made, ok := old.made[c]
		if !ok || made.revision != c.Revision || made.looks != v.looks {
			made = madeRow{c.Revision, v.looks, v.contactItem(a, c, keyContact+g.Name+"/"+c.Address)}
			old.made[c] = made
		}
		items = append(items, made.item)
	}
	v.rows[g.Name] = groupRows{g.Version, v.looks, items, old.made}
	return items
}

func groupLabel(name string) string {
	if name == "" {
		return tr.T("panel.friends")
	}
	return name
}

func (v *View) requestItem(r *model.SubscriptionRequest) widgets.ListItem {
	key := keyRequest + r.JID.String()
	v.peers[key] = r.JID
	name := r.Nick
	if name == "" {
		name = r.JID.String()
	}
	text := r.Message
	if text == "" {
		text = tr.T("panel.request_text")
	}
	return widgets.ListItem{Key: key, Kind: widgets.RequestRow, Name: name, Second: text,
		Avatar: adapt.Avatar(name, r.JID, false), Accept: tr.T("panel.accept"), Decline: tr.T("panel.decline")}
}

func (v *View) contactItem(a *state.Account, c *state.Contact, key string) widgets.ListItem {
	v.peers[key] = c.JID
	return widgets.ListItem{
		Key: key, Kind: widgets.ContactRow, Name: c.Label,
		Avatar: adapt.ContactAvatar(a, c), Presence: adapt.ContactPresence(a, c), Second: adapt.ContactLine(a, c),
	}
}

// unread is the figure on a row's badge; none for what is being looked at.
func (v *View) unread(id model.ChatID) int {
	if v.looked && v.state.Front == id {
		return 0
	}
	return v.state.UnreadOf(id)
}

func (v *View) chatItems(a *state.Account) []widgets.ListItem {
	chats := v.state.Recent(a.Settings.JID)
	items := make([]widgets.ListItem, 0, len(chats))
	for _, c := range chats {
		items = append(items, v.chatItem(a, c))
	}
	return items
}

func (v *View) chatItem(a *state.Account, c *state.Chat) widgets.ListItem {
	key := keyChat + c.ID.Peer.String()
	v.peers[key] = c.ID.Peer
	item := widgets.ListItem{
		Key: key, Kind: widgets.ChatRow, Name: v.state.Label(c.ID.Account, c.ID.Peer),
		Avatar: adapt.PeerAvatar(v.state, c.ID), Time: adapt.ListTime(c.Updated, v.now()), Unread: v.unread(c.ID),
	}
	if contact := a.Contacts[c.ID.Peer.Bare()]; contact != nil {
		item.Presence = adapt.ContactPresence(a, contact)
	}
	switch {
	case c.Draft != "" && v.state.Front != c.ID:
		item.Draft, item.Second = tr.T("panel.draft"), c.Draft
	case c.Typing:
		item.Second = tr.T("panel.typing")
	case c.Last != nil:
		item.Second = adapt.Preview(c.Last)
	}
	return item
}

// foundItems are contacts, then chats with people not on the list, then messages.
func (v *View) foundItems(a *state.Account) []widgets.ListItem {
	var items []widgets.ListItem
	caption := func(key, text string) {
		items = append(items, widgets.ListItem{Key: "caption:" + key, Kind: widgets.CaptionRow, Name: text})
	}
	people := state.Find(a, v.query)
	for i, c := range people[:min(len(people), foundMost)] {
		if i == 0 {
			caption("people", tr.T("panel.found_people"))
		}
		items = append(items, v.contactItem(a, c, keyContact+"/"+c.Address))
	}
	for i, c := range v.state.FindStrangers(a, v.query) {
		if i == 0 {
			caption("chats", tr.T("panel.found_chats"))
		}
		items = append(items, v.chatItem(a, c))
	}
	v.badge(a, items)
	for i := range v.found {
		if i == 0 {
			caption("messages", tr.T("panel.found_messages"))
		}
		items = append(items, v.hitItem(&v.found[i]))
	}
	return items
}

func (v *View) hitItem(m *model.Message) widgets.ListItem {
	key := keyHit + m.Chat.Peer.String() + "/" + string(m.ID)
	v.peers[key], v.hits[key] = m.Chat.Peer, *m
	return widgets.ListItem{Key: key, Kind: widgets.ChatRow, Name: v.state.Label(m.Chat.Account, m.Chat.Peer),
		Avatar: adapt.PeerAvatar(v.state, m.Chat), Second: adapt.Preview(m), Time: adapt.ListTime(m.Time, v.now())}
}

// Facts tells what the panel shows, for the read-back.
func (v *View) Facts(object func(key, text string, o fyne.CanvasObject), add func(key, text string, pos fyne.Position, size fyne.Size, o fyne.CanvasObject)) {
	object("search", v.search.Text(), v.search)
	object("panel.tabs", []string{"messages", "contacts"}[v.tabs.Chosen()], v.tabs)
	object("panel.header", "", v.header)
	object("panel.menu", "", v.foot[0])
	object("panel.add", "", v.foot[1])
	object("panel.settings", "", v.foot[2])
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(v.list)
	for i, item := range v.list.Items() {
		pos, size, ok := v.list.Place(i)
		if ok {
			add("row."+item.Key, rowText(&item), at.Add(pos), size, nil)
			if item.Kind == widgets.RequestRow {
				add("accept."+item.Key, item.Accept, at.Add(pos).Add(widgets.AcceptMiddle()), fyne.NewSquareSize(1), nil)
			}
		}
	}
}

// rowText is what a row says, in one line: presence, name, second line, unread.
func rowText(i *widgets.ListItem) string {
	parts := []string{i.Name, i.Second}
	switch i.Presence {
	case widgets.Available:
		parts = append(parts, "available")
	case widgets.Away:
		parts = append(parts, "away")
	case widgets.Busy:
		parts = append(parts, "dnd")
	case widgets.Offline:
		parts = append(parts, "offline")
	case widgets.Unknown:
		parts = append(parts, "unknown")
	case widgets.NoPresence:
	}
	if i.Unread > 0 {
		parts = append(parts, "unread "+strconv.Itoa(i.Unread))
	}
	if i.Count != "" {
		parts = append(parts, i.Count)
	}
	return strings.Join(parts, " | ")
}

// RowObject is the list with the place of the row of a peer, for the tour's taps.
func (v *View) RowObject(peer jid.JID) (list *widgets.FlatList, at fyne.Position, ok bool) {
	for i, item := range v.list.Items() {
		if v.peers[item.Key] != peer {
			continue
		}
		if pos, size, ok := v.list.Place(i); ok {
			return v.list, pos.AddXY(size.Width/2, size.Height/2), true
		}
	}
	return nil, fyne.Position{}, false
}

// AcceptPlace is the list with the place of the first button of a request.
func (v *View) AcceptPlace(peer jid.JID) (list *widgets.FlatList, at fyne.Position, ok bool) {
	for i, item := range v.list.Items() {
		if item.Kind == widgets.RequestRow && v.peers[item.Key] == peer {
			pos, _, shown := v.list.Place(i)
			return v.list, pos.Add(widgets.AcceptMiddle()), shown
		}
	}
	return nil, fyne.Position{}, false
}
