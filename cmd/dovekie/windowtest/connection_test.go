//go:build windowtest

package windowtest_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"dovekie/xmppsvc/xmpptest"
)

// openConnection opens the page from the main menu. Right after signing in the window
// takes another size, and the menu another place with it, so it is asked for until the
// page is there.
func (w *window) openConnection() {
	w.t.Helper()
	w.until("the connection page", 40*time.Second, func() bool {
		w.read()
		if _, there := w.facts["menu.connection"]; !there {
			w.click(w.see("panel.menu", ""))
		}
		return w.within(2*time.Second, "menu.connection") && w.clicked("menu.connection") && w.within(2*time.Second, "conn")
	})
}

// within reports whether the key is told by then.
func (w *window) within(limit time.Duration, key string) bool {
	for end := time.Now().Add(limit); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		w.read()
		if _, told := w.facts[key]; told {
			return true
		}
	}
	return false
}

// clicked clicks what was told.
func (w *window) clicked(key string) bool {
	w.t.Helper()
	f, told := w.facts[key]
	if told {
		w.click(f)
	}
	return told
}

// picture is shot once the window has painted what it told.
func (d *desk) picture(name string) {
	if os.Getenv("DOVEKIE_SHOTS") != "" {
		time.Sleep(500 * time.Millisecond)
	}
	d.shot(name)
}

// turn turns to a page and waits until it is laid out.
func (w *window) turn(page int) {
	w.t.Helper()
	n := strconv.Itoa(page)
	w.click(w.see("conn.tab"+n, ""))
	w.see("conn.page", n)
	time.Sleep(300 * time.Millisecond)
	w.read()
}

// preset writes a ready-made stanza into the field; on a busy machine the page may still
// be being laid out, so the button is pressed until its menu is there.
func (w *window) preset(name string) {
	w.t.Helper()
	w.until("the presets", 20*time.Second, func() bool {
		w.click(w.see("conn.preset", ""))
		time.Sleep(700 * time.Millisecond)
		w.read()
		return w.facts["menu."+name].Key != ""
	})
	w.desk.picture("presets")
	w.click(w.see("menu."+name, ""))
}

// stanza waits for a row of the console that begins with these words.
func (w *window) stanza(words string) fact {
	w.t.Helper()
	return w.find("stanza "+words, func(f fact) bool {
		return strings.HasPrefix(f.Key, "conn.stanza") && strings.HasPrefix(f.Text, words)
	})
}

// TestConnectionPage goes through the page against a real server, by hand.
func TestConnectionPage(t *testing.T) {
	srv := xmpptest.SharedProsody(t)
	romeo, juliet := srv.NewUser("romeo"), srv.NewUser("juliet")
	srv.Befriend(romeo, juliet)
	for _, look := range [][2]string{{"en", "light"}, {"zh", "dark"}} {
		t.Run(look[0], func(t *testing.T) { connectionPage(t, srv, romeo, juliet, look[0], look[1]) })
	}
}

func connectionPage(t *testing.T, srv *xmpptest.Server, romeo, juliet xmpptest.User, lang, theme string) {
	d := newDesk(t, false)
	w := d.open([]string{"SSL_CERT_FILE=" + srv.CAFile()}, "--lang", lang, "--theme", theme)
	w.signIn(srv, romeo, romeo.Password)
	w.see("connection", "online")
	w.openConnection()
	w.find("the step of encrypting", func(f fact) bool {
		return strings.HasPrefix(f.Key, "conn.row") && strings.Contains(f.Text, "TLS 1.3, TLS_")
	})
	w.find("the certificate", func(f fact) bool { return strings.HasPrefix(f.Key, "conn.row") && strings.Contains(f.Text, "SHA-256 ") })
	d.picture("1-timeline")

	w.turn(2)
	p := newPeer(t, srv, juliet)
	p.signIn(srv)
	w.stanza("in presence")
	w.preset("ping")
	w.see("conn.field", "urn:xmpp:ping")
	w.keys("Return")
	w.stanza("out iq get ping")
	answer := w.stanza("in iq result")
	if !strings.HasSuffix(answer.Text, "ms") {
		t.Errorf("the answer's time is not told: %q", answer.Text)
	}
	w.click(answer)
	w.see("conn.detail", romeo.Domain)
	w.click(w.see("conn.pair", ""))
	p.send(romeo, "Wherefore art thou?")
	w.stanza("in message chat body " + juliet.JID())
	d.picture("2-xml")

	w.click(w.see("conn.field", ""))
	w.typed("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>secret</auth>")
	w.keys("Return")
	w.find("the refusal", func(f fact) bool { return f.Key == "conn.error" && f.Text != "" })
	d.picture("3-refused")
	w.keys("ctrl+a", "BackSpace")
	w.keys("ctrl+f")
	w.typed("WHEREFORE")
	w.see("conn.filter", "WHEREFORE")
	w.see("conn.count", "1 ")
	d.picture("4-filter")
	w.keys("Escape") // empties the filter
	w.see("conn.filter", "")

	w.turn(1)
	w.see("conn.figure0", "/s")
	d.picture("5-traffic")

	w.click(w.see("conn.report", ""))
	w.see("sheet", "")
	d.picture("6-report")
	w.keys("Return")
	d.until("the report", 10*time.Second, func() bool { return len(w.reports()) == 1 })
	w.see("sheet", map[string]string{"en": "The report is ready", "zh": "报告已生成"}[lang])
	d.picture("7-written")
	w.keys("Return") // Close
	w.gone("the sheet", "sheet", "")
	report := w.reports()[0]
	for _, want := range []string{"#1 ", "securing", "SPKI SHA-256", "message", "person1@domain1"} {
		if !strings.Contains(report, want) {
			t.Errorf("the report lacks %q:\n%s", want, report)
		}
	}
	for _, never := range []string{"Wherefore", romeo.Name, juliet.Name, romeo.Domain} {
		if strings.Contains(report, never) {
			t.Errorf("the report says %q:\n%s", never, report)
		}
	}
	w.noSecret(romeo.Password)
	w.keys("Escape")
	w.gone("the page", "conn.page", "")
}

