package demo

import (
	"time"

	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/stanza"
)

// maxKept and maxKeptBytes bound the offline messages of one account.
const (
	maxKept      = 500
	maxKeptBytes = 4 << 20
)

// letter is something on its way to a contact.
type letter struct {
	to *bot
	el *stanza.Element
}

// fromClient takes a stanza off a bound stream. el becomes the server's.
func (s *Server) fromClient(from *session, el *stanza.Element) error {
	if f := el.Get("from"); f != "" {
		// RFC 6120 §8.1.2.1: nobody speaks for somebody else.
		if j, err := jid.Parse(f); err != nil || j != from.jid && j != from.jid.Bare() {
			return streamError("invalid-from")
		}
	}
	s.fromSession(from, el)
	return nil
}

// fromSession routes what a client or a contact sends. el is the server's.
func (s *Server) fromSession(from *session, el *stanza.Element) {
	el.SetAttr("from", from.jid.String())
	var to jid.JID
	if t := el.Get("to"); t != "" {
		var err error
		if to, err = jid.Parse(t); err != nil {
			s.bounce(from, el, jidMalformed)
			return
		}
		el.SetAttr("to", to.String())
	}
	switch el.Name.Local {
	case "message":
		s.message(from, el, to)
	case "presence":
		s.presence(from, el, to)
	case "iq":
		s.iq(from, el, to)
	}
}

// deliver hands a stanza to one session. It must not change afterwards.
func (s *Server) deliver(to *session, el *stanza.Element) {
	if to.bot != nil {
		s.inbox = append(s.inbox, letter{to.bot, el})
		return
	}
	to.conn.queue(el)
}

// bounce answers a stanza with an error, unless it is one itself (RFC 6120 §8.3.1).
func (s *Server) bounce(to *session, el *stanza.Element, c *condition) {
	switch el.Get("type") {
	case "error", "result":
		return
	}
	el.SetAttr("from", to.jid.String())
	s.deliver(to, el.ErrorReply(c.kind, c.name, ""))
}

// message routes a message (RFC 6121 §8.5).
func (s *Server) message(from *session, el *stanza.Element, to jid.JID) {
	if to.IsZero() {
		to = from.jid.Bare() // RFC 6120 §10.3.1
		el.SetAttr("to", to.String())
	}
	var c *condition
	acct := s.st.Accounts[to.Bare()]
	switch {
	case to.Domain() != Domain:
		c = remoteNotFound
	case acct == nil:
		c = unavailable // the same as for an account without a mailbox: RFC 6121 §8.5.1
	default:
		c = s.place(acct, stamped(el, acct.jid), to, s.now(), copied(el))
	}
	if c != nil {
		s.bounce(from, el, c)
		return
	}
	if to.Bare() != from.jid.Bare() && copied(el) {
		s.copies(from.acct, el, "sent", from)
	}
}

// place delivers a message to an account, with carbons or without, or keeps it for later.
func (s *Server) place(acct *account, msg *stanza.Element, to jid.JID, when time.Time, carbons bool) *condition {
	if sess := acct.sessions[to.Resource()]; sess != nil && to.IsFull() {
		s.deliver(sess, msg)
		if carbons {
			s.copies(acct, msg, "received", sess)
		}
		return nil
	}
	var targets []*session
	for _, sess := range acct.available() {
		if sess.priority >= 0 {
			targets = append(targets, sess)
		}
	}
	switch msg.Get("type") {
	case "groupchat":
		return unavailable
	case "error":
		return nil
	case "headline":
		for _, sess := range targets {
			if to.IsBare() {
				s.deliver(sess, msg)
			}
		}
		return nil
	}
	if len(targets) == 0 {
		return s.keep(acct, msg, when)
	}
	var got []*session
	for _, sess := range targets {
		if sess.priority == targets[0].priority {
			s.deliver(sess, msg)
			got = append(got, sess)
		}
	}
	if carbons {
		s.copies(acct, msg, "received", got...)
	}
	return nil
}

// replace finds a new way for a message that a broken stream did not confirm.
func (s *Server) replace(acct *account, msg *stanza.Element, when time.Time) {
	if msg.Child(nsCarbons, "received") != nil || msg.Child(nsCarbons, "sent") != nil {
		return
	}
	s.place(acct, msg, acct.jid, when, false) // the others have their copy
}

