package app

import (
	"context"
	"strconv"
	"time"

	"fyne.io/fyne/v2"

	"dovekie/app/adapt"
	"dovekie/app/buddies"
	"dovekie/app/state"
	"dovekie/app/tr"
	"dovekie/assets"
	"dovekie/widgets"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
)

// cutSeconds is how long "cut the network" lasts.
const cutSeconds = 10

// shows are the choices of the status menu.
var shows = []model.Show{model.ShowAvailable, model.ShowAway, model.ShowDND}

// statusMenu opens the choice of a status.
func (a *App) statusMenu(at fyne.Position, current model.Show, then func(model.Show)) {
	choices := make([]widgets.StatusChoice, 0, len(shows))
	for _, s := range shows {
		choices = append(choices, widgets.StatusChoice{Key: string(s), Presence: adapt.Presence(s), Word: adapt.Word(s),
			Current: adapt.Word(s) == adapt.Word(current)})
	}
	widgets.ShowStatusMenu(a.win.Canvas(), at, choices, func(key string) { then(model.Show(key)) })
}

// setShow tells the status; offline, it is the one to come back with.
func (a *App) setShow(show model.Show) {
	acc := a.state.Account()
	if acc == nil {
		return
	}
	status := acc.Status
	a.do("set presence", func(ctx context.Context, svc Service, account jid.JID) error {
		return svc.SetPresence(ctx, account, show, status)
	})
}

func (a *App) setSignature(text string) {
	acc := a.state.Account()
	if acc == nil {
		return
	}
	show := acc.Show
	if show == "" {
		show = model.ShowAvailable
	}
	a.do("set signature", func(ctx context.Context, svc Service, account jid.JID) error {
		return svc.SetPresence(ctx, account, show, text)
	})
}

// mainMenu is the menu at the foot of the left panel.
func (a *App) mainMenu(at fyne.Position) {
	var items []widgets.MenuItem
	if a.session != nil && a.session.demo != nil {
		items = append(items,
			widgets.MenuItem{Key: "ways", Text: tr.T("ways.title"), Icon: assets.IconUser},
			widgets.MenuItem{Key: "cut", Text: tr.T("menu.demo_cut"), Icon: assets.IconNoNetwork},
			widgets.MenuItem{Key: "again", Text: tr.T("menu.demo_again"), Icon: assets.IconRetry},
			widgets.MenuItem{})
	}
	fold := widgets.MenuItem{Key: "fold", Text: tr.T("menu.fold_all"), Icon: assets.IconFolder}
	if len(a.settings.Folded) > 0 {
		fold = widgets.MenuItem{Key: "unfold", Text: tr.T("menu.unfold_all"), Icon: assets.IconFolder}
	}
	offline := widgets.MenuItem{Key: "offline", Text: tr.T("menu.hide_offline"), Icon: assets.IconEyeOff}
	if a.settings.HideOffline {
		offline = widgets.MenuItem{Key: "offline", Text: tr.T("menu.show_offline"), Icon: assets.IconEye}
	}
	items = append(items, fold, offline, widgets.MenuItem{},
		widgets.MenuItem{Key: "connection", Text: tr.T("menu.connection"), Icon: assets.IconPulse},
		widgets.MenuItem{Key: "settings", Text: tr.T("panel.settings"), Icon: assets.IconSliders},
		widgets.MenuItem{Key: "keys", Text: tr.T("keys.title"), Icon: assets.IconKeyboard, Note: "F1"}, widgets.MenuItem{},
		widgets.MenuItem{Key: "signout", Text: tr.T("menu.signout"), Icon: assets.IconSignOut},
		widgets.MenuItem{Key: "quit", Text: tr.T("menu.quit"), Icon: assets.IconQuit, Note: "Ctrl+Q"})
	acts := map[string]func(){
		"ways": a.showWays, "again": a.startOver, "signout": a.askSignOut, "quit": a.quit, "settings": a.showSettings,
		"connection": a.openConnection, "offline": a.hideOffline, "keys": a.showKeys,
		"cut": func() { a.cutNetwork() }, "fold": func() { a.foldAll(true) }, "unfold": func() { a.foldAll(false) },
	}
	widgets.ShowMenu(a.win.Canvas(), at, items, func(key string) { a.ui("menu", acts[key]) })
}

