package xmppsvc

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
)

// view is what has been published so far, folded into values: it answers queries and
// begins feeds. It changes by events alone, so it can say nothing that they did not.
type view map[jid.JID]*accountView

type accountView struct {
	event.Account // without Contacts, Requests and Chats
	contacts      map[jid.JID]model.Contact
	requests      map[jid.JID]model.SubscriptionRequest
	chats         map[jid.JID]model.Chat
}

// put installs an account as a whole.
func (v view) put(a event.Account) {
	av := &accountView{
		Account:  a,
		contacts: map[jid.JID]model.Contact{},
		requests: map[jid.JID]model.SubscriptionRequest{},
		chats:    map[jid.JID]model.Chat{},
	}
	av.Contacts, av.Requests, av.Chats = nil, nil, nil
	for _, c := range a.Contacts {
		av.contacts[c.JID] = c
	}
	for _, r := range a.Requests {
		av.requests[r.JID] = r
	}
	for _, c := range a.Chats {
		av.chats[c.ID.Peer] = c
	}
	v[a.Account.JID] = av
}

// of is the account, or an empty one that is thrown away when it is not known (any more).
func (v view) of(account jid.JID) *accountView {
	if av := v[account]; av != nil {
		return av
	}
	lost := view{}
	lost.put(event.Account{})
	return lost[jid.JID{}]
}

// Apply folds one event in. Events that change none of this are left out on purpose.
func (v view) Apply(ev event.Event) {
	switch ev := ev.(type) {
	case event.AccountChanged:
		if v[ev.Account.JID] == nil {
			v.put(event.Account{Account: ev.Account, Connection: model.Connection{State: model.Offline}})
		}
		v[ev.Account.JID].Account.Account = ev.Account
	case event.AccountRemoved:
		delete(v, ev.Account)
	case event.ConnectionChanged:
		v.of(ev.Account).connection(ev)
	case event.SelfChanged:
		av := v.of(ev.Account)
		av.Show, av.Status, av.Account.Account.Name = ev.Show, ev.Status, ev.Name
	case event.RosterReplaced:
		av := v.of(ev.Account)
		clear(av.contacts)
		for _, c := range ev.Contacts {
			av.contacts[c.JID] = c
		}
	case event.ContactChanged:
		v.of(ev.Account).contacts[ev.Contact.JID] = ev.Contact
	case event.ContactRemoved:
		delete(v.of(ev.Account).contacts, ev.JID)
	case event.PresenceChanged:
		av := v.of(ev.Account)
		if c, ok := av.contacts[ev.JID]; ok {
			c.Presence = ev.Presence
			av.contacts[ev.JID] = c
		}
	case event.SubscriptionRequested:
		v.of(ev.Account).requests[ev.Request.JID] = ev.Request
	case event.SubscriptionAnswered:
		delete(v.of(ev.Account).requests, ev.JID)
	case event.ChatChanged:
		v.of(ev.Chat.ID.Account).chats[ev.Chat.ID.Peer] = ev.Chat
	case event.MessageChanged:
		chats := v.of(ev.Message.Chat.Account).chats
		if c, ok := chats[ev.Message.Chat.Peer]; ok && c.Last != nil && c.Last.ID == ev.Message.ID {
			c.Last = &ev.Message
			chats[ev.Message.Chat.Peer] = c
		}
	case event.ChatRemoved:
		delete(v.of(ev.Chat.Account).chats, ev.Chat.Peer)
	default:
	}
}

// connection keeps the presences: while it is not up they are unknown, and if the session
// is resumed they are what they were (XEP-0198); if not, a RosterReplaced says so.
func (av *accountView) connection(ev event.ConnectionChanged) {
	av.Connection, av.Login = ev.Connection, ev.Login
}

// value is a copy that shares nothing which changes later.
func (av *accountView) value() event.Account {
	a := av.Account
	byJID := func(x, y jid.JID) int { return strings.Compare(x.String(), y.String()) }
	a.Contacts = slices.SortedFunc(maps.Values(av.contacts), func(x, y model.Contact) int { return byJID(x.JID, y.JID) })
	a.Requests = slices.SortedFunc(maps.Values(av.requests), func(x, y model.SubscriptionRequest) int {
		return cmp.Or(x.Time.Compare(y.Time), byJID(x.JID, y.JID))
	})
	a.Chats = slices.SortedFunc(maps.Values(av.chats), func(x, y model.Chat) int {
		return cmp.Or(y.Updated.Compare(x.Updated), byJID(x.ID.Peer, y.ID.Peer))
	})
	return a
}

func (v view) account(account jid.JID) (event.Account, bool) {
	av := v[account]
	if av == nil {
		return event.Account{}, false
	}
	return av.value(), true
}

func (v view) accounts() []event.Account {
	out := make([]event.Account, 0, len(v))
	for _, av := range v {
		out = append(out, av.value())
	}
	slices.SortFunc(out, func(x, y event.Account) int {
		return strings.Compare(x.Account.JID.String(), y.Account.JID.String())
	})
	return out
}