// TestConnectionPageTellsOfALoss cuts the network: the strip leads to the page, which says
// why, when the next attempt is due, and what failed since; then the connection is back.
func TestConnectionPageTellsOfALoss(t *testing.T) {
	srv := xmpptest.SharedProsody(t)
	for _, look := range [][2]string{{"en", "dark"}, {"zh", "light"}} {
		t.Run(look[0]+look[1], func(t *testing.T) {
			romeo := srv.NewUser("a-name-that-takes-more-room-than-most-of-them")
			network := xmpptest.DelayProxy(t, srv.StartTLSAddr(), 20*time.Millisecond)
			d := newDesk(t, false)
			w := d.open([]string{"SSL_CERT_FILE=" + srv.CAFile()}, "--lang", look[0], "--theme", look[1])
			w.signInAt(network.Addr(), romeo, romeo.Password)
			w.see("connection", "online")
			network.Refuse(true)
			network.CutAll()
			w.see("connection", "waiting")
			w.until("the page", 15*time.Second, func() bool { // the strip moves with its words
				w.click(w.see("strip.more", ""))
				time.Sleep(300 * time.Millisecond)
				w.read()
				return w.facts["conn"].Key != ""
			})
			w.find("a failed attempt", func(f fact) bool {
				return strings.HasPrefix(f.Key, "conn.row") && (strings.Contains(f.Text, "Attempt failed") || strings.Contains(f.Text, "连接失败"))
			})
			w.see("conn.now", "")
			d.picture("1-lost")
			network.Refuse(false)
			w.click(w.see("conn.now", ""))
			w.see("connection", "online")
			w.find("the session", func(f fact) bool {
				return strings.HasPrefix(f.Key, "conn.row") && strings.Contains(f.Text, romeo.JID()+"/dovekie-")
			})
			d.picture("2-back")
			w.turn(2)
			w.preset("disco")
			w.keys("Return")
			w.click(w.stanza("in iq result query"))
			d.picture("3-xml")
			w.turn(1)
			w.see("conn.figure0", "/s")
			time.Sleep(1200 * time.Millisecond) // the second of what was just sent is over
			d.picture("4-traffic")
		})
	}
}

// TestConnectionPageAtTwiceTheSize has little room: the page takes the whole window.
func TestConnectionPageAtTwiceTheSize(t *testing.T) {
	srv := xmpptest.SharedProsody(t)
	romeo := srv.NewUser("a-name-that-takes-more-room-than-most-of-them")
	for _, look := range [][2]string{{"en", "light"}, {"zh", "dark"}} {
		t.Run(look[0], func(t *testing.T) {
			d := newDesk(t, false)
			remembered(t, srv, romeo, filepath.Join(d.dir, "data"))
			w := d.open([]string{"SSL_CERT_FILE=" + srv.CAFile(), "FYNE_SCALE=2", "DOVEKIE_PASSWORD=" + romeo.Password},
				"--lang", look[0], "--theme", look[1], "--account", romeo.JID())
			w.see("connection", "online")
			w.painted("panel.header")
			w.openConnection()
			d.picture("1-timeline")
			w.turn(1)
			w.see("conn.figure0", "/s")
			d.picture("2-traffic")
			w.turn(2)
			w.preset("ping")
			w.click(w.see("conn.send", ""))
			w.click(w.stanza("in iq result"))
			d.picture("4-xml")
		})
	}
}

// painted waits until something dark of the window is where it was told to be: what was painted
// before the window had its size must not stay in the wrong place, beside bare white.
func (w *window) painted(key string) {
	w.t.Helper()
	w.until(key+" to be painted in its place", 5*time.Second, func() bool {
		at := w.see(key, "").Rect
		out, err := w.run("import", "-window", w.id, "-crop", fmt.Sprintf("1x1+%d+%d", at[0]+4, at[1]+4), "-depth", "8", "txt:-")
		return err == nil && strings.Contains(out, "#") && !strings.Contains(out, "#FFFFFF")
	})
}

// reports are the reports that were written.
func (w *window) reports() []string {
	all, _ := filepath.Glob(filepath.Join(w.dir, "data", "reports", "*.txt"))
	var texts []string
	for _, name := range all {
		if b, err := os.ReadFile(name); err == nil {
			texts = append(texts, string(b))
		}
	}
	return texts
}
