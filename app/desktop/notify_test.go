//go:build linux

package desktop_test

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"

	"github.com/godbus/dbus/v5"

	"dovekie/app/desktop"
)

// daemon is a notification service that remembers what it was asked.
type daemon struct {
	mu     sync.Mutex
	shown  []note
	closed []uint32
}

type note struct {
	Replaces    uint32
	Title, Body string
}

// Notify is the method of the specification.
func (d *daemon) Notify(_ string, replaces uint32, _, title, body string, _ []string, _ map[string]dbus.Variant, _ int32) (uint32, *dbus.Error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.shown = append(d.shown, note{replaces, title, body})
	if replaces != 0 {
		return replaces, nil
	}
	return uint32(len(d.shown)) + 40, nil
}

// CloseNotification is the method of the specification.
func (d *daemon) CloseNotification(id uint32) *dbus.Error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.closed = append(d.closed, id)
	return nil
}

// startBus starts a session bus of its own and makes it the test's.
func startBus(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("dbus-daemon"); err != nil {
		if os.Getenv("DOVEKIE_REQUIRE_SERVERS") == "1" {
			t.Fatal("the package dbus is missing")
		}
		t.Skip("dbus-daemon is not installed")
	}
	address := "unix:path=" + filepath.Join(t.TempDir(), "bus")
	cmd := exec.Command("dbus-daemon", "--session", "--nofork", "--nopidfile", "--address="+address, "--print-address")
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it is ours
		_ = cmd.Wait()
	})
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", address)
}

func TestNotificationsReplaceEachOtherAndCarryNoMarkup(t *testing.T) {
	startBus(t)
	conn, err := dbus.ConnectSessionBus()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }() // the bus ends with the test
	d := &daemon{}
	if err := conn.Export(d, "/org/freedesktop/Notifications", "org.freedesktop.Notifications"); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.RequestName("org.freedesktop.Notifications", dbus.NameFlagDoNotQueue); err != nil {
		t.Fatal(err)
	}
	n := desktop.NewNotifications("Dovekie", "dovekie")
	for _, body := range []string{"first", `<img src="http://x">`} {
		if err := n.Show(t.Context(), "nora", "Nora", body); err != nil {
			t.Fatal(err)
		}
	}
	if err := n.Show(t.Context(), "tom", "Tom", "hi"); err != nil {
		t.Fatal(err)
	}
	if err := n.Close(t.Context(), "nora"); err != nil {
		t.Fatal(err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	want := []note{{0, "Nora", "first"}, {41, "Nora", "&lt;img src=&#34;http://x&#34;&gt;"}, {0, "Tom", "hi"}}
	if len(d.shown) != 3 || d.shown[0] != want[0] || d.shown[1] != want[1] || d.shown[2] != want[2] {
		t.Errorf("shown %+v", d.shown)
	}
	if len(d.closed) != 1 || d.closed[0] != 41 {
		t.Errorf("closed %v", d.closed)
	}
}

func TestWithoutABusTheErrorSaysSo(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+filepath.Join(t.TempDir(), "nothing"))
	if err := desktop.NewNotifications("Dovekie", "").Show(t.Context(), "k", "t", "b"); err == nil {
		t.Error("shown where nobody could see it")
	}
}
