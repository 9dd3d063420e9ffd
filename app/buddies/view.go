// Package buddies is the left panel: who we are, search, recent messages and contacts.
package buddies

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"dovekie/app/adapt"
	"dovekie/app/state"
	"dovekie/app/tr"
	"dovekie/assets"
	"dovekie/widgets"
	"dovekie/widgets/skin"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
)

// Actions are what the panel asks for, on the UI goroutine.
type Actions interface {
	// OpenChat opens the chat with the peer, at a message unless that is "".
	OpenChat(peer jid.JID, at model.MessageID)
	SetSignature(text string)
	// Answer accepts or declines a request.
	Answer(peer jid.JID, accept bool)
	// FindMessages searches the messages; the answer comes by SetFound.
	FindMessages(query string)
	// Menu opens the menu of that kind; Peer is set for MenuPeer and MenuChat.
	Menu(kind Menu, peer jid.JID, pos fyne.Position)
	AddContact(address string)
	// Folded are the names of the folded groups; Fold changes one.
	Folded() map[string]bool
	Fold(group string, folded bool)
}

// Menu names a menu of the panel.
type Menu int

// The menus.
const (
	MenuStatus Menu = iota
	MenuMain
	MenuContact
	MenuChat
	MenuSettings
)

// The halves of the switch.
const (
	TabMessages = 0
	TabContacts = 1
)

// View is the panel. It belongs to the UI goroutine.
type View struct {
	actions Actions
	now     func() time.Time

	header  *widgets.Header
	search  *widgets.Search
	tabs    *widgets.HalfTabs
	list    *widgets.FlatList
	empty   *widgets.Empty
	content *fyne.Container
	foot    [3]*widgets.IconButton
	strip   *fyne.Container // what is above the list, made by the window

	state  *state.State
	peers  map[string]jid.JID // by row key
	hits   map[string]model.Message
	rows   map[string]groupRows // of the groups, as they were made last; nil: make all anew
	online bool                 // whether presences were known then
	looks  int                  // grows whenever all contacts look different
	found  []model.Message
	spare  [2][]widgets.ListItem
	turn   int
	query  string
	chosen int
	looked bool // the chat in front is being looked at
}

// New makes the panel.
func New(actions Actions, now func() time.Time) *View {
	v := &View{actions: actions, now: now, chosen: TabContacts}
	v.header = widgets.NewHeader(widgets.HeaderState{}, widgets.HeaderActions{
		OnStatus:    func(at fyne.Position) { actions.Menu(MenuStatus, jid.JID{}, at) },
		OnSignature: actions.SetSignature,
	})
	v.search = widgets.NewSearch(tr.T("panel.search"), widgets.SearchActions{
		OnChanged: v.searched, OnSubmit: v.openFirst,
		OnDown: func() { v.focusList() },
		OnAdd:  func() { actions.AddContact("") },
	})
	v.tabs = widgets.NewHalfTabs(tr.T("panel.messages"), tr.T("panel.contacts"), v.chooseTab)
	v.tabs.SetChosen(v.chosen)
	v.list = widgets.NewFlatList(widgets.ListActions{
		OnSelect: v.open, OnOpen: v.open, OnMenu: v.menu, OnFold: v.fold,
		OnAccept:  func(key string) { v.answer(key, true) },
		OnDecline: func(key string) { v.answer(key, false) },
	}, now)
	v.empty = widgets.NewEmpty("", "", skin.Panel)
	v.strip = container.NewVBox()
	v.layOut()
	return v
}

func (v *View) layOut() {
	v.foot = [3]*widgets.IconButton{
		widgets.NewIconButton(assets.IconMenu, func() { v.actions.Menu(MenuMain, jid.JID{}, above(v.foot[0])) }),
		widgets.NewIconButton(assets.IconAddPerson, func() { v.actions.AddContact("") }),
		widgets.NewIconButton(assets.IconSliders, func() { v.actions.Menu(MenuSettings, jid.JID{}, above(v.foot[2])) }),
	}
	foot := container.New(footLayout{}, widgets.NewRule(), v.foot[0], v.foot[1], v.foot[2])
	top := container.New(topLayout{}, v.header, v.search, v.tabs, v.strip)
	ground := canvas.NewRectangle(skin.Color(skin.Panel))
	// In the order of the Tab key; container.NewBorder would put the middle first.
	body := container.New(layout.NewBorderLayout(top, foot, nil, nil), top, container.NewStack(v.list, v.empty), foot)
	v.content = container.NewStack(ground, body)
}

func above(o fyne.CanvasObject) fyne.Position {
	return fyne.CurrentApp().Driver().AbsolutePositionForObject(o).SubtractXY(0, 8)
}

// Content is the panel itself.
func (v *View) Content() fyne.CanvasObject { return v.content }

// StatusPlace is where the status menu opens.
func (v *View) StatusPlace() fyne.Position {
	return fyne.CurrentApp().Driver().AbsolutePositionForObject(v.header).AddXY(skin.RowTextLeft, skin.HeaderHeight/2)
}

// SetStrip puts a strip above the list, nil for none.
func (v *View) SetStrip(o fyne.CanvasObject) {
	before := v.strip.MinSize().Height
	v.strip.Objects = nil
	if o != nil {
		v.strip.Objects = []fyne.CanvasObject{o}
	}
	v.list.Moved(v.strip.MinSize().Height - before)
	v.content.Refresh()
}

// Render shows the state; looked says that the chat in front is being looked at, so that
// its messages are no longer new.
func (v *View) Render(s *state.State, c *state.Change, looked bool) {
	v.state, v.looked = s, looked
	a := s.Account()
	if a == nil {
		return
	}
	if c.Self || c.Connection || c.Accounts {
		v.renderHeader(a)
	}
	if c.Accounts {
		v.rows = nil
	}
	if a.Online() != v.online { // every contact looks different
		v.online = a.Online()
		v.looks++
	}
	if c.List() {
		v.renderList()
	}
}

