// Package chat is the right side of the window: the tabs of the open chats, and the chat
// in front with its messages and what is typed.
package chat

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"dovekie/app/adapt"
	"dovekie/app/state"
	"dovekie/app/tr"
	"dovekie/widgets"
	"dovekie/widgets/skin"
	"dovekie/xmppsvc/model"
)

// Actions are what the chat asks for, on the UI goroutine.
type Actions interface {
	// Front brings a tab in front; Close closes it.
	Front(id model.ChatID)
	Close(id model.ChatID)
	// MoveTab gives a tab another place among those that are open.
	MoveTab(id model.ChatID, to int)
	Send(id model.ChatID, text string)
	Typing(id model.ChatID, st model.ChatState)
	Draft(id model.ChatID, text string)
	// Older asks for the page before what is loaded.
	Older(id model.ChatID)
	// Seen says that what is shown changed: read what is in sight.
	Seen(id model.ChatID)
	Do(id model.ChatID, act Act)
	// EmojiPicked keeps an emoji for RecentEmoji, the last one first.
	EmojiPicked(emoji string)
	RecentEmoji() []string
	// CtrlEnter is whether Ctrl+Enter sends, and Enter begins a line.
	CtrlEnter() bool
	// Suggest is the text of a message without what it suggests, and that: the words to
	// click below it.
	Suggest(m *model.Message) (text string, words []string)
}

// Act is something to be done with a message, a link or the chat.
type Act struct {
	Kind ActKind
	Key  model.MessageID
	Text string
	At   fyne.Position
}

// ActKind says what an Act is.
type ActKind int

// The acts.
const (
	ActRetry ActKind = iota
	ActCopy
	ActLink
	ActSuggestion
	ActMessageMenu
	ActChatMenu
	ActTabMenu
	ActOlder // the user wants older messages after they did not come
	ActNudge
	ActFillGap // and those that are missing where a gap is
)

// Clock is the time and the only timer of the window.
type Clock struct {
	Now   func() time.Time
	After func(d time.Duration, fn func()) (stop func())
}

// View is the right side. It belongs to the UI goroutine.
type View struct {
	actions Actions
	clock   Clock

	tabs     *widgets.TabStrip
	head     *widgets.ChatHead
	strip    *widgets.Strip
	composer *widgets.Composer
	hints    *widgets.Hints
	empty    *widgets.Empty
	middle   *fyne.Container
	page     *fyne.Container
	content  *fyne.Container

	state     *state.State
	front     model.ChatID
	timelines map[model.ChatID]*widgets.Timeline
	jump      model.MessageID // the message to show once its page is here
	typing    typingState
	named     string // whom the composer's placeholder names
	dots      func() // stops the dots
	shaken    bool   // right now
	grey      bool   // the avatars of the chat in front have no colour
}

// New makes the right side without a chat.
func New(actions Actions, clock Clock) *View {
	v := &View{actions: actions, clock: clock, timelines: map[model.ChatID]*widgets.Timeline{}}
	v.tabs = widgets.NewTabStrip(widgets.TabActions{
		OnChosen: func(key string) { v.withTab(key, actions.Front) },
		OnClose:  func(key string) { v.withTab(key, actions.Close) },
		OnMove: func(key string, to int) {
			v.withTab(key, func(id model.ChatID) { actions.MoveTab(id, to) })
		},
		OnMenu: func(key string, pos fyne.Position) {
			v.withTab(key, func(id model.ChatID) { actions.Do(id, Act{Kind: ActTabMenu, At: pos}) })
		},
	})
	v.head = widgets.NewChatHead(widgets.ChatHeadState{}, func(at fyne.Position) {
		actions.Do(v.front, Act{Kind: ActChatMenu, At: at})
	}, nil)
	v.strip = widgets.NewStrip("", "", "", nil)
	v.strip.Hide()
	v.empty = widgets.NewEmpty(tr.T("chat.none"), tr.T("chat.none_text"), skin.ChatGround)
	v.hints = widgets.NewHints(clock.After)
	v.head.NameMenu(v.hints, tr.T("chat.menu"))
	v.makeComposer()
	v.middle = container.NewStack()
	top, bottom := container.New(stacked{}, v.tabs, v.head), container.New(stacked{}, v.strip, v.composer)
	// In the order of the Tab key; container.NewBorder would put the middle first.
	v.page = container.New(layout.NewBorderLayout(top, bottom, nil, nil), top, v.middle, bottom)
	v.page.Hide()
	v.content = container.NewStack(v.empty, v.page, v.hints)
	return v
}

// Content is the right side itself.
func (v *View) Content() fyne.CanvasObject { return v.content }

func (v *View) withTab(key string, do func(model.ChatID)) {
	for _, id := range v.state.Open {
		if tabKey(id) == key {
			do(id)
			return
		}
	}
}

func tabKey(id model.ChatID) string { return id.Account.String() + " " + id.Peer.String() }

