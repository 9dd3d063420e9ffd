package main_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"dovekie/xmppsvc/xmpptest"
)

// patience is how long a test waits for what should come within a second or two.
const patience = 30 * time.Second

var binary string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "dovekiectl-test-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	binary = filepath.Join(dir, "dovekiectl")
	build := exec.Command("go", "build", "-o", binary, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	build.Stdout, build.Stderr = os.Stderr, os.Stderr
	code := 1
	if err := build.Run(); err == nil {
		code = m.Run()
	}
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// ctl is a running "dovekiectl rpc".
type ctl struct {
	tb  testing.TB
	cmd *exec.Cmd
	in  io.WriteCloser

	mu      sync.Mutex
	next    int
	replies map[int]chan answer // 0 is for replies to ids that are not ours
	events  []fact
	wake    chan struct{}
	ended   bool
	stderr  strings.Builder
}

type answer struct {
	Result json.RawMessage `json:"result"`
	Error  *struct {
		Code    int    `json:"code"`
		Message string `json:"message"`
		Data    struct {
			Kind        string `json:"kind"`
			Condition   string `json:"condition"`
			Fingerprint string `json:"fingerprint_sha256"`
			Reason      string `json:"reason"`
		} `json:"data"`
	} `json:"error"`
}

// fact is an event as it came over the wire.
type fact map[string]any

func (f fact) is(kind string) bool { return f["type"] == kind }

func (f fact) sub(name string) fact {
	m, _ := f[name].(map[string]any)
	return m
}

func start(tb testing.TB, data string, args ...string) *ctl {
	tb.Helper()
	c := &ctl{tb: tb, replies: map[int]chan answer{}, wake: make(chan struct{})}
	c.cmd = exec.CommandContext(tb.Context(), binary, append([]string{"rpc", "--data", data}, args...)...)
	c.cmd.Env = append(os.Environ(), "DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent")
	c.cmd.Stderr = &c.stderr
	in, err := c.cmd.StdinPipe()
	if err != nil {
		tb.Fatal(err)
	}
	c.in = in
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		tb.Fatal(err)
	}
	if err := c.cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	go c.read(out)
	tb.Cleanup(func() {
		_ = c.cmd.Process.Kill()
		if tb.Failed() {
			tb.Logf("standard error of %s:\n%s", data, c.stderr.String())
		}
	})
	return c
}

func (c *ctl) read(out io.Reader) {
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var l struct {
			ID     json.RawMessage `json:"id"`
			Method string          `json:"method"`
			Params json.RawMessage `json:"params"`
		}
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
			c.tb.Errorf("not JSON on standard output: %.200s", lines.Text())
			continue
		}
		id, _ := strconv.Atoi(string(l.ID)) // 0 for ids that are not ours
		c.mu.Lock()
		switch {
		case l.Method == "event":
			var f fact
			_ = json.Unmarshal(l.Params, &f)
			c.events = append(c.events, f)
			close(c.wake)
			c.wake = make(chan struct{})
		case c.replies[id] != nil:
			var a answer
			_ = json.Unmarshal(lines.Bytes(), &a)
			c.replies[id] <- a
		}
		c.mu.Unlock()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ended = true
	close(c.wake)
	c.wake = make(chan struct{})
}

// begin writes a request and returns where its reply comes.
func (c *ctl) begin(method string, params any) <-chan answer {
	c.tb.Helper()
	c.mu.Lock()
	c.next++
	id := c.next
	ch := make(chan answer, 1)
	c.replies[id] = ch
	c.mu.Unlock()
	line, err := json.Marshal(map[string]any{"jsonrpc": "2.0", "id": id, "method": method, "params": params})
	if err != nil {
		c.tb.Fatal(err)
	}
	if _, err := c.in.Write(append(line, '\n')); err != nil {
		c.tb.Fatalf("%s: %v\n%s", method, err, c.stderr.String())
	}
	return ch
}

// raw writes a line as it is and waits for the reply that has no id.
func (c *ctl) raw(line string) answer {
	c.tb.Helper()
	ch := make(chan answer, 1)
	c.mu.Lock()
	c.replies[0] = ch
	c.mu.Unlock()
	if _, err := io.WriteString(c.in, line+"\n"); err != nil {
		c.tb.Fatal(err)
	}
	return c.wait("a raw line", ch)
}

