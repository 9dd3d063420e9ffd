//go:build windowtest

package windowtest_test

import (
	"testing"
	"time"

	"dovekie/xmppsvc/xmpptest"
)

// TestServerRestartIsAsIfNothingWas stops the server for a while and starts it again; the
// contacts write meanwhile, which reaches the server before the window or after it.
func TestServerRestartIsAsIfNothingWas(t *testing.T) {
	t.Parallel()
	srv := xmpptest.Prosody(t, xmpptest.Options{})
	d := newDesk(t, false)
	k := newWalk(t, d, srv, srv.StartTLSAddr())
	k.q.send(k.me, "before the restart")
	k.row(k.mercutio.JID(), "unread 1")

	n, stopped := k.logins, time.Now()
	srv.Stop()
	k.see("strip", "Trying again")
	k.see("chat.strip", "No connection. Messages wait here and go out by themselves.")
	k.row(k.mercutio.JID(), "unknown")
	k.row(k.mercutio.JID(), "unread 1")
	time.Sleep(3 * time.Second) // attempts fail
	k.asLeft()
	k.see("title", "(1) Dovekie")
	d.picture("1-away")
	k.p.send(k.me, "while it was away")
	k.q.send(k.me, "and I wrote too")

	srv.Start()
	started := time.Now()
	away := started.Sub(stopped)
	// The pauses between attempts grow with the time, so that a server has peace to start.
	if took := k.again(n, started, "from the server's start"); took > 2*away+5*time.Second {
		t.Errorf("the window came back after %s, the server was away for %s", took, away)
	}
	k.find("no strip", func(fact) bool {
		_, list := k.facts["strip"]
		_, chat := k.facts["chat.strip"]
		return !list && !chat
	})
	k.row(k.mercutio.JID(), "unread 2")
	k.row(k.juliet.JID(), "unread 1")
	k.see("title", "(3) Dovekie")
	k.asLeft()
	d.picture("2-back")

	k.click(k.row(k.mercutio.JID(), "")) // the first click
	k.see("chat", k.mercutio.JID())
	k.newest("before the restart", "and I wrote too")
	k.nothingNewOf(k.mercutio.JID())
	k.say("here again")
	k.q.receives("here again")
	k.message("out delivered", "here again")
	k.see("title", "(1) Dovekie")
	k.click(k.row(k.juliet.JID(), "unread 1"))
	k.see("chat", k.juliet.JID())
	k.asLeft()
	k.toEnd()
	k.newest("line 99", "line 100", "while it was away")
	k.nothingNew(k.juliet.JID())
}
