package roster

import (
	"slices"
	"strings"

	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stanza"
	"dovekie/xmppsvc/xep"
)

// maxWords bounds what a command lets us send, in bytes: a server ends the stream of who
// sends more than it takes.
const maxWords = 8 << 10

// Set adds the contact or changes its name and groups (RFC 6121 §2.3, §2.4); done hears
// the server's answer. The change itself comes as a push.
func (r *Roster) Set(item model.RosterItem, done func(error)) {
	item.Name, item.Groups = strings.TrimSpace(item.Name), groups(item.Groups)
	if n := len(item.Name) + len(strings.Join(item.Groups, "")); n > maxWords {
		done(model.Errorf(model.ErrTooLarge, "the name and the groups are longer than %d bytes", maxWords))
		return
	}
	r.set(xep.RosterSet(item), done)
}

// Remove takes the contact off the list, with all subscriptions (§2.5).
func (r *Roster) Remove(contact jid.JID, done func(error)) {
	r.set(xep.RosterRemove(model.RosterItem{JID: contact}), done)
}

func (r *Roster) set(query *stanza.Element, done func(error)) {
	r.s.Ask(stanza.NewIQ("set", "", "", query), func(_ *stanza.Element, err error) { done(err) })
}

// groups are the names without space around them, empty ones and repetitions
// (§2.3.3: a server refuses those).
func groups(names []string) []string {
	var out []string
	for _, n := range names {
		if n = strings.TrimSpace(n); n != "" && !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out
}

// Request asks to see the contact's presence (§3.1), with a message for its reader
// (<status/>, §3.1.2 lets it through) and our nickname (XEP-0172 §4.3).
func (r *Roster) Request(contact jid.JID, message, nick string) error {
	if len(message)+len(nick) > maxWords {
		return model.Errorf(model.ErrTooLarge, "the message is longer than %d bytes", maxWords)
	}
	p := stanza.NewPresence("subscribe", contact.Bare().String())
	if message != "" {
		p.Add(stanza.NewText(stanza.NSClient, "status", message))
	}
	if nick != "" {
		p.Add(xep.Nick(nick))
	}
	return r.tell(p)
}

// Approve lets the contact see our presence (§3.1.5) and closes its request.
func (r *Roster) Approve(contact jid.JID) error {
	return r.answer("subscribed", contact)
}

// Deny refuses the contact's request, or takes an approval back (§3.2).
func (r *Roster) Deny(contact jid.JID) error {
	return r.answer("unsubscribed", contact)
}

// Cancel gives up our own request or right to see the contact's presence (§3.3).
func (r *Roster) Cancel(contact jid.JID) error {
	return r.tell(stanza.NewPresence("unsubscribe", contact.Bare().String()))
}

func (r *Roster) answer(typ string, contact jid.JID) error {
	if err := r.tell(stanza.NewPresence(typ, contact.Bare().String())); err != nil {
		return err
	}
	r.closeRequest(contact.Bare())
	return nil
}

func (r *Roster) tell(p *stanza.Element) error {
	if !r.s.Online() {
		return model.Errorf(model.ErrNotOnline, "this needs a connection to the server")
	}
	r.s.Send(p)
	return nil
}
