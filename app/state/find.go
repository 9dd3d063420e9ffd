package state

import (
	"slices"
	"strings"

	"dovekie/xmppsvc/jid"
)

// query is what is looked for, made comparable once.
type query struct {
	text  string // folded
	sound string // without spaces
}

func newQuery(text string) query {
	q := fold(strings.TrimSpace(text))
	return query{text: q, sound: strings.ReplaceAll(q, " ", "")}
}

// finds reports whether the contact is meant: by its name, its address, the pinyin of its
// name or the initials of that.
func (q *query) finds(c *Contact) bool {
	return q.text == "" ||
		strings.Contains(c.Folded, q.text) ||
		q.findsAddress(c.JID) ||
		strings.Contains(c.Sound, q.sound) ||
		strings.HasPrefix(c.Initials, q.sound)
}

// findsAddress looks into the part before @, and behind it only when asked to: else a
// few letters of the server's name would find everybody.
func (q *query) findsAddress(j jid.JID) bool {
	if strings.Contains(q.text, "@") {
		return strings.Contains(j.String(), q.text)
	}
	return strings.Contains(j.Local(), q.text) || j.Local() == "" && strings.Contains(j.Domain(), q.text)
}

// Find are the first contacts that match, online first, at most that many.
func Find(a *Account, text string, most int) []*Contact {
	q := newQuery(text)
	found := make([]*Contact, 0, most)
	for _, c := range a.Contacts {
		if !q.finds(c) {
			continue
		}
		if len(found) == most {
			if compareContacts(c, found[most-1]) > 0 {
				continue
			}
			found = found[:most-1]
		}
		i, _ := slices.BinarySearchFunc(found, c, compareContacts)
		found = slices.Insert(found, i, c)
	}
	return found
}

// FindStrangers are the newest chats with people who are not on the list and match, at
// most that many.
func (s *State) FindStrangers(a *Account, text string, most int) []*Chat {
	q := newQuery(text)
	var found []*Chat
	for _, c := range s.Recent(a.Settings.JID) {
		if len(found) == most {
			break
		}
		if q.findsAddress(c.ID.Peer) && a.Contacts[c.ID.Peer.Bare()] == nil {
			found = append(found, c)
		}
	}
	return found
}
