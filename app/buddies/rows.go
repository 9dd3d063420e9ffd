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

// foundMost is how many contacts, and how many chats, a search lists.
const foundMost = 50

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
	chat := v.state.Chats[model.ChatID{Account: a.Settings.JID, Peer: c.JID}]
	return widgets.ListItem{
		Muted: chat != nil && chat.Muted,
		Key:   key, Kind: widgets.ContactRow, Name: c.Label, Unread: v.unread(model.ChatID{Account: a.Settings.JID, Peer: c.JID}),
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

// chatRows are the rows of the recent chats, each made when it comes in sight.
type chatRows struct {
	view    *View
	account *state.Account
	chats   []*state.Chat
}

func (v *View) chatRows(a *state.Account) *chatRows {
	return &chatRows{view: v, account: a, chats: v.state.Recent(a.Settings.JID)}
}

// Spans implements widgets.ListSource.
func (r *chatRows) Spans() []widgets.ListSpan {
	return []widgets.ListSpan{{Kind: widgets.ChatRow, Len: len(r.chats)}}
}

// Row implements widgets.ListSource.
func (r *chatRows) Row(i int) widgets.ListItem { return r.view.chatItem(r.account, r.chats[i]) }

// Find implements widgets.ListSource, for keys of rows that were made once.
func (r *chatRows) Find(key string) int {
	if !strings.HasPrefix(key, keyChat) {
		return -1
	}
	id := model.ChatID{Account: r.account.Settings.JID, Peer: r.view.peers[key]}
	return slices.Index(r.chats, r.view.state.Chats[id])
}

// keyOf is the key of the row of somebody, "" for none.
func (r *chatRows) keyOf(peer jid.JID) string {
	c := r.view.state.Chats[model.ChatID{Account: r.account.Settings.JID, Peer: peer}]
	if c == nil || !slices.Contains(r.chats, c) {
		return ""
	}
	return r.view.chatItem(r.account, c).Key
}

func (v *View) chatItem(a *state.Account, c *state.Chat) widgets.ListItem {
	key := keyChat + c.ID.Peer.String()
	v.peers[key] = c.ID.Peer
	item := widgets.ListItem{
		Key: key, Kind: widgets.ChatRow, Name: v.state.Label(c.ID.Account, c.ID.Peer),
		Avatar: adapt.PeerAvatar(v.state, c.ID), Time: adapt.ListTime(c.Updated, v.clock.Now()), Unread: v.unread(c.ID),
		Pinned: c.Pinned, Muted: c.Muted,
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
		item.Second = adapt.Preview(v.state, c.Last)
	}
	return item
}

// foundItems are contacts, then chats with people not on the list, then messages.
func (v *View) foundItems(a *state.Account) []widgets.ListItem {
	var items []widgets.ListItem
	caption := func(key, text string) {
		items = append(items, widgets.ListItem{Key: "caption:" + key, Kind: widgets.CaptionRow, Name: text})
	}
	for i, c := range state.Find(a, v.query, foundMost) {
		if i == 0 {
			caption("people", tr.T("panel.found_people"))
		}
		items = append(items, v.contactItem(a, c, keyContact+"/"+c.Address))
	}
	for i, c := range v.state.FindStrangers(a, v.query, foundMost) {
		if i == 0 {
			caption("chats", tr.T("panel.found_chats"))
		}
		items = append(items, v.chatItem(a, c))
	}
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
		Avatar: adapt.PeerAvatar(v.state, m.Chat), Second: adapt.Preview(v.state, m), Time: adapt.ListTime(m.Time, v.clock.Now())}
}

// Facts tells what the panel shows, for the read-back.
func (v *View) Facts(object func(key, text string, o fyne.CanvasObject), add func(key, text string, pos fyne.Position, size fyne.Size, o fyne.CanvasObject)) {
	object("search", v.search.Text(), v.search)
	object("panel.tabs", []string{"messages", "contacts"}[v.tabs.Chosen()], v.tabs)
	object("panel.header", "", v.header)
	object("panel.menu", "", v.foot[0])
	object("panel.add", "", v.foot[1])
	object("panel.settings", "", v.foot[2])
	if words := v.hints.Text(); words != "" {
		object("tip", words, v.hints)
	}
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(v.list)
	for i, end := v.list.InSight(); i < end; i++ {
		item := v.list.Row(i)
		pos, size, _ := v.list.Place(i)
		add("row."+item.Key, rowText(&item), at.Add(pos), size, nil)
		if item.Kind == widgets.RequestRow {
			add("accept."+item.Key, item.Accept, at.Add(pos).Add(widgets.AcceptMiddle()), fyne.NewSquareSize(1), nil)
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
	if i.Pinned {
		parts = append(parts, "pinned")
	}
	if i.Muted {
		parts = append(parts, "muted")
	}
	if i.Count != "" {
		parts = append(parts, i.Count)
	}
	return strings.Join(parts, " | ")
}

// RowObject is the list with the place of the row of a peer, for the tour's taps.
func (v *View) RowObject(peer jid.JID) (list *widgets.FlatList, at fyne.Position, ok bool) {
	i := v.rowInSight(func(item *widgets.ListItem) bool { return v.peers[item.Key] == peer })
	pos, size, ok := v.list.Place(i)
	return v.list, pos.AddXY(size.Width/2, size.Height/2), ok
}

// AcceptPlace is the list with the place of the first button of a request.
func (v *View) AcceptPlace(peer jid.JID) (list *widgets.FlatList, at fyne.Position, ok bool) {
	i := v.rowInSight(func(item *widgets.ListItem) bool {
		return item.Kind == widgets.RequestRow && v.peers[item.Key] == peer
	})
	pos, _, ok := v.list.Place(i)
	return v.list, pos.Add(widgets.AcceptMiddle()), ok
}

// rowInSight is the first row in sight that is meant, -1 for none.
func (v *View) rowInSight(meant func(*widgets.ListItem) bool) int {
	for i, end := v.list.InSight(); i < end; i++ {
		if item := v.list.Row(i); meant(&item) {
			return i
		}
	}
	return -1
}
