package trace

import (
	"sync"
	"time"
)

// What the meter remembers besides its totals.
const (
	seconds = 60
	minutes = 60
)

// settled is how long a connection must be up before what it costs counts as idling:
// signing in is not.
const settled = time.Minute

// bucket is what went by in one second or one minute.
type bucket struct {
	at int64 // which second or minute, since 1970
	Counters
	busy bool // a message went by
}

// meter counts. It is locked for the length of a few additions.
type meter struct {
	mu     sync.Mutex
	all    Counters
	taken  Counters // of all, by take
	second [seconds + 1]bucket
	minute [minutes + 1]bucket
}

func (m *meter) count(c Counters, busy bool) {
	now := time.Now().Unix()
	m.mu.Lock()
	defer m.mu.Unlock()
	m.all = m.all.Add(c)
	fill(m.second[:], now, c, busy)
	fill(m.minute[:], now/60, c, busy)
}

func fill(ring []bucket, at int64, c Counters, busy bool) {
	b := &ring[at%int64(len(ring))]
	if b.at != at {
		*b = bucket{at: at}
	}
	b.Counters = b.Add(c)
	b.busy = b.busy || busy
}

func (m *meter) total() Counters {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.all
}

// take is what was counted since the last take.
func (m *meter) take() Counters {
	m.mu.Lock()
	defer m.mu.Unlock()
	fresh := m.all.Sub(m.taken)
	m.taken = m.all
	return fresh
}

// Traffic is a reading of the meter.
type Traffic struct {
	Session Counters // since the Trace was made
	Fresh   Counters // the part of Session that the Ledger has not been told
	Month   Counters // of the calendar's month, with earlier runs
	// Seconds are the last 60 whole seconds, oldest first.
	Seconds [seconds]Counters
	// Quiet is how many of the last 60 whole minutes the connection was up without a
	// message going by; QuietBytes is what they cost, both ways.
	Quiet      int
	QuietBytes uint64
}

// IdleHour is what an hour of doing nothing costs, by the quiet minutes; 0 without any.
func (t Traffic) IdleHour() uint64 {
	if t.Quiet == 0 {
		return 0
	}
	return t.QuietBytes * minutes / uint64(t.Quiet)
}

// Traffic reads the meter; the months are the Ledger's.
func (t *Trace) Traffic() Traffic {
	if t == nil {
		return Traffic{}
	}
	now := time.Now()
	up := t.uptime()
	m := &t.meter
	m.mu.Lock()
	defer m.mu.Unlock()
	r := Traffic{Session: m.all, Fresh: m.all.Sub(m.taken)}
	for i := range r.Seconds {
		at := now.Unix() - seconds + int64(i)
		if b := m.second[at%int64(len(m.second))]; b.at == at {
			r.Seconds[i] = b.Counters
		}
	}
	for at := now.Unix()/60 - minutes; at < now.Unix()/60; at++ {
		b := m.minute[at%int64(len(m.minute))]
		if b.at != at {
			b = bucket{}
		}
		if b.busy || !up.covers(time.Unix(at*60, 0), time.Unix(at*60+60, 0)) {
			continue
		}
		r.Quiet++
		r.QuietBytes += b.BytesIn + b.BytesOut
	}
	return r
}

// Fresh is what was counted since the last call, for the Ledger.
func (t *Trace) Fresh() Counters {
	if t == nil {
		return Counters{}
	}
	return t.meter.take()
}

// span is a time that the connection was up and had settled; the end is zero while it lasts.
type span struct{ from, to time.Time }

type spans []span

func (t *Trace) uptime() spans {
	t.mu.Lock()
	defer t.mu.Unlock()
	var up spans
	for _, at := range t.conns {
		if !at.Up.IsZero() {
			up = append(up, span{at.Up.Add(settled), at.Ended})
		}
	}
	return up
}

func (s spans) covers(from, to time.Time) bool {
	for _, u := range s {
		if !from.Before(u.from) && (u.to.IsZero() || !to.After(u.to)) {
			return true
		}
	}
	return false
}
