package app

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// The bounds that no function of ours on the UI goroutine may exceed, the first in 99.9 %
// of calls and the second never.
const (
	holdSoft = 8 * time.Millisecond
	holdHard = 16 * time.Millisecond
)

// Probe records how long our functions held the UI goroutine. It belongs to that
// goroutine; a Report may be asked for there alone.
type Probe struct {
	now    func() time.Time
	thread threadClock
	begun  time.Time
	calls  int
	over   overSoft
	total  time.Duration
	byFn   map[string]*held
	long   []longCall // the first of those over holdSoft
	depth  int
	apart  span // of the call that is measured, to be left out
}

// span is a time by the clock and what of it the kernel knows about: the processor's work
// for this goroutine's thread, and how long that stood ready while all processors did
// something else. Ours is the clock without that wait, which on a machine that draws
// OpenGL in software or serves others is a lot: the work, and what the Go runtime stops
// us for.
type span struct{ clock, work, wait time.Duration }

func (s span) minus(o span) span { return span{s.clock - o.clock, s.work - o.work, s.wait - o.wait} }

func (s span) plus(o span) span { return span{s.clock + o.clock, s.work + o.work, s.wait + o.wait} }

func (s span) ours() time.Duration { return s.clock - s.wait }

// most takes the longest of each.
func (s span) most(o span) span {
	return span{max(s.clock, o.clock), max(s.work, o.work), max(s.wait, o.wait)}
}

// threadSpent is what a thread has used and waited so far; zero where it is not told.
type threadSpent struct {
	thread     int
	work, wait time.Duration
}

// mark is a moment to measure from.
type mark struct {
	at    time.Time
	spent threadSpent
}

// from is what was spent since the mark. Tests may go on in another thread, of which
// nothing is known.
func (m mark) from(o mark) span {
	s := span{clock: m.at.Sub(o.at)}
	if m.spent.thread == o.spent.thread {
		s.work, s.wait = m.spent.work-o.spent.work, m.spent.wait-o.spent.wait
	}
	return s
}

// inner marks the begin of what is to be left out or the end of what is measured, outer
// the other two: the clock of a call encloses its wait and not the other way round, so
// that what happens between the two looks is ours.
func (p *Probe) inner() mark {
	spent := p.thread.spent()
	return mark{p.now(), spent}
}

func (p *Probe) outer() mark {
	now := p.now()
	return mark{now, p.thread.spent()}
}

// overSoft counts calls over holdSoft by the clock, without the wait, and by the work.
type overSoft struct{ clock, ours, work int }

// held is what one kind of function took.
type held struct {
	name  string
	calls int
	worst span          // of each by itself
	ours  time.Duration // the worst
	total time.Duration
}

// longCall is a call over holdSoft.
type longCall struct {
	name  string
	after time.Duration // since the probe was made
	span
}

// longMost is how many long calls are kept.
const longMost = 20

// NewProbe makes a probe with a clock.
func NewProbe(now func() time.Time) *Probe {
	return &Probe{now: now, begun: now(), byFn: map[string]*held{}}
}

// Measure runs fn. A call within another counts with the outer one.
func (p *Probe) Measure(name string, fn func()) {
	if p.depth > 0 {
		fn()
		return
	}
	p.depth++
	p.apart = span{}
	start := p.outer()
	defer func() {
		p.depth--
		p.record(name, start.at, p.inner().from(start).minus(p.apart))
	}()
	fn()
}

// Without runs fn and leaves its time out of the call that is measured.
func (p *Probe) Without(fn func()) {
	start := p.inner()
	fn()
	p.apart = p.apart.plus(p.outer().from(start))
}

func (p *Probe) record(name string, at time.Time, d span) {
	h := p.byFn[name]
	if h == nil {
		h = &held{name: name}
		p.byFn[name] = h
	}
	h.calls++
	h.total += d.clock
	h.worst, h.ours = h.worst.most(d), max(h.ours, d.ours())
	p.calls++
	p.total += d.clock
	if d.clock <= holdSoft {
		return
	}
	p.over.clock++
	if d.ours() > holdSoft {
		p.over.ours++
	}
	if d.work > holdSoft {
		p.over.work++
	}
	if len(p.long) < longMost {
		p.long = append(p.long, longCall{name, at.Sub(p.begun), d})
	}
}

// Held is a summary of the probe. Where the system does not tell of threads, Ours is by
// the clock and Work 0.
type Held struct {
	Calls     int
	OverSoft  int // over 8 ms by the clock
	OverOurs  int // over 8 ms without the wait for a processor
	OverWork  int // over 8 ms of work
	Worst     time.Duration
	WorstName string
	WorstOurs time.Duration
	WorstWork time.Duration
	Total     time.Duration
}

// Summary is what was recorded so far.
func (p *Probe) Summary() Held {
	s := Held{Calls: p.calls, OverSoft: p.over.clock, OverOurs: p.over.ours, OverWork: p.over.work, Total: p.total}
	for _, h := range p.byFn {
		if h.worst.clock > s.Worst {
			s.Worst, s.WorstName = h.worst.clock, h.name
		}
		s.WorstOurs = max(s.WorstOurs, h.ours)
		s.WorstWork = max(s.WorstWork, h.worst.work)
	}
	return s
}

// Good reports whether the bounds were kept by the clock.
func (h Held) Good() bool {
	return h.Worst <= holdHard && h.OverSoft*1000 <= h.Calls
}

// Report is for people: what the long calls spent their time on, and a table, the worst
// first.
func (p *Probe) Report() string {
	all := make([]*held, 0, len(p.byFn))
	for _, h := range p.byFn {
		all = append(all, h)
	}
	slices.SortFunc(all, func(a, b *held) int { return int(b.worst.clock - a.worst.clock) })
	var b strings.Builder
	s := p.Summary()
	fmt.Fprintf(&b, "our functions held the window %d times, %d over 8 ms, worst %s; without the wait for a processor %d over 8 ms, worst %s; by their own work %d over 8 ms, worst %s\n",
		s.Calls, s.OverSoft, us(s.Worst), s.OverOurs, us(s.WorstOurs), s.OverWork, us(s.WorstWork))
	for _, c := range p.long {
		fmt.Fprintf(&b, "after %s, %s took %s: %s of work, %s ready without a processor, %s stopped\n",
			c.after.Round(time.Millisecond), c.name, us(c.clock), us(c.work), us(c.wait), us(max(c.ours()-c.work, 0)))
	}
	for _, h := range all {
		fmt.Fprintf(&b, "%9s worst %9s without the wait %9s of work %9s mean %7d calls  %s\n",
			us(h.worst.clock), us(h.ours), us(h.worst.work), us(h.total/time.Duration(h.calls)), h.calls, h.name)
	}
	return b.String()
}

func us(d time.Duration) time.Duration { return d.Round(time.Microsecond) }
