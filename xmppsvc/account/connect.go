package account

import (
	"context"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"time"

	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stream"
)

const (
	backoffFirst = time.Second
	backoffMost  = time.Minute
	// settled is how long a connection must have held before the back-off starts anew:
	// a server that accepts and drops us at once is not hammered.
	settled = 10 * time.Second
	// confirmLimit is how long leaving waits for a sign that the last messages arrived, so
	// that they are not sent again next time.
	confirmLimit = 2 * time.Second
	// closeLimit is how long a server may take to say goodbye.
	closeLimit = 5 * time.Second
)

// link is the connection, or what stands in its place.
type link struct {
	state   model.Connection
	login   model.Login
	attempt *attempt              // under way, or nil
	stream  Stream                // bound, or nil
	inbound <-chan stream.Inbound // of stream, until its end was read
	full    jid.JID               // ours while bound
	sm      bool                  // the server acknowledges (XEP-0198)
	opening *[]stream.Outgoing    // collects what goes behind bind
	cause   error                 // why we dropped the stream ourselves
	since   time.Time             // bound since
	pulse   pulse                 // is the other side still there
	wish    wish                  // what the user wants
	waiting []func(error)         // Connect calls
	leaving []func(error)         // Disconnect calls
	trusted map[string]bool       // fingerprints, for this run
}

// wish is what the user wants of the connection.
type wish struct {
	online   bool
	steady   bool // was online, or signs in by itself: goes on trying
	failures int  // in a row
	password model.Secret
	resource string // instead of the stored one
}

// up reports whether a stream is bound and was not told to close.
func (l *link) up() bool { return l.stream != nil && len(l.leaving) == 0 && l.cause == nil }

// abort drops the stream; its end will be read with this cause.
func (l *link) abort(cause error) {
	if l.stream != nil && l.cause == nil {
		l.cause = cause
		l.stream.Abort()
	}
}

// drop ends everything at once, when the loop has ended.
func (l *link) drop() {
	if l.attempt != nil {
		l.attempt.cancel()
	}
	if l.stream != nil {
		discard(l.stream)
	}
}

// discard drops a stream that nobody reads; what it brought stays unacknowledged.
func discard(st Stream) {
	st.Abort()
	for range st.Inbound() {
	}
}

// setState tells a new state of the connection.
func (a *Account) setState(c model.Connection) {
	if a.link.state == c {
		return
	}
	a.link.state = c
	a.emit(event.ConnectionChanged{Account: a.self(), Connection: c, Login: a.link.login})
}

// begin starts an attempt on a goroutine of its own.
func (a *Account) begin() {
	ctx, cancel := context.WithCancel(context.Background())
	at := &attempt{cancel: cancel}
	a.link.attempt = at
	a.link.login = model.Login{}
	a.link.wish.online = true
	a.setState(model.Connection{State: model.Resolving})
	plan := a.plan(at)
	a.workers.Go(func() {
		defer cancel()
		at.run(ctx, plan)
		if !a.post(func() { a.finished(at) }) && at.stream != nil {
			discard(at.stream)
		}
	})
}

// finished takes the outcome of an attempt; one that was given up meanwhile is undone.
func (a *Account) finished(at *attempt) {
	switch {
	case a.link.attempt != at:
		if at.stream != nil {
			a.workers.Go(func() { discard(at.stream) })
		}
	case at.err != nil:
		a.link.attempt = nil
		a.down(at.err)
	default:
		a.link.attempt = nil
		a.established(at)
	}
}

// established makes the new stream ours.
func (a *Account) established(at *attempt) {
	l := &a.link
	l.stream, l.inbound, l.cause = at.stream, at.stream.Inbound(), nil
	l.login, l.full, l.sm = at.est.Login, at.est.Login.JID, at.est.SM
	l.since = a.now()
	l.pulse = pulse{heard: l.since}
	l.wish.steady, a.fx.bound = true, true
	a.settings.LastUsed = l.since
	if err := a.tx.PutAccount(a.settings); err != nil {
		a.fail(err)
	}
	a.learn(at)
	a.emit(event.AccountChanged{Account: a.settings})
	a.setState(model.Connection{State: model.Online})
	if at.est.BindingLost {
		a.emit(event.NoticeRaised{Account: a.self(), Kind: event.NoticeBindingLost})
	}
	for _, reply := range l.waiting {
		reply(nil)
	}
	l.waiting = nil
	a.features.roster.Versioned(at.est.RosterVer)
	a.features.bound()
	a.requeueSent()
}

