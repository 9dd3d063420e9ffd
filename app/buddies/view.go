// Package buddies is the left panel: who we are, search, recent messages and contacts.
package buddies

import (
	"strings"
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
	// FindMessages searches the messages, and no longer for what was asked before; the
	// answer comes by SetFound. "" only ends that.
	FindMessages(query string)
	// Menu opens the menu of that kind; Peer is set for MenuPeer and MenuChat.
	Menu(kind Menu, peer jid.JID, pos fyne.Position)
	AddContact(address string)
	// Rename asks for the remark name of a contact; others have none.
	Rename(peer jid.JID)
	// Folded are the names of the folded groups; Fold changes one.
	Folded() map[string]bool
	Fold(group string, folded bool)
	// Move takes a contact out of one group and puts it into another; "" is none.
	Move(peer jid.JID, from, to string)
	// HideOffline is whether the list leaves out who is offline.
	HideOffline() bool
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

// Clock is the time, the only timer of the window, and what measures how long a callback of Fyne's holds the UI
// goroutine.
type Clock struct {
	Now     func() time.Time
	After   func(d time.Duration, fn func()) (stop func())
	Measure func(name string, fn func())
}

// View is the panel. It belongs to the UI goroutine.
type View struct {
	actions Actions
	clock   Clock

	header  *widgets.Header
	search  *widgets.Search
	tabs    *widgets.HalfTabs
	list    *widgets.FlatList
	empty   *widgets.Empty
	content *fyne.Container
	foot    [3]*widgets.IconButton
	hints   *widgets.Hints
	strip   *fyne.Container // what is above the list, made by the window
	stripOf float32         // its height, as the list knows it

	state  *state.State
	peers  map[string]jid.JID       // by the keys of all rows that were made
	hits   map[string]model.Message // likewise, for messages found
	found  []model.Message
	query  string
	chosen int
	looked bool // the chat in front is being looked at
}

// New makes the panel.
func New(actions Actions, clock Clock) *View {
	v := &View{actions: actions, clock: clock, chosen: TabContacts, peers: map[string]jid.JID{}, hits: map[string]model.Message{}}
	v.header = widgets.NewHeader(widgets.HeaderState{}, widgets.HeaderActions{
		OnStatus:    func(at fyne.Position) { actions.Menu(MenuStatus, jid.JID{}, at) },
		OnSignature: actions.SetSignature,
	})
	v.search = widgets.NewSearch(tr.T("panel.search"), widgets.SearchActions{
		OnChanged: func(text string) { clock.Measure("search", func() { v.searched(text) }) },
		OnSubmit:  func() { clock.Measure("open", v.openFirst) },
		OnDown:    func() { v.focusList() },
		OnAdd:     func() { actions.AddContact("") },
	})
	v.tabs = widgets.NewHalfTabs(tr.T("panel.messages"), tr.T("panel.contacts"), func(i int) {
		clock.Measure("choose", func() { v.chooseTab(i) })
	})
	v.tabs.SetChosen(v.chosen)
	v.list = widgets.NewFlatList(widgets.ListActions{
		OnSelect: v.measured("open", v.open), OnOpen: v.measured("open", v.open), OnFold: v.measured("fold", v.fold),
		OnAccept:  v.measured("answer", func(key string) { v.answer(key, true) }),
		OnDecline: v.measured("answer", func(key string) { v.answer(key, false) }),
		OnMenu:    func(key string, pos fyne.Position) { clock.Measure("menu", func() { v.menu(key, pos) }) },
		OnRename:  v.measured("rename", v.rename),
		OnMove:    func(key, group string) { clock.Measure("move", func() { v.move(key, groupOfKey(group)) }) },
		OnType:    func(r rune) { clock.Measure("search", func() { v.search.Type(r) }) },
	}, clock.Now)
	v.empty = widgets.NewEmpty("", "", skin.Panel)
	v.strip = container.NewVBox()
	v.layOut()
	return v
}

// measured is the action of a row with its time taken.
func (v *View) measured(name string, do func(key string)) func(string) {
	return func(key string) { v.clock.Measure(name, func() { do(key) }) }
}

func (v *View) layOut() {
	v.foot = [3]*widgets.IconButton{
		widgets.NewIconButton(assets.IconMenu, func() { v.actions.Menu(MenuMain, jid.JID{}, above(v.foot[0])) }),
		widgets.NewIconButton(assets.IconAddPerson, func() { v.actions.AddContact("") }),
		widgets.NewIconButton(assets.IconSliders, func() { v.actions.Menu(MenuSettings, jid.JID{}, above(v.foot[2])) }),
	}
	v.hints = widgets.NewHints(v.clock.After)
	for i, name := range []string{tr.T("panel.menu"), tr.T("panel.add"), tr.T("panel.settings")} {
		v.hints.Name(v.foot[i], name)
	}
	v.search.NameAdd(v.hints, tr.T("panel.add"))
	foot := container.New(footLayout{}, widgets.NewRule(), v.foot[0], v.foot[1], v.foot[2])
	top := container.New(topLayout{}, v.header, v.search, v.tabs, v.strip)
	ground := canvas.NewRectangle(skin.Color(skin.Panel))
	// In the order of the Tab key; container.NewBorder would put the middle first.
	body := container.New(layout.NewBorderLayout(top, foot, nil, nil), top, container.NewStack(v.list, v.empty), foot)
	v.content = container.NewStack(ground, body, v.hints)
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

// SetStrip puts a strip above the list, nil for none. It is called as well when the strip
// that is there has another height.
func (v *View) SetStrip(o fyne.CanvasObject) {
	v.strip.Objects = nil
	if o != nil {
		o.Resize(fyne.NewSize(skin.PanelWidth, o.Size().Height)) // its words are wrapped to that
		v.strip.Objects = []fyne.CanvasObject{o}
	}
	height := v.strip.MinSize().Height
	v.list.Moved(height - v.stripOf)
	v.stripOf = height
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
	if c.List() {
		v.renderList()
	}
}

func (v *View) renderHeader(a *state.Account) {
	name := adapt.OwnName(a)
	h := widgets.HeaderState{
		Avatar: adapt.Avatar(name, a.Settings.JID, false), Name: name,
		Presence: adapt.Presence(a.Show), Status: adapt.Word(a.Show), Signature: a.Status, Hint: tr.T("status.none"),
	}
	switch a.Connection.State {
	case model.Online:
	case model.Offline:
		h.Presence, h.Status = widgets.Offline, tr.T("status.offline")
	default:
		h.Presence, h.Status = widgets.Offline, tr.T("status.connecting")
	}
	v.header.SetState(h)
}

func (v *View) renderList() {
	if v.state == nil { // the panel stands before its first Render
		return
	}
	a := v.state.Account()
	if a == nil {
		return
	}
	unread := v.state.Unread(a.Settings.JID)
	if v.looked {
		unread -= v.state.CountedOf(v.state.Front)
	}
	v.tabs.SetTabs(widgets.HalfTab{Text: tr.T("panel.messages"), Unread: unread},
		widgets.HalfTab{Text: tr.T("panel.contacts"), Unread: len(a.Requests)})
	var rowOf func(jid.JID) string
	switch {
	case v.query != "":
		items := v.foundItems(a)
		v.list.SetItems(items)
		rowOf = func(peer jid.JID) string { return v.foundKey(items, peer) }
		v.empty.SetText(tr.T("panel.found_nothing"), "")
	case v.chosen == TabMessages:
		rows := v.chatRows(a)
		v.list.SetSource(rows)
		rowOf = rows.keyOf
		v.empty.SetText(tr.T("panel.no_messages"), tr.T("panel.no_messages_text"))
	default:
		rows := v.contactRows(a)
		v.list.SetSource(rows)
		rowOf = rows.keyOf
		v.empty.SetText(tr.T("panel.no_contacts"), tr.T("panel.no_contacts_text"))
	}
	v.list.SetSelected(v.selectedKey(rowOf))
	// "The sleeping bird only where there is nothing to show": without a chat in front it
	// stands there already, and it stands once.
	v.empty.SetBird(!v.state.Front.Peer.IsZero())
	if v.list.Len() == 0 {
		v.empty.Show()
	} else {
		v.empty.Hide()
	}
}

// foundKey is the key of the first row of somebody among those found, "" for none.
func (v *View) foundKey(items []widgets.ListItem, peer jid.JID) string {
	for i := range items {
		if p, ok := v.peers[items[i].Key]; ok && p == peer {
			return items[i].Key
		}
	}
	return ""
}

// selectedKey is the row of the chat in front: the one selected before, when the contact
// stands in several groups.
func (v *View) selectedKey(rowOf func(jid.JID) string) string {
	front := v.state.Front.Peer
	if front.IsZero() {
		return ""
	}
	if old := v.list.Selected(); v.peers[old] == front {
		return old
	}
	return rowOf(front)
}

func (v *View) chooseTab(i int) {
	v.chosen = i
	if v.query != "" {
		v.search.Clear() // draws
		return
	}
	v.list.BeginAtTop()
	v.renderList()
}

// Choose brings a half of the switch in front.
func (v *View) Choose(tab int) {
	v.tabs.SetChosen(tab)
	v.chosen = tab
	v.renderList()
}

// Chosen is the half of the switch in front.
func (v *View) Chosen() int { return v.chosen }

func (v *View) searched(text string) {
	v.query, v.found = text, nil
	clear(v.hits)
	v.list.BeginAtTop()
	v.renderList()
	v.actions.FindMessages(text)
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
	for i := range v.list.Len() {
		item := v.list.Row(i)
		if _, ok := v.peers[item.Key]; ok && item.Kind != widgets.RequestRow {
			v.open(item.Key)
			return
		}
	}
}

func (v *View) open(key string) {
	if item, ok := v.list.Find(key); !ok || item.Kind == widgets.RequestRow || item.Kind == widgets.GroupRow {
		return
	}
	if m, ok := v.hits[key]; ok {
		v.actions.OpenChat(m.Chat.Peer, m.ID)
	} else if p, ok := v.peers[key]; ok {
		v.actions.OpenChat(p, "")
	}
}

func (v *View) menu(key string, pos fyne.Position) {
	p, ok := v.peers[key]
	item, there := v.list.Find(key)
	if !ok || !there || item.Kind == widgets.RequestRow {
		return
	}
	kind := MenuContact
	if item.Kind == widgets.ChatRow {
		kind = MenuChat
	}
	v.actions.Menu(kind, p, pos)
}

func (v *View) rename(key string) {
	if p, ok := v.peers[key]; ok {
		v.actions.Rename(p)
	}
}

func (v *View) move(key, to string) {
	if p, ok := v.peers[key]; ok {
		from := strings.TrimSuffix(strings.TrimPrefix(key, keyContact), "/"+p.String())
		v.actions.Move(p, from, to)
	}
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
