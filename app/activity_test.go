package app_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"dovekie/app"
)

// clock is a time of day that the test moves.
type clock struct {
	mu  sync.Mutex
	add time.Duration
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.add)
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.add += d
}

// activity is what the service was told about somebody looking, in order.
func (b *bench) activity() []string {
	var told []string
	for _, call := range b.svc.all() {
		if strings.HasPrefix(call, "active=") {
			told = append(told, call)
		}
	}
	return told
}

func TestWindowLeftForMinutesIsInactiveAndActiveAtOnceWhenSomebodyLooks(t *testing.T) {
	c := &clock{}
	b := signedInWith(t, newBenchAt(t, "en", app.Start{}, c.now))
	b.app.SetFocused(false)
	c.pass(9*time.Minute + 50*time.Second)
	time.Sleep(1200 * time.Millisecond)
	b.drain()
	if told := b.activity(); len(told) != 0 {
		t.Fatalf("a window that may be in sight beside another one: told %q", told)
	}
	c.pass(15 * time.Second)
	b.command("active=false")
	b.app.SetFocused(true)
	b.command("active=true")
	b.app.SetFocused(false)
	b.app.SetFocused(true) // a glance elsewhere is nobody's business
	time.Sleep(1200 * time.Millisecond)
	b.drain()
	if told := b.activity(); !slices.Equal(told, []string{"active=false", "active=true"}) {
		t.Errorf("told %q", told)
	}
}

func TestMinimisedWindowIsInactiveSoon(t *testing.T) {
	b := signedIn(t, "en")
	b.hidden = func() bool { return true }
	start := time.Now()
	b.app.SetFocused(false)
	b.command("active=false")
	if took := time.Since(start); took > 3*time.Second {
		t.Errorf("told after %s", took)
	}
	b.app.SetFocused(true)
	b.command("active=true")
}
