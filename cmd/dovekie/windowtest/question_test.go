//go:build windowtest

package windowtest_test

import (
	"strings"
	"testing"
	"time"

	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/xmpptest"
)

// quiet fails when the program makes a connection within the time.
func (k *walk) quiet(network *xmpptest.Proxy, within time.Duration) {
	k.t.Helper()
	before := network.Connections()
	time.Sleep(within)
	if n := network.Connections() - before; n != 0 {
		k.t.Errorf("it made %d attempts by itself", n)
	}
}

// TestWhatOnlyTheUserCanAnswerIsAskedAboveTheList goes through both questions in one
// window, in which nothing is lost.
func TestWhatOnlyTheUserCanAnswerIsAskedAboveTheList(t *testing.T) {
	t.Parallel()
	srv := xmpptest.Prosody(t, xmpptest.Options{})
	network := xmpptest.DelayProxy(t, srv.StartTLSAddr(), 0)
	d := newDesk(t, false)
	k := newWalk(t, d, srv, network.Addr())
	k.signedInElsewhere(srv, network)
	k.passwordChanged(srv, network)
}

// signedInElsewhere has another program take the window's place: it asks and does not
// fight.
func (k *walk) signedInElsewhere(srv *xmpptest.Server, network *xmpptest.Proxy) {
	t := k.t
	t.Helper()
	place := jid.MustParse(k.see("session", "/").Text)
	rival := newPeer(t, srv, k.me)
	takes := func() {
		t.Helper()
		_, err := rival.svc.Connect(t.Context(), model.ConnectRequest{JID: place, Password: model.NewSecret(k.me.Password),
			Address: srv.StartTLSAddr(), Security: model.SecurityAuto})
		if err != nil {
			t.Fatal(err)
		}
	}

	takes()
	k.see("ask", "Signed in elsewhere")
	k.asLeft()
	k.desk.picture("1-elsewhere")
	k.quiet(network, 3*time.Second)
	k.click(k.see("ask.no", "Stay signed out"))
	k.gone("the question", "ask", "")
	k.see("strip", "elsewhere")
	k.desk.picture("2-stays-out")
	k.click(k.row(k.mercutio.JID(), "unknown"))
	k.see("chat", k.mercutio.JID())
	k.say("for later")
	k.message("out queued", "for later")
	k.click(k.row(k.juliet.JID(), ""))
	k.see("chat", k.juliet.JID())
	k.quiet(network, time.Second)

	n, asked := k.logins, time.Now()
	k.click(k.see("strip.link", "Sign in"))
	k.again(n, asked, "from Sign in")
	k.q.receives("for later")
	k.asLeft()
	k.quiet(network, 2*time.Second) // nor does the other one fight: it is ours too

	takes()
	k.see("ask", "Signed in elsewhere")
	k.see("connection", "offline")
	n, asked = k.logins, time.Now()
	k.click(k.see("ask.yes", "Sign in again"))
	k.again(n, asked, "from Sign in again")
	k.gone("the question", "ask", "")
	k.asLeft()
}

// passwordChanged changes it at the server, which ends our session: the window asks once.
// What is sent meanwhile goes out with the new password.
func (k *walk) passwordChanged(srv *xmpptest.Server, network *xmpptest.Proxy) {
	k.t.Helper()
	k.q.send(k.me, "before it")
	k.row(k.mercutio.JID(), "unread 1")
	now := srv.SetPassword(k.me, "the new one")
	network.CutAll()
	k.see("ask", "The password no longer works")
	k.see("chat.strip", "You are offline. Messages wait here until you sign in.")
	k.asLeft()
	k.row(k.mercutio.JID(), "unread 1")
	k.typed(" rest") // the keyboard is where it was
	k.see("composer", half+" rest")
	k.desk.picture("3-password")
	k.quiet(network, 5*time.Second)
	k.keys("BackSpace", "BackSpace", "BackSpace", "BackSpace", "BackSpace")
	k.see("composer", half)

	k.click(k.row(k.mercutio.JID(), ""))
	k.see("chat", k.mercutio.JID())
	k.say("for much later")
	k.message("out queued", "for much later")
	k.click(k.row(k.juliet.JID(), ""))
	k.see("chat", k.juliet.JID())

	k.click(k.see("ask.password", ""))
	k.typed("wrong one")
	k.see("ask.password", strings.Repeat("•", 9))
	k.keys("Return")
	k.see("ask.error", "The password is not right for this address.")
	k.see("screen", "main")
	k.desk.picture("4-wrong")
	k.quiet(network, 2*time.Second)
	k.keys("ctrl+a")
	n, asked := k.logins, time.Now()
	k.typed(now.Password)
	k.see("ask.password", strings.Repeat("•", len(now.Password)))
	k.keys("Return")
	k.again(n, asked, "from the new password")
	k.gone("the question", "ask", "")
	k.q.receives("for much later")
	k.asLeft()
	k.p.send(k.me, "all as it was")
	k.row(k.juliet.JID(), "unread 1")
	k.desk.picture("5-as-it-was")
	k.noSecret(now.Password)
	k.noSecret("wrong one")
}