// hideOffline leaves the contacts that are offline out of the list, or takes them in again.
func (a *App) hideOffline() {
	a.settings.HideOffline = !a.settings.HideOffline
	a.save()
	a.changed(state.Change{Roster: true})
}

func (a *App) foldAll(folded bool) {
	a.settings.Folded = map[string]bool{}
	if acc := a.state.Account(); acc != nil && folded {
		for _, g := range state.Groups(acc) {
			a.settings.Folded[g.Name] = true
		}
	}
	a.save()
	a.changed(state.Change{Roster: true})
}

// contactMenu is the context menu of a contact or of a chat's row; chat says which.
func (a *App) contactMenu(peer jid.JID, at fyne.Position, chat bool) {
	c := a.state.Contact(a.state.Current, peer)
	items := []widgets.MenuItem{{Key: "open", Text: tr.T("menu.open"), Icon: assets.IconChat}}
	if c != nil {
		items = append(items,
			widgets.MenuItem{Key: "rename", Text: tr.T("menu.rename"), Icon: assets.IconEdit, Note: "F2"},
			widgets.MenuItem{Key: "move", Text: tr.T("menu.move"), Icon: assets.IconMove})
		if !c.Subscription.SeenByUs() {
			items = append(items, widgets.MenuItem{Key: "ask", Text: tr.T("menu.ask_again"), Icon: assets.IconAddPerson})
		}
	} else {
		items = append(items, widgets.MenuItem{Key: "add", Text: tr.T("menu.add"), Icon: assets.IconAddPerson})
	}
	items = append(items, widgets.MenuItem{Key: "copy", Text: tr.T("menu.copy_address"), Icon: assets.IconCopy, Note: ""}, widgets.MenuItem{})
	if chat {
		items = append(items, a.markItems(peer)...)
		items = append(items, widgets.MenuItem{Key: "removechat", Text: tr.T("menu.remove_chat"), Icon: assets.IconTrash, Danger: true})
	}
	if c != nil {
		items = append(items, widgets.MenuItem{Key: "remove", Text: tr.T("menu.remove"), Icon: assets.IconTrash, Danger: true})
	}
	if items[len(items)-1].Text == "" {
		items = items[:len(items)-1]
	}
	acts := map[string]func(){
		"open": func() { a.openChat(peer, "") }, "rename": func() { a.rename(peer) }, "move": func() { a.moveMenu(peer, at) },
		"ask": func() { a.requestContact(model.RosterItem{JID: peer}, "") }, "add": func() { a.addContact(peer.String()) },
		"copy": func() { a.copyText(peer.String()) }, "removechat": func() { a.removeChat(peer) },
		"pin":  func() { a.mark(peer, func(m *model.ChatMarks) { m.Pinned = !m.Pinned }) },
		"mute": func() { a.mark(peer, func(m *model.ChatMarks) { m.Muted = !m.Muted }) }, "remove": func() { a.removeContact(peer) },
	}
	widgets.ShowMenu(a.win.Canvas(), at, items, func(key string) { a.ui("menu", acts[key]) })
}

// markItems pin and mute a chat, or end that.
func (a *App) markItems(peer jid.JID) []widgets.MenuItem {
	marks := a.marks(peer)
	pin, mute := "menu.pin", "menu.mute"
	if marks.Pinned {
		pin = "menu.unpin"
	}
	if marks.Muted {
		mute = "menu.unmute"
	}
	return []widgets.MenuItem{
		{Key: "pin", Text: tr.T(pin), Icon: assets.IconPin}, {Key: "mute", Text: tr.T(mute), Icon: assets.IconBellOff}, {},
	}
}

func (a *App) marks(peer jid.JID) model.ChatMarks {
	if c := a.state.Chats[model.ChatID{Account: a.state.Current, Peer: peer}]; c != nil {
		return c.ChatMarks
	}
	return model.ChatMarks{}
}

func (a *App) mark(peer jid.JID, change func(*model.ChatMarks)) {
	marks := a.marks(peer)
	change(&marks)
	a.do("mark chat", func(ctx context.Context, svc Service, account jid.JID) error {
		return svc.MarkChat(ctx, model.ChatID{Account: account, Peer: peer}, marks)
	})
}

