//go:build windowtest

package windowtest_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"dovekie/xmppsvc/xmpptest"
)

// half is what stands in the composer, unfinished, while the network plays its tricks.
const half = "Half a sentence, and then the"

// walk is a signed-in window with a long chat scrolled back and half a sentence typed: all
// that a person would miss if it went.
type walk struct {
	*window
	me       xmpptest.User
	juliet   xmpptest.User // of the long chat
	mercutio xmpptest.User // somebody else on the list
	p, q     *peer         // juliet and mercutio
	place    string        // in the long chat
}

// newWalk signs in at the address, which leads to the server, reads a hundred messages and
// scrolls back in them.
func newWalk(t *testing.T, d *desk, srv *xmpptest.Server, address string, args ...string) *walk {
	t.Helper()
	k := &walk{me: srv.NewUser("romeo"), juliet: srv.NewUser("juliet"), mercutio: srv.NewUser("mercutio")}
	srv.Befriend(k.me, k.juliet)
	srv.Befriend(k.me, k.mercutio)
	k.p, k.q = newPeer(t, srv, k.juliet), newPeer(t, srv, k.mercutio)
	k.p.signIn(srv)
	k.q.signIn(srv)
	for n := 1; n <= 100; n++ {
		k.p.send(k.me, fmt.Sprintf("line %d", n))
	}
	k.window = d.open([]string{"SSL_CERT_FILE=" + srv.CAFile()}, append([]string{"--lang", "en", "--theme", "light"}, args...)...)
	k.signInAt(address, k.me, k.me.Password)
	k.see("connection", "online")
	k.row(k.mercutio.JID(), "available")
	k.click(k.row(k.juliet.JID(), "available"))
	k.see("chat", k.juliet.JID())
	k.newest("line 98", "line 99", "line 100")
	k.nothingNew(k.juliet.JID())
	k.scrollBack()
	k.composer()
	k.typed(half)
	k.see("composer", half)
	return k
}

// scrollBack turns the wheel until the reader is among the first messages, older than the
// page that a chat opens with.
func (k *walk) scrollBack() {
	k.t.Helper()
	f := k.see("chat.messages", "")
	x, y := strconv.Itoa(f.Rect[0]+f.Rect[2]/2), strconv.Itoa(f.Rect[1]+f.Rect[3]/2)
	k.until("the first messages", 20*time.Second, func() bool {
		k.must("xdotool", "mousemove", "--window", k.id, x, y, "click", "--repeat", "5", "--delay", "30", "4")
		time.Sleep(200 * time.Millisecond) // a turn of the wheel is eased
		k.read()
		_, line, _ := strings.Cut(k.facts["chat.place"].Text, " below line ")
		n, err := strconv.Atoi(line)
		return err == nil && n <= 30
	})
	k.place = k.steady("chat.place")
}

// steady waits until a fact rests, and gives it.
func (w *window) steady(key string) string {
	w.t.Helper()
	last, since, rest := "", time.Now(), 400*time.Millisecond
	if busy(w.t) {
		rest = 2 * time.Second
	}
	w.until(key+" to rest", 15*time.Second, func() bool {
		w.read()
		if now := w.facts[key].Text; now != last {
			last, since = now, time.Now()
		}
		return time.Since(since) > rest
	})
	return last
}

// newest waits until the chat ends with these, in this order.
func (w *window) newest(bodies ...string) {
	w.t.Helper()
	w.find(fmt.Sprintf("a chat that ends with %q", bodies), func(f fact) bool {
		list := strings.Split(f.Text, "\n")
		return f.Key == "chat.newest" && len(list) >= len(bodies) && slices.Equal(list[len(list)-len(bodies):], bodies)
	})
}

// asLeft fails unless the window is as its user left it: the chat, the place in it, the
// half sentence, and nothing in the way.
func (k *walk) asLeft() {
	k.t.Helper()
	k.read()
	for key, want := range map[string]string{
		"screen": "main", "chat": k.juliet.JID(), "composer": half, "chat.place": k.place, "overlay": "", "toast": "",
	} {
		if got := k.facts[key].Text; got != want {
			k.t.Errorf("%s is %q, was %q", key, got, want)
		}
	}
	for _, key := range []string{"overlay", "toast"} {
		if _, there := k.facts[key]; there {
			k.t.Errorf("there is a %s", key)
		}
	}
	k.row(k.juliet.JID(), "")
	k.row(k.mercutio.JID(), "")
}

// say types a message into the chat in front and sends it.
func (k *walk) say(text string) {
	k.t.Helper()
	k.composer()
	k.typed(text)
	k.see("composer", text)
	k.keys("Return")
	k.see("composer", "")
}

// again waits until the window has come online once more since it did so for the nth time,
// and tells how long that took from the moment given, and by how many round trips.
func (k *walk) again(n int, from time.Time, what string) time.Duration {
	k.t.Helper()
	k.until("the window to come online", 60*time.Second, func() bool {
		k.read()
		return k.logins > n
	})
	took := time.Since(from)
	k.t.Logf("%s to online: %.1f s, %s", what, took.Seconds(), k.see("login", "").Text)
	return took
}

// toEnd turns the wheel until the end of the chat is in sight.
func (k *walk) toEnd() {
	k.t.Helper()
	f := k.see("chat.messages", "")
	x, y := strconv.Itoa(f.Rect[0]+f.Rect[2]/2), strconv.Itoa(f.Rect[1]+f.Rect[3]/2)
	k.until("the end of the chat", 20*time.Second, func() bool {
		k.must("xdotool", "mousemove", "--window", k.id, x, y, "click", "--repeat", "20", "--delay", "20", "5")
		time.Sleep(200 * time.Millisecond)
		k.read()
		return k.facts["chat.place"].Text == ""
	})
}
