package app

import (
	"context"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"dovekie/app/state"
	"dovekie/app/tr"
	"dovekie/assets"
	"dovekie/widgets"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
)

// newGroup is the key of the menu entry that asks for a name.
const newGroup = "\x00new"

// sheet opens a sheet over the window.
func (a *App) sheet(spec widgets.SheetSpec) *widgets.Sheet {
	return widgets.ShowSheet(a.win.Canvas(), spec)
}

// do runs a command of the account shown and tells when it failed.
func (a *App) do(name string, work func(ctx context.Context, svc Service, account jid.JID) error) {
	s, account := a.session, a.state.Current
	if s == nil || account.IsZero() {
		return
	}
	s.run(name, commandTimeout, func(ctx context.Context) error { return work(ctx, s.svc, account) }, func(err error) {
		if err != nil && model.KindOf(err) != model.ErrCancelled {
			a.deps.Logger.Info("command failed", "command", name, "kind", string(model.KindOf(err)))
			a.tell(tr.Error(err, account.Domain()))
		}
	})
}

// groupChoices are the groups to put a contact into.
func (a *App) groupChoices() []widgets.MenuItem {
	items := []widgets.MenuItem{{Key: "", Text: tr.T("menu.no_group")}}
	if acc := a.state.Account(); acc != nil {
		for _, g := range state.GroupNames(acc) {
			items = append(items, widgets.MenuItem{Key: g, Text: g})
		}
	}
	return items
}

// addContact asks for somebody's address, a word with the request and a group.
func (a *App) addContact(address string) {
	acc := a.state.Account()
	if acc == nil {
		return
	}
	who := widgets.NewField(widgets.FieldSpec{Icon: assets.IconUser, Placeholder: tr.T("add.address")})
	who.SetText(address)
	word := widgets.NewField(widgets.FieldSpec{Icon: assets.IconChat, Placeholder: tr.T("add.message")})
	group := widgets.NewChoice(a.groupChoices(), "", nil)
	var sheet *widgets.Sheet
	submit := func() {
		peer, problem := a.checkContact(acc, who.Text())
		if problem != "" {
			who.SetError(problem)
			return
		}
		sheet.Hide()
		item := model.RosterItem{JID: peer}
		if g := group.Chosen(); g != "" {
			item.Groups = []string{g}
		}
		a.requestContact(item, strings.TrimSpace(word.Text()))
	}
	sheet = a.sheet(widgets.SheetSpec{
		Title: tr.T("add.title"), Fields: []fyne.CanvasObject{who, word, group},
		Buttons: []widgets.SheetButton{
			{Text: tr.T("sheet.cancel"), Kind: widgets.QuietButton},
			{Text: tr.T("add.send"), Kind: widgets.PrimaryButton, Default: true, KeepOpen: true, OnTapped: submit},
		},
	})
}

// checkContact is the address typed, or what is wrong with it.
func (a *App) checkContact(acc *state.Account, text string) (jid.JID, string) {
	j, err := jid.Parse(strings.TrimSpace(text))
	if err != nil || strings.TrimSpace(text) == "" {
		return j, tr.T("login.bad_address")
	}
	j = j.Bare()
	if j == acc.Settings.JID {
		return j, tr.T("add.self")
	}
	if c := acc.Contacts[j]; c != nil && (c.Subscription.SeenByUs() || c.Ask) {
		return j, tr.T("add.already", "name", c.Label)
	}
	return j, ""
}

// requestContact puts somebody on the list and asks to see their presence. A contact that
// is there already keeps its name and groups.
func (a *App) requestContact(item model.RosterItem, message string) {
	if c := a.state.Contact(a.state.Current, item.JID); c != nil && len(item.Groups) == 0 {
		item = c.RosterItem
	}
	s, account := a.session, a.state.Current
	if s == nil {
		return
	}
	s.run("add contact", commandTimeout, func(ctx context.Context) error {
		if err := s.svc.SetContact(ctx, account, item); err != nil {
			return err
		}
		return s.svc.RequestSubscription(ctx, account, item.JID, message)
	}, func(err error) {
		if err != nil {
			a.tell(tr.Error(err, account.Domain()))
			return
		}
		a.tell(tr.T("add.sent", "name", item.JID.String()))
	})
}

// askText asks for one line of text.
func (a *App) askText(title, placeholder, text, yes string, then func(string)) {
	field := widgets.NewField(widgets.FieldSpec{Placeholder: placeholder})
	field.SetText(text)
	a.sheet(widgets.SheetSpec{
		Title: title, Fields: []fyne.CanvasObject{field},
		Buttons: []widgets.SheetButton{
			{Text: tr.T("sheet.cancel"), Kind: widgets.QuietButton},
			{Text: yes, Kind: widgets.PrimaryButton, Default: true, OnTapped: func() { then(strings.TrimSpace(field.Text())) }},
		},
	})
}

