//go:build soak

package soak_test

import (
	"bufio"
	"bytes"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// tally counts what happens during a run, from many goroutines.
type tally struct {
	tm sync.Mutex // guards all below

	reconnects, resumed int
	lateOnline, nudges  int
	looks               int
	retold              int
	rough               int // restarts of the server that ended in its being killed
	crashes             []string
	surrenders          []surrender
	problems            []string
	notices             map[string]int
	refusals            map[string]int // of account.connect, by kind
	causes              map[string]int // of waiting
	recovery            [kinds][]time.Duration
	noticedHalf         []time.Duration
}

func (y *tally) count(n *int) {
	y.tm.Lock()
	defer y.tm.Unlock()
	*n++
}

func (y *tally) online(again, resumed bool) {
	y.tm.Lock()
	defer y.tm.Unlock()
	if again {
		y.reconnects++
	}
	if resumed {
		y.resumed++
	}
}

func (y *tally) recovered(from kind, d time.Duration) {
	y.tm.Lock()
	defer y.tm.Unlock()
	y.recovery[from] = append(y.recovery[from], d)
}

func (y *tally) noticed(d time.Duration) {
	y.tm.Lock()
	defer y.tm.Unlock()
	y.noticedHalf = append(y.noticedHalf, d)
}

func (y *tally) problem(format string, args ...any) {
	y.tm.Lock()
	defer y.tm.Unlock()
	y.problems = append(y.problems, fmt.Sprintf(format, args...))
}

// crash is the end of a process that nobody ended.
func (y *tally) crash(a *account, p *process) {
	y.tm.Lock()
	defer y.tm.Unlock()
	y.crashes = append(y.crashes, fmt.Sprintf("%s ended by itself: %v", a.name, p.cmd.ProcessState))
}

func (y *tally) gaveUp(a *account, cause string) {
	y.tm.Lock()
	defer y.tm.Unlock()
	y.surrenders = append(y.surrenders, surrender{a, stamp(time.Now()), cause})
}

// surrender is when an account stopped trying, and why.
type surrender struct {
	account *account
	at      string
	cause   string
}

func (s surrender) String() string { return s.at + " " + s.account.name + ": " + s.cause }

// thrownOut looks whether the server ended the newest stream of the account for the sake of
// another one (RFC 6120 §4.9.3.3): nobody else signs in as the account, and a stream that
// was given up before is no newer one. Where the wire cannot be read, nobody knows.
func (s surrender) thrownOut() (string, bool) {
	if s.cause != "conflict" || !s.account.plain {
		return "", false
	}
	all, err := s.account.talks()
	if err != nil {
		return "", false
	}
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].began > s.at {
			continue
		}
		at := bytes.LastIndex(all[i].came.Bytes(), []byte("<conflict "))
		if at < 0 {
			return "", false // it was not the newest that said so
		}
		return fmt.Sprintf("the server said conflict at %s on its newest stream, begun at %s", all[i].cameAt(at), all[i].began), true
	}
	return "", false
}

func (y *tally) notice(kind string) { y.tick(&y.notices, kind) }

func (y *tally) refusedLogin(kind string) { y.tick(&y.refusals, kind) }

func (y *tally) waited(cause string) { y.tick(&y.causes, cause) }

func (y *tally) tick(m *map[string]int, key string) {
	y.tm.Lock()
	defer y.tm.Unlock()
	if *m == nil {
		*m = map[string]int{}
	}
	(*m)[key]++
}

// line is the part of the progress that says what went wrong so far.
func (y *tally) line() string {
	y.tm.Lock()
	defer y.tm.Unlock()
	s := fmt.Sprintf("reconnects %d, resumed %d", y.reconnects, y.resumed)
	if n := len(y.crashes) + len(y.surrenders) + len(y.problems); n > 0 {
		s += fmt.Sprintf("  crashes %d, gave up %d, problems %d", len(y.crashes), len(y.surrenders), len(y.problems))
	}
	return s
}

func spread(m map[string]int) string {
	var out []string
	for _, key := range slices.Sorted(maps.Keys(m)) {
		out = append(out, fmt.Sprintf("%s %d", either(key == "", "none", key), m[key]))
	}
	return strings.Join(out, ", ")
}

// rank is the duration that percent of all do not exceed.
func rank(all []time.Duration, percent int) time.Duration {
	if len(all) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(all))
	return sorted[(len(sorted)-1)*percent/100]
}

// recorder keeps every line that the lives of an account wrote.
type recorder struct {
	mu   sync.Mutex
	file *os.File
	out  *bufio.Writer
}

func newRecorder(t *testing.T, path string) *recorder {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	r := &recorder{file: f, out: bufio.NewWriterSize(f, 1<<16)}
	t.Cleanup(func() {
		r.flush()
		_ = f.Close()
	})
	return r
}

func (r *recorder) line(b []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	fmt.Fprintf(r.out, "%s %s\n", stamp(time.Now()), b)
}

func (r *recorder) note(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	fmt.Fprintf(r.out, "%s ### %s\n", stamp(time.Now()), fmt.Sprintf(format, args...))
}

func (r *recorder) flush() {
	r.mu.Lock()
	defer r.mu.Unlock()
	_ = r.out.Flush()
}
