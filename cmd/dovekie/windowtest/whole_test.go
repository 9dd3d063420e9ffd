//go:build windowtest

package windowtest_test

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dovekie/xmppsvc"
	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/xmpptest"
)

// peer is somebody on the other side, without a window.
type peer struct {
	t    testing.TB
	svc  *xmppsvc.Service
	feed *xmppsvc.Feed
	user xmpptest.User
	got  chan model.Message
}

func newPeer(t testing.TB, srv *xmpptest.Server, u xmpptest.User) *peer {
	t.Helper()
	svc, err := xmppsvc.Open(t.Context(), xmppsvc.Options{Dir: t.TempDir(), Roots: srv.CAPool()})
	if err != nil {
		t.Fatal(err)
	}
	p := &peer{t: t, svc: svc, feed: svc.Subscribe(), user: u, got: make(chan model.Message, 100)}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		_ = svc.Close(ctx) // the test is over
	})
	go func() {
		for {
			batch, err := p.feed.Next(context.Background())
			if err != nil {
				return
			}
			for _, ev := range batch {
				if m, ok := ev.(event.MessageAdded); ok && !m.Message.Outgoing {
					p.got <- m.Message
				}
			}
		}
	}()
	return p
}

func (p *peer) signIn(srv *xmpptest.Server) {
	p.t.Helper()
	_, err := p.svc.Connect(p.t.Context(), model.ConnectRequest{
		JID: jid.MustParse(p.user.JID()), Password: model.NewSecret(p.user.Password), Address: srv.StartTLSAddr(), Security: model.SecurityAuto,
	})
	if err != nil {
		p.t.Fatalf("the peer cannot sign in: %v", err)
	}
}

func (p *peer) send(to xmpptest.User, body string) {
	p.t.Helper()
	id := model.ChatID{Account: jid.MustParse(p.user.JID()), Peer: jid.MustParse(to.JID())}
	if _, err := p.svc.SendMessage(p.t.Context(), id, body, ""); err != nil {
		p.t.Fatal(err)
	}
}

func (p *peer) nudge(whom xmpptest.User) {
	p.t.Helper()
	id := model.ChatID{Account: jid.MustParse(p.user.JID()), Peer: jid.MustParse(whom.JID())}
	if _, err := p.svc.Nudge(p.t.Context(), id); err != nil {
		p.t.Fatal(err)
	}
}

func (p *peer) receives(body string) {
	p.t.Helper()
	select {
	case m := <-p.got:
		if m.Body != body {
			p.t.Fatalf("the peer got %q, want %q", m.Body, body)
		}
	case <-time.After(15 * time.Second):
		p.t.Fatalf("the peer never got %q", body)
	}
}

// signIn types into the real fields of the login panel.
func (w *window) signIn(srv *xmpptest.Server, u xmpptest.User, password string) {
	w.t.Helper()
	w.signInAt(srv.StartTLSAddr(), u, password)
}

// signInAt is signIn with the address to connect to, which may be that of a proxy.
func (w *window) signInAt(address string, u xmpptest.User, password string) {
	w.t.Helper()
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		w.t.Fatal(err)
	}
	w.see("focus", "") // the panel is ready for typing
	w.click(w.see("login.address", ""))
	w.typed(u.JID())
	w.see("login.address", u.JID())
	w.click(w.see("login.password", ""))
	w.typed(password)
	w.see("login.password", strings.Repeat("•", len(password)))
	w.click(w.see("login.server", ""))
	w.click(w.see("login.host", ""))
	w.typed(host)
	w.see("login.host", host)
	w.click(w.see("login.port", ""))
	w.typed(port)
	w.see("login.port", port)
	w.keys("Return")
}

