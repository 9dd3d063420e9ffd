//go:build windowtest

package windowtest_test

import (
	"syscall"
	"testing"
	"time"

	"dovekie/xmppsvc/xmpptest"
)

// asleep is how long the window's process stands still: longer than the watch takes for a
// busy machine.
const asleep = 17 * time.Second

// sleeps stops the process, as a suspended machine does, has things happen meanwhile, and
// gives the moment at which it went on.
func (k *walk) sleeps(proxy *xmpptest.Proxy, meanwhile func()) time.Time {
	k.t.Helper()
	pid := k.cmd.Process.Pid
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		k.t.Fatal(err)
	}
	k.t.Cleanup(func() { _ = syscall.Kill(pid, syscall.SIGCONT) }) // a stopped process cannot be told to end
	begin := time.Now()
	meanwhile()
	time.Sleep(time.Until(begin.Add(asleep)))
	before, connections := proxy.Nowhere(), proxy.Connections()
	woken := time.Now()
	if err := syscall.Kill(pid, syscall.SIGCONT); err != nil {
		k.t.Fatal(err)
	}
	k.until("the program to look at its connection", 10*time.Second, func() bool {
		return proxy.Nowhere() > before || proxy.Connections() > connections
	})
	if noticed := time.Since(woken); noticed > 5*time.Second {
		k.t.Errorf("the sleep was noticed after %s", noticed)
	} else {
		k.t.Logf("the sleep was noticed after %.1f s", noticed.Seconds())
	}
	return woken
}

// TestHourOfSleepIsAsIfNothingWas stops the process while its contacts write, the server
// forgets its session and a router its connection.
func TestHourOfSleepIsAsIfNothingWas(t *testing.T) {
	t.Parallel() // it mostly waits
	need(t, "display")
	srv := xmpptest.Prosody(t, xmpptest.Options{Config: "smacks_hibernation_time = 2"})
	proxy := xmpptest.DelayProxy(t, srv.StartTLSAddr(), 10*time.Millisecond)
	d := newDesk(t, false)
	k := newWalk(t, d, srv, proxy.Addr())
	d.shot("1-before")

	n := k.logins
	woken := k.sleeps(proxy, func() {
		k.p.send(k.me, "on the line already")
		time.Sleep(500 * time.Millisecond)
		proxy.LoseAll()
		k.p.send(k.me, "while the session waits")
		time.Sleep(4 * time.Second) // it is given up
		k.p.send(k.me, "to nobody at home")
	})
	k.click(k.row(k.mercutio.JID(), "")) // the first click
	k.see("chat", k.mercutio.JID())
	clicked := time.Since(woken)
	d.shot("2-first-click")
	k.click(k.row(k.juliet.JID(), ""))
	k.see("chat", k.juliet.JID())
	k.again(n, woken, "from sleep")
	t.Logf("the first click worked after %.1f s", clicked.Seconds())
	k.newest("line 99", "line 100", "on the line already", "while the session waits", "to nobody at home")
	k.row(k.juliet.JID(), "unread 3")
	k.see("title", "(3) Dovekie")
	k.asLeft()
	d.shot("3-awake")
	k.toEnd()
	k.nothingNew(k.juliet.JID())
	k.newest("line 99", "line 100", "on the line already", "while the session waits", "to nobody at home")
	d.shot("4-at-the-end")

	other := d.inFront()
	n = k.logins
	woken = k.sleeps(proxy, func() {
		k.p.send(k.me, "behind another window")
		time.Sleep(500 * time.Millisecond)
		proxy.CutAll()
		time.Sleep(4 * time.Second)
		k.p.send(k.me, "and another")
	})
	k.again(n, woken, "from sleep, with a reset line,")
	k.newest("to nobody at home", "behind another window", "and another")
	k.row(k.juliet.JID(), "unread 2")
	k.see("title", "(2) Dovekie")
	d.shot("5-unfocused")
	d.must("xdotool", "windowkill", other)
	d.must("xdotool", "windowactivate", "--sync", k.id)
	k.nothingNew(k.juliet.JID())
	k.place = ""
	k.asLeft()
	d.shot("6-read")
	k.keys("End")
	k.typed(" end.")
	k.see("composer", half+" end.")
	k.keys("Return")
	k.p.receives(half + " end.")
	k.message("out delivered", half+" end.")
}
