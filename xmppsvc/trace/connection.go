package trace

import (
	"slices"
	"sync/atomic"
	"time"

	"dovekie/xmppsvc/model"
)

// How much is remembered of the past.
const (
	maxConns = 50
	maxSteps = 40 // of one connection; the one that ends it always finds room
)

// Step is one thing that was done to get or lose a connection.
type Step struct {
	Name   string
	Detail string        // English, for the curious; never a secret
	Time   time.Time     // when it was done
	Took   time.Duration // 0 when it has no length
}

// Connection is one attempt to connect and what became of it.
type Connection struct {
	Number int // counts from 1
	Begun  time.Time
	Up     time.Time // online since; zero if it never was
	Ended  time.Time // zero while it lasts
	Steps  []Step    // oldest first

	Login   model.Login   // once up
	Managed bool          // the server confirms what it took (XEP-0198)
	Keeps   time.Duration // how long the server keeps the session after a loss, 0 if it did not say

	Chain   []Certificate // as the server showed it, its own first
	Verdict Verdict
	Failure string // what is wrong with the chain, one of model.Error's reasons, or ""

	Cause   model.ErrorKind // why it ended, "" when the user wanted it
	Detail  string          // the same in English
	RetryAt time.Time       // of the attempt that follows, if one was planned

	BytesIn, BytesOut uint64
}

// attempt is a Connection in the making; the core's mu guards all but the counters.
type attempt struct {
	Connection
	told              bool // Cause is right
	bytesIn, bytesOut atomic.Uint64
	pins              []string
}

// Begin opens a connection: what it returns records into it. pins are the fingerprints
// that the user has accepted for good.
func (t *Trace) Begin(pins ...string) *Trace {
	if t == nil {
		return nil
	}
	at := &attempt{pins: pins}
	at.Begun = time.Now()
	t.mu.Lock()
	defer t.mu.Unlock()
	t.count++
	at.Number = t.count
	if len(t.conns) == maxConns {
		t.conns = slices.Delete(t.conns, 0, 1)
	}
	t.conns = append(t.conns, at)
	return &Trace{core: t.core, at: at}
}

// Online records that the connection is up, and how.
func (t *Trace) Online(l model.Login, managed bool, keeps time.Duration) {
	if t == nil || t.at == nil {
		return
	}
	now := time.Now()
	t.mu.Lock()
	defer t.mu.Unlock()
	t.at.Up, t.at.Login, t.at.Managed, t.at.Keeps = now, l, managed, keeps
	t.add(Entry{Kind: KindStep, Name: "online", Detail: l.JID.String(), Time: now, Took: now.Sub(t.at.Begun), Conn: t.at.Number})
	t.at.step(Step{Name: "online", Time: now, Took: now.Sub(t.at.Begun)})
}

// Failed records that the connection was never up, and why.
func (t *Trace) Failed(err error) {
	if t == nil || t.at == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.at.end(time.Now())
	t.at.tell(model.KindOf(err), err.Error(), time.Time{})
}

// Lost records why the newest connection that has ended did so, and when the next attempt
// is due. An end that was explained before keeps its explanation, but for the time of the
// next attempt.
func (t *Trace) Lost(cause model.ErrorKind, detail string, retry time.Time) {
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, at := range slices.Backward(t.conns) {
		switch {
		case at.Ended.IsZero():
		case at.told:
			if at.RetryAt.IsZero() {
				at.RetryAt = retry
			}
			return
		default:
			at.tell(cause, detail, retry)
			return
		}
	}
}

// Connections are all that are remembered, oldest first.
func (t *Trace) Connections() []Connection {
	if t == nil {
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	out := make([]Connection, 0, len(t.conns))
	for _, at := range t.conns {
		c := at.Connection
		c.Steps, c.Chain = slices.Clone(c.Steps), slices.Clone(c.Chain)
		c.BytesIn, c.BytesOut = at.bytesIn.Load(), at.bytesOut.Load()
		out = append(out, c)
	}
	return out
}

func (t *Trace) number() int {
	if t.at == nil {
		return 0
	}
	return t.at.Number
}

// step notes a step; "ended" is also the end.
func (at *attempt) step(s Step) {
	if s.Name == "ended" {
		at.end(s.Time)
		if at.Detail == "" {
			at.Detail = s.Detail
		}
	} else if len(at.Steps) >= maxSteps {
		return
	}
	at.Steps = append(at.Steps, s)
}

func (at *attempt) end(now time.Time) {
	if at.Ended.IsZero() {
		at.Ended = now
	}
}

func (at *attempt) tell(cause model.ErrorKind, detail string, retry time.Time) {
	at.told = true
	at.Cause, at.RetryAt = cause, retry
	if detail != "" {
		at.Detail = detail
	}
}