// askSignOut asks only when something has not gone out yet.
func (a *App) askSignOut() {
	waiting := 0
	for id, c := range a.state.Chats {
		if id.Account == a.state.Current && c.Last != nil && c.Last.Outgoing && c.Last.Delivery == model.Queued {
			waiting++
		}
	}
	if waiting == 0 {
		a.signOut()
		return
	}
	widgets.Confirm(a.win.Canvas(), tr.T("signout.title"), tr.T("signout.waiting", "n", strconv.Itoa(waiting)),
		tr.T("menu.signout"), tr.T("sheet.cancel"), false, a.signOut)
}

// signOut goes back to the login panel.
func (a *App) signOut() {
	if a.session == nil {
		return
	}
	a.views.chat.KeepDraft()
	if a.session.demo != nil {
		a.endDemo(func() {})
		return
	}
	a.do("sign out", func(ctx context.Context, svc Service, account jid.JID) error { return svc.Disconnect(ctx, account) })
	a.state.CloseAll()
	a.state.Current = jid.JID{}
	a.showLogin()
	a.fillLogin()
}

// buddiesActions are the left panel's wishes.
type buddiesActions struct{ *App }

// OpenChat implements buddies.Actions.
func (a buddiesActions) OpenChat(peer jid.JID, at model.MessageID) { a.openChat(peer, at) }

// SetSignature implements buddies.Actions.
func (a buddiesActions) SetSignature(text string) { a.setSignature(text) }

// Answer implements buddies.Actions.
func (a buddiesActions) Answer(peer jid.JID, accept bool) { a.answer(peer, accept) }

// searchMost is how many messages a search lists.
const searchMost = 50

// searchAfter is how long the typing rests before messages are searched: a search for
// every letter would keep the processors from the window.
const searchAfter = 150 * time.Millisecond

// FindMessages implements buddies.Actions.
func (a buddiesActions) FindMessages(query string) {
	if a.views.stopSearch != nil {
		a.views.stopSearch()
		a.views.stopSearch = nil
	}
	if query != "" {
		a.views.stopSearch = a.cross.After(searchAfter, func() { a.views.stopSearch = a.search(query) })
	}
}

// search asks for the messages; its answer comes into the panel unless cancelled.
func (a *App) search(query string) (cancel func()) {
	s, account := a.session, a.state.Current
	if s == nil {
		return nil
	}
	var found []model.Message
	return s.run("search", commandTimeout, func(ctx context.Context) (err error) {
		found, err = s.svc.Search(ctx, model.ChatID{Account: account}, query, searchMost)
		return err
	}, func(err error) {
		if err == nil {
			a.views.buddies.SetFound(query, found)
			a.tellSoon()
		}
	})
}

// Menu implements buddies.Actions.
func (a buddiesActions) Menu(kind buddies.Menu, peer jid.JID, at fyne.Position) {
	switch kind {
	case buddies.MenuStatus:
		if acc := a.state.Account(); acc != nil {
			a.statusMenu(at, acc.Show, a.setShow)
		}
	case buddies.MenuMain:
		a.mainMenu(at)
	case buddies.MenuContact, buddies.MenuChat:
		a.contactMenu(peer, at, kind == buddies.MenuChat)
	case buddies.MenuSettings:
		a.showSettings()
	}
}

// AddContact implements buddies.Actions.
func (a buddiesActions) AddContact(address string) { a.addContact(address) }

// Rename implements buddies.Actions.
func (a buddiesActions) Rename(peer jid.JID) { a.rename(peer) }

// Folded implements buddies.Actions.
func (a buddiesActions) Folded() map[string]bool { return a.settings.Folded }

// Move implements buddies.Actions.
func (a buddiesActions) Move(peer jid.JID, from, to string) { a.moveContact(peer, from, to) }

// HideOffline implements buddies.Actions.
func (a buddiesActions) HideOffline() bool { return a.settings.HideOffline }

// Fold implements buddies.Actions.
func (a buddiesActions) Fold(group string, folded bool) {
	if a.settings.Folded == nil {
		a.settings.Folded = map[string]bool{}
	}
	if folded {
		a.settings.Folded[group] = true
	} else {
		delete(a.settings.Folded, group)
	}
	a.save()
}
