//go:build windowtest

package windowtest_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"
)

// tour runs the tour to its end.
func (d *desk) tour(env ...string) (out string, code int, took time.Duration, dir string) {
	d.t.Helper()
	dir = filepath.Join(d.dir, "tour")
	cmd := exec.Command(binary(d.t), "--tour", dir)
	cmd.Env = append(append([]string{}, d.env...), env...)
	start := time.Now()
	b, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		d.t.Fatal(err)
	}
	return string(b), cmd.ProcessState.ExitCode(), time.Since(start), dir
}

// busy reports whether more programs wanted a processor in the last minute than there are.
func busy(t testing.TB) bool {
	t.Helper()
	b, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return false
	}
	load, err := strconv.ParseFloat(strings.Fields(string(b))[0], 64)
	return err == nil && load > float64(runtime.NumCPU())
}

func TestTourWalksThroughTheDemoWithinAMinute(t *testing.T) {
	d := newDesk(t, false)
	limit := time.Minute
	if busy(t) { // somebody else has the processors
		limit = 2 * time.Minute
	}
	out, code, took, dir := d.tour()
	if code != 0 || took > limit {
		t.Fatalf("exit %d after %s\n%s", code, took, out)
	}
	for _, want := range []string{"your guide", "the echo came back", "a message waits", "went on where it was", "Resumed session", "signed out"} {
		if !strings.Contains(out, want) {
			t.Errorf("the tour did not tell of %q:\n%s", want, out)
		}
	}
	pictures, err := filepath.Glob(filepath.Join(dir, "*.png"))
	if err != nil || len(pictures) < 10 {
		t.Errorf("%d pictures, %v", len(pictures), err)
	}
	page, err := os.ReadFile(filepath.Join(dir, "index.html"))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range pictures {
		if !strings.Contains(string(page), filepath.Base(p)) {
			t.Errorf("%s is not on the page", p)
		}
	}
}

func TestTourFailsWhenTheEchoIsBroken(t *testing.T) {
	t.Parallel()
	d := newDesk(t, false)
	out, code, took, _ := d.tour("DOVEKIE_DEMO_MUTE=echo")
	if code == 0 || !strings.Contains(out, "echo") || took > 2*time.Minute {
		t.Errorf("exit %d after %s\n%s", code, took, out)
	}
}

// TestNoOpenGLIsOneSentence hides the graphics driver from the program.
func TestNoOpenGLIsOneSentence(t *testing.T) {
	d := newDesk(t, false)
	cmd := exec.Command(binary(t), "--data", filepath.Join(d.dir, "data"))
	cmd.Env = append(append([]string{}, d.env...), "LIBGL_DRIVERS_PATH=/nowhere", "LIBGL_ALWAYS_SOFTWARE=1", "__GLX_VENDOR_LIBRARY_NAME=none")
	done := make(chan struct{})
	var out []byte
	go func() {
		out, _ = cmd.CombinedOutput() // the code is looked at below
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(20 * time.Second):
		_ = cmd.Process.Kill()
		<-done
		t.Skip("this X server draws without the driver")
	}
	if code := cmd.ProcessState.ExitCode(); code != 3 {
		t.Errorf("exit %d", code)
	}
	var ours []string
	for line := range strings.Lines(string(out)) {
		if !strings.HasPrefix(line, "libGL") { // the driver's own word
			ours = append(ours, line)
		}
	}
	if len(ours) != 1 || !strings.Contains(ours[0], "OpenGL") {
		t.Errorf("said %q", out)
	}
}
