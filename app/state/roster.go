package state

import (
	"slices"

	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
)

// Prepared are contacts made ready: spelled, so that they can be ordered and found. For
// thousands that takes tens of milliseconds, so it is done before the state is touched, on
// whatever goroutine brings the events.
type Prepared map[*model.Contact]*Contact

// fewContacts can be made ready on the way.
const fewContacts = 50

// Prepare makes all contacts of a batch ready; nil when there are few. The events must
// not be copied on their way to Apply.
func Prepare(batch []event.Event) Prepared {
	var lists [][]model.Contact
	total := 0
	for _, ev := range batch {
		switch ev := ev.(type) {
		case event.Snapshot:
			for i := range ev.Accounts {
				lists = append(lists, ev.Accounts[i].Contacts)
				total += len(ev.Accounts[i].Contacts)
			}
		case event.RosterReplaced:
			lists = append(lists, ev.Contacts)
			total += len(ev.Contacts)
		default:
		}
	}
	if total < fewContacts {
		return nil
	}
	ready := make(Prepared, total)
	for _, list := range lists {
		for i := range list {
			ready[&list[i]] = newContact(&list[i])
		}
	}
	return ready
}

// Use gives the state the contacts made ready for the next events, which it keeps; nil
// takes back what was not used.
func (s *State) Use(p Prepared) { s.ready = p }

func newContact(c *model.Contact) *Contact {
	label := c.Name
	if label == "" {
		label = AddressLabel(c.JID)
	}
	key, initials := spell(label)
	return &Contact{Contact: *c, Label: label, Address: c.JID.String(), Key: key, Initials: initials}
}

func (s *State) contact(c *model.Contact) *Contact {
	if ready := s.ready[c]; ready != nil {
		delete(s.ready, c) // applied twice, the event brings another one
		return ready
	}
	return newContact(c)
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
	a.Contacts = s.contactMap(ev.Contacts)
	a.cache.built = false
	return Change{Roster: true, Presence: true}
}

func (s *State) contactChanged(ev event.ContactChanged) Change {
	a := s.Accounts[ev.Account]
	if a == nil {
		return Change{}
	}
	a.Contacts[ev.Contact.JID] = newContact(&ev.Contact)
	a.cache.built = false
	return Change{Roster: true}
}

func (s *State) contactRemoved(ev event.ContactRemoved) Change {
	a := s.Accounts[ev.Account]
	if a == nil || a.Contacts[ev.JID] == nil {
		return Change{}
	}
	delete(a.Contacts, ev.JID)
	a.cache.built = false
	return Change{Roster: true}
}

func (s *State) presenceChanged(ev event.PresenceChanged) Change {
	a := s.Accounts[ev.Account]
	if a == nil || a.Contacts[ev.JID] == nil {
		return Change{}
	}
	a.Contacts[ev.JID].Presence = ev.Presence
	a.Contacts[ev.JID].Revision++
	a.cache.touch(a.Contacts[ev.JID])
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
