package credential_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"dovekie/xmppsvc/credential"
	"dovekie/xmppsvc/model"
)

// The D-Bus library connects once a process, to the bus of its environment; so each
// keychain is met by a process of its own, which is this binary in a role.
var roles = map[string]func() error{
	"conform":     func() error { return conforms(credential.NewKeyring()) },
	"set":         func() error { return credential.NewKeyring().Set(me, model.NewSecret("kept-pässword")) },
	"get":         getKept,
	"unavailable": expectUnavailable,
}

func TestMain(m *testing.M) {
	if role := os.Getenv("DOVEKIE_TEST_ROLE"); role != "" {
		if err := roles[role](); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func getKept() error {
	s, err := credential.NewKeyring().Get(me)
	if err != nil || s.Reveal() != "kept-pässword" {
		return fmt.Errorf("not what was kept: %w", err)
	}
	return nil
}

// expectUnavailable wants every call to fail in a few seconds, with a sentence that says
// why and does not hold the password.
func expectUnavailable() error {
	k := credential.NewKeyring()
	_, getErr := k.Get(me)
	for what, err := range map[string]error{
		"Get": getErr, "Set": k.Set(me, model.NewSecret("hunter2")), "Delete": k.Delete(me),
	} {
		if !errors.Is(err, credential.ErrUnavailable) || errors.Is(err, credential.ErrNotFound) ||
			model.KindOf(err) != model.ErrNoKeychain {
			return fmt.Errorf("%s: %w", what, err)
		}
		if strings.Contains(err.Error(), "hunter2") {
			return fmt.Errorf("%s tells the password", what)
		}
	}
	return nil
}

// play runs a role with the given environment and no other D-Bus, and gives what it
// said and how long it took.
func play(t *testing.T, role string, env ...string) time.Duration {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(bare(t), append(env, "DOVEKIE_TEST_ROLE="+role)...)
	begin := time.Now()
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v: %s", role, err, out)
	}
	return time.Since(begin)
}

// bare is an environment without a session.
func bare(t *testing.T) []string {
	t.Helper()
	var env []string
	for _, v := range os.Environ() {
		name, _, _ := strings.Cut(v, "=")
		switch {
		case strings.HasPrefix(name, "DBUS_"), strings.HasPrefix(name, "XDG_"), strings.HasPrefix(name, "GNOME_"),
			name == "HOME", name == "DISPLAY", name == "WAYLAND_DISPLAY":
		default:
			env = append(env, v)
		}
	}
	return env
}

// session is a private bus with a home of its own.
type session struct {
	env []string // its last one is the bus's address
}

// need skips without the program, or fails where the programs are promised.
func need(t *testing.T, programs ...string) {
	t.Helper()
	for _, p := range programs {
		if _, err := exec.LookPath(p); err != nil {
			if os.Getenv("DOVEKIE_REQUIRE_SERVERS") == "1" {
				t.Fatalf("%s is not installed", p)
			}
			t.Skipf("%s is not installed", p)
		}
	}
}

// startBus starts a message bus that ends with the test and starts no service by itself.
func startBus(t *testing.T, home string) session {
	t.Helper()
	need(t, "dbus-daemon")
	folder, err := os.MkdirTemp("", "bus") // t.TempDir can be too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	config := filepath.Join(folder, "bus.conf")
	err = os.WriteFile(config, []byte(`<busconfig>
	<type>session</type>
	<listen>unix:path=`+filepath.Join(folder, "bus")+`</listen>
	<auth>EXTERNAL</auth>
	<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy>
</busconfig>`), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	s := session{env: []string{
		"HOME=" + home, "XDG_RUNTIME_DIR=" + folder, "XDG_DATA_HOME=" + filepath.Join(home, "share"),
		"XDG_CONFIG_HOME=" + filepath.Join(home, "config"), "XDG_CACHE_HOME=" + filepath.Join(home, "cache"),
	}}
	cmd := exec.Command("dbus-daemon", "--nofork", "--nopidfile", "--print-address", "--config-file="+config)
	cmd.Env = append(bare(t), s.env...)
	out := run(t, cmd, nil)
	s.env = append(s.env, "DBUS_SESSION_BUS_ADDRESS="+line(t, out))
	return s
}

// startKeyring starts GNOME's daemon on the bus with its login keychain unlocked.
func (s session) startKeyring(t *testing.T, password string) *exec.Cmd {
	t.Helper()
	need(t, "gnome-keyring-daemon")
	cmd := exec.Command("gnome-keyring-daemon", "--foreground", "--components=secrets", "--unlock")
	cmd.Env = append(bare(t), s.env...)
	run(t, cmd, []byte(password))
	s.await(t, "org.freedesktop.secrets")
	return cmd
}

// await returns once somebody has the name on the bus.
func (s session) await(t *testing.T, name string) {
	t.Helper()
	_, address, _ := strings.Cut(s.env[len(s.env)-1], "=")
	conn, err := dbus.Connect(address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		var owned bool
		if err := conn.BusObject().Call("org.freedesktop.DBus.NameHasOwner", 0, name).Store(&owned); err != nil {
			t.Fatal(err)
		}
		if owned {
			return
		}
	}
	t.Fatalf("nobody became %s", name)
}

// run starts a process that is killed with the test, and gives its standard output.
func run(t *testing.T, cmd *exec.Cmd, input []byte) *bufio.Scanner {
	t.Helper()
	cmd.Stdin = bytes.NewReader(input)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	return bufio.NewScanner(out)
}

func line(t *testing.T, out *bufio.Scanner) string {
	t.Helper()
	got := make(chan string, 1)
	go func() {
		out.Scan()
		got <- out.Text()
	}()
	select {
	case s := <-got:
		if s == "" {
			t.Fatal("it ended without a word")
		}
		return s
	case <-time.After(20 * time.Second):
		t.Fatal("it said nothing for 20 s")
	}
	return ""
}

func TestKeyringConforms(t *testing.T) {
	s := startBus(t, t.TempDir())
	s.startKeyring(t, "login")
	play(t, "conform", s.env...)
}

func TestPasswordIsThereAfterTheNextLogin(t *testing.T) {
	home := t.TempDir()
	first := startBus(t, home)
	daemon := first.startKeyring(t, "login")
	play(t, "set", first.env...)
	if err := daemon.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	_ = daemon.Wait()
	second := startBus(t, home)
	second.startKeyring(t, "login")
	play(t, "get", second.env...)
	err := filepath.WalkDir(home, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if bytes.Contains(b, []byte("kept-pässword")) {
			t.Errorf("the password is readable in %s", d.Name())
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestWithoutAKeychainTheErrorSaysSo(t *testing.T) {
	t.Run("no bus", func(t *testing.T) {
		if _, err := os.Stat(fmt.Sprintf("/run/user/%d/bus", os.Getuid())); err == nil {
			t.Skip("this machine has a bus that is found without the environment")
		}
		if took := play(t, "unavailable"); took > 2*time.Second {
			t.Errorf("it took %v", took)
		}
	})
	t.Run("no service on the bus", func(t *testing.T) {
		play(t, "unavailable", startBus(t, t.TempDir()).env...)
	})
	t.Run("bus is gone", func(t *testing.T) {
		play(t, "unavailable", "DBUS_SESSION_BUS_ADDRESS=unix:path="+filepath.Join(t.TempDir(), "gone"))
	})
	t.Run("locked, and nobody to ask", func(t *testing.T) {
		home := t.TempDir()
		first := startBus(t, home)
		daemon := first.startKeyring(t, "login")
		play(t, "set", first.env...)
		_ = daemon.Process.Kill()
		_ = daemon.Wait()
		second := startBus(t, home)
		second.startKeyring(t, "wrong password")
		play(t, "unavailable", second.env...)
	})
	t.Run("bus hangs", func(t *testing.T) {
		l, err := net.Listen("unix", filepath.Join(t.TempDir(), "bus"))
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		took := play(t, "unavailable", "DBUS_SESSION_BUS_ADDRESS=unix:path="+l.Addr().String())
		if took > 12*time.Second {
			t.Errorf("three calls took %v", took)
		}
	})
}
