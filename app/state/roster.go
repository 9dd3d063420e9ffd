package state

import (
	"slices"
	"strings"

	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
)

// roster is a list made ready: its contacts spelled, so that they can be found, and
// sorted into their groups.
type roster struct {
	contacts map[jid.JID]*Contact
	groups   groups
}

func newRoster(list []model.Contact) roster {
	r := roster{contacts: make(map[jid.JID]*Contact, len(list))}
	for i := range list {
		r.contacts[list[i].JID] = newContact(&list[i])
	}
	r.groups = newGroups(r.contacts)
	return r
}

// Prepared are rosters made ready, each for the list that begins there. For thousands of
// contacts that takes tens of milliseconds, so it is done before the state is touched, on
// whatever goroutine brings the events.
type Prepared map[*model.Contact]roster

// fewContacts can be made ready on the way.
const fewContacts = 50

// Prepare makes the long lists of a batch ready; nil when there are none. The lists must
// not be copied on their way to Apply.
func Prepare(batch []event.Event) Prepared {
	var ready Prepared
	add := func(list []model.Contact) {
		if len(list) < fewContacts {
			return
		}
		if ready == nil {
			ready = Prepared{}
		}
		ready[&list[0]] = newRoster(list)
	}
	for _, ev := range batch {
		switch ev := ev.(type) {
		case event.Snapshot:
			for i := range ev.Accounts {
				add(ev.Accounts[i].Contacts)
			}
		case event.RosterReplaced:
			add(ev.Contacts)
		default:
		}
	}
	return ready
}

// Use gives the state the rosters made ready for the next events, which it keeps; nil
// takes back what was not used.
func (s *State) Use(p Prepared) { s.ready = p }

// roster is the list made ready, beforehand or now.
func (s *State) roster(list []model.Contact) roster {
	if len(list) > 0 {
		if r, ok := s.ready[&list[0]]; ok {
			delete(s.ready, &list[0]) // applied twice, the event brings another one
			return r
		}
	}
	return newRoster(list)
}

func newContact(c *model.Contact) *Contact {
	label := c.Name
	if label == "" {
		label = AddressLabel(c.JID)
	}
	key, initials := spell(label)
	return &Contact{Contact: *c, Label: label, Address: c.JID.String(), Key: key,
		Sound: strings.ReplaceAll(key, " ", ""), Initials: initials, Folded: fold(label)}
}

// AddressLabel is what stands for somebody without a name: the part before @.
func AddressLabel(j jid.JID) string {
	if j.Local() != "" {
		return j.Local()
	}
	return j.Domain()
}

func (s *State) rosterReplaced(ev event.RosterReplaced) Change {
	a := s.Accounts[ev.Account]
	if a == nil {
		return Change{}
	}
	r := s.roster(ev.Contacts)
	a.Contacts, a.groups = r.contacts, r.groups
	return Change{Roster: true, Presence: true}
}

func (s *State) contactChanged(ev event.ContactChanged) Change {
	a := s.Accounts[ev.Account]
	if a == nil {
		return Change{}
	}
	if old := a.Contacts[ev.Contact.JID]; old != nil {
		a.groups.remove(old)
	}
	c := newContact(&ev.Contact)
	a.Contacts[c.JID] = c
	a.groups.add(c)
	return Change{Roster: true}
}

func (s *State) contactRemoved(ev event.ContactRemoved) Change {
	a := s.Accounts[ev.Account]
	if a == nil || a.Contacts[ev.JID] == nil {
		return Change{}
	}
	a.groups.remove(a.Contacts[ev.JID])
	delete(a.Contacts, ev.JID)
	return Change{Roster: true}
}

func (s *State) presenceChanged(ev event.PresenceChanged) Change {
	a := s.Accounts[ev.Account]
	if a == nil || a.Contacts[ev.JID] == nil {
		return Change{}
	}
	a.setPresence(a.Contacts[ev.JID], ev.Presence)
	c := Change{Presence: true}
	id := model.ChatID{Account: ev.Account, Peer: ev.JID}
	if chat := s.Chats[id]; chat != nil && chat.Typing && len(ev.Presence) == 0 {
		chat.Typing, c.Typing = false, true
		c.touch(id)
	}
	return c
}

func (s *State) requested(ev event.SubscriptionRequested) Change {
	a := s.Accounts[ev.Account]
	if a == nil {
		return Change{}
	}
	i := slices.IndexFunc(a.Requests, func(r model.SubscriptionRequest) bool { return r.JID == ev.Request.JID })
	if i < 0 {
		a.Requests = append(a.Requests, ev.Request)
	} else {
		a.Requests[i] = ev.Request
	}
	return Change{Requests: true}
}

func (s *State) answered(ev event.SubscriptionAnswered) Change {
	a := s.Accounts[ev.Account]
	if a == nil {
		return Change{}
	}
	n := len(a.Requests)
	a.Requests = slices.DeleteFunc(a.Requests, func(r model.SubscriptionRequest) bool { return r.JID == ev.JID })
	return Change{Requests: n != len(a.Requests)}
}