func (c *ctl) wait(what string, ch <-chan answer) answer {
	c.tb.Helper()
	select {
	case a := <-ch:
		return a
	case <-time.After(patience):
		c.tb.Fatalf("%s: no reply", what)
		return answer{}
	}
}

// ask is begin and wait, errors included.
func (c *ctl) ask(method string, params any) answer {
	c.tb.Helper()
	return c.wait(method, c.begin(method, params))
}

type args map[string]any

// call expects a result.
func (c *ctl) call(method string, params any) fact {
	c.tb.Helper()
	a := c.ask(method, params)
	if a.Error != nil {
		c.tb.Fatalf("%s: %s (%s)", method, a.Error.Message, a.Error.Data.Kind)
	}
	var f fact
	if err := json.Unmarshal(a.Result, &f); err != nil {
		c.tb.Fatalf("%s: %s", method, a.Result)
	}
	return f
}

// refused expects an error of the kind.
func (c *ctl) refused(kind, method string, params any) answer {
	c.tb.Helper()
	a := c.ask(method, params)
	if a.Error == nil {
		c.tb.Fatalf("%s was not refused: %s", method, a.Result)
	}
	if a.Error.Data.Kind != kind {
		c.tb.Errorf("%s: kind %q instead of %q: %s", method, a.Error.Data.Kind, kind, a.Error.Message)
	}
	return a
}

// event waits for one that fits, from the first on.
func (c *ctl) event(what string, fits func(fact) bool) fact {
	c.tb.Helper()
	deadline := time.After(patience)
	seen := 0
	for {
		c.mu.Lock()
		wake := c.wake
		rest := c.events[seen:]
		seen = len(c.events)
		ended := c.ended
		c.mu.Unlock()
		if i := slices.IndexFunc(rest, fits); i >= 0 {
			return rest[i]
		}
		if ended {
			c.tb.Fatalf("%s never came: the program has ended", what)
		}
		select {
		case <-wake:
		case <-deadline:
			c.tb.Fatalf("%s never came; events: %s", what, c.types())
		}
	}
}

func (c *ctl) types() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []string
	for _, f := range c.events {
		out = append(out, fmt.Sprint(f["type"]))
	}
	return strings.Join(out, " ")
}

// all are the events so far that fit.
func (c *ctl) all(fits func(fact) bool) []fact {
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []fact
	for _, f := range c.events {
		if fits(f) {
			out = append(out, f)
		}
	}
	return out
}

// end closes standard input and expects exit code 0.
func (c *ctl) end() {
	c.tb.Helper()
	_ = c.in.Close()
	done := make(chan error, 1)
	go func() { done <- c.cmd.Wait() }()
	select {
	case err := <-done:
		if err != nil {
			c.tb.Errorf("the program ended with %v\n%s", err, c.stderr.String())
		}
	case <-time.After(patience):
		c.tb.Fatal("the program does not end")
	}
}

// kill ends the program as a crash would.
func (c *ctl) kill() {
	_ = c.cmd.Process.Kill()
	_ = c.cmd.Wait()
}

func login(s *xmpptest.Server, u xmpptest.User) args {
	return args{"jid": u.JID(), "password": u.Password, "address": s.StartTLSAddr(), "security": "starttls", "ca_file": s.CAFile()}
}

func incoming(body string) func(fact) bool {
	return func(f fact) bool {
		m := f.sub("message")
		return f.is("MessageAdded") && m["outgoing"] == false && m["body"] == body
	}
}

func delivery(id any, states ...string) func(fact) bool {
	return func(f fact) bool {
		m := f.sub("message")
		s, _ := m["delivery"].(string)
		return f.is("MessageChanged") && m["id"] == id && slices.Contains(states, s)
	}
}

// exitCode runs a verb and returns what it printed.
func exitCode(tb testing.TB, stdin string, env []string, args ...string) (code int, stdout, stderr string) {
	tb.Helper()
	cmd := exec.CommandContext(tb.Context(), binary, args...)
	cmd.Env = append(append(os.Environ(), "DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent"), env...)
	cmd.Stdin = strings.NewReader(stdin)
	var out, errs strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		tb.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), out.String(), errs.String()
}

func decode(tb testing.TB, raw json.RawMessage, v any) {
	tb.Helper()
	if err := json.Unmarshal(raw, v); err != nil {
		tb.Fatalf("%s: %v", raw, err)
	}
}
