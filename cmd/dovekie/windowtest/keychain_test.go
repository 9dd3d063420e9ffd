//go:build windowtest

package windowtest_test

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"dovekie/xmppsvc/xmpptest"
)

// startKeyring starts GNOME's keychain on the desk's bus, unlocked.
func (d *desk) startKeyring() {
	d.t.Helper()
	need(d.t, "gnome-keyring-daemon")
	cmd := exec.Command("gnome-keyring-daemon", "--foreground", "--components=secrets", "--unlock")
	cmd.Stdin = strings.NewReader("password of the session")
	d.start("keyring", cmd)
	var conn *dbus.Conn
	for _, v := range d.env {
		if address, ok := strings.CutPrefix(v, "DBUS_SESSION_BUS_ADDRESS="); ok {
			c, err := dbus.Connect(address)
			if err != nil {
				d.t.Fatal(err)
			}
			conn = c
		}
	}
	defer func() { _ = conn.Close() }() // the bus dies with the test
	d.until("the keychain", 20*time.Second, func() bool {
		var owned bool
		err := conn.BusObject().Call("org.freedesktop.DBus.NameHasOwner", 0, "org.freedesktop.secrets").Store(&owned)
		return err == nil && owned
	})
}

// TestPasswordIsRemembered signs in once by hand, then by itself.
func TestPasswordIsRemembered(t *testing.T) {
	srv := xmpptest.SharedProsody(t)
	romeo, juliet := srv.NewUser("romeo"), srv.NewUser("juliet")
	srv.Befriend(romeo, juliet)
	d := newDesk(t, false)
	d.startKeyring()
	env := []string{"SSL_CERT_FILE=" + srv.CAFile()}
	w := d.open(env, "--lang", "en", "--theme", "light")
	w.see("focus", "")
	w.click(w.see("login.auto", "false"))
	w.see("login.auto", "true")
	w.see("login.remember", "true")
	w.click(w.see("login.address", ""))
	w.signIn(srv, romeo, romeo.Password)
	w.see("connection", "online")
	w.quit()

	kept := filepath.Join(d.home, ".local", "keyrings")
	if files, err := filepath.Glob(filepath.Join(kept, "*.keyring")); err != nil || len(files) == 0 {
		t.Errorf("the keychain keeps nothing in its folder: %v", err)
	}
	w.nowhereBut(kept, romeo.Password)

	again := d.open(env, "--lang", "en", "--theme", "light")
	again.see("screen", "main")
	again.see("connection", "online")
	again.see("account", romeo.JID())
	again.row(juliet.JID(), "offline")
	again.nowhereBut(kept, romeo.Password)
}

// nowhereBut looks for the password in every file outside the folder.
func (w *window) nowhereBut(folder, password string) {
	w.t.Helper()
	err := filepath.WalkDir(w.dir, func(path string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return nil // gone meanwhile
		case path == folder:
			return fs.SkipDir
		case !e.Type().IsRegular():
			return nil
		}
		b, err := os.ReadFile(path)
		if err == nil && strings.Contains(string(b), password) {
			w.t.Errorf("the password stands in %s", path)
		}
		return nil
	})
	if err != nil {
		w.t.Error(err)
	}
}
