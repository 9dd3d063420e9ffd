package xmpptest

import (
	"bufio"
	"bytes"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// gajimScript writes Gajim's settings and reads its history.
//
//go:embed gajim_driver.py
var gajimScript []byte

// GajimWindow is the graphical client Gajim on a screen in memory, driven by
// the keyboard.
type GajimWindow struct {
	tb   testing.TB
	home string
	env  []string
}

// Gajim starts Gajim signed in as u on a screen and a session bus of its own.
// Its settings and history are in a folder of the test. As it takes many
// packages, tests with it are skipped unless make interop asks for them, with
// DOVEKIE_REQUIRE_PEERS=1.
func Gajim(tb testing.TB, s *Server, u User) *GajimWindow {
	tb.Helper()
	if os.Getenv("DOVEKIE_REQUIRE_PEERS") != "1" {
		tb.Skip("tests with Gajim run in make interop")
	}
	requirePrograms(tb, map[string]string{
		"gajim": "gajim", "Xvfb": "xvfb", "openbox": "openbox", "xdotool": "xdotool", "dbus-daemon": "dbus",
	})
	g := &GajimWindow{tb: tb, home: tb.TempDir()}
	g.env = plainEnv("HOME="+g.home, "XDG_RUNTIME_DIR="+g.home, "NO_AT_BRIDGE=1", "GTK_A11Y=none")
	display := g.background("Xvfb", "-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp")
	g.env = append(g.env, "DISPLAY=:"+display)
	bus := g.background("dbus-daemon", "--session", "--nofork", "--print-address=1")
	g.env = append(g.env, "DBUS_SESSION_BUS_ADDRESS="+bus)
	g.launch(g.command("openbox"))

	store := filepath.Join(g.home, ".local/share/gajim/cert_store")
	if err := os.MkdirAll(store, 0o700); err != nil {
		tb.Fatalf("prepare Gajim: %v", err)
	}
	writeFile(tb, filepath.Join(store, "server"), encode(s.leaf)) // as if the user had agreed to it
	writeFile(tb, filepath.Join(g.home, "driver.py"), gajimScript)
	host, port, _ := strings.Cut(s.StartTLSAddr(), ":")
	g.python("prepare", u.Name, u.Domain, u.Password, host, port)
	g.launch(g.script("run"))
	g.wait("show its window", func() bool {
		return g.command("xdotool", "search", "--onlyvisible", "--class", "gajim").Run() == nil
	})
	return g
}

// Say opens the chat with somebody and types a line of ASCII into it.
func (g *GajimWindow) Say(to, text string) {
	g.tb.Helper()
	if out, err := g.script("run", "xmpp:"+to+"?message").CombinedOutput(); err != nil {
		g.tb.Fatalf("open a chat in Gajim: %v\n%s", err, out)
	}
	// The chat takes the keyboard a moment after it was opened; what was typed
	// too early is typed again until the history has it.
	g.wait("send "+text, func() bool {
		_ = g.command("xdotool", "key", "ctrl+a", "BackSpace").Run()
		_ = g.command("xdotool", "type", "--delay", "15", text).Run()
		_ = g.command("xdotool", "key", "Return").Run()
		time.Sleep(time.Second)
		return g.has(text)
	})
}

// Expect waits until Gajim's history has a message with that text.
func (g *GajimWindow) Expect(text string) {
	g.tb.Helper()
	g.wait("receive "+text, func() bool { return g.has(text) })
}

func (g *GajimWindow) has(text string) bool {
	g.tb.Helper()
	return g.python("has", text) == "yes"
}

func (g *GajimWindow) python(args ...string) string {
	g.tb.Helper()
	out, err := g.script(args...).CombinedOutput()
	if err != nil {
		g.tb.Fatalf("%s: %v\n%s", args[0], err, out)
	}
	return strings.TrimSpace(string(out))
}

func (g *GajimWindow) script(args ...string) *exec.Cmd {
	return g.command("/usr/bin/python3", append([]string{filepath.Join(g.home, "driver.py"), g.home}, args...)...)
}

func (g *GajimWindow) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Env, cmd.Dir = g.env, g.home
	return cmd
}

// launch runs a command until the end of the test.
func (g *GajimWindow) launch(cmd *exec.Cmd) {
	g.tb.Helper()
	said, err := os.OpenFile(filepath.Join(g.home, "said.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		g.tb.Fatal(err)
	}
	defer said.Close()
	if cmd.Stderr = said; cmd.Stdout == nil {
		cmd.Stdout = said
	}
	p, err := startProcess(cmd, "")
	if err != nil {
		g.tb.Fatalf("start %s: %v", cmd.Path, err)
	}
	g.tb.Cleanup(func() { p.stop(syscall.SIGTERM) })
}

// background launches a command and returns the first line that it prints.
func (g *GajimWindow) background(name string, args ...string) string {
	g.tb.Helper()
	out, in, err := os.Pipe()
	if err != nil {
		g.tb.Fatal(err)
	}
	defer out.Close()
	cmd := g.command(name, args...)
	cmd.Stdout = in
	g.launch(cmd)
	_ = in.Close()
	line, err := bufio.NewReader(out).ReadString('\n')
	if line == "" {
		g.tb.Fatalf("%s printed nothing: %v", name, err)
	}
	return strings.TrimSpace(line)
}

func (g *GajimWindow) wait(what string, done func() bool) {
	g.tb.Helper()
	for deadline := time.Now().Add(40 * time.Second); !done(); time.Sleep(100 * time.Millisecond) {
		if time.Now().After(deadline) {
			said, _ := os.ReadFile(filepath.Join(g.home, "said.log"))
			g.tb.Fatalf("Gajim did not %s; %s\n%s", what, g.picture(), said)
		}
	}
}

// picture leaves what is on the screen in a file, for a person to look at.
func (g *GajimWindow) picture() string {
	var stderr bytes.Buffer
	file := filepath.Join(os.TempDir(), "gajim-failed.png")
	cmd := g.command("import", "-window", "root", file)
	cmd.Stderr = &stderr
	if err := cmd.Run(); err != nil {
		return fmt.Sprintf("no picture: %v %s", err, stderr.String())
	}
	return "its screen is in " + file
}
