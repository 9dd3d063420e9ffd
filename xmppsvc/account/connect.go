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
	"dovekie/xmppsvc/storage"
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
	state    model.Connection
	login    model.Login
	attempt  *attempt              // under way, or nil
	stream   Stream                // bound, or nil
	inbound  <-chan stream.Inbound // of stream, until its end was read
	full     jid.JID               // ours while bound
	sm       bool                  // the server acknowledges (XEP-0198)
	opening  *opening              // collects what goes behind bind
	cause    error                 // why we dropped the stream ourselves
	since    time.Time             // bound since, by the steady clock
	retry    time.Time             // while Waiting: when, by the steady clock
	broke    time.Time             // when a connection or an attempt last ended without a goodbye
	self     bool                  // a conflict was put down to that, once
	woken    bool                  // the machine changed its network or slept, and nothing was established since
	csi      bool                  // the server wants to know whether somebody looks (XEP-0352)
	inactive bool                  // nobody does
	pulse    pulse                 // is the other side still there
	wish     wish                  // what the user wants
	waiting  []func(error)         // Connect calls
	leaving  []func(error)         // Disconnect calls
	trusted  map[string]bool       // fingerprints, for this run
}

// opening is what was said and asked for the case that the next connection begins a new
// session.
type opening struct {
	first []stream.Outgoing
	asked []string // ids
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
	at := &attempt{cancel: cancel, began: a.steady()}
	a.link.attempt = at
	a.link.login = model.Login{}
	a.link.wish.online = true
	a.setState(model.Connection{State: model.Resolving})
	plan := a.plan(at)
	// What the session has handled is certain only when the batch at hand has its outcome.
	begun := make(chan struct{})
	a.fx.begun = append(a.fx.begun, begun)
	a.workers.Go(func() {
		defer cancel()
		<-begun
		at.run(ctx, plan)
		if !a.post(func() { a.finished(at) }) && at.stream != nil {
			discard(at.stream)
		}
	})
}

// finished takes the outcome of an attempt; one that was given up meanwhile is undone.
func (a *Account) finished(at *attempt) {
	if at.err != nil || a.link.attempt != at {
		for _, id := range at.opening.asked {
			a.asks.fail(id, errOffline)
		}
	}
	switch {
	case a.link.attempt != at:
		if at.stream != nil {
			a.workers.Go(func() { discard(at.stream) })
		}
	case at.err != nil:
		a.link.attempt = nil
		a.link.broke = a.steady()
		if a.session.left != nil && a.sessionLost(at.err) {
			a.asks.failAll(errOffline)
			a.over()
		}
		a.down(at.err)
	default:
		a.link.attempt = nil
		a.established(at)
	}
}

// sessionLost reports whether the failure says that the session must not be asked for again.
func (a *Account) sessionLost(err error) bool {
	if errors.Is(err, stream.ErrUnanswered) {
		a.session.owed++
	}
	return errors.Is(err, stream.ErrSessionLost) || a.session.owed >= maxOwed
}

// established makes the new stream ours.
func (a *Account) established(at *attempt) {
	l := &a.link
	l.stream, l.inbound, l.cause = at.stream, at.stream.Inbound(), nil
	l.login, l.full, l.sm = at.est.Login, at.est.Login.JID, at.est.SM
	l.since = a.steady()
	l.pulse = pulse{since: l.since, typed: l.pulse.typed}
	l.csi, l.woken = at.est.CSI, false
	l.wish.steady, a.fx.bound = true, true
	a.settings.LastUsed = a.now()
	if err := a.tx.PutAccount(a.settings); err != nil {
		a.fail(err)
	}
	a.learn(at)
	a.emit(event.AccountChanged{Account: a.settings})
	a.features.roster.Versioned(at.est.RosterVer)
	a.takeBack() // of the stream before, if its end could not be stored
	if l.login.Resumed {
		a.goesOn(at)
	} else {
		a.beginsAnew(at)
	}
	if l.inactive { // a stream begins active, also one that was resumed (XEP-0352 §5.2)
		a.sendActivity()
	}
	if a.own.told != a.own.presence() { // it was changed meanwhile, or told to a process that died
		a.sendPresence()
	}
	a.setState(model.Connection{State: model.Online})
	if at.est.BindingLost || at.est.HashWeaker {
		a.emit(event.NoticeRaised{Account: a.self(), Kind: event.NoticeBindingLost})
	}
	for _, reply := range l.waiting {
		reply(nil)
	}
	l.waiting = nil
}

