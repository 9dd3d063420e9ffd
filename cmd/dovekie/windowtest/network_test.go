//go:build windowtest

package windowtest_test

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"testing"
	"time"

	"dovekie/xmppsvc/xmpptest"
)

// serverAddress is where the program finds the server, whatever network it is in: an
// address of those set aside for trials of networks (RFC 2544).
const serverAddress = "198.18.0.1"

// noticedWithin is how soon the program is online again after it is in another network.
// The silence of a dead line alone would be noticed after a minute.
func noticedWithin(t testing.TB) time.Duration {
	t.Helper()
	if busy(t) {
		return 10 * time.Second
	}
	return 5 * time.Second
}

// networks is a network namespace, which is to the program what a machine is, with two
// networks that it can be in. They vanish with the process that holds the namespace.
type networks struct {
	t   testing.TB
	pid int
}

// newNetworks makes the namespace, with no network but its own loopback.
func newNetworks(t testing.TB, d *desk) *networks {
	t.Helper()
	need(t, "ip", "unshare", "nsenter")
	if os.Geteuid() != 0 {
		t.Skip("only root may make the networks of this test")
	}
	cmd := exec.Command("unshare", "--net", "sh", "-c", "ip link set lo up && echo made && exec sleep 1000")
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // it was killed
	})
	if n, _ := out.Read(make([]byte, 8)); n == 0 {
		why := "this machine lets root make no network namespaces"
		if os.Getenv("DOVEKIE_REQUIRE_SERVERS") != "" {
			t.Fatal(why)
		}
		t.Skip(why)
	}
	n := &networks{t: t, pid: cmd.Process.Pid}
	d.within = []string{"nsenter", "--net=/proc/" + strconv.Itoa(n.pid) + "/ns/net", "--"}
	for i := range 2 {
		n.ip("link", "add", n.outer(i), "type", "veth", "peer", "name", n.inner(i))
		n.ip("link", "set", n.inner(i), "netns", strconv.Itoa(n.pid))
		n.ip("addr", "add", n.gateway(i)+"/24", "dev", n.outer(i))
		n.ip("addr", "add", serverAddress+"/32", "dev", n.outer(i))
		n.ip("link", "set", n.outer(i), "up")
		t.Cleanup(func() { _ = exec.Command("ip", "link", "del", n.outer(i)).Run() }) // it may be gone with its other end
	}
	return n
}

func (n *networks) outer(i int) string   { return fmt.Sprintf("dvk%d-%d", i, os.Getpid()) }
func (n *networks) inner(i int) string   { return "wlan" + strconv.Itoa(i) }
func (n *networks) gateway(i int) string { return fmt.Sprintf("198.18.%d.1", i+1) }

func (n *networks) ip(args ...string) { n.run("ip", args...) }

func (n *networks) inside(args ...string) {
	n.run("nsenter", append([]string{"--net=/proc/" + strconv.Itoa(n.pid) + "/ns/net", "--", "ip"}, args...)...)
}

func (n *networks) run(name string, args ...string) {
	n.t.Helper()
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		n.t.Fatalf("%s %q: %v\n%s", name, args, err, out)
	}
}

// join brings the program's machine into the network: a link, an address, a route.
func (n *networks) join(i int) {
	n.t.Helper()
	n.inside("link", "set", n.inner(i), "up")
	n.inside("addr", "add", fmt.Sprintf("198.18.%d.2/24", i+1), "dev", n.inner(i))
	n.inside("route", "add", "default", "via", n.gateway(i))
}

// leave takes it out of the network.
func (n *networks) leave(i int) {
	n.t.Helper()
	n.inside("addr", "flush", "dev", n.inner(i))
	n.inside("link", "set", n.inner(i), "down")
}

// TestAnotherNetworkIsAsIfNothingWas carries the machine from one network to another, once
// with nothing between them and once from one second to the next.
func TestAnotherNetworkIsAsIfNothingWas(t *testing.T) {
	t.Parallel()
	d := newDesk(t, false)
	n := newNetworks(t, d)
	srv := xmpptest.Prosody(t, xmpptest.Options{Interfaces: []string{serverAddress}})
	_, port, err := net.SplitHostPort(srv.StartTLSAddr())
	if err != nil {
		t.Fatal(err)
	}
	n.join(0)
	k := newWalk(t, d, srv, net.JoinHostPort(serverAddress, port))

	logins := k.logins
	n.leave(0)
	left := time.Now()
	k.p.send(k.me, "into the void")
	k.see("strip", "Trying again")
	t.Logf("the loss was noticed after %.1f s", time.Since(left).Seconds())
	k.see("chat.strip", "No connection. Messages wait here and go out by themselves.")
	k.asLeft()
	d.picture("1-nowhere")
	k.q.send(k.me, "are you there")
	time.Sleep(3 * time.Second)

	n.join(1)
	joined := time.Now()
	if took := k.again(logins, joined, "from the other network"); took > noticedWithin(t) {
		t.Errorf("it took %s", took)
	}
	k.see("login", "resumed")
	k.row(k.mercutio.JID(), "unread 1")
	k.row(k.juliet.JID(), "unread 1")
	k.see("title", "(2) Dovekie")
	k.asLeft()
	d.picture("2-there")
	k.click(k.row(k.mercutio.JID(), "")) // the first click
	k.see("chat", k.mercutio.JID())
	k.newest("are you there")
	k.say("I am")
	k.q.receives("I am")
	k.click(k.row(k.juliet.JID(), "unread 1"))
	k.see("chat", k.juliet.JID())
	k.asLeft()

	logins = k.logins
	n.leave(1)
	n.join(0)
	joined = time.Now()
	k.p.send(k.me, "on your way")
	if took := k.again(logins, joined, "from a network that follows at once"); took > noticedWithin(t) {
		t.Errorf("it took %s", took)
	}
	k.see("login", "resumed")
	k.row(k.juliet.JID(), "unread 2")
	k.see("title", "(2) Dovekie")
	k.asLeft()
	k.toEnd()
	k.newest("line 100", "into the void", "on your way")
	k.nothingNew(k.juliet.JID())
}