// learn stores what the login taught for the next one.
func (a *Account) learn(at *attempt) {
	hint, err := json.Marshal(at.est.Hint)
	if err != nil {
		a.fail(model.Errorf(model.ErrStorage, "store the login's hints: %w", err))
		return
	}
	next := at.known
	next.Account, next.Hint, next.SMID = a.self(), hint, at.est.SMID
	next.ScramSeen = next.ScramSeen || at.est.ScramUsed
	next.PlusSeen = next.PlusSeen || at.est.PlusUsed
	if err := a.tx.PutStreamState(next); err != nil {
		a.fail(err)
	}
}

// ended is the end of the stream: all that it brought has been handled.
func (a *Account) ended() {
	l := &a.link
	cause := l.stream.Err()
	if l.cause != nil {
		cause = l.cause
	}
	if a.now().Sub(l.since) >= settled {
		l.wish.failures = 0
	}
	a.unsent(l.stream.Unacked())
	l.stream, l.cause, l.full, l.login = nil, nil, jid.JID{}, model.Login{}
	a.asks.failAll(errOffline)
	a.features.lost()
	a.down(cause)
}

// down is what follows when there is no connection (any more): end, or wait and try again.
func (a *Account) down(cause error) {
	l := &a.link
	kind := model.KindOf(cause)
	if cause == nil && l.wish.online {
		kind = model.ErrUnreachable // the server closed without a reason
	}
	next := model.Connection{State: model.Offline, Cause: kind, Detail: detail(cause)}
	switch {
	case !l.wish.online:
		next = model.Connection{State: model.Offline}
	case l.wish.steady && !final(kind):
		next.State, next.RetryAt = model.Waiting, a.now().Add(backoff(l.wish.failures, a.settings.Security))
		l.wish.failures++
	default:
		l.wish.online = false
	}
	a.asks.failAll(errOffline)
	a.askAboutCertificate(cause)
	a.setState(next)
	waiting, leaving := l.waiting, l.leaving
	l.waiting, l.leaving = nil, nil
	for _, reply := range waiting {
		reply(cause)
	}
	for _, reply := range leaving {
		reply(nil) // which may begin the next attempt
	}
}

// final tells the causes that trying again would not mend, or would make worse.
func final(kind model.ErrorKind) bool {
	switch kind {
	case model.ErrAuthFailed, model.ErrCertificateRejected, model.ErrConflict, model.ErrNoPassword,
		model.ErrTLSRequired, model.ErrDowngrade, model.ErrInvalid, model.ErrInvalidJID, model.ErrUnsupported:
		return true
	default:
		return false
	}
}

// backoff is the time before the next attempt, with full jitter, so that a thousand
// clients of a restarted server do not come back together. The embedded server has one.
func backoff(failures int, s model.Security) time.Duration {
	most := backoffMost
	if s == model.SecurityInProcess {
		most = 2 * backoffFirst
	}
	if failures < 6 {
		most = min(most, backoffFirst<<failures)
	}
	return backoffFirst/10 + rand.N(most)
}

func detail(cause error) string {
	if cause == nil {
		return ""
	}
	return cause.Error()
}

// askAboutCertificate puts the question that a refused certificate is.
func (a *Account) askAboutCertificate(cause error) {
	var told *model.Error
	if !errors.As(cause, &told) || told.Kind != model.ErrCertificateRejected {
		return
	}
	q := event.CertificateRejected{
		Account: a.self(), Host: told.Host, Fingerprint: told.Fingerprint, Reason: told.Reason,
	}
	var facts *stream.CertificateError
	if errors.As(cause, &facts) {
		q.Subject, q.Issuer, q.NotBefore, q.NotAfter = facts.Subject, facts.Issuer, facts.NotBefore, facts.NotAfter
	}
	a.emit(q)
}

// leave goes offline because the user wants to, and calls reply when it is done.
func (a *Account) leave(reply func(error)) {
	l := &a.link
	l.wish.online = false
	if l.stream == nil {
		if l.attempt != nil {
			l.attempt.cancel()
			l.attempt = nil
		}
		l.leaving = append(l.leaving, reply)
		a.down(model.Errorf(model.ErrCancelled, "signing in was given up"))
		return
	}
	switch {
	case len(l.leaving) > 0: // on the way already
	case l.up() && len(a.out.flying) > 0:
		a.confirm(confirmLimit, func() { a.fx.closing = true })
	default:
		a.fx.closing = true
	}
	l.leaving = append(l.leaving, reply)
}

// hangUp closes the stream on a goroutine, behind everything that was sent.
func (a *Account) hangUp() {
	st := a.link.stream
	if st == nil {
		return
	}
	a.workers.Go(func() {
		ctx, cancel := context.WithTimeout(context.Background(), closeLimit)
		defer cancel()
		if st.Close(ctx) != nil {
			st.Abort()
		}
	})
}
