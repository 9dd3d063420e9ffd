package app

import (
	"context"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"dovekie/app/chat"
	"dovekie/app/state"
	"dovekie/app/tr"
	"dovekie/assets"
	"dovekie/widgets"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
)

// openChat opens the chat with the peer and puts the keyboard into it; at is a message
// to show, or "".
func (a *App) openChat(peer jid.JID, at model.MessageID) {
	id := model.ChatID{Account: a.state.Current, Peer: peer}
	a.bringFront(id)
	a.focusComposer()
	if at != "" && a.views.chat.JumpTo(at) {
		a.older(id, false)
	}
}

// focusComposer puts the keyboard into the composer, after what was clicked has taken it.
// A field that the user went to in the meantime keeps it: a password would be typed into
// the chat.
func (a *App) focusComposer() {
	before := a.win.Canvas().Focused()
	a.cross.After(0, func() {
		if now := a.win.Canvas().Focused(); now == before || !widgets.IsEntry(now) {
			a.views.chat.FocusComposer()
		}
	})
}

// bringFront shows the tab of the chat, reading its first page when it is new.
func (a *App) bringFront(id model.ChatID) {
	a.closeConnection()
	c := a.state.OpenChat(id)
	a.older(id, false)
	a.reload(c.Reload)
	a.changed(c)
	a.markRead()
}

// markRead tells the service what was seen: only while the window has the focus, and only
// as far as it was in sight.
func (a *App) markRead() {
	c := a.state.FrontChat()
	if c == nil || !a.chatInSight() || c.Unread == 0 || !c.Timeline.Loaded {
		return
	}
	seen := a.views.chat.LastSeen()
	mark := seenMark{c.ID, seen, c.Unread}
	if seen == "" || seen == c.ReadUpTo || a.seen == mark {
		return
	}
	a.seen = mark
	id := c.ID
	a.do("mark displayed", func(ctx context.Context, svc Service, _ jid.JID) error {
		return svc.MarkDisplayed(ctx, id, seen)
	})
}

// seenMark is what was told last, so that it is told once.
type seenMark struct {
	chat   model.ChatID
	id     model.MessageID
	unread int
}

// chatActions are the right side's wishes.
type chatActions struct{ *App }

// Front implements chat.Actions.
func (a chatActions) Front(id model.ChatID) { a.ui("tab", func() { a.front(id) }) }

func (a *App) front(id model.ChatID) {
	a.bringFront(id)
	a.focusComposer()
}

// Close implements chat.Actions.
func (a chatActions) Close(id model.ChatID) { a.ui("tab", func() { a.closeChat(id) }) }

// MoveTab implements chat.Actions.
func (a chatActions) MoveTab(id model.ChatID, to int) {
	a.ui("tab", func() { a.changed(a.state.MoveTab(id, to)) })
}

func (a *App) closeChat(id model.ChatID) {
	a.views.chat.KeepDraft()
	c := a.state.CloseChat(id)
	if front := a.state.Front; !front.Peer.IsZero() {
		a.older(front, false)
	}
	a.reload(c.Reload)
	a.changed(c)
	a.markRead()
	a.focusComposer()
}

// Send implements chat.Actions.
func (a chatActions) Send(id model.ChatID, text string) { a.ui("send", func() { a.send(id, text) }) }

func (a *App) send(id model.ChatID, text string) {
	s := a.session
	if s == nil || strings.TrimSpace(text) == "" {
		return
	}
	a.setDraft(id, "")
	a.say(id, text)
}

// say sends a text that is no draft.
func (a *App) say(id model.ChatID, text string) {
	s := a.session
	s.run("send", commandTimeout, func(ctx context.Context) error {
		_, err := s.svc.SendMessage(ctx, id, text, "")
		return err
	}, func(err error) {
		if err == nil {
			return
		}
		a.tell(tr.Error(err, id.Account.Domain()))
		a.views.chat.GiveBack(id, text)
	})
}

// Typing implements chat.Actions.
func (a chatActions) Typing(id model.ChatID, st model.ChatState) {
	s, acc := a.session, a.state.Accounts[id.Account]
	if s == nil || acc == nil || !acc.Online() {
		return
	}
	s.run("typing", commandTimeout, func(ctx context.Context) error { return s.svc.SetTyping(ctx, id, st) }, nil)
}

// Draft implements chat.Actions.
func (a chatActions) Draft(id model.ChatID, text string) {
	a.ui("draft", func() { a.setDraft(id, text) })
}

// Older implements chat.Actions. It may be called while the messages are laid out, so it
// only asks.
func (a chatActions) Older(id model.ChatID) {
	if c := a.state.Chats[id]; c != nil && c.Timeline.Loaded {
		a.older(id, false)
	}
}

// Seen implements chat.Actions. It may be called while the messages are laid out, so it
// looks a moment later.
func (a chatActions) Seen(model.ChatID) {
	if a.seenSoon {
		return
	}
	a.seenSoon = true
	a.cross.After(seenAfter, func() {
		a.seenSoon = false
		a.markRead()
	})
}

// seenAfter is how long a message is in sight before it counts as seen.
const seenAfter = 150 * time.Millisecond

