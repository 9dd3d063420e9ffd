//go:build windowtest

package windowtest_test

import (
	"syscall"
	"testing"
	"time"

	"dovekie/xmppsvc/xmpptest"
)

// TestDraftOutlivesQuittingAndACrash types without sending, closes the window, and kills
// the next one: each time the text is there again.
func TestDraftOutlivesQuittingAndACrash(t *testing.T) {
	srv := xmpptest.SharedProsody(t)
	romeo, juliet := srv.NewUser("romeo"), srv.NewUser("juliet")
	srv.Befriend(romeo, juliet)
	d := newDesk(t, false)
	env := []string{"SSL_CERT_FILE=" + srv.CAFile()}
	w := d.open(env, "--lang", "en", "--theme", "light")
	w.signIn(srv, romeo, romeo.Password)
	p := newPeer(t, srv, juliet)
	p.signIn(srv)
	w.click(w.row(juliet.JID(), "available"))
	w.composer()
	w.typed("But soft")
	w.see("composer", "But soft")
	w.keys("ctrl+q")
	ended := func(w *window) {
		t.Helper()
		d.until("the end of the program", 10*time.Second, func() bool {
			_, err := d.run("xdotool", "getwindowname", w.id)
			return err != nil
		})
		time.Sleep(500 * time.Millisecond) // the folder is free then
	}
	ended(w)

	env = append(env, "DOVEKIE_PASSWORD="+romeo.Password)
	again := func() *window {
		t.Helper()
		w := d.open(env, "--lang", "en", "--theme", "light", "--account", romeo.JID())
		w.click(w.row(juliet.JID(), "available"))
		return w
	}
	w = again()
	w.see("composer", "But soft")
	d.shot("quit")
	w.composer()
	w.typed(", what light")
	w.see("composer", "But soft, what light")
	time.Sleep(time.Second)
	if err := w.cmd.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	ended(w)

	w = again()
	w.see("composer", "But soft, what light")
	w.composer()
	w.keys("Return")
	p.receives("But soft, what light")
	w.message("out delivered", "But soft, what light")
	if err := w.cmd.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	ended(w)
	w = again()
	w.message("out", "But soft, what light")
	if f := w.see("composer", ""); f.Text != "" {
		t.Errorf("what was sent is offered again: %q", f.Text)
	}
}
