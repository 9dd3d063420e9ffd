//go:build windowtest

package windowtest_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/storage"
	"dovekie/xmppsvc/xmpptest"
)

// TestMissedMessagesAreFetchedInOrder signs out, lets a contact write a lot, and comes back
// through a slow network: what comes by itself stands behind a gap until the archive has
// told what was before it.
func TestMissedMessagesAreFetchedInOrder(t *testing.T) {
	const missed = 300
	srv := xmpptest.SharedProsody(t)
	romeo, juliet := srv.NewUser("romeo"), srv.NewUser("juliet")
	srv.Befriend(romeo, juliet)
	p := newPeer(t, srv, juliet)
	p.signIn(srv)
	net := xmpptest.DelayProxy(t, srv.StartTLSAddr(), 0)
	d := newDesk(t, false)
	env := []string{"SSL_CERT_FILE=" + srv.CAFile()}
	w := d.open(env, "--lang", "en", "--theme", "light")
	w.signInAt(net.Addr(), romeo, romeo.Password)
	w.row(juliet.JID(), "available")
	p.send(romeo, "before")
	w.see("title", "(1) Dovekie")
	w.click(w.row(juliet.JID(), ""))
	w.message("in", "before")
	w.nothingNew(juliet.JID())
	w.quit()

	for n := range missed {
		p.send(romeo, fmt.Sprintf("message %d", n))
	}
	d.until("the server to have all", 30*time.Second, func() bool {
		page, _, err := p.svc.History(t.Context(), model.ChatID{Account: jid.MustParse(juliet.JID()), Peer: jid.MustParse(romeo.JID())}, "", 1)
		return err == nil && len(page) == 1 && page[0].Delivery == model.Acked
	})
	net.SetDelay(250 * time.Millisecond)
	w = d.open(append(env, "DOVEKIE_PASSWORD="+romeo.Password), "--lang", "en", "--theme", "light", "--account", romeo.JID())
	w.click(w.row(juliet.JID(), ""))
	w.composer()
	w.typed("half a thought")
	w.see("composer", "half a thought")
	w.keys("ctrl+Home")
	w.see("connection", "online")
	p.send(romeo, "just now")
	w.find("the gap", func(f fact) bool { return strings.HasPrefix(f.Key, "gap.") && f.Text == "Loading messages…" })
	d.shot("gap")
	w.keys("ctrl+End")
	w.picture("delivery-loading-en-light")
	w.gone("the gap", "gap.", "")
	w.message("in", fmt.Sprintf("message %d", missed-1))
	w.message("in", "just now")
	w.see("composer", "half a thought")
	w.nothingNew(juliet.JID()) // the chat was looked at, at its end
	d.shot("caught-up")
	net.SetDelay(0)
	w.quit()
	inOrder(t, filepath.Join(d.dir, "data"), romeo, juliet, missed)
}

// inOrder reads what the program has kept.
func inOrder(t *testing.T, dir string, of, with xmpptest.User, missed int) {
	t.Helper()
	store, err := storage.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	chat := model.ChatID{Account: jid.MustParse(of.JID()), Peer: jid.MustParse(with.JID())}
	page, _, err := store.History(t.Context(), chat, "", 2*missed)
	if err != nil || len(page) != missed+2 {
		t.Fatalf("%d rows are kept, %v", len(page), err)
	}
	for n, m := range page {
		want := fmt.Sprintf("message %d", n-1)
		switch n {
		case 0:
			want = "before"
		case missed + 1:
			want = "just now"
		}
		if m.Body != want {
			t.Fatalf("%d is %q, want %q", n, m.Body, want)
		}
	}
}

// TestMissedMessagesCountWhileNobodyLooks is the same without a chat in front.
func TestMissedMessagesCountWhileNobodyLooks(t *testing.T) {
	const missed = 300
	srv := xmpptest.SharedProsody(t)
	romeo, juliet, mercutio := srv.NewUser("romeo"), srv.NewUser("juliet"), srv.NewUser("mercutio")
	srv.Befriend(romeo, juliet)
	srv.Befriend(romeo, mercutio)
	p, q := newPeer(t, srv, juliet), newPeer(t, srv, mercutio)
	p.signIn(srv)
	q.signIn(srv)
	d := newDesk(t, false)
	env := []string{"SSL_CERT_FILE=" + srv.CAFile()}
	w := d.open(env, "--lang", "en", "--theme", "light")
	w.signIn(srv, romeo, romeo.Password)
	w.row(juliet.JID(), "available")
	w.quit()
	for n := range missed {
		p.send(romeo, fmt.Sprintf("message %d", n))
	}
	q.send(romeo, "one more")
	time.Sleep(2 * time.Second) // the server takes them
	w = d.open(append(env, "DOVEKIE_PASSWORD="+romeo.Password), "--lang", "en", "--theme", "light", "--account", romeo.JID())
	w.row(juliet.JID(), fmt.Sprintf("unread %d", missed))
	w.row(mercutio.JID(), "unread 1")
	w.see("title", fmt.Sprintf("(%d) Dovekie", missed+1))
	d.shot("unread")
	w.click(w.row(juliet.JID(), ""))
	w.message("in", fmt.Sprintf("message %d", missed-1))
	w.see("title", "(1) Dovekie")
}

// TestFailedMessageTellsWhy opens the details of a message to nobody and retries there.
func TestFailedMessageTellsWhy(t *testing.T) {
	srv := xmpptest.SharedProsody(t)
	romeo := srv.NewUser("romeo")
	ghost := strings.Replace(romeo.Name, "romeo", "ghost", 1)
	srv.AddContacts(romeo, xmpptest.Contact{Name: ghost})
	d := newDesk(t, false)
	w := d.open([]string{"SSL_CERT_FILE=" + srv.CAFile()}, "--lang", "zh", "--theme", "dark")
	w.signIn(srv, romeo, romeo.Password)
	w.click(w.row(ghost+"@"+romeo.Domain, ""))
	w.composer()
	w.typed("Anybody there?")
	w.see("composer", "Anybody there?")
	w.keys("Return")
	f := w.find("the failed message", func(f fact) bool {
		return strings.HasPrefix(f.Text, "out failed") && f.Rect != nil
	})
	w.rightClick(f)
	w.click(w.see("menu.details", "详情"))
	w.see("sheet.原因", "这个地址目前没有人收消息，请检查是否写对，或稍后重试。")
	w.see("sheet.step1", "未送达")
	d.shot("details")
	user := srv.AddUser(ghost, "secret of the ghost")
	p := newPeer(t, srv, user)
	p.signIn(srv)
	w.click(w.see("sheet.button1", "重试"))
	p.receives("Anybody there?")
	w.message("out acked", "Anybody there?")
}