// Do implements chat.Actions.
func (a chatActions) Do(id model.ChatID, act chat.Act) {
	switch act.Kind {
	case chat.ActRetry:
		a.retry(id, act.Key)
	case chat.ActCopy:
		a.copyText(act.Text)
	case chat.ActLink:
		a.openLink(act.Text)
	case chat.ActSuggestion:
		a.suggestion(id, act.Key, act.Text)
	case chat.ActMessageMenu:
		a.messageMenu(id, act.Key, act.At)
	case chat.ActChatMenu:
		a.contactMenu(id.Peer, act.At, true)
	case chat.ActTabMenu:
		a.tabMenu(id, act.At)
	case chat.ActNudge:
		a.ui("nudge", func() { a.nudge(id) })
	case chat.ActOlder:
		a.older(id, true)
	case chat.ActFillGap:
		a.fillGap(id, act.Key)
	}
}

func (a *App) copyText(text string) {
	a.deps.Fyne.Clipboard().SetContent(text)
	a.tell(tr.T("chat.copied"))
}

func (a *App) tabMenu(id model.ChatID, at fyne.Position) {
	items := []widgets.MenuItem{{Key: "close", Text: tr.T("menu.close"), Icon: assets.IconClose, Note: "Ctrl+W"}}
	if len(a.state.Open) > 1 {
		items = append(items, widgets.MenuItem{Key: "others", Text: tr.T("menu.close_others")})
	}
	widgets.ShowMenu(a.win.Canvas(), at, items, func(key string) {
		if key == "close" {
			a.closeChat(id)
			return
		}
		a.bringFront(id)
		for _, other := range append([]model.ChatID{}, a.state.Open...) {
			if other != id {
				a.closeChat(other)
			}
		}
	})
}

// Suggest implements chat.Actions: the guide of the demo proposes what to try.
func (a chatActions) Suggest(m *model.Message) (text string, words []string) {
	if a.session == nil || a.session.demo == nil {
		return m.Body, nil
	}
	text, found := a.session.demo.Suggest(m.Chat.Peer, m.Body)
	for _, s := range found {
		words = append(words, s.Text)
	}
	return text, words
}

// suggestion does what a click below a message of the guide asks for.
func (a *App) suggestion(id model.ChatID, key model.MessageID, text string) {
	c := a.state.Chats[id]
	if c == nil || a.session == nil || a.session.demo == nil {
		return
	}
	m := c.Timeline.Message(key)
	if m == nil {
		return
	}
	_, found := a.session.demo.Suggest(id.Peer, m.Body)
	for _, s := range found {
		if s.Text == text {
			a.suggested(id, s)
			return
		}
	}
}

func (a *App) suggested(id model.ChatID, s Suggestion) {
	switch s.Action {
	case SuggestSay:
		a.say(id, s.Say)
		a.focusComposer()
	case SuggestStatus:
		if acc := a.state.Account(); acc != nil {
			a.statusMenu(a.views.buddies.StatusPlace(), acc.Show, a.setShow)
		}
	case SuggestCut:
		a.cutNetwork()
	}
}

// cutNetwork really drops the demo's connection for a while.
func (a *App) cutNetwork() {
	if a.session == nil || a.session.demo == nil {
		return
	}
	demo := a.session.demo
	a.session.run("cut", commandTimeout, func(context.Context) error {
		demo.CutNetwork(cutSeconds * time.Second)
		return nil
	}, nil)
	a.focusComposer()
}

// find puts the keyboard into the search of what is in sight.
func (a *App) find() {
	if a.conn.open {
		a.views.connection.FocusFilter()
		return
	}
	a.views.buddies.FocusSearch()
}

// escape ends the search, or closes the connection page or the chat in front.
func (a *App) escape() {
	if a.conn.open {
		a.closeConnection()
		return
	}
	if a.views.buddies.Searching() {
		a.views.buddies.EndSearch()
		return
	}
	a.closeFront()
}

func (a *App) closeFront() {
	if a.conn.open {
		a.closeConnection()
		return
	}
	if !a.state.Front.Peer.IsZero() {
		a.closeChat(a.state.Front)
	}
}

// nextTab brings the tab that many places further in front.
func (a *App) nextTab(by int) {
	n := len(a.state.Open)
	for i, id := range a.state.Open {
		if id == a.state.Front && n > 1 {
			a.front(a.state.Open[(i+by+n)%n])
			return
		}
	}
}

// changedFocus is what follows when the window gets or loses the focus.
func (a *App) changedFocus(on bool) {
	if on {
		a.markRead()
	} else {
		a.changed(a.state.LookAway())
	}
	a.schedule(state.Change{Chats: true})
}

// EmojiPicked implements chat.Actions.
func (a chatActions) EmojiPicked(emoji string) {
	a.settings.PickEmoji(emoji)
	a.save()
}

// RecentEmoji implements chat.Actions.
func (a chatActions) RecentEmoji() []string { return a.settings.Emoji }

// CtrlEnter implements chat.Actions.
func (a chatActions) CtrlEnter() bool { return a.settings.CtrlEnter }
