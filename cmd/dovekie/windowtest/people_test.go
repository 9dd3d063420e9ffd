//go:build windowtest

package windowtest_test

import (
	"context"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/xmpptest"
)

// contact is an entry of the peer's list.
func (p *peer) contact(of xmpptest.User) (model.Contact, bool) {
	p.t.Helper()
	list, err := p.svc.RosterList(p.t.Context(), jid.MustParse(p.user.JID()))
	if err != nil {
		p.t.Fatal(err)
	}
	i := slices.IndexFunc(list, func(c model.Contact) bool { return c.JID.String() == of.JID() })
	if i < 0 {
		return model.Contact{}, false
	}
	return list[i], true
}

// asked waits until somebody's request is there, and gives it.
func (p *peer) asked(d *desk, by xmpptest.User) model.SubscriptionRequest {
	p.t.Helper()
	var found model.SubscriptionRequest
	d.until("a request from "+by.Name, 15*time.Second, func() bool {
		acc, err := p.svc.AccountStatus(p.t.Context(), jid.MustParse(p.user.JID()))
		if err != nil {
			p.t.Fatal(err)
		}
		for _, r := range acc.Requests {
			if r.JID.String() == by.JID() {
				found = r
				return true
			}
		}
		return false
	})
	return found
}

func (p *peer) command(do func(ctx context.Context, account jid.JID) error) {
	p.t.Helper()
	if err := do(p.t.Context(), jid.MustParse(p.user.JID())); err != nil {
		p.t.Fatal(err)
	}
}

func (p *peer) approve(whom xmpptest.User) {
	p.t.Helper()
	p.command(func(ctx context.Context, account jid.JID) error {
		return p.svc.ApproveSubscription(ctx, account, jid.MustParse(whom.JID()))
	})
}

// staysUnread watches the row for longer than a glance takes to count.
func (w *window) staysUnread(address string) {
	w.t.Helper()
	for end := time.Now().Add(time.Second); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		if f := w.row(address, ""); !strings.Contains(f.Text, "unread 1") {
			w.t.Fatalf("the row says %q", f.Text)
		}
	}
}

// nothingNew waits until nothing of that peer is unread.
func (w *window) nothingNew(address string) {
	w.t.Helper()
	w.find("nothing new", func(f fact) bool { return f.Key == "title" && f.Text == "Dovekie" })
	w.nothingNewOf(address)
}

// nothingNewOf waits until nothing of that peer is unread, whatever others wrote.
func (w *window) nothingNewOf(address string) {
	w.t.Helper()
	w.find("a row without a badge", func(f fact) bool {
		return strings.HasPrefix(f.Key, "row.") && strings.HasSuffix(f.Key, address) && !strings.Contains(f.Text, "unread")
	})
}

// inFront opens another program's window, which takes the focus, and gives its id.
func (d *desk) inFront() string {
	d.t.Helper()
	d.start("display", exec.Command("display", "-geometry", "200x200+10+700", "-title", "another", "xc:navy"))
	id := ""
	d.until("the other window", 10*time.Second, func() bool {
		out, err := d.run("xdotool", "search", "--onlyvisible", "--name", "^another$")
		id = strings.TrimSpace(out)
		return err == nil && id != ""
	})
	d.must("xdotool", "windowactivate", "--sync", id)
	return id
}

// fill types into a field of the sheet and waits until it stands there.
func (w *window) fill(key, text string) {
	w.t.Helper()
	w.click(w.see(key, ""))
	w.typed(text)
	w.see(key, text)
}

// gone waits until nothing of that key prefix and suffix is shown.
func (w *window) gone(what, prefix, suffix string) {
	w.t.Helper()
	w.until(what+" to go", 15*time.Second, func() bool {
		w.read()
		for k := range w.facts {
			if strings.HasPrefix(k, prefix) && strings.HasSuffix(k, suffix) {
				return false
			}
		}
		return true
	})
}

// choose opens the menu of a contact's row and clicks an entry of it.
func (w *window) choose(address, entry string) {
	w.t.Helper()
	f := w.row(address, "")
	w.rightClick(f)
	w.click(w.see("menu."+entry, ""))
}

