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
	now   func() time.Time
	calls int
	soft  int // calls over holdSoft
	busy  int // calls that also worked for longer than holdSoft
	total time.Duration
	byFn  map[string]*held
	depth int
	apart span // of the call that is measured, to be left out
}

// span is a time by the clock and the processor's work in it for this goroutine's thread.
// The clock also counts what the processor did for others meanwhile, which on a machine
// that draws OpenGL in software is a lot; the work is ours alone.
type span struct{ clock, work time.Duration }

func (s span) minus(o span) span { return span{s.clock - o.clock, s.work - o.work} }

func (p *Probe) mark() (time.Time, time.Duration) { return p.now(), threadTime() }

func (p *Probe) since(start time.Time, work time.Duration) span {
	return span{p.now().Sub(start), threadTime() - work}
}

// held is what one kind of function took.
type held struct {
	name  string
	calls int
	worst span // of each by itself
	total time.Duration
}

// NewProbe makes a probe with a clock.
func NewProbe(now func() time.Time) *Probe {
	return &Probe{now: now, byFn: map[string]*held{}}
}

// Measure runs fn. A call within another counts with the outer one.
func (p *Probe) Measure(name string, fn func()) {
	if p.depth > 0 {
		fn()
		return
	}
	p.depth++
	p.apart = span{}
	start, work := p.mark()
	defer func() {
		p.depth--
		p.record(name, p.since(start, work).minus(p.apart))
	}()
	fn()
}

// Without runs fn and leaves its time out of the call that is measured.
func (p *Probe) Without(fn func()) {
	start, work := p.mark()
	fn()
	d := p.since(start, work)
	p.apart = span{p.apart.clock + d.clock, p.apart.work + d.work}
}

func (p *Probe) record(name string, d span) {
	h := p.byFn[name]
	if h == nil {
		h = &held{name: name}
		p.byFn[name] = h
	}
	h.calls++
	h.total += d.clock
	h.worst = span{max(h.worst.clock, d.clock), max(h.worst.work, d.work)}
	p.calls++
	p.total += d.clock
	if d.clock > holdSoft {
		p.soft++
	}
	if d.work > holdSoft {
		p.busy++
	}
}

// Held is a summary of the probe.
type Held struct {
	Calls     int
	OverSoft  int // over 8 ms by the clock
	Busy      int // over 8 ms of work; 0 where the system does not tell
	Worst     time.Duration
	WorstName string
	WorstWork time.Duration
	Total     time.Duration
}

// Summary is what was recorded so far.
func (p *Probe) Summary() Held {
	s := Held{Calls: p.calls, OverSoft: p.soft, Busy: p.busy, Total: p.total}
	for _, h := range p.byFn {
		if h.worst.clock > s.Worst {
			s.Worst, s.WorstName = h.worst.clock, h.name
		}
		s.WorstWork = max(s.WorstWork, h.worst.work)
	}
	return s
}

// Good reports whether the bounds were kept.
func (h Held) Good() bool {
	return h.Worst <= holdHard && h.OverSoft*1000 <= h.Calls
}

// Report is a table for people, the worst first.
func (p *Probe) Report() string {
	all := make([]*held, 0, len(p.byFn))
	for _, h := range p.byFn {
		all = append(all, h)
	}
	slices.SortFunc(all, func(a, b *held) int { return int(b.worst.clock - a.worst.clock) })
	var b strings.Builder
	s := p.Summary()
	fmt.Fprintf(&b, "our functions held the window %d times, %d over 8 ms, worst %s; by their own work %d over 8 ms, worst %s\n",
		s.Calls, s.OverSoft, s.Worst.Round(time.Microsecond), s.Busy, s.WorstWork.Round(time.Microsecond))
	for _, h := range all {
		mean := h.total / time.Duration(h.calls)
		fmt.Fprintf(&b, "%9s worst %9s of work %9s mean %7d calls  %s\n",
			h.worst.clock.Round(time.Microsecond), h.worst.work.Round(time.Microsecond), mean.Round(time.Microsecond), h.calls, h.name)
	}
	return b.String()
}
