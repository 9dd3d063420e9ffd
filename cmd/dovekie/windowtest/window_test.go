//go:build windowtest

package windowtest_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// fact is one line of the read-back.
type fact struct {
	Key  string  `json:"key"`
	Text string  `json:"text"`
	Rect *[4]int `json:"rect"`
	Gone bool    `json:"gone"`
	T    int64   `json:"t"` // in milliseconds of the window's clock
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
	// logins is how often the window came online so far.
	logins int
	// restful is how long something must not have moved before it is clicked.
	restful time.Duration
	clicks  []string // where the mouse was pressed, for what failed
	told    int64    // when the window told last, in milliseconds of its clock
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
	w := &window{desk: d, file: f, lines: bufio.NewReader(f), facts: map[string]fact{}, restful: 120 * time.Millisecond}
	if busy(d.t) {
		w.restful *= 5
	}
	line := slices.Concat(d.within, []string{binary(d.t), "--data", filepath.Join(d.dir, "data")}, args)
	cmd := exec.Command(line[0], line[1:]...)
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
			// Where it stands: every goroutine, and the windows as the screen has them.
			tree, _ := d.run("xwininfo", "-root", "-tree")
			_ = syscall.Kill(w.cmd.Process.Pid, syscall.SIGQUIT) // may have ended
			time.Sleep(500 * time.Millisecond)
			d.t.Log(tree)
			log, _ := os.ReadFile(filepath.Join(d.dir, "data", "logs", "dovekie.log")) // there may be none yet
			d.t.Logf("dovekie:\n%s\n%s\nfacts:\n%s", d.logs("dovekie"), log, w.describe())
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
		w.rest, w.told = "", f.T
		if f.Gone {
			delete(w.facts, f.Key)
		} else {
			w.facts[f.Key] = f
			if f.Key == "logins" {
				w.logins, _ = strconv.Atoi(f.Text) // it is a number
			}
		}
	}
}

func (w *window) describe() string {
	var b strings.Builder
	for k, f := range w.facts {
		fmt.Fprintf(&b, "%s = %q", k, f.Text)
		if f.Rect != nil {
			fmt.Fprintf(&b, " at %v", *f.Rect)
		}
		fmt.Fprintf(&b, ", told at %d ms\n", f.T)
	}
	fmt.Fprintf(&b, "clicked:\n%s", strings.Join(w.clicks, "\n"))
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

// click presses the mouse in the middle of what the fact names, once that rests where it
// is: the window tells of what appears before it is laid out.
func (w *window) click(f fact) {
	w.t.Helper()
	f = w.atRest(f)
	w.clickAt(f.Rect[0]+f.Rect[2]/2, f.Rect[1]+f.Rect[3]/2)
}

// atRest is the fact with the place at which it stayed for a moment.
func (w *window) atRest(f fact) fact {
	w.t.Helper()
	if f.Rect == nil {
		w.t.Fatalf("%s has no place", f.Key)
	}
	since := time.Now()
	w.until(f.Key+" to rest", 10*time.Second, func() bool {
		w.read()
		if now, told := w.facts[f.Key]; told && now.Rect != nil && *now.Rect != *f.Rect {
			f, since = now, time.Now()
		}
		return time.Since(since) > w.restful
	})
	return f
}

func (w *window) clickAt(x, y int) {
	w.t.Helper()
	w.clicks = append(w.clicks, fmt.Sprintf("%d, %d at %s, the window having told until %d ms", x, y, time.Now().Format("05.000"), w.told))
	w.must("xdotool", "mousemove", "--window", w.id, strconv.Itoa(x), strconv.Itoa(y), "click", "1")
}

// drag takes what one fact names to the middle of the other, and lets it go after during.
func (w *window) drag(from, to fact, during func()) {
	w.t.Helper()
	from, to = w.atRest(from), w.atRest(to)
	x, y := from.Rect[0]+from.Rect[2]/2, from.Rect[1]+from.Rect[3]/2
	toX, toY := to.Rect[0]+to.Rect[2]/2, to.Rect[1]+to.Rect[3]/2
	move := func(x, y int) { w.must("xdotool", "mousemove", "--window", w.id, strconv.Itoa(x), strconv.Itoa(y)) }
	move(x, y)
	w.must("xdotool", "mousedown", "1")
	const steps = 8
	for n := 1; n <= steps; n++ {
		move(x+(toX-x)*n/steps, y+(toY-y)*n/steps)
		time.Sleep(30 * time.Millisecond) // a frame: Fyne tells where the pointer is once in each
	}
	during()
	w.must("xdotool", "mouseup", "1")
}

// rightClick presses the other button of the mouse there.
func (w *window) rightClick(f fact) {
	w.t.Helper()
	f = w.atRest(f)
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