func TestAccountIsMadeInTheWindow(t *testing.T) {
	srv := xmpptest.SharedProsody(t)
	taken := srv.NewUser("taken")
	name := strings.Replace(taken.Name, "taken", "rosaline", 1)
	password := "Capulet " + taken.Password
	d := newDesk(t, false)
	w := d.open([]string{"SSL_CERT_FILE=" + srv.CAFile()}, "--lang", "en", "--theme", "light")
	w.see("focus", "")
	w.click(w.see("login.create", ""))
	w.see("sheet", "Create an account")
	w.fill("sheet.field0", taken.JID())
	dots := strings.Repeat("•", len(password))
	for _, field := range []string{"sheet.field1", "sheet.field2"} {
		w.click(w.see(field, ""))
		w.typed(password)
		w.see(field, dots)
	}
	w.fill("sheet.field3", srv.StartTLSAddr())
	w.keys("Return")
	w.see("sheet.error0", "This name is taken")
	d.shot("taken")

	w.click(w.see("sheet.field0", ""))
	w.keys("ctrl+a")
	address := name + "@" + taken.Domain
	w.typed(address)
	w.see("sheet.field0", address)
	w.keys("Return")
	w.see("screen", "main")
	w.see("connection", "online")
	w.see("account", address)
	w.noSecret(password)
}

// TestContactsByHand adds, accepts, renames, moves, drags and removes.
func TestContactsByHand(t *testing.T) {
	srv := xmpptest.SharedProsody(t)
	romeo, juliet, mercutio := srv.NewUser("romeo"), srv.NewUser("juliet"), srv.NewUser("mercutio")
	d := newDesk(t, false)
	w := d.open([]string{"SSL_CERT_FILE=" + srv.CAFile()}, "--lang", "en", "--theme", "light")
	w.signIn(srv, romeo, romeo.Password)
	w.see("connection", "online")
	other, p, q := newPeer(t, srv, romeo), newPeer(t, srv, juliet), newPeer(t, srv, mercutio)
	other.signIn(srv) // sees what the server holds of the list
	p.signIn(srv)
	q.signIn(srv)

	w.click(w.see("panel.add", ""))
	w.fill("sheet.field0", juliet.JID())
	w.fill("sheet.field1", "It is Romeo")
	d.shot("1-add")
	w.keys("Return")
	if r := p.asked(d, romeo); r.Message != "It is Romeo" {
		t.Errorf("the request says %q", r.Message)
	}
	p.approve(romeo)
	w.row(juliet.JID(), "available")

	q.command(func(ctx context.Context, account jid.JID) error {
		return q.svc.RequestSubscription(ctx, account, jid.MustParse(romeo.JID()), "Thou art a villain")
	})
	w.row(mercutio.JID(), "Thou art a villain")
	d.shot("2-request")
	w.click(w.see("accept.r:"+mercutio.JID(), "Accept"))
	q.asked(d, romeo) // the window asks back
	q.approve(romeo)
	w.row("/"+mercutio.JID(), "available")
	d.until("mercutio to see romeo", 15*time.Second, func() bool {
		c, ok := q.contact(romeo)
		return ok && c.Subscription == model.SubscriptionBoth
	})

	w.choose(juliet.JID(), "rename")
	w.fill("sheet.field0", "Julia")
	w.keys("Return")
	w.row(juliet.JID(), "Julia")
	w.choose(juliet.JID(), "move")
	w.click(w.see("menu.\x00new", ""))
	w.fill("sheet.field0", "Verona")
	w.keys("Return")
	w.see("row.g:Verona", "1/1")
	w.row("c:Verona/"+juliet.JID(), "Julia")
	d.shot("3-moved")
	d.until("the server's list to have it", 15*time.Second, func() bool {
		c, ok := other.contact(juliet)
		return ok && c.Name == "Julia" && slices.Equal(c.Groups, []string{"Verona"})
	})

	w.drag(w.row("c:/"+mercutio.JID(), ""), w.see("row.g:Verona", ""), func() { d.shot("4-dragged") })
	w.see("row.g:Verona", "2/2")
	w.row("c:Verona/"+mercutio.JID(), "available")
	d.until("the server's list to have it too", 15*time.Second, func() bool {
		c, ok := other.contact(mercutio)
		return ok && slices.Equal(c.Groups, []string{"Verona"})
	})

	w.choose(juliet.JID(), "remove")
	w.see("sheet", "Remove Julia?")
	d.shot("5-remove")
	w.keys("Escape")
	w.row(juliet.JID(), "Julia")
	w.choose(juliet.JID(), "remove")
	w.click(w.see("sheet.button1", "Remove"))
	w.gone("the row", "row.", juliet.JID())
	d.until("both to be strangers", 15*time.Second, func() bool {
		_, ours := other.contact(juliet)
		c, ok := p.contact(romeo)
		return !ours && (!ok || c.Subscription == model.SubscriptionNone)
	})
}

