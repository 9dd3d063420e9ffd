//go:build windowtest

package windowtest_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// fact is one line of the read-back.
type fact struct {
	Key  string  `json:"key"`
	Text string  `json:"text"`
	Rect *[4]int `json:"rect"`
	Gone bool    `json:"gone"`
}

// window is the running binary as a person meets it.
type window struct {
	*desk
	id    string // of the X window
	cmd   *exec.Cmd
	file  *os.File
	lines *bufio.Reader
	rest  string
	facts map[string]fact
}

// binary is what is tested.
func binary(t testing.TB) string {
	t.Helper()
	bin := os.Getenv("DOVEKIE_BIN")
	if bin == "" {
		bin = "../../../build/dovekie"
	}
	abs, err := filepath.Abs(bin)
	if err == nil {
		_, err = os.Stat(abs)
	}
	if err != nil {
		if os.Getenv("DOVEKIE_REQUIRE_SERVERS") != "" {
			t.Fatalf("the binary is not built: %v", err)
		}
		t.Skipf("the binary is not built: %v", err)
	}
	return abs
}

// open starts the binary and waits for its window.
func (d *desk) open(env []string, args ...string) *window {
	d.t.Helper()
	probe := filepath.Join(d.dir, fmt.Sprintf("probe-%d", time.Now().UnixNano()))
	f, err := os.Create(probe)
	if err != nil {
		d.t.Fatal(err)
	}
	w := &window{desk: d, file: f, lines: bufio.NewReader(f), facts: map[string]fact{}}
	cmd := exec.Command(binary(d.t), append([]string{"--data", filepath.Join(d.dir, "data")}, args...)...)
	cmd.Env = append([]string{"DOVEKIE_PROBE=" + probe}, env...)
	w.cmd = d.start("dovekie", cmd)
	d.until("the window", 20*time.Second, func() bool {
		out, err := d.run("xdotool", "search", "--onlyvisible", "--class", "dovekie")
		ids := strings.Fields(out)
		if err != nil || len(ids) == 0 {
			return false
		}
		w.id = ids[len(ids)-1]
		return true
	})
	d.t.Cleanup(func() {
		if d.t.Failed() {
			d.t.Logf("dovekie:\n%s\nfacts:\n%s", d.logs("dovekie"), w.describe())
		}
		_ = f.Close()
	})
	w.see("screen", "")
	return w
}

// read takes in what the window told since.
func (w *window) read() {
	for {
		line, err := w.lines.ReadString('\n')
		w.rest += line
		if err != nil {
			return
		}
		var f fact
		if err := json.Unmarshal([]byte(w.rest), &f); err != nil {
			w.t.Fatalf("read-back: %v in %q", err, w.rest)
		}
		w.rest = ""
		if f.Gone {
			delete(w.facts, f.Key)
		} else {
			w.facts[f.Key] = f
		}
	}
}

func (w *window) describe() string {
	var b strings.Builder
	for k, f := range w.facts {
		fmt.Fprintf(&b, "%s = %q\n", k, f.Text)
	}
	return b.String()
}

// find waits for a fact that the condition accepts.
func (w *window) find(what string, cond func(fact) bool) fact {
	w.t.Helper()
	var found fact
	w.until(what, 20*time.Second, func() bool {
		w.read()
		for _, f := range w.facts {
			if cond(f) {
				found = f
				return true
			}
		}
		return false
	})
	return found
}

// see waits for the fact of the key to contain the text.
func (w *window) see(key, text string) fact {
	w.t.Helper()
	return w.find(fmt.Sprintf("%s with %q", key, text), func(f fact) bool {
		return f.Key == key && strings.Contains(f.Text, text)
	})
}

// message waits for a message of that side with the text.
func (w *window) message(side, text string) {
	w.t.Helper()
	w.find(fmt.Sprintf("message %s %q", side, text), func(f fact) bool {
		return strings.HasPrefix(f.Key, "message.") && strings.HasPrefix(f.Text, side) && strings.Contains(f.Text, text)
	})
}

// row waits for the row of an address with the text.
func (w *window) row(address, text string) fact {
	w.t.Helper()
	return w.find(fmt.Sprintf("row of %s with %q", address, text), func(f fact) bool {
		return strings.HasPrefix(f.Key, "row.") && strings.HasSuffix(f.Key, address) && strings.Contains(f.Text, text)
	})
}

// click presses the mouse in the middle of what the fact names.
func (w *window) click(f fact) {
	w.t.Helper()
	if f.Rect == nil {
		w.t.Fatalf("%s has no place", f.Key)
	}
	w.clickAt(f.Rect[0]+f.Rect[2]/2, f.Rect[1]+f.Rect[3]/2)
}

func (w *window) clickAt(x, y int) {
	w.t.Helper()
	w.must("xdotool", "mousemove", "--window", w.id, strconv.Itoa(x), strconv.Itoa(y), "click", "1")
}

// rightClick presses the other button of the mouse there.
func (w *window) rightClick(f fact) {
	w.t.Helper()
	if f.Rect == nil {
		w.t.Fatalf("%s has no place", f.Key)
	}
	w.must("xdotool", "mousemove", "--window", w.id, strconv.Itoa(f.Rect[0]+f.Rect[2]/2), strconv.Itoa(f.Rect[1]+f.Rect[3]/2), "click", "3")
}

// quit closes the program and waits until it has signed out and given the folder free.
func (w *window) quit() {
	w.t.Helper()
	w.keys("ctrl+q")
	done := make(chan struct{})
	go func() {
		_, _ = w.cmd.Process.Wait() // how it ended shows in its log
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(15 * time.Second):
		w.t.Fatal("the program did not end")
	}
}

// keys presses keys, by X's names.
func (w *window) keys(names ...string) {
	w.t.Helper()
	w.must("xdotool", append([]string{"key", "--delay", "40"}, names...)...)
}

// typed types text with the keyboard.
func (w *window) typed(text string) {
	w.t.Helper()
	w.must("xdotool", "type", "--delay", "20", text)
}
