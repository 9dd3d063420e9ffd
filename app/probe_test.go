package app_test

import (
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"dovekie/app"
)

// spin keeps a processor busy by the clock.
func spin(d time.Duration) {
	for end := time.Now().Add(d); time.Now().Before(end); {
	}
}

// threadTold skips where the system does not count per thread.
func threadTold(t *testing.T) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("only Linux tells of threads")
	}
	if _, err := os.Stat("/proc/self/schedstat"); err != nil {
		t.Skip("this kernel does not tell how long threads wait")
	}
	runtime.LockOSThread() // as the UI goroutine is
	t.Cleanup(runtime.UnlockOSThread)
}

func TestProbeTellsWorkFromSleep(t *testing.T) {
	threadTold(t)
	p := app.NewProbe(time.Now)
	p.Measure("asleep", func() { time.Sleep(30 * time.Millisecond) })
	s := p.Summary()
	if s.OverSoft != 1 || s.OverOurs != 1 || s.OverWork != 0 || s.Worst < 30*time.Millisecond || s.WorstWork > 8*time.Millisecond {
		t.Errorf("asleep: %+v", s)
	}
	p = app.NewProbe(time.Now)
	p.Measure("busy", func() {
		spin(20 * time.Millisecond)
		p.Without(func() { spin(40 * time.Millisecond) })
	})
	s = p.Summary()
	if s.OverSoft != 1 || s.WorstWork > s.Worst+time.Millisecond || s.Worst < 20*time.Millisecond || s.WorstWork < time.Millisecond {
		t.Errorf("busy: %+v", s)
	}
}

func TestProbeLeavesTheWaitForAProcessorToOthers(t *testing.T) {
	threadTold(t)
	crowd := 3 * runtime.NumCPU()
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(crowd + 1))
	done := make(chan struct{})
	for range crowd {
		go func() {
			for {
				select {
				case <-done:
					return
				default:
					spin(time.Millisecond)
				}
			}
		}()
	}
	defer close(done)
	p := app.NewProbe(time.Now)
	p.Measure("in a crowd", func() { spin(200 * time.Millisecond) })
	s := p.Summary()
	if s.Worst-s.WorstOurs < 20*time.Millisecond {
		t.Errorf("with three busy threads for each processor, of %s only %s were waited", s.Worst, s.Worst-s.WorstOurs)
	}
	if s.WorstOurs < s.WorstWork-5*time.Millisecond {
		t.Errorf("more was waited than there was time: %+v", s)
	}
	if report := p.Report(); !strings.Contains(report, "in a crowd took") {
		t.Errorf("the long call is not told: %s", report)
	}
}

func TestCallsWithinACallCountOnce(t *testing.T) {
	now := time.Unix(0, 0)
	p := app.NewProbe(func() time.Time { return now })
	p.Measure("outer", func() {
		now = now.Add(5 * time.Millisecond)
		p.Measure("inner", func() { now = now.Add(4 * time.Millisecond) })
		p.Without(func() { now = now.Add(time.Second) })
	})
	p.Measure("short", func() { now = now.Add(time.Millisecond) })
	if s := p.Summary(); s.Calls != 2 || s.OverSoft != 1 || s.Worst != 9*time.Millisecond || s.WorstName != "outer" || s.Good() {
		t.Errorf("%+v", s)
	}
}
