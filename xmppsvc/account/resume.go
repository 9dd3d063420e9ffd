package account

import (
	"dovekie/xmppsvc/feature"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stanza"
	"dovekie/xmppsvc/storage"
	"dovekie/xmppsvc/stream"
)

// session is what XEP-0198 counts of our session on the server, in step with the stream's
// own count: it is stored in the transaction of the batch that it counts, so that after a
// crash the session can go on exactly where the disk is.
type session struct {
	storage.Session
	stored storage.Session // as it is on the disk
	left   *stream.Resume  // what a connection that broke left behind, or a crash
	owed   int             // attempts in a row that ended before the server had said whether it goes on
	silent int             // times in a row that it went on and then answered nothing
	fresh  bool            // nothing but what is on the disk is known of it: after a crash, or a lost batch
}

// maxOwed is after how many attempts without an answer the session is given up: a server that
// ends the connection whenever it is asked would keep us out for ever.
const maxOwed = 4

// maxSilent is after how many resumptions in a row that were followed by silence it is given up:
// Prosody 0.12 takes all that comes for the inside of a stanza that a cut has left open, in each
// stream of that session.
const maxSilent = 2

// maxHoles bounds what a session may have sent since the last message that was confirmed.
const maxHoles = 1 << 20

// resumable reads after a start what a crash may have left: a session is on the disk only
// while it lives, a sign-out takes it away. false: it is too much to go on with.
//
// Of what was not confirmed only the messages are on the disk. In the place of each other
// stanza goes one that means nothing, so that all keep their numbers: they are sent as soon
// as the server has agreed, and a crash before that is on the disk must not find other
// numbers there than the server counts, or it would send a message twice.
func (a *Account) resumable(s storage.Session, sent []storage.Outgoing) bool {
	if s.Sent-s.Acked > maxHoles {
		return false
	}
	messages := map[uint32]model.Message{}
	for _, o := range sent {
		messages[o.Number] = o.Message // 0 is of another session: the archive will tell
	}
	left := &stream.Resume{ID: s.ID, JID: s.JID, Location: s.Location, Handled: s.Handled, Acked: s.Acked, Sent: s.Sent}
	nothing := stanza.NewIQ("result", "nothing", "", nil)
	for n := s.Acked + 1; behind(n, s.Acked) && !behind(n, s.Sent); n++ {
		out := stream.Outgoing{Element: nothing}
		if m, ok := messages[n]; ok && n != 0 {
			out = stream.Outgoing{Element: a.features.messaging.Compose(m), Tag: string(m.ID)}
		}
		left.Queue = append(left.Queue, stream.Numbered{Outgoing: out, N: n})
	}
	a.session.left, a.session.fresh = left, true
	a.session.Session, a.session.stored = s, s
	return true
}

// count numbers what the batch sends and stores how far the session is.
func (a *Account) count() {
	s := &a.session
	if !a.link.sm {
		return
	}
	s.Handled += uint32(a.fx.handled)
	for _, out := range a.fx.sends {
		if !out.Element.IsStanza() || a.link.stream == nil {
			continue
		}
		s.Sent++
		if out.Tag == "" {
			continue
		}
		a.out.flying[model.MessageID(out.Tag)] = s.Sent
		if err := a.tx.NumberSent(model.MessageID(out.Tag), s.Sent); err != nil {
			a.fail(err)
		}
	}
	a.storeSession()
}

// storeSession writes what changed, if there is anything to resume.
func (a *Account) storeSession() {
	s := &a.session
	var next storage.Session
	if s.ID != "" {
		next = s.Session
	}
	if next == s.stored {
		return
	}
	s.stored = next
	if err := a.tx.PutSession(a.self(), next); err != nil {
		a.fail(err)
	}
}

// goesOn makes the new connection that of the session there was. Whatever was opened for
// a new session was not sent.
func (a *Account) goesOn(at *attempt) {
	l, s := &a.link, &a.session
	left, fresh := s.left, s.fresh
	s.left, s.fresh, s.owed = nil, false, 0
	for _, id := range at.opening.asked {
		a.asks.fail(id, errOffline)
	}
	a.asks.extend(a.steady().Add(askLimit))
	a.acked(at.est.Acked)
	s.Session = storage.Session{
		ID: left.ID, JID: left.JID, Location: at.est.Location, Handled: left.Handled, Sent: at.est.H, Acked: at.est.H,
	}
	for _, q := range left.Queue {
		if !behind(q.N, at.est.H) {
			continue
		}
		s.Sent++ // it was sent again under this number
		if q.Tag == "" {
			continue
		}
		a.out.flying[model.MessageID(q.Tag)] = s.Sent
		if err := a.tx.NumberSent(model.MessageID(q.Tag), s.Sent); err != nil {
			a.fail(err)
		}
	}
	if s.Location == "" {
		s.Location = left.Location
	}
	l.full = left.JID
	a.storeSession()
	a.makeUp()
	each(&a.features, func(r feature.Resumed) { r.Resumed(fresh) })
}

// behind compares numbers that wrap at 2^32.
func behind(n, h uint32) bool { return int32(n-h) > 0 }

// over ends the session that there was, if there was one: what nobody confirmed waits for
// the archive, or goes out again, and nobody's presence is known any more.
func (a *Account) over() {
	s := &a.session
	s.left, s.fresh, s.owed, s.silent = nil, false, 0, 0
	s.Session = storage.Session{}
	a.storeSession()
	clear(a.out.flying)
	a.out.owed.rest = nil
	a.requeueSent()
	a.features.lost()
}
