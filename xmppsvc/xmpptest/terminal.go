package xmpptest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Terminal is a program with a text screen, run by tmux in a terminal of its
// own, for tests with clients that other people wrote.
type Terminal struct {
	tb     testing.TB
	name   string
	socket string
}

// terminal starts argv with that environment; it ends with the test.
func terminal(tb testing.TB, name string, env []string, argv ...string) *Terminal {
	tb.Helper()
	dir, err := os.MkdirTemp("", "tmux-") // a socket's path must be short
	if err != nil {
		tb.Fatalf("make a folder for tmux: %v", err)
	}
	t := &Terminal{tb: tb, name: name, socket: filepath.Join(dir, "s")}
	tb.Cleanup(func() {
		_ = t.tmux("kill-server").Run() // gone already if the program ended
		_ = os.RemoveAll(dir)
	})
	args := append([]string{"-f", "/dev/null", "new-session", "-d", "-x", "180", "-y", "45", "env", "-i"}, env...)
	if out, err := t.tmux(append(args, argv...)...).CombinedOutput(); err != nil {
		tb.Fatalf("start %s in tmux: %v\n%s", name, err, out)
	}
	return t
}

func (t *Terminal) tmux(args ...string) *exec.Cmd {
	cmd := exec.Command("tmux", append([]string{"-u", "-S", t.socket}, args...)...)
	cmd.Env = plainEnv("TERM=xterm-256color")
	return cmd
}

// Type writes a line and presses Enter.
func (t *Terminal) Type(line string) {
	t.tb.Helper()
	for _, args := range [][]string{{"send-keys", "-l", line}, {"send-keys", "Enter"}} {
		if out, err := t.tmux(args...).CombinedOutput(); err != nil {
			t.tb.Fatalf("type into %s: %v\n%s", t.name, err, out)
		}
	}
}

// Screen is the text on the screen.
func (t *Terminal) Screen() string {
	t.tb.Helper()
	out, err := t.tmux("capture-pane", "-p").Output()
	if err != nil {
		return fmt.Sprintf("(%s has ended: %v)", t.name, err)
	}
	return string(out)
}

// Expect waits until all of the texts are on the screen.
func (t *Terminal) Expect(texts ...string) {
	t.tb.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for {
		screen := t.Screen()
		missing := ""
		for _, text := range texts {
			if !strings.Contains(screen, text) {
				missing = text
			}
		}
		if missing == "" {
			return
		}
		if time.Now().After(deadline) {
			t.tb.Fatalf("%s does not show %q:\n%s", t.name, missing, screen)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// Profanity starts the terminal client profanity, signed in as u with receipts
// and carbons on. Its settings and history are in a folder of the test.
func Profanity(tb testing.TB, s *Server, u User) *Terminal {
	tb.Helper()
	requirePrograms(tb, map[string]string{"profanity": "profanity", "tmux": "tmux"})
	home := tb.TempDir()
	host, port, _ := strings.Cut(s.StartTLSAddr(), ":")
	for _, dir := range []string{".local/share/profanity", ".config/profanity"} {
		if err := os.MkdirAll(filepath.Join(home, dir), 0o700); err != nil {
			tb.Fatalf("prepare profanity: %v", err)
		}
	}
	// Its own look at certificates is not what is tested here.
	writeFile(tb, filepath.Join(home, ".local/share/profanity/accounts"), []byte(fmt.Sprintf(
		"[test]\nenabled=true\njid=%s\nresource=profanity\npassword=%s\nserver=%s\nport=%s\n"+
			"presence.last=online\npresence.login=online\ntls.policy=trust\n", u.JID(), u.Password, host, port)))
	writeFile(tb, filepath.Join(home, ".config/profanity/profrc"), []byte(
		"[ui]\nsplash=false\n[connection]\ncarbons=true\n[receipts]\nrequest=true\nsend=true\n"))
	t := terminal(tb, "profanity of "+u.Name, plainEnv("HOME="+home, "TERM=screen-256color"), "profanity", "-a", "test")
	t.Expect("logged in successfully")
	return t
}