// copies sends carbons (XEP-0280 §6) to the account's sessions but those given.
func (s *Server) copies(acct *account, msg *stanza.Element, direction string, but ...*session) {
	if direction == "sent" {
		msg = stamped(msg, acct.jid)
	}
next:
	for _, sess := range acct.sessions {
		if !sess.carbons {
			continue
		}
		for _, b := range but {
			if b == sess {
				continue next
			}
		}
		s.deliver(sess, stanza.NewMessage(msg.Get("type"), newID(), sess.jid.String(),
			stanza.New(nsCarbons, direction, stanza.New(nsForward, "forwarded", msg))).With("from", acct.jid.String()))
	}
}

// copied reports whether a message is one that carbons are for (XEP-0280 §6.1).
func copied(msg *stanza.Element) bool {
	if msg.Child(nsCarbons, "private") != nil || msg.Child(nsHints, "no-copy") != nil {
		return false
	}
	switch msg.Get("type") {
	case "chat":
		return true
	case "", "normal":
		return msg.Child(stanza.NSClient, "body") != nil || msg.Child(nsReceipts, "received") != nil || msg.Child(nsMarkers, "displayed") != nil
	}
	return false
}

// keep stores a message for an account without an available session (XEP-0160). What
// is not worth keeping is dropped without an error.
func (s *Server) keep(acct *account, msg *stanza.Element, when time.Time) *condition {
	worth := msg.Child(stanza.NSClient, "body") != nil || msg.Child(nsReceipts, "received") != nil ||
		msg.Child(nsMarkers, "displayed") != nil || msg.Child(nsHints, "store") != nil
	if !worth || msg.Child(nsHints, "no-store") != nil {
		return nil
	}
	xml := msg.String()
	bytes := len(xml)
	for _, k := range acct.Offline {
		bytes += len(k.XML)
	}
	if len(acct.Offline) >= maxKept || bytes > maxKeptBytes {
		return unavailable
	}
	acct.Offline = append(acct.Offline, kept{Time: when, XML: xml})
	s.changed()
	if acct.bot != nil {
		acct.bot.missed()
	}
	return nil
}

// deliverKept hands a session what was kept, each with the time it was sent (XEP-0203).
func (s *Server) deliverKept(sess *session) {
	all := sess.acct.Offline
	if len(all) == 0 {
		return
	}
	sess.acct.Offline = nil
	s.changed()
	for _, k := range all {
		msg, err := stanza.Parse([]byte(k.XML))
		if err != nil {
			continue // a file that somebody edited
		}
		if !delayed(msg) {
			msg.Add(delay(k.Time))
		}
		s.deliver(sess, msg)
	}
}

func delay(t time.Time) *stanza.Element {
	return stanza.New(nsDelay, "delay").With("from", Domain).With("stamp", t.UTC().Format("2006-01-02T15:04:05.000Z"))
}

func delayed(el *stanza.Element) bool {
	for _, c := range el.Children() {
		if c.Is(nsDelay, "delay") && c.Get("from") == Domain {
			return true
		}
	}
	return false
}

// stamped is a copy of msg with the account's own stanza-id (XEP-0359). What only the
// server may say is taken out before, as is the note that carbons are not wanted.
func stamped(msg *stanza.Element, by jid.JID) *stanza.Element {
	out := &stanza.Element{Name: msg.Name}
	out.Attr = append(out.Attr, msg.Attr...)
	for _, n := range msg.Nodes {
		if c, ok := n.(*stanza.Element); ok && serverOnly(c) {
			continue
		}
		out.Nodes = append(out.Nodes, n)
	}
	if msg.Get("type") == "error" {
		return out
	}
	return out.Add(stanza.New(nsStanzaID, "stanza-id").With("id", newID()).With("by", by.String()))
}

// serverOnly reports whether a client has no right to say this to another.
func serverOnly(c *stanza.Element) bool {
	switch {
	case c.Is(nsStanzaID, "stanza-id"):
		by, err := jid.Parse(c.Get("by"))
		return err != nil || by.Domain() == Domain
	case c.Is(nsDelay, "delay"):
		from, err := jid.Parse(c.Get("from"))
		return err == nil && from.Domain() == Domain
	}
	return c.Is(nsCarbons, "private")
}
