package demo

import (
	"slices"
	"time"

	"dovekie/xmppsvc/demo/past"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/stanza"
	"dovekie/xmppsvc/xep"
)

// ownersOther is the resource that the owner wrote with before it came here.
const ownersOther = "phone"

const (
	lookTime  = 4 * time.Second  // after a message of the owner its reader had seen it
	pauseTime = 30 * time.Minute // without a message is the end of an evening
)

// before gives a fresh owner a past: conversations that are in the archive, and only
// there. They are read: the owner's other device says so (XEP-0490).
func (s *Server) before() {
	owner := s.st.Accounts[s.owner]
	var all []archived
	for _, c := range past.All(s.opt.Now()) {
		b := s.bots[jid.MustParse(c.Local+"@"+Domain)]
		if b == nil || len(c.Messages) == 0 {
			continue
		}
		chat, last := s.conversation(b.acct.jid, c.Messages)
		all = append(all, chat...)
		owner.putPosition(xep.ReadPosition{Chat: b.acct.jid, StanzaID: last, By: s.owner})
	}
	// An archive has the order of what happened, not of the chats (XEP-0313 §3.1).
	slices.SortStableFunc(all, func(x, y archived) int { return x.time.Compare(y.time) })
	for _, m := range all {
		s.keepFor(owner, m)
	}
}

// conversation makes what the archive holds of one, and the id of its last message there.
// Beside the messages that is how far the contact had read, evening by evening.
func (s *Server) conversation(contact jid.JID, messages []past.Message) (all []archived, last string) {
	theirs, err := contact.WithResource(botResource)
	mine, merr := s.owner.WithResource(ownersOther)
	if err != nil || merr != nil {
		return nil, ""
	}
	unseen := "" // the owner's last message of the evening
	var unseenAt time.Time
	for i, m := range messages {
		id, at := newID(), m.At.UTC()
		last = newID()
		body := stanza.NewText(stanza.NSClient, "body", m.Text)
		if m.Mine {
			el := stanza.NewMessage("chat", id, contact.String(), body, xep.OriginID(id)).With("from", mine.String())
			all = append(all, archived{last, contact, at, el.String()})
			unseen, unseenAt = id, at
		} else {
			el := stanza.NewMessage("chat", id, s.owner.String(), body).With("from", theirs.String())
			all = append(all, archived{last, theirs, at, el.String()})
		}
		if unseen == "" || i < len(messages)-1 && messages[i+1].At.Sub(m.At) < pauseTime {
			continue
		}
		seen := stanza.NewMessage("chat", newID(), s.owner.String(), xep.Marker{Name: "displayed", ID: unseen}.Element(), xep.StoreHint.Element())
		all = append(all, archived{newID(), theirs, unseenAt.Add(lookTime), seen.With("from", theirs.String()).String()})
		unseen = ""
	}
	return all, last
}

// putPosition is what a publication of the owner's other device would have left.
func (a *account) putPosition(p xep.ReadPosition) {
	if a.Nodes == nil {
		a.Nodes = map[string]*node{}
	}
	n := a.Nodes[xep.NSDisplayed]
	if n == nil {
		n = &node{Max: maxNodeItems}
		a.Nodes[xep.NSDisplayed] = n
	}
	n.Items = append(n.Items, nodeItem{ID: p.Chat.String(), XML: p.Element().String()})
}