// TestMessageToNobody fails with its reason; once there is somebody, Retry brings it.
func TestMessageToNobody(t *testing.T) {
	srv := xmpptest.SharedProsody(t)
	romeo := srv.NewUser("romeo")
	ghost := strings.Replace(romeo.Name, "romeo", "ghost", 1)
	srv.AddContacts(romeo, xmpptest.Contact{Name: ghost})
	address := ghost + "@" + romeo.Domain
	d := newDesk(t, false)
	w := d.open([]string{"SSL_CERT_FILE=" + srv.CAFile()}, "--lang", "en", "--theme", "light")
	w.signIn(srv, romeo, romeo.Password)
	w.click(w.row(address, "offline"))
	w.see("chat", address)
	w.composer()
	w.typed("Anybody there?")
	w.see("composer", "Anybody there?")
	w.keys("Return")
	w.message("out failed", "Anybody there?")
	failed := func(f fact) bool { return strings.HasPrefix(f.Key, "retry.") && f.Rect != nil }
	f := w.find("the way to retry", failed)
	if !strings.Contains(f.Text, "Not delivered: ") || !strings.Contains(f.Text, "address") {
		t.Errorf("the reason is %q", f.Text)
	}
	d.shot("failed")

	user := srv.AddUser(ghost, "secret of the ghost")
	p := newPeer(t, srv, user)
	p.signIn(srv)
	w.click(f)
	p.receives("Anybody there?")
	w.message("out acked", "Anybody there?") // no receipt: the ghost does not know romeo
	w.gone("the reason", "retry.", "")
}

// TestUnreadUntilSeen sends to a chat that is open but not looked at.
func TestUnreadUntilSeen(t *testing.T) {
	need(t, "display")
	srv := xmpptest.SharedProsody(t)
	romeo, juliet, mercutio := srv.NewUser("romeo"), srv.NewUser("juliet"), srv.NewUser("mercutio")
	srv.Befriend(romeo, juliet)
	srv.Befriend(romeo, mercutio)
	p := newPeer(t, srv, juliet)
	p.signIn(srv)
	d := newDesk(t, false)
	w := d.open([]string{"SSL_CERT_FILE=" + srv.CAFile()}, "--lang", "en", "--theme", "light")
	w.signIn(srv, romeo, romeo.Password)
	w.click(w.row(juliet.JID(), "available"))
	w.see("chat", juliet.JID())
	w.click(w.row(mercutio.JID(), "offline"))
	w.see("chat", mercutio.JID())

	p.send(romeo, "behind another tab")
	w.row(juliet.JID(), "unread 1")
	w.see("title", "(1) Dovekie")
	w.staysUnread(juliet.JID())
	w.click(w.row(juliet.JID(), "unread 1"))
	w.message("in", "behind another tab")
	w.nothingNew(juliet.JID())

	other := d.inFront()
	p.send(romeo, "behind another window")
	w.message("in", "behind another window")
	w.see("title", "(1) Dovekie")
	w.row(juliet.JID(), "unread 1")
	w.staysUnread(juliet.JID())
	d.shot("unfocused")
	d.must("xdotool", "windowkill", other)
	d.must("xdotool", "windowactivate", "--sync", w.id)
	w.nothingNew(juliet.JID())
	w.click(w.row(mercutio.JID(), "")) // what was seen stays seen when no longer looked at
	w.see("chat", mercutio.JID())
	w.nothingNew(juliet.JID())
}