// beginsAnew ends the session that there was and begins that of the new stream.
func (a *Account) beginsAnew(at *attempt) {
	a.acked(at.est.Acked) // a server that refuses may still say how far it came (XEP-0198 §5)
	a.asks.failOthers(at.opening.asked, errOffline)
	a.asks.extend(a.steady().Add(askLimit))
	a.over()
	a.session.Session = storage.Session{
		ID: at.est.SMID, JID: at.est.Login.JID, Location: at.est.Location, Sent: at.est.Sent,
	}
	if at.est.SMID == "" {
		a.session.JID, a.session.Location = jid.JID{}, ""
	}
	a.storeSession()
	a.own.told = at.presence
	a.features.bound()
}

// learn stores what the login taught for the next one.
func (a *Account) learn(at *attempt) {
	hint, err := json.Marshal(at.est.Hint)
	if err != nil {
		a.fail(model.Errorf(model.ErrStorage, "store the login's hints: %w", err))
		return
	}
	next := at.known
	next.Account, next.Hint, next.Session = a.self(), hint, a.session.stored
	next.ScramSeen = next.ScramSeen || at.est.ScramUsed
	// A loss is told once; from then on this is what the server offers, as with the hash.
	next.PlusSeen = at.est.PlusUsed || next.PlusSeen && !at.est.BindingLost
	if err := a.tx.PutStreamState(next); err != nil {
		a.fail(err)
	}
}

// ended is the end of the stream: all that it brought has been handled. The session lives
// on at the server for a while, unless one of us said goodbye.
func (a *Account) ended() {
	l := &a.link
	cause := l.stream.Err()
	if l.cause != nil {
		cause = l.cause
	}
	if a.steady().Sub(l.since) >= settled {
		l.wish.failures, l.self = 0, false
	}
	if model.KindOf(cause) != model.ErrConflict && cause != nil {
		l.broke = a.steady()
	}
	left, ok := l.stream.Session()
	ok = ok && a.session.silent < maxSilent
	unacked := l.stream.Unacked()
	l.stream, l.cause, l.login = nil, nil, model.Login{}
	a.doubt(unacked)
	a.takeBack()
	if ok && l.wish.online && left.ID == a.session.ID { // else its begin could not be stored
		a.session.left, a.fx.left = &left, &left
	} else {
		l.full = jid.JID{}
		a.asks.failAll(errOffline)
		a.over()
	}
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
	case l.wish.steady && (!final(kind) || a.withOurselves(kind)):
		wait := backoff(l.wish.failures, a.settings.Security)
		if l.woken { // it was us and not the server: no crowd comes back with us
			wait, l.woken = backoffFirst/10, false
		}
		l.retry = a.steady().Add(wait)
		next.State, next.RetryAt = model.Waiting, a.now().Add(wait)
		l.wish.failures++
	default:
		l.wish.online = false
	}
	if a.session.left == nil || !l.wish.online { // nobody knows when it goes on, if it does
		a.asks.failAll(errOffline)
		a.session.fresh = a.session.left != nil
	}
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

// withOurselves tells a conflict with a connection of our own that broke a short while ago
// and that the server took for the newer one: what we had sent over it was late. It is
// believed once; whoever takes our place again is somebody else, and we do not fight.
func (a *Account) withOurselves(kind model.ErrorKind) bool {
	l := &a.link
	if kind != model.ErrConflict || l.self || l.broke.IsZero() || a.steady().Sub(l.broke) > time.Minute {
		return false
	}
	l.self = true
	return true
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
		if a.session.left != nil { // who signs out does not go on
			a.asks.failAll(errOffline)
			a.over()
		}
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
