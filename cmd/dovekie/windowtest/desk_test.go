//go:build windowtest

package windowtest_test

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// desk is a virtual screen with all that stands around a window. Everything dies with the
// test process.
type desk struct {
	t    testing.TB
	dir  string
	home string
	env  []string
	// within is the command that the program itself is started by, if any.
	within []string
}

// newDesk starts X server, session bus, window manager and, when asked, the input method.
func newDesk(t testing.TB, inputMethod bool) *desk {
	t.Helper()
	need(t, "Xvfb", "openbox", "xdotool", "dbus-daemon", "import")
	d := &desk{t: t, dir: t.TempDir()}
	d.home = filepath.Join(d.dir, "home")
	runtime := filepath.Join(d.dir, "run")
	for _, dir := range []string{d.home, runtime} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	d.env = []string{
		"HOME=" + d.home, "PATH=" + os.Getenv("PATH"), "XDG_RUNTIME_DIR=" + runtime,
		"XDG_CONFIG_HOME=" + filepath.Join(d.home, ".config"), "XDG_DATA_HOME=" + filepath.Join(d.home, ".local"),
		"XDG_CACHE_HOME=" + filepath.Join(d.home, ".cache"), "LC_ALL=C.UTF-8",
	}
	d.startX()
	d.startBus(runtime)
	d.start("openbox", exec.Command("openbox"))
	if inputMethod {
		need(t, "fcitx5", "fcitx5-remote")
		d.env = append(d.env, "XMODIFIERS=@im=fcitx")
		d.startInputMethod()
	}
	return d
}

func need(t testing.TB, programs ...string) {
	t.Helper()
	for _, p := range programs {
		if _, err := exec.LookPath(p); err != nil {
			if os.Getenv("DOVEKIE_REQUIRE_SERVERS") != "" {
				t.Fatalf("%s is not installed", p)
			}
			t.Skipf("%s is not installed", p)
		}
	}
}

// start runs a program beside the test until the test ends.
func (d *desk) start(name string, cmd *exec.Cmd) *exec.Cmd {
	d.t.Helper()
	cmd.Env = append(append([]string{}, d.env...), cmd.Env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
	log, err := os.Create(filepath.Join(d.dir, name+".log"))
	if err != nil {
		d.t.Fatal(err)
	}
	cmd.Stderr = log
	if cmd.Stdout == nil {
		cmd.Stdout = log
	}
	if err := cmd.Start(); err != nil {
		d.t.Fatalf("start %s: %v", name, err)
	}
	d.t.Cleanup(func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) // may have ended
		done := make(chan struct{})
		go func() {
			_ = cmd.Wait() // how it ended does not matter here
			close(done)
		}()
		select {
		case <-done:
		case <-time.After(5 * time.Second):
			_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
			<-done
		}
		_ = log.Close()
	})
	return cmd
}

// startX lets the X server find a free display by itself.
func (d *desk) startX() {
	d.t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		d.t.Fatal(err)
	}
	cmd := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", "1280x1000x24", "-nolisten", "tcp")
	cmd.ExtraFiles = []*os.File{w}
	d.start("Xvfb", cmd)
	_ = w.Close()
	line, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		d.t.Fatalf("Xvfb told no display: %v", err)
	}
	d.env = append(d.env, "DISPLAY=:"+strings.TrimSpace(line))
}

func (d *desk) startBus(runtime string) {
	d.t.Helper()
	address := "unix:path=" + filepath.Join(runtime, "bus")
	cmd := exec.Command("dbus-daemon", "--session", "--nofork", "--nopidfile", "--address="+address, "--print-address")
	out, err := cmd.StdoutPipe()
	if err != nil {
		d.t.Fatal(err)
	}
	d.start("dbus", cmd)
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		d.t.Fatalf("the session bus did not start: %v", err)
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	d.env = append(d.env, "DBUS_SESSION_BUS_ADDRESS="+address)
}

// startInputMethod starts fcitx5 with a keyboard and pinyin, the keyboard in use.
func (d *desk) startInputMethod() {
	d.t.Helper()
	dir := filepath.Join(d.home, ".config", "fcitx5")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		d.t.Fatal(err)
	}
	profile := "[Groups/0]\nName=Default\nDefault Layout=us\nDefaultIM=pinyin\n\n[Groups/0/Items/0]\nName=keyboard-us\nLayout=\n\n" +
		"[Groups/0/Items/1]\nName=pinyin\nLayout=\n\n[GroupOrder]\n0=Default\n"
	if err := os.WriteFile(filepath.Join(dir, "profile"), []byte(profile), 0o600); err != nil {
		d.t.Fatal(err)
	}
	d.start("fcitx5", exec.Command("fcitx5", "--disable=clipboard,cloudpinyin,notifications"))
	d.until("the input method", 10*time.Second, func() bool {
		out, err := d.run("fcitx5-remote")
		return err == nil && strings.TrimSpace(out) != ""
	})
}

// run runs a short command on the desk.
func (d *desk) run(name string, args ...string) (string, error) {
	cmd := exec.Command(name, args...)
	cmd.Env = d.env
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func (d *desk) must(name string, args ...string) string {
	d.t.Helper()
	out, err := d.run(name, args...)
	if err != nil {
		d.t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
	return out
}

func (d *desk) until(what string, within time.Duration, cond func() bool) {
	d.t.Helper()
	for deadline := time.Now().Add(within); !cond(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			d.shot("failure")
			d.t.Fatalf("%s: not within %s", what, within)
		}
	}
}

// shot leaves a picture of the screen, for people.
func (d *desk) shot(name string) {
	dir := os.Getenv("DOVEKIE_SHOTS")
	if dir == "" {
		return
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		d.t.Log(err)
		return
	}
	file := filepath.Join(dir, strings.ReplaceAll(d.t.Name(), "/", "-")+"-"+name+".png")
	if out, err := d.run("import", "-window", "root", file); err != nil {
		d.t.Logf("picture: %v %s", err, out)
	}
}

// logs are what a program of the desk wrote.
func (d *desk) logs(name string) string {
	b, err := os.ReadFile(filepath.Join(d.dir, name+".log"))
	if err != nil {
		return fmt.Sprint(err)
	}
	return string(b)
}
