package app

import (
	"context"
	"net/url"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"dovekie/app/chat"
	"dovekie/app/state"
	"dovekie/app/tr"
	"dovekie/assets"
	"dovekie/widgets"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
)

// Sizes of a page of history and of one message.
const (
	pageMessages = 60
	bodyMost     = 60_000 // bytes
)

// openChat opens the chat with the peer and puts the keyboard into it; at is a message
// to show, or "".
func (a *App) openChat(peer jid.JID, at model.MessageID) {
	id := model.ChatID{Account: a.state.Current, Peer: peer}
	a.bringFront(id)
	a.focusComposer()
	if at != "" && a.views.chat.JumpTo(at) {
		a.older(id)
	}
}

// focusComposer puts the keyboard into the composer, after what was clicked has taken it.
func (a *App) focusComposer() {
	a.cross.After(0, func() { a.views.chat.FocusComposer() })
}

// bringFront shows the tab of the chat, reading its first page when it is new.
func (a *App) bringFront(id model.ChatID) {
	c := a.state.OpenChat(id)
	a.older(id)
	a.changed(c)
	a.markRead()
}

// older asks for the page before what is loaded; for nothing when all is here.
func (a *App) older(id model.ChatID) {
	if chat := a.state.Chats[id]; chat != nil && chat.Timeline.Loaded && chat.Timeline.Complete {
		return
	}
	before, ok := a.state.AskPage(id)
	if ok {
		a.page(id, before, false)
	}
}

// reload reads the newest page of chats whose past changed.
func (a *App) reload(ids []model.ChatID) {
	for _, id := range ids {
		if a.state.AskAgain(id) {
			a.page(id, "", true)
		}
	}
}

func (a *App) page(id model.ChatID, before model.MessageID, replace bool) {
	s := a.session
	if s == nil {
		a.state.PageFailed(id)
		return
	}
	var page []model.Message
	var complete bool
	s.run("history", commandTimeout, func(ctx context.Context) (err error) {
		page, complete, err = s.svc.History(ctx, id, before, pageMessages)
		return err
	}, func(err error) {
		if err != nil {
			a.state.PageFailed(id)
			a.tell(tr.Error(err, ""))
			return
		}
		a.changed(a.state.AddPage(id, page, complete, replace))
		if id == a.state.Front {
			if a.views.chat.Jumping() {
				a.older(id)
			}
			a.markRead()
		}
	})
}

