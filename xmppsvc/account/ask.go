package account

import (
	"crypto/rand"
	"encoding/base32"
	"slices"
	"time"

	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stanza"
	"dovekie/xmppsvc/xep"
)

// askLimit is how long a question waits for its answer.
const askLimit = 30 * time.Second

// asks are the open questions by the id of their IQ.
type asks map[string]question

type question struct {
	to       jid.JID // zero for our own account
	deadline time.Time
	done     func(*stanza.Element, error)
}

// newID is 120 random bits: nobody can answer a question that they did not see.
func newID() string {
	var b [15]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand)
	return base32.StdEncoding.EncodeToString(b[:])
}

// answer takes the answer to a question: only an IQ of type result or error, only from
// whom was asked, and only once (CVE-2024-46957 is what happens otherwise).
func (q asks) answer(self, from jid.JID, iq *stanza.Element) bool {
	typ := iq.Get("type")
	if typ != "result" && typ != "error" {
		return false
	}
	open, ok := q[iq.Get("id")]
	if !ok || !mayAnswer(self, open.to, from) {
		return false
	}
	delete(q, iq.Get("id"))
	if typ == "error" {
		failure, _ := xep.ErrorOf(iq)
		open.done(nil, xep.Refused(failure))
	} else {
		open.done(iq, nil)
	}
	return true
}

// mayAnswer applies RFC 6120 §8.1.2.1 and §10.3.3: a question without an address is
// answered by our account, and servers name that in four ways, no name among them; what
// was sent to our bare JID or our server may come back without a name.
func mayAnswer(self, to, from jid.JID) bool {
	switch {
	case to == from:
		return true
	case to.IsZero() || to == self.Bare():
		return from.IsZero() || from == self || from == self.Bare() || to.IsZero() && from == self.Server()
	case to == self.Server():
		return from.IsZero()
	}
	return false
}

// fail answers the question id with err, if it is open.
func (q asks) fail(id string, err error) {
	if open, ok := q[id]; ok {
		delete(q, id)
		open.done(nil, err)
	}
}

// failAll answers all open questions; those asked meanwhile stay.
func (q asks) failAll(err error) {
	var ids []string
	for id := range q {
		ids = append(ids, id)
	}
	for _, id := range ids {
		q.fail(id, err)
	}
}

// failOthers answers all open questions but those.
func (q asks) failOthers(but []string, err error) {
	var ids []string
	for id := range q {
		if !slices.Contains(but, id) {
			ids = append(ids, id)
		}
	}
	for _, id := range ids {
		q.fail(id, err)
	}
}

// extend gives all open questions time until t at least.
func (q asks) extend(t time.Time) {
	for id, open := range q {
		if open.deadline.Before(t) {
			open.deadline = t
			q[id] = open
		}
	}
}

// expire gives up the questions whose time is over.
func (q asks) expire(now time.Time) {
	for id, open := range q {
		if !now.Before(open.deadline) {
			q.fail(id, model.Errorf(model.ErrTimeout, "no answer came in time"))
		}
	}
}

// next is when expire is due, or zero.
func (q asks) next() time.Time {
	var first time.Time
	for _, open := range q {
		if first.IsZero() || open.deadline.Before(first) {
			first = open.deadline
		}
	}
	return first
}