// Render shows the state; looked says that the chat in front is being looked at.
func (v *View) Render(s *state.State, c *state.Change, looked bool) {
	v.state = s
	if c.Tabs || c.Accounts || s.Front != v.front {
		v.renderFront()
	}
	people := c.Tabs || c.Roster || c.Presence || c.Connection
	if people || c.Chats {
		v.renderTabs(looked)
	}
	if !v.front.Peer.IsZero() {
		v.renderChat(c, people)
	}
}

// renderChat shows the chat in front; people says that names or presences changed.
func (v *View) renderChat(c *state.Change, people bool) {
	messages := c.Timelines[v.front]
	if people || c.Typing {
		v.renderHead()
	}
	if c.Connection || c.Tabs || c.Accounts {
		v.renderStrip()
	}
	// A gap says what can be done about it while there is a connection, and whoever comes
	// or goes gains or loses colour.
	if messages || c.Roster || c.Connection || adapt.PeerAvatar(v.state, v.front).Gray != v.grey {
		v.renderTimeline()
	}
	if messages || c.Typing || c.Tabs {
		v.renderTyping()
	}
}

// renderFront brings another chat in front: its own timeline and its draft.
func (v *View) renderFront() {
	for id := range v.timelines {
		if v.state.Chats[id] == nil || !open(v.state, id) {
			delete(v.timelines, id)
		}
	}
	if v.state.Front == v.front {
		return
	}
	v.endTyping()
	v.front = v.state.Front
	if v.front.Peer.IsZero() {
		v.page.Hide()
		v.empty.Show()
		return
	}
	t := v.timelines[v.front]
	if t == nil {
		t = v.newTimeline(v.front)
		v.timelines[v.front] = t
	}
	v.middle.Objects = []fyne.CanvasObject{t}
	v.middle.Refresh()
	v.renderTimeline()
	v.setComposer()
	v.empty.Hide()
	v.page.Show()
	v.content.Refresh()
}

func open(s *state.State, id model.ChatID) bool {
	for _, o := range s.Open {
		if o == id {
			return true
		}
	}
	return false
}

func (v *View) renderTabs(looked bool) {
	tabs := make([]widgets.ChatTab, 0, len(v.state.Open))
	for _, id := range v.state.Open {
		unread := v.state.UnreadOf(id)
		if id == v.state.Front && looked {
			unread = 0
		}
		chat := v.state.Chats[id]
		tabs = append(tabs, widgets.ChatTab{
			Key: tabKey(id), Title: v.state.Label(id.Account, id.Peer), Avatar: adapt.PeerAvatar(v.state, id),
			Unread: unread, Muted: chat != nil && chat.Muted,
		})
	}
	v.tabs.SetTabs(tabs, tabKey(v.state.Front))
}

func (v *View) renderHead() {
	a := v.state.Accounts[v.front.Account]
	if a == nil {
		return
	}
	h := widgets.ChatHeadState{Avatar: adapt.PeerAvatar(v.state, v.front), Name: v.state.Label(v.front.Account, v.front.Peer)}
	if c := v.state.Contact(v.front.Account, v.front.Peer); c != nil {
		h.Presence, h.Second = adapt.ContactPresence(a, c), adapt.ContactLine(a, c)
	} else {
		h.Second = tr.T("panel.not_on_list") + " · " + v.front.Peer.String()
	}
	v.head.SetState(h)
	v.setPlaceholder(h.Name)
}

// renderStrip says above the composer that messages wait while there is no connection.
func (v *View) renderStrip() {
	a := v.state.Accounts[v.front.Account]
	lost := a != nil && (a.Connection.State == model.Waiting || a.Connection.State == model.Offline)
	if lost {
		text := tr.T("strip.offline")
		if adapt.NeedsUser(&a.Connection) {
			text = tr.T("strip.offline_user")
		}
		v.strip.SetText("", text, "")
	}
	if lost == v.strip.Visible() {
		return
	}
	if lost {
		v.strip.Show()
	} else {
		v.strip.Hide()
	}
	v.page.Refresh()
}

// FocusComposer puts the keyboard where messages are typed.
func (v *View) FocusComposer() {
	if !v.front.Peer.IsZero() {
		v.composer.Focus()
	}
}

// AtEnd reports whether a chat is in front and its newest message in sight.
func (v *View) AtEnd() bool {
	t := v.timelines[v.front]
	return t != nil && t.AtBottom()
}

// stacked lays objects below each other, leaving out hidden ones.
type stacked struct{}

// Layout is called by Fyne.
func (stacked) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	y := float32(0)
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		if o.Size().Width != size.Width {
			o.Resize(fyne.NewSize(size.Width, o.MinSize().Height))
		}
		h := o.MinSize().Height
		o.Move(fyne.NewPos(0, y))
		o.Resize(fyne.NewSize(size.Width, h))
		y += h
	}
}

// MinSize is called by Fyne.
func (stacked) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var m fyne.Size
	for _, o := range objects {
		if o.Visible() {
			p := o.MinSize()
			m = fyne.NewSize(max(m.Width, p.Width), m.Height+p.Height)
		}
	}
	return m
}