// markRead tells the service what was seen: only while the window has the focus, and only
// as far as it was in sight.
func (a *App) markRead() {
	c := a.state.FrontChat()
	if c == nil || !a.render.focused || a.screen != screenMain || c.Unread == 0 || !c.Timeline.Loaded {
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
func (a chatActions) Front(id model.ChatID) {
	a.bringFront(id)
	a.focusComposer()
}

// Close implements chat.Actions.
func (a chatActions) Close(id model.ChatID) { a.closeChat(id) }

func (a *App) closeChat(id model.ChatID) {
	a.views.chat.KeepDraft()
	c := a.state.CloseChat(id)
	if front := a.state.Front; !front.Peer.IsZero() {
		a.older(front)
	}
	a.changed(c)
	a.markRead()
	a.focusComposer()
}

// Send implements chat.Actions.
func (a chatActions) Send(id model.ChatID, text string) {
	s := a.session
	if s == nil || strings.TrimSpace(text) == "" {
		return
	}
	a.changed(a.state.SetDraft(id, ""))
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
func (a chatActions) Draft(id model.ChatID, text string) { a.changed(a.state.SetDraft(id, text)) }

// Older implements chat.Actions. It may be called while the messages are laid out, so it
// only asks.
func (a chatActions) Older(id model.ChatID) {
	if c := a.state.Chats[id]; c != nil && c.Timeline.Loaded {
		a.older(id)
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
	}
}

func (a *App) retry(id model.ChatID, key model.MessageID) {
	a.do("retry", func(ctx context.Context, svc Service, _ jid.JID) error { return svc.RetryMessage(ctx, id, key) })
}

func (a *App) copyText(text string) {
	a.deps.Fyne.Clipboard().SetContent(text)
	a.tell(tr.T("chat.copied"))
}

// openLink opens what a person can see in a browser, mail program or here; nothing else,
// since a link may name any program (file:, smb:, …).
func (a *App) openLink(link string) {
	u, err := url.Parse(link)
	if err != nil {
		a.tell(tr.T("chat.link_kind"))
		return
	}
	switch strings.ToLower(u.Scheme) {
	case "http", "https", "mailto":
		a.wg.Go(func() {
			if err := a.deps.Fyne.OpenURL(u); err != nil {
				a.deps.Logger.Warn("open link", "error", err)
			}
		})
	case "xmpp":
		a.openAddress(u)
	default:
		a.tell(tr.T("chat.link_kind"))
	}
}

// openAddress opens a chat for an xmpp: link (RFC 5122).
func (a *App) openAddress(u *url.URL) {
	text := u.Opaque
	if text == "" {
		text = strings.TrimPrefix(u.Path, "/")
	}
	if plain, err := url.PathUnescape(text); err == nil {
		text = plain
	}
	j, err := jid.Parse(text)
	if err != nil || a.state.Account() == nil {
		a.tell(tr.T("login.bad_address"))
		return
	}
	a.openChat(j.Bare(), "")
}

func (a *App) messageMenu(id model.ChatID, key model.MessageID, at fyne.Position) {
	c := a.state.Chats[id]
	if c == nil {
		return
	}
	for i := range c.Timeline.Messages {
		m := &c.Timeline.Messages[i]
		if m.ID != key {
			continue
		}
		var items []widgets.MenuItem
		if m.Kind == model.KindText {
			items = append(items, widgets.MenuItem{Key: "copy", Text: tr.T("menu.copy"), Icon: assets.IconCopy, Note: "Ctrl+C"})
		}
		if m.Delivery == model.Failed {
			items = append(items, widgets.MenuItem{Key: "retry", Text: tr.T("menu.retry"), Icon: assets.IconRetry})
		}
		if len(items) == 0 {
			return
		}
		text := m.Body
		widgets.ShowMenu(a.win.Canvas(), at, items, func(pick string) {
			if pick == "copy" {
				a.copyText(text)
			} else {
				a.retry(id, key)
			}
		})
		return
	}
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
	for i := range c.Timeline.Messages {
		m := &c.Timeline.Messages[i]
		if m.ID != key {
			continue
		}
		_, found := a.session.demo.Suggest(id.Peer, m.Body)
		for _, s := range found {
			if s.Text == text {
				a.suggested(id, s)
				return
			}
		}
	}
}

func (a *App) suggested(id model.ChatID, s Suggestion) {
	switch s.Action {
	case SuggestSay:
		chatActions{a}.Send(id, s.Say)
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

// addShortcuts makes the keys of the window work wherever the keyboard is.
func (a *App) addShortcuts() {
	c := a.win.Canvas()
	on := func(key fyne.KeyName, mod fyne.KeyModifier, fn func()) {
		c.AddShortcut(&desktop.CustomShortcut{KeyName: key, Modifier: mod}, func(fyne.Shortcut) {
			if a.screen == screenMain {
				a.ui("shortcut", fn)
			}
		})
	}
	on(fyne.KeyTab, fyne.KeyModifierControl, func() { a.nextTab(1) })
	on(fyne.KeyTab, fyne.KeyModifierControl|fyne.KeyModifierShift, func() { a.nextTab(-1) })
	on(fyne.KeyW, fyne.KeyModifierControl, func() { a.closeFront() })
	on(fyne.KeyF, fyne.KeyModifierControl, func() { a.views.buddies.FocusSearch() })
	c.AddShortcut(&desktop.CustomShortcut{KeyName: fyne.KeyQ, Modifier: fyne.KeyModifierControl}, func(fyne.Shortcut) { a.quit() })
	c.SetOnTypedKey(func(e *fyne.KeyEvent) {
		if e.Name == fyne.KeyEscape && a.screen == screenMain {
			a.ui("escape", a.escape)
		}
	})
}

// escape ends the search, or closes the chat in front.
func (a *App) escape() {
	if a.views.buddies.Searching() {
		a.views.buddies.EndSearch()
		return
	}
	a.closeFront()
}

func (a *App) closeFront() {
	if !a.state.Front.Peer.IsZero() {
		a.closeChat(a.state.Front)
	}
}

// nextTab brings the tab that many places further in front.
func (a *App) nextTab(by int) {
	n := len(a.state.Open)
	for i, id := range a.state.Open {
		if id == a.state.Front && n > 1 {
			chatActions{a}.Front(a.state.Open[(i+by+n)%n])
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