// setItem changes the list's entry of a contact.
func (a *App) setItem(peer jid.JID, change func(*model.RosterItem)) {
	c := a.state.Contact(a.state.Current, peer)
	if c == nil {
		return
	}
	item := c.RosterItem
	item.Groups = slices.Clone(item.Groups)
	change(&item)
	a.do("change contact", func(ctx context.Context, svc Service, account jid.JID) error {
		return svc.SetContact(ctx, account, item)
	})
}

func (a *App) rename(peer jid.JID) {
	c := a.state.Contact(a.state.Current, peer)
	if c == nil {
		a.tell(tr.T("panel.not_on_list"))
		return
	}
	a.askText(tr.T("rename.title", "name", c.Label), tr.T("rename.field"), c.Name, tr.T("rename.save"), func(name string) {
		a.setItem(peer, func(i *model.RosterItem) { i.Name = name })
	})
}

// moveMenu offers the groups, and a new one.
func (a *App) moveMenu(peer jid.JID, at fyne.Position) {
	c := a.state.Contact(a.state.Current, peer)
	if c == nil {
		return
	}
	items := a.groupChoices()
	for i := range items {
		items[i].Checked = items[i].Key == "" && len(c.Groups) == 0 || items[i].Key != "" && slices.Contains(c.Groups, items[i].Key)
	}
	items = append(items, widgets.MenuItem{}, widgets.MenuItem{Key: newGroup, Text: tr.T("menu.new_group"), Icon: assets.IconPlus})
	move := func(group string) {
		a.setItem(peer, func(i *model.RosterItem) {
			i.Groups = nil
			if group != "" {
				i.Groups = []string{group}
			}
		})
	}
	widgets.ShowMenu(a.win.Canvas(), at, items, func(key string) {
		if key != newGroup {
			move(key)
			return
		}
		a.askText(tr.T("group.title", "name", c.Label), tr.T("group.field"), "", tr.T("group.save"), move)
	})
}

// moveContact takes a contact out of one group and puts it into another; "" is none.
func (a *App) moveContact(peer jid.JID, from, to string) {
	a.setItem(peer, func(i *model.RosterItem) {
		i.Groups = slices.DeleteFunc(i.Groups, func(g string) bool { return g == from || g == to })
		if to != "" {
			i.Groups = append(i.Groups, to)
		}
	})
}

func (a *App) removeContact(peer jid.JID) {
	name := a.state.Label(a.state.Current, peer)
	widgets.Confirm(a.win.Canvas(), tr.T("remove.title", "name", name), tr.T("remove.text"), tr.T("remove.do"), tr.T("sheet.cancel"), true, func() {
		a.do("remove contact", func(ctx context.Context, svc Service, account jid.JID) error {
			return svc.RemoveContact(ctx, account, peer)
		})
	})
}

func (a *App) removeChat(peer jid.JID) {
	name := a.state.Label(a.state.Current, peer)
	widgets.Confirm(a.win.Canvas(), tr.T("remove_chat.title", "name", name), tr.T("remove_chat.text"), tr.T("remove_chat.do"), tr.T("sheet.cancel"), true, func() {
		a.do("remove chat", func(ctx context.Context, svc Service, account jid.JID) error {
			return svc.RemoveChat(ctx, model.ChatID{Account: account, Peer: peer})
		})
	})
}

// answer accepts a request, asking back to see them as well, or declines it.
func (a *App) answer(peer jid.JID, accept bool) {
	c := a.state.Contact(a.state.Current, peer)
	askBack := c == nil || !c.Subscription.SeenByUs() && !c.Ask
	nick := ""
	if acc := a.state.Account(); acc != nil && c == nil {
		for _, r := range acc.Requests {
			if r.JID == peer {
				nick = r.Nick
			}
		}
	}
	a.do("answer request", func(ctx context.Context, svc Service, account jid.JID) error {
		if !accept {
			return svc.DenySubscription(ctx, account, peer)
		}
		if err := svc.ApproveSubscription(ctx, account, peer); err != nil {
			return err
		}
		if !askBack {
			return nil
		}
		if nick != "" {
			if err := svc.SetContact(ctx, account, model.RosterItem{JID: peer, Name: nick}); err != nil {
				return err
			}
		}
		return svc.RequestSubscription(ctx, account, peer, "")
	})
}
