package main_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"dovekie/xmppsvc/xmpptest"
)

// What a program that is online and left alone may cost.
const (
	idleCPU    = 0.1      // percent of a core
	idleHour   = 16 << 10 // bytes an hour, both ways, as TCP carries them
	idleMemory = 1 << 20  // growth, in bytes
	idleStart  = time.Minute / 3
)

// BenchmarkIdle leaves a program alone, online on a real server, for three minutes, or as
// long as DOVEKIE_IDLE says ("1h"); bytes are reckoned up to an hour. Beside it a naive
// client sends the ping of XEP-0199 every 30 s, as many do.
func BenchmarkIdle(b *testing.B) {
	length := 3 * time.Minute
	if s := os.Getenv("DOVEKIE_IDLE"); s != "" {
		var err error
		if length, err = time.ParseDuration(s); err != nil {
			b.Fatal(err)
		}
	}
	srv := xmpptest.SharedProsody(b)
	proxy := xmpptest.DelayProxy(b, srv.DirectTLSAddr(), 0)
	online := func(u xmpptest.User) *ctl {
		c := start(b, b.TempDir())
		c.call("account.connect", args{
			"jid": u.JID(), "password": u.Password, "address": proxy.Addr(), "security": "direct_tls", "ca_file": srv.CAFile(),
		})
		return c
	}
	// A second one tells how many goroutines there are at the beginning: it must die to tell.
	early := online(srv.NewUser("early"))
	time.Sleep(idleStart)
	goroutines := early.goroutines()

	c := online(srv.NewUser("idle"))
	naive := xmpptest.DelayProxy(b, srv.DirectTLSAddr(), 0)
	n := xmpptest.NaiveLogin(b, srv, srv.NewUser("naive"), naive.Addr(), true)
	time.Sleep(idleStart)
	cpu, memory, up, down, ours := c.cpu(), c.memory(), bytes(proxy), bytes(naive), time.Now()
	for end := ours.Add(length); time.Now().Before(end); {
		time.Sleep(min(30*time.Second, time.Until(end)))
		n.Say(`<iq type='get' id='p'><ping xmlns='urn:xmpp:ping'/></iq>`, "iq")
	}
	took := time.Since(ours)
	percent := 100 * float64(c.cpu()-cpu) / float64(took)
	hour := func(bytes int64) float64 { return float64(bytes) * float64(time.Hour) / float64(took) }
	traffic, grown := hour(bytes(proxy)-up), c.memory()-memory
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(took.Seconds(), "s-measured")
	b.ReportMetric(percent, "%cpu")
	b.ReportMetric(traffic, "B/hour")
	b.ReportMetric(hour(bytes(naive)-down), "naive-B/hour")
	b.ReportMetric(float64(memory)/(1<<20), "MiB")
	b.ReportMetric(float64(grown)/(1<<10), "KiB-grown")
	if got := c.all(func(f fact) bool { return f.is("ConnectionChanged") && f["state"] == "waiting" }); len(got) > 0 {
		b.Errorf("the connection was lost: %v", got)
	}
	more := c.goroutines() - goroutines
	b.ReportMetric(float64(more), "goroutines-grown")
	if percent >= idleCPU || traffic >= idleHour || grown >= idleMemory || more > 0 {
		b.Errorf("idling for %s took %.3f %% of a core, %.0f bytes an hour, %d bytes and %d goroutines more", took, percent, traffic, grown, more)
	}
}

func bytes(p *xmpptest.Proxy) int64 {
	up, down := p.Bytes()
	return up + down
}

// cpu is what the program's threads have used of processors, to the nanosecond. The ticks of
// /proc/PID/stat would charge ten milliseconds to each wake-up that falls on one.
func (c *ctl) cpu() (used time.Duration) {
	c.tb.Helper()
	threads, err := os.ReadDir(filepath.Join("/proc", strconv.Itoa(c.cmd.Process.Pid), "task"))
	if err != nil {
		c.tb.Fatal(err)
	}
	for _, t := range threads {
		ns, err := strconv.ParseInt(strings.Fields(c.proc(filepath.Join("task", t.Name(), "schedstat")))[0], 10, 64)
		if err != nil {
			c.tb.Fatal(err)
		}
		used += time.Duration(ns)
	}
	return used
}

// memory is what the program has in RAM.
func (c *ctl) memory() int64 {
	c.tb.Helper()
	pages, err := strconv.ParseInt(strings.Fields(c.proc("statm"))[1], 10, 64)
	if err != nil {
		c.tb.Fatal(err)
	}
	return pages * int64(os.Getpagesize())
}

func (c *ctl) proc(name string) string {
	c.tb.Helper()
	text, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(c.cmd.Process.Pid), name))
	if err != nil {
		c.tb.Fatal(err)
	}
	return string(text)
}

// goroutines ends the program in a way that makes it name all it has.
func (c *ctl) goroutines() int {
	c.tb.Helper()
	if err := c.cmd.Process.Signal(syscall.SIGQUIT); err != nil {
		c.tb.Fatal(err)
	}
	_ = c.cmd.Wait() // it says that it failed
	n := 0
	for line := range strings.Lines(c.stderr.String()) {
		if strings.HasPrefix(line, "goroutine ") {
			n++
		}
	}
	if n == 0 {
		c.tb.Fatalf("no goroutine is named: %s", c.stderr.String())
	}
	return n
}