// TestWholePathByHand signs in by typing, sees a contact come online, talks both ways, in
// Chinese through a real input method, and signs out.
func TestWholePathByHand(t *testing.T) {
	bin := binary(t)
	srv := xmpptest.SharedProsody(t)
	romeo, juliet := srv.NewUser("romeo"), srv.NewUser("juliet")
	srv.Befriend(romeo, juliet)
	d := newDesk(t, true)
	w := d.open([]string{"SSL_CERT_FILE=" + srv.CAFile()}, "--lang", "en", "--theme", "light")
	d.shot("1-login")
	t.Logf("binary %s", bin)

	w.signIn(srv, romeo, romeo.Password)
	w.see("screen", "main")
	w.row(juliet.JID(), "offline")
	d.shot("2-main")

	p := newPeer(t, srv, juliet)
	p.signIn(srv)
	w.row(juliet.JID(), "available")

	p.send(romeo, "Wherefore art thou?")
	w.row(juliet.JID(), "unread 1")
	w.see("title", "(1) Dovekie")

	w.click(w.row(juliet.JID(), "available"))
	w.see("chat", juliet.JID())
	w.message("in", "Wherefore art thou?")
	w.see("title", "Dovekie")
	w.composer()
	w.typed("Here I am")
	w.see("composer", "Here I am") // an input method hands keys on late
	w.keys("shift+Return")
	w.see("composer", "Here I am\n")
	w.typed("in two lines")
	w.see("composer", "Here I am\nin two lines")
	w.keys("Return")
	p.receives("Here I am\nin two lines")
	w.message("out delivered", "Here I am")
	d.shot("3-chat")

	w.click(w.see("composer.nudge", ""))
	p.receives("")
	w.message("out acked", "You nudged "+juliet.Name)
	p.nudge(romeo)
	w.message("in", juliet.Name+" nudged you")
	d.shot("3-nudged")
	w.composer()
	w.typed("all right :thumbs_up")
	w.see("composer", "all right :thumbs_up")
	time.Sleep(300 * time.Millisecond)
	d.shot("3-shortcode")
	w.keys("Tab")
	w.see("composer", "all right 👍")
	w.keys("Return")
	p.receives("all right 👍")

	w.pinyin("composer")
	w.keys("Return")
	p.receives("你好")
	w.message("out delivered", "你好")
	w.keys("ctrl+f")
	w.pinyin("search")
	d.shot("4-search")
	w.keys("Escape")
	w.see("search", "")

	w.click(w.see("panel.menu", ""))
	w.see("menu.signout", "Sign out")
	w.keys("End", "Up", "Return") // the entry before the last one, Quit
	w.see("screen", "login")
	d.shot("5-signed-out")
	w.noSecret(romeo.Password)
}

// composer waits until typing goes to the composer.
func (w *window) composer() {
	w.t.Helper()
	f := w.atRest(w.see("composer", ""))
	w.clickAt(f.Rect[0]+f.Rect[2]/4, f.Rect[1]+f.Rect[3]*3/4)
}

// pinyin types 你好 through the input method into what has the keyboard, which the fact of
// that key then shows.
func (w *window) pinyin(key string) {
	w.t.Helper()
	time.Sleep(300 * time.Millisecond) // the input method learns of the focus
	w.must("fcitx5-remote", "-s", "pinyin")
	w.must("fcitx5-remote", "-o")
	w.typed("nihao")
	time.Sleep(300 * time.Millisecond)
	w.keys("space")
	w.see(key, "你好")
	w.must("fcitx5-remote", "-s", "keyboard-us")
}

// noSecret looks for the password in everything that was written.
func (w *window) noSecret(password string) {
	w.t.Helper()
	err := filepath.WalkDir(w.dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return nil // gone meanwhile
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

// TestWrongPasswordIsSaidAtTheField also shows that the window stays usable.
func TestWrongPasswordIsSaidAtTheField(t *testing.T) {
	srv := xmpptest.SharedProsody(t)
	u := srv.NewUser("tybalt")
	d := newDesk(t, false)
	w := d.open([]string{"SSL_CERT_FILE=" + srv.CAFile()}, "--lang", "en", "--theme", "dark")
	w.signIn(srv, u, "not the password")
	w.see("login.error", "The password is not right for this address.")
	d.shot("wrong-password")
	w.noSecret("not the password")
}

// TestUnknownCertificateIsAQuestion says no first, then just this once.
func TestUnknownCertificateIsAQuestion(t *testing.T) {
	srv := xmpptest.SharedProsody(t)
	u := srv.NewUser("paris")
	d := newDesk(t, false)
	w := d.open(nil, "--lang", "en", "--theme", "light")
	w.signIn(srv, u, u.Password)
	w.see("overlay", "")
	d.shot("certificate")
	w.keys("Escape")
	w.see("login.error", "We cannot be sure this is really")
	w.click(w.see("login.signin", ""))
	w.see("overlay", "")
	w.keys("shift+Tab", "Return") // the button before "Do not connect"
	w.see("screen", "main")
}
