package demo

import (
	"time"

	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/stanza"
	"dovekie/xmppsvc/xep"
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
func (s *Server) deliver(to *session, el *stanza.Element) { s.hand(to, el, nil) }

// hand is deliver for what must not be lost with the session: the parcel p.
func (s *Server) hand(to *session, el *stanza.Element, p *parcel) {
	switch {
	case to.bot != nil:
		s.inbox = append(s.inbox, letter{to.bot, el})
	case to.ended:
	case to.held != nil && to.held.take(el):
	default:
		if to.held.mustPrecede(el) {
			s.release(to)
		}
		s.put(to, el, p)
	}
}

// put numbers a stanza and has it written, now or when the session is resumed.
func (s *Server) put(to *session, el *stanza.Element, p *parcel) {
	size := 0
	if to.sm.on {
		s.scratch = el.Append(s.scratch[:0], stanza.NSClient)
		size = len(s.scratch)
	}
	to.sm.count(el, p, size)
	if to.conn != nil {
		to.conn.queue(el)
	}
	if to.sm.full() {
		if to.conn != nil {
			to.conn.drop()
		}
		s.end(to)
	}
}

// bounce answers a stanza with an error, unless it is one itself (RFC 6120 §8.3.1).
func (s *Server) bounce(to *session, el *stanza.Element, c *condition) {
	switch el.Get("type") {
	case "error", "result":
		return
	}
	el.SetAttr("from", to.jid.String())
	s.deliver(to, c.reply(el))
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
		id := archiveID(acct, el)
		if c = s.place(acct, stamped(el, acct.jid, id), to, s.now(), copied(el)); c == nil {
			s.archive(acct, id, from.jid, el)
		}
	}
	if c != nil {
		s.bounce(from, el, c)
		return
	}
	if to.Bare() == from.jid.Bare() {
		return // one copy of what one writes to oneself is enough (XEP-0313 §6.1.1)
	}
	id := archiveID(from.acct, el)
	s.archive(from.acct, id, to, el)
	if copied(el) {
		s.copies(from.acct, stamped(el, from.acct.jid, id), "sent", nil, from)
	}
}

// place delivers a message to an account, with carbons or without, or keeps it for later.
func (s *Server) place(acct *account, msg *stanza.Element, to jid.JID, when time.Time, carbons bool) *condition {
	p := &parcel{msg: msg, when: when}
	if sess := acct.sessions[to.Resource()]; sess != nil && to.IsFull() {
		s.hand(sess, msg, p)
		if carbons {
			s.copies(acct, msg, "received", p, sess)
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
			s.hand(sess, msg, p)
			got = append(got, sess)
		}
	}
	if carbons {
		s.copies(acct, msg, "received", p, got...)
	}
	return nil
}

// copies sends carbons (XEP-0280 §6) to the account's sessions but those given. p is
// what they carry, nil for what the account sent.
func (s *Server) copies(acct *account, msg *stanza.Element, direction string, p *parcel, but ...*session) {
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
		s.hand(sess, stanza.NewMessage(msg.Get("type"), newID(), sess.jid.String(),
			stanza.New(nsCarbons, direction, stanza.New(nsForward, "forwarded", msg))).With("from", acct.jid.String()), p)
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
	if !worth(msg) {
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
		s.hand(sess, msg, &parcel{msg: msg, when: k.Time})
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

// stamped is a copy of msg with the account's own stanza-id, which is the archive's
// (XEP-0313 §3.5); id is "" for what is not in the archive. What only the server may say
// is taken out before, as is the note that carbons are not wanted.
func stamped(msg *stanza.Element, by jid.JID, id string) *stanza.Element {
	out := &stanza.Element{Name: msg.Name}
	out.Attr = append(out.Attr, msg.Attr...)
	for _, n := range msg.Nodes {
		if c, ok := n.(*stanza.Element); ok && serverOnly(c) {
			continue
		}
		out.Nodes = append(out.Nodes, n)
	}
	if id == "" {
		return out
	}
	return out.Add(xep.StanzaID(by, id))
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
