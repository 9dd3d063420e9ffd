//go:build windowtest

package windowtest_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dovekie/xmppsvc/xmpptest"
)

// TestSecondStartShowsTheListBeforeTheNetwork closes the window, stops the server, and
// starts again: the list of last time is there in the size of last time, and goes online
// by itself once the server is back.
func TestSecondStartShowsTheListBeforeTheNetwork(t *testing.T) {
	srv := xmpptest.Prosody(t, xmpptest.Options{})
	romeo, juliet := srv.NewUser("romeo"), srv.NewUser("juliet")
	srv.Befriend(romeo, juliet)
	d := newDesk(t, false)
	env := []string{"SSL_CERT_FILE=" + srv.CAFile()}
	w := d.open(env, "--lang", "en", "--theme", "light")
	w.signIn(srv, romeo, romeo.Password)
	w.row(juliet.JID(), "offline")
	d.must("xdotool", "windowsize", "--sync", w.id, "900", "700")
	w.find("the smaller window", func(f fact) bool {
		return f.Key == "panel.menu" && f.Rect != nil && f.Rect[1] < 700
	})
	w.keys("ctrl+q")
	d.until("the end of the program", 10*time.Second, func() bool {
		_, err := d.run("xdotool", "getwindowname", w.id)
		return err != nil
	})
	time.Sleep(500 * time.Millisecond) // it still signs out and gives the folder free
	srv.Stop()
	set, err := os.ReadFile(filepath.Join(d.dir, "data", "settings.json"))
	if err != nil || !strings.Contains(string(set), `"lang": "follow"`) || !strings.Contains(string(set), `"theme": "follow"`) {
		t.Errorf("what the command line asked for was kept: %s, %v", set, err)
	}

	env = append(env, "DOVEKIE_PASSWORD="+romeo.Password)
	again := d.open(env, "--lang", "en", "--theme", "light", "--account", romeo.JID())
	again.row(juliet.JID(), "unknown")
	if size := d.must("xdotool", "getwindowgeometry", again.id); !strings.Contains(size, "900x700") {
		t.Errorf("the window's size was not remembered: %s", size)
	}
	d.shot("offline")
	srv.Start()
	again.see("connection", "online")
	again.row(juliet.JID(), "offline")
	again.noSecret(romeo.Password)
}