func (v *View) renderHeader(a *state.Account) {
	h := widgets.HeaderState{
		Avatar: adapt.Avatar(v.ownName(a), a.Settings.JID, false), Name: v.ownName(a),
		Presence: adapt.Presence(a.Show), Status: adapt.Word(a.Show), Signature: a.Status, Hint: tr.T("status.none"),
	}
	switch a.Connection.State {
	case model.Online:
	case model.Offline, model.Waiting:
		h.Presence, h.Status = widgets.Offline, tr.T("status.offline")
	default:
		h.Presence, h.Status = widgets.Offline, tr.T("status.connecting")
	}
	v.header.SetState(h)
}

// ownName is our own name to show; an account that belongs to nobody in particular gets
// a word for oneself.
func (v *View) ownName(a *state.Account) string {
	if a.Settings.Name == "" && a.Settings.Security == model.SecurityInProcess {
		return tr.T("panel.me")
	}
	return a.Label()
}

func (v *View) renderList() {
	a := v.state.Account()
	if a == nil {
		return
	}
	if v.rows == nil {
		v.rows, v.peers, v.hits = map[string]groupRows{}, map[string]jid.JID{}, map[string]model.Message{}
	}
	unread := v.state.Unread(a.Settings.JID)
	if v.looked {
		unread -= v.state.UnreadOf(v.state.Front)
	}
	v.tabs.SetTabs(widgets.HalfTab{Text: tr.T("panel.messages"), Unread: unread},
		widgets.HalfTab{Text: tr.T("panel.contacts"), Unread: len(a.Requests)})
	var items []widgets.ListItem
	switch {
	case v.query != "":
		items = v.foundItems(a)
		v.empty.SetText(tr.T("panel.found_nothing"), "")
	case v.chosen == TabMessages:
		items = v.chatItems(a)
		v.empty.SetText(tr.T("panel.no_messages"), tr.T("panel.no_messages_text"))
	default:
		items = v.contactItems(a)
		v.empty.SetText(tr.T("panel.no_contacts"), tr.T("panel.no_contacts_text"))
	}
	v.list.SetItems(items)
	v.list.SetSelected(v.selectedKey(items))
	if len(items) == 0 {
		v.empty.Show()
	} else {
		v.empty.Hide()
	}
}

// selectedKey is the row of the chat in front: the one selected before, when the contact
// stands in several groups.
func (v *View) selectedKey(items []widgets.ListItem) string {
	front := v.state.Front.Peer
	if front.IsZero() {
		return ""
	}
	if old := v.list.Selected(); v.peers[old] == front {
		return old
	}
	for i := range items {
		if p, ok := v.peers[items[i].Key]; ok && p == front {
			return items[i].Key
		}
	}
	return ""
}

func (v *View) chooseTab(i int) {
	v.chosen = i
	if v.query != "" {
		v.search.Clear() // draws
		return
	}
	v.list.ScrollToTop()
	v.renderList()
}

// Choose brings a half of the switch in front.
func (v *View) Choose(tab int) {
	v.tabs.SetChosen(tab)
	v.chosen = tab
	if v.state != nil {
		v.renderList()
	}
}

// Chosen is the half of the switch in front.
func (v *View) Chosen() int { return v.chosen }

func (v *View) searched(text string) {
	v.query, v.found = text, nil
	v.list.ScrollToTop()
	v.renderList()
	if text != "" {
		v.actions.FindMessages(text)
	}
}

// SetFound enters the answer of FindMessages; one for an older query is dropped.
func (v *View) SetFound(query string, found []model.Message) {
	if query == v.query {
		v.found = found
		v.renderList()
	}
}

// FocusSearch puts the keyboard into the search field.
func (v *View) FocusSearch() { v.search.Focus() }

// Searching reports whether the list shows what was found.
func (v *View) Searching() bool { return v.query != "" }

// EndSearch shows the list again.
func (v *View) EndSearch() { v.search.Clear() }

func (v *View) focusList() {
	if c := fyne.CurrentApp().Driver().CanvasForObject(v.list); c != nil {
		c.Focus(v.list)
	}
}

// openFirst opens the first of what was found.
func (v *View) openFirst() {
	for _, item := range v.list.Items() {
		if _, ok := v.peers[item.Key]; ok && item.Kind != widgets.RequestRow {
			v.open(item.Key)
			return
		}
	}
}

func (v *View) open(key string) {
	if item := v.item(key); item == nil || item.Kind == widgets.RequestRow || item.Kind == widgets.GroupRow {
		return
	}
	if m, ok := v.hits[key]; ok {
		v.actions.OpenChat(m.Chat.Peer, m.ID)
	} else if p, ok := v.peers[key]; ok {
		v.actions.OpenChat(p, "")
	}
}

func (v *View) item(key string) *widgets.ListItem {
	items := v.list.Items()
	for i := range items {
		if items[i].Key == key {
			return &items[i]
		}
	}
	return nil
}

func (v *View) menu(key string, pos fyne.Position) {
	p, ok := v.peers[key]
	item := v.item(key)
	if !ok || item == nil || item.Kind == widgets.RequestRow {
		return
	}
	kind := MenuContact
	if item.Kind == widgets.ChatRow {
		kind = MenuChat
	}
	v.actions.Menu(kind, p, pos)
}

func (v *View) fold(key string) {
	group := groupOfKey(key)
	v.actions.Fold(group, !v.actions.Folded()[group])
	v.renderList()
}

func (v *View) answer(key string, accept bool) {
	if p, ok := v.peers[key]; ok {
		v.actions.Answer(p, accept)
	}
}
