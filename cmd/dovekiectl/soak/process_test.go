//go:build soak

package soak_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"time"
)

var (
	errGone = errors.New("the process is gone")
	errLate = errors.New("no reply")
)

// refusal is an error that the program answered with.
type refusal struct {
	Message string `json:"message"`
	Data    struct {
		Kind      string `json:"kind"`
		Condition string `json:"condition"`
	} `json:"data"`
}

func (r *refusal) Error() string { return r.Message + " (" + r.Data.Kind + ")" }

// message is as much of one as the comparison needs.
type message struct {
	ID       string `json:"id"`
	Kind     string `json:"kind"`
	Body     string `json:"body"`
	Outgoing bool   `json:"outgoing"`
	Delivery string `json:"delivery"`
	InDoubt  bool   `json:"in_doubt"`
	StanzaID string `json:"stanza_id"`
	// GapBefore: messages may be missing before this one, and the program knows it.
	GapBefore bool `json:"gap_before"`
}

// event is a notification.
type event struct {
	Type  string `json:"type"`
	State string `json:"state"`
	Cause string `json:"cause"`
	Login *struct {
		Resumed bool `json:"resumed"`
	} `json:"login"`
	Message *message `json:"message"`
	Kind    string   `json:"kind"`
	ID      string   `json:"id"`
}

type reply struct {
	Result json.RawMessage `json:"result"`
	Error  *refusal        `json:"error"`
}

// process is one life of "dovekiectl rpc".
type process struct {
	cmd  *exec.Cmd
	in   io.WriteCloser
	gone chan struct{} // closed when it has ended and all it wrote was read

	writing sync.Mutex // one line at a time

	mu      sync.Mutex // guards all below
	next    int
	waiting map[int]chan reply
	ended   bool
	felled  bool // by us, on purpose
}

// startProcess runs the program on the folder. events gets its notifications in order,
// raw lines go to record.
func startProcess(binary, folder string, stderr *os.File, events func(event), record func([]byte)) (*process, error) {
	p := &process{
		cmd:     exec.Command(binary, "rpc", "--data", folder, "--log-level", "info"),
		gone:    make(chan struct{}),
		waiting: map[int]chan reply{},
	}
	p.cmd.Env = append(os.Environ(), "DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent")
	p.cmd.Stderr = stderr
	var err error
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		p.read(out, events, record)
		_ = p.cmd.Wait() // how it ended stands in ProcessState
		p.over()
		close(p.gone)
	}()
	return p, nil
}

func (p *process) read(out io.Reader, events func(event), record func([]byte)) {
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		record(lines.Bytes())
		var l struct {
			ID     int    `json:"id"`
			Method string `json:"method"`
			Params *event `json:"params"`
			reply
		}
		if json.Unmarshal(lines.Bytes(), &l) != nil {
			continue // the last line of a killed process
		}
		if l.Method == "event" && l.Params != nil {
			events(*l.Params)
			continue
		}
		p.mu.Lock()
		ch := p.waiting[l.ID]
		delete(p.waiting, l.ID)
		p.mu.Unlock()
		if ch != nil {
			ch <- l.reply
		}
	}
}

// over tells everybody who waits that no reply will come.
func (p *process) over() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ended = true
	for id, ch := range p.waiting {
		close(ch)
		delete(p.waiting, id)
	}
}

// begin writes a request; its reply, or the end of the process, comes over the channel.
func (p *process) begin(method string, params any) <-chan reply {
	ch := make(chan reply, 1)
	p.mu.Lock()
	p.next++
	id := p.next
	if p.ended {
		close(ch)
	} else {
		p.waiting[id] = ch
	}
	p.mu.Unlock()
	line, err := json.Marshal(map[string]any{"jsonrpc": "2.0", "id": id, "method": method, "params": params})
	if err != nil {
		panic(err) // our own parameters
	}
	p.writing.Lock()
	defer p.writing.Unlock()
	_, _ = p.in.Write(append(line, '\n')) // a pipe without a reader: over closes ch
	return ch
}

// wait takes the reply of begin.
func wait(ch <-chan reply, limit time.Duration, result any) error {
	select {
	case r, ok := <-ch:
		switch {
		case !ok:
			return errGone
		case r.Error != nil:
			return r.Error
		case result == nil:
			return nil
		}
		return json.Unmarshal(r.Result, result)
	case <-time.After(limit):
		return errLate
	}
}

func (p *process) call(limit time.Duration, method string, params, result any) error {
	return wait(p.begin(method, params), limit, result)
}

// kill ends the process as a crash would.
func (p *process) kill() {
	p.mu.Lock()
	p.felled = true
	p.mu.Unlock()
	_ = p.cmd.Process.Kill()
}

// byUs says that the end was wanted.
func (p *process) byUs() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.felled
}

// end closes the input and expects the exit code 0 soon.
func (p *process) end(limit time.Duration) error {
	p.mu.Lock()
	p.felled = true
	p.mu.Unlock()
	_ = p.in.Close()
	select {
	case <-p.gone:
		if !p.cmd.ProcessState.Success() {
			return fmt.Errorf("it ended with %v", p.cmd.ProcessState)
		}
		return nil
	case <-time.After(limit):
		_ = p.cmd.Process.Kill()
		<-p.gone
		return fmt.Errorf("it had not ended %v after its input", limit)
	}
}

type args map[string]any

// page is a reply to history.page.
type page struct {
	Messages []message `json:"messages"`
	Complete bool      `json:"complete"`
}

// history reads a whole chat, page by page, oldest first.
func (p *process) history(chat string) ([]message, error) {
	var all [][]message
	before := ""
	for {
		var pg page
		if err := p.call(time.Minute, "history.page", args{"chat": chat, "before": before, "limit": 500}, &pg); err != nil {
			return nil, err
		}
		all = append(all, pg.Messages)
		if pg.Complete || len(pg.Messages) == 0 {
			break
		}
		before = pg.Messages[0].ID
	}
	var out []message
	for i := len(all) - 1; i >= 0; i-- {
		out = append(out, all[i]...)
	}
	return out, nil
}
