//go:build windowtest

package windowtest_test

import (
	"strings"
	"testing"
	"time"

	"dovekie/xmppsvc/xmpptest"
)

// TestServerIsToldWhetherSomebodyLooks minimises the window and brings it back, and reads
// on the connection page what went over the wire.
func TestServerIsToldWhetherSomebodyLooks(t *testing.T) {
	need(t, "display")
	srv := xmpptest.SharedProsody(t)
	romeo := srv.NewUser("romeo")
	d := newDesk(t, false)
	w := d.open([]string{"SSL_CERT_FILE=" + srv.CAFile()}, "--lang", "en", "--theme", "light")
	w.signIn(srv, romeo, romeo.Password)
	w.see("connection", "online")
	w.openConnection()
	w.turn(2)

	other := d.inFront() // the window stays in sight beside it
	time.Sleep(3 * time.Second)
	w.read()
	for key, f := range w.facts {
		if strings.HasPrefix(f.Text, "out inactive") || strings.HasPrefix(f.Text, "out active") {
			t.Errorf("it was told of a window beside another one: %s %q", key, f.Text)
		}
	}
	d.must("xdotool", "windowkill", other)
	d.must("xdotool", "windowactivate", "--sync", w.id)

	d.must("xdotool", "windowminimize", "--sync", w.id)
	w.stanza("out inactive")
	d.must("xdotool", "windowactivate", "--sync", w.id)
	w.stanza("out active")
	d.picture("told")
}
