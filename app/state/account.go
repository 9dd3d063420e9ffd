package state

import (
	"slices"

	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
)

// snapshot replaces what comes from below; what the user did here (tabs, drafts) stays
// as long as its account is there.
func (s *State) snapshot(ev event.Snapshot) Change {
	s.Ready = true
	seen := map[jid.JID]bool{}
	for i := range ev.Accounts {
		seen[ev.Accounts[i].Account.JID] = true
		s.enterAccount(&ev.Accounts[i])
	}
	for id := range s.Accounts {
		if !seen[id] {
			s.forget(id)
		}
	}
	c := Everything()
	for id, chat := range s.Chats {
		if chat.Timeline.live() {
			c.Reload = append(c.Reload, id)
		}
	}
	return c
}

func (s *State) enterAccount(a *event.Account) {
	r := s.roster(a.Contacts)
	acc := &Account{
		Settings: a.Account, Connection: a.Connection, Login: a.Login,
		Show: a.Show, Status: a.Status,
		Contacts: r.contacts, Requests: slices.Clone(a.Requests), groups: r.groups,
	}
	s.Accounts[a.Account.JID] = acc
	known := map[model.ChatID]bool{}
	for _, chat := range a.Chats {
		known[chat.ID] = true
		s.chat(chat.ID).Chat = chat
	}
	for id, chat := range s.Chats {
		if id.Account == a.Account.JID && !known[id] && !s.isOpen(id) && chat.Draft == "" {
			delete(s.Chats, id)
		}
	}
	delete(s.indexes, a.Account.JID)
}

func (s *State) accountChanged(ev event.AccountChanged) Change {
	a := s.Accounts[ev.Account.JID]
	if a == nil {
		a = &Account{Contacts: map[jid.JID]*Contact{}, Connection: model.Connection{State: model.Offline}}
		s.Accounts[ev.Account.JID] = a
	}
	a.Settings = ev.Account
	return Change{Accounts: true, Self: true}
}

func (s *State) accountRemoved(ev event.AccountRemoved) Change {
	if s.Accounts[ev.Account] == nil {
		return Change{}
	}
	s.forget(ev.Account)
	return Everything()
}

// forget drops an account with its chats and tabs.
func (s *State) forget(account jid.JID) {
	delete(s.Accounts, account)
	s.forgetChats(account)
	if s.Front.Account == account {
		s.Front = model.ChatID{}
	}
	if s.Current == account {
		s.Current = jid.JID{}
	}
}

// connectionChanged also forgets who was typing, and which gaps were to be filled: nothing
// would tell us that they stopped or were not.
func (s *State) connectionChanged(ev event.ConnectionChanged) Change {
	a := s.Accounts[ev.Account]
	if a == nil {
		return Change{}
	}
	a.Connection = ev.Connection
	if ev.Connection.State == model.Online {
		a.Login = ev.Login
		c := s.connected(ev.Account)
		c.Connection = true
		return c
	}
	c := Change{Connection: true}
	for id, chat := range s.Chats {
		if id.Account != ev.Account {
			continue
		}
		chat.Timeline.Called = nil
		if chat.Typing {
			chat.Typing = false
			c.Typing = true
			c.touch(id)
		}
	}
	return c
}

func (s *State) selfChanged(ev event.SelfChanged) Change {
	a := s.Accounts[ev.Account]
	if a == nil {
		return Change{}
	}
	a.Show, a.Status, a.Settings.Name = ev.Show, ev.Status, ev.Name
	return Change{Self: true}
}
