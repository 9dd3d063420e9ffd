//go:build windowtest

package windowtest_test

import (
	"strings"
	"testing"
	"time"

	"dovekie/xmppsvc/xmpptest"
)

// TestChatsArePinnedAndMutedByHand pins the older of two chats, mutes the other one, finds
// both as they were left at the next start, and changes the order of their tabs.
func TestChatsArePinnedAndMutedByHand(t *testing.T) {
	srv := xmpptest.SharedProsody(t)
	romeo, juliet, nurse := srv.NewUser("romeo"), srv.NewUser("juliet"), srv.NewUser("nurse")
	srv.Befriend(romeo, juliet)
	srv.Befriend(romeo, nurse)
	d := newDesk(t, false)
	env := []string{"SSL_CERT_FILE=" + srv.CAFile()}
	w := d.open(env, "--lang", "zh", "--theme", "dark")
	w.signIn(srv, romeo, romeo.Password)
	p, q := newPeer(t, srv, juliet), newPeer(t, srv, nurse)
	p.signIn(srv)
	q.signIn(srv)
	p.send(romeo, "Wherefore art thou Romeo? Deny thy father and refuse thy name")
	w.row(juliet.JID(), "unread 1")
	q.send(romeo, "Anon, good nurse!")
	w.row(nurse.JID(), "unread 1")

	above := func(w *window, upper, lower string) func(fact) bool {
		return func(f fact) bool {
			u, l := w.facts["row.m:"+upper], w.facts["row.m:"+lower]
			return u.Rect != nil && l.Rect != nil && u.Rect[1] < l.Rect[1]
		}
	}
	left := w.see("panel.tabs", "")
	w.clickAt(left.Rect[0]+left.Rect[2]/4, left.Rect[1]+left.Rect[3]/2)
	w.find("the newest on top", above(w, nurse.JID(), juliet.JID()))
	w.rightClick(w.row("m:"+juliet.JID(), ""))
	w.click(w.see("menu.pin", "置顶"))
	w.find("the pinned one on top", above(w, juliet.JID(), nurse.JID()))
	w.rightClick(w.row("m:"+nurse.JID(), ""))
	w.click(w.see("menu.mute", "消息免打扰"))
	w.row("m:"+nurse.JID(), "muted")
	w.see("title", "(1) 小海雀")
	d.shot("1-marked")
	w.hover(w.see("panel.settings", ""))
	w.see("tip", "设置")
	time.Sleep(300 * time.Millisecond)
	d.shot("2-hint")
	w.click(w.see("panel.settings", ""))
	w.see("sheet.button0", "关闭")
	time.Sleep(500 * time.Millisecond)
	d.shot("3-settings")
	w.keys("Escape")
	w.keys("ctrl+q")
	d.until("the end of the program", 10*time.Second, func() bool {
		_, err := d.run("xdotool", "getwindowname", w.id)
		return err != nil
	})
	time.Sleep(500 * time.Millisecond)

	again := d.open(append(env, "DOVEKIE_PASSWORD="+romeo.Password), "--lang", "en", "--theme", "light", "--account", romeo.JID())
	again.see("connection", "online")
	again.find("both as they were left", func(f fact) bool {
		return strings.Contains(again.facts["row.m:"+juliet.JID()].Text, "pinned") && strings.Contains(again.facts["row.m:"+nurse.JID()].Text, "muted")
	})
	time.Sleep(500 * time.Millisecond) // the window has its size
	d.shot("4-again")

	again.click(again.row("m:"+juliet.JID(), ""))
	again.see("chat", juliet.JID())
	again.click(again.row("m:"+nurse.JID(), ""))
	strip := again.atRest(again.see("chat.tabs", juliet.Name+" | "+nurse.Name))
	tab := func(x int) fact { // a place within the strip
		return fact{Key: "tab", Rect: &[4]int{strip.Rect[0] + x, strip.Rect[1] + 10, 20, 20}}
	}
	again.drag(tab(260), tab(60), func() { d.shot("5-dragged") })
	again.see("chat.tabs", nurse.Name+" | "+juliet.Name)
	again.see("chat", nurse.JID())
}
