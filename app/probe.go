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
	total time.Duration
	byFn  map[string]*held
	depth int
	apart time.Duration // of the call that is measured, to be left out
}

// held is what one kind of function took.
type held struct {
	name  string
	calls int
	worst time.Duration
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
	p.apart = 0
	start := p.now()
	defer func() {
		p.depth--
		p.record(name, p.now().Sub(start)-p.apart)
	}()
	fn()
}

// Without runs fn and leaves its time out of the call that is measured.
func (p *Probe) Without(fn func()) {
	start := p.now()
	fn()
	p.apart += p.now().Sub(start)
}

func (p *Probe) record(name string, d time.Duration) {
	h := p.byFn[name]
	if h == nil {
		h = &held{name: name}
		p.byFn[name] = h
	}
	h.calls++
	h.total += d
	h.worst = max(h.worst, d)
	p.calls++
	p.total += d
	if d > holdSoft {
		p.soft++
	}
}

// Held is a summary of the probe.
type Held struct {
	Calls     int
	OverSoft  int // over 8 ms
	Worst     time.Duration
	WorstName string
	Total     time.Duration
}

// Summary is what was recorded so far.
func (p *Probe) Summary() Held {
	s := Held{Calls: p.calls, OverSoft: p.soft, Total: p.total}
	for _, h := range p.byFn {
		if h.worst > s.Worst {
			s.Worst, s.WorstName = h.worst, h.name
		}
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
	slices.SortFunc(all, func(a, b *held) int { return int(b.worst - a.worst) })
	var b strings.Builder
	s := p.Summary()
	fmt.Fprintf(&b, "our functions held the window %d times, %d over 8 ms, worst %s\n", s.Calls, s.OverSoft, s.Worst.Round(time.Microsecond))
	for _, h := range all {
		mean := h.total / time.Duration(h.calls)
		fmt.Fprintf(&b, "%9s worst %9s mean %7d calls  %s\n",
			h.worst.Round(time.Microsecond), mean.Round(time.Microsecond), h.calls, h.name)
	}
	return b.String()
}
