package demo

import (
	"strconv"
	"time"

	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/stanza"
)

// resumeTime is Options.ResumeTime's default.
const resumeTime = 5 * time.Minute

// maxEnded bounds the sessions that are remembered for what they had handled.
const maxEnded = 256

// endedSession is what can still be told of a session that is over.
type endedSession struct {
	id   string
	user jid.JID
	h    uint32
}

// allowResume gives a session the id by which it can be taken up again (XEP-0198 §5).
func (s *Server) allowResume(sess *session, enabled *stanza.Element) {
	sess.sm.id = newID()
	s.resumable[sess.sm.id] = sess
	enabled.With("id", sess.sm.id).With("resume", "true").
		With("max", strconv.Itoa(int(s.opt.ResumeTime/time.Second)))
}

// resume answers <resume/>: the session goes on here, with all that its client has not
// confirmed, in order.
func (c *conn) resume(el *stanza.Element) {
	s := c.srv
	if c.closing {
		return
	}
	id := el.Get("previd")
	h, err := strconv.ParseUint(el.Get("h"), 10, 32)
	if err != nil {
		c.queue(smFailed("bad-request"))
		return
	}
	sess := s.resumable[id]
	// Knowing an id is not enough: it is one of the account that signed in.
	if sess != nil && sess.acct.jid == c.user && !sess.sm.confirm(uint32(h)) {
		s.end(sess) // the two sides do not speak of the same stanzas
		sess = nil
	}
	if sess == nil || sess.acct.jid != c.user {
		c.queue(s.notResumed(id, c.user))
		return
	}
	if old := sess.conn; old != nil {
		// §5: "If the former stream is resumed and the server still has the stream […] open
		// at this time, the server SHOULD send a 'conflict' stream error".
		old.sess = nil
		old.shut("conflict")
	}
	sess.conn, c.sess = c, sess
	_ = c.nc.SetReadDeadline(time.Time{})
	c.queue(stanza.New(nsSM, "resumed").With("previd", id).With("h", strconv.FormatUint(uint64(sess.sm.in), 10)))
	for _, u := range sess.sm.queue {
		c.queue(u.el)
	}
	sess.sm.waiting, sess.sm.asked = false, sess.sm.acked
	c.poke()
	s.script.returned(sess.acct)
}

// notResumed says no, and how much had arrived if that is known (§5).
func (s *Server) notResumed(id string, user jid.JID) *stanza.Element {
	failed := smFailed("item-not-found")
	for _, e := range s.ended {
		if e.id == id && e.user == user {
			failed.SetAttr("h", strconv.FormatUint(uint64(e.h), 10))
		}
	}
	return failed
}

// lost is for a connection that broke: its session waits for its client, if it may.
func (s *Server) lost(c *conn) {
	sess := c.sess
	if sess == nil {
		return
	}
	c.sess, sess.conn = nil, nil
	s.release(sess)
	sess.held = nil // XEP-0352 §5.2: a resumed stream begins active
	if sess.ended || sess.sm.id == "" || s.closed {
		s.end(sess)
		return
	}
	sess.lostAt = time.Now()
	loss := sess.lostAt
	s.after(s.opt.ResumeTime, func() {
		if sess.conn == nil && sess.lostAt.Equal(loss) {
			s.end(sess)
		}
	})
}

// end is a session's end: presence first, then what was never confirmed finds its way
// again, under the ids that it has in the archive.
func (s *Server) end(sess *session) {
	if sess.ended {
		return
	}
	sess.ended = true
	if sess.conn != nil {
		sess.conn.sess, sess.conn = nil, nil
	}
	if sess.sm.id != "" {
		delete(s.resumable, sess.sm.id)
		s.ended = append(s.ended, endedSession{sess.sm.id, sess.acct.jid, sess.sm.in})
		if len(s.ended) > maxEnded {
			s.ended = s.ended[len(s.ended)-maxEnded:]
		}
	}
	delete(sess.acct.sessions, sess.jid.Resource())
	s.goOffline(sess, stanza.NewPresence("unavailable", ""))
	for _, p := range sess.sm.abandon() {
		s.place(sess.acct, p.msg, sess.acct.jid, p.when, false)
	}
}

// endOldest ends the waiting session that has waited longest, to make room.
func (s *Server) endOldest(acct *account) {
	var oldest *session
	for _, sess := range acct.sessions {
		if sess.conn == nil && sess.bot == nil && (oldest == nil || sess.lostAt.Before(oldest.lostAt)) {
			oldest = sess
		}
	}
	if oldest != nil {
		s.end(oldest)
	}
}

// endWaiting ends all sessions that wait for their clients.
func (s *Server) endWaiting() {
	for _, sess := range s.resumable {
		if sess.conn == nil {
			s.end(sess)
		}
	}
}
