//go:build windowtest

package windowtest_test

import (
	"strings"
	"testing"
	"time"
)

// galleryQuiet is how long nothing happens before the pictures of the connection page:
// the traffic of an idle hour is known after three whole minutes without messages.
const galleryQuiet = 5*time.Minute + 15*time.Second

// TestConnectionGallery takes the pictures of the connection page for docs/gallery when
// DOVEKIE_GALLERY names a folder. The four looks wait side by side, with -parallel 4.
func TestConnectionGallery(t *testing.T) {
	galleryOnly(t)
	for _, look := range galleryLooks {
		t.Run(look[0]+"-"+look[1], func(t *testing.T) {
			t.Parallel()
			s := newStage(t, look[0], look[1])
			s.open()
			s.openConnection()
			s.turn(2) // the console keeps what it sees
			time.Sleep(galleryQuiet)
			s.console()
			s.traffic()
			s.ways()
		})
	}
}

// TestConnectionGalleryAtTwiceTheSize has little room: the page takes the whole window.
func TestConnectionGalleryAtTwiceTheSize(t *testing.T) {
	galleryOnly(t)
	for _, look := range galleryLooks {
		t.Run(look[0]+"-"+look[1], func(t *testing.T) {
			s := newStage(t, look[0], look[1])
			s.open("FYNE_SCALE=2")
			s.openConnection()
			time.Sleep(3 * time.Second)
			s.elsewhere()
			s.picture("connection-timeline-200")
			s.turn(2)
			s.ask("ping")
			s.picture("connection-console-200")
		})
	}
}

// elsewhere takes the pointer to a corner, where nothing answers to it.
func (s *stage) elsewhere() {
	s.t.Helper()
	s.must("xdotool", "mousemove", "--window", s.id, "4", "4")
}

// ask sends a ready-made question and opens its answer.
func (s *stage) ask(preset string) {
	s.t.Helper()
	s.preset(preset)
	s.keys("Return")
	s.click(s.stanza("in iq result"))
	s.see("conn.detail", "")
	s.elsewhere()
}

// console shows an answer, what is found by a word, and what is refused.
func (s *stage) console() {
	s.t.Helper()
	p := newPeer(s.t, s.srv, s.nora)
	p.signIn(s.srv)
	for n := range 24 { // a chat that fills the minute
		p.send(s.lin, strings.Repeat(s.words["in"]+" ", 1+n*n%7))
		time.Sleep(time.Duration(700+n*n%9*200) * time.Millisecond)
	}
	s.ask("disco")
	s.picture("connection-console")
	s.keys("ctrl+f")
	word := map[string]string{"en": "PERFECT", "zh": "body"}[s.lang]
	s.typed(word)
	s.see("conn.filter", word)
	s.see("conn.marked", strings.ToLower(word[1:]))
	s.picture("connection-filter")
	s.keys("Escape") // empties the filter
	s.see("conn.filter", "")
	s.click(s.see("conn.field", ""))
	s.typed("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>***</auth>")
	s.keys("Return")
	s.find("the refusal", func(f fact) bool { return f.Key == "conn.error" && f.Text != "" })
	s.elsewhere()
	s.picture("connection-refused")
	s.keys("ctrl+a", "BackSpace")
}

// traffic shows the meter, and what a report holds.
func (s *stage) traffic() {
	s.t.Helper()
	s.turn(1)
	s.find("what idling costs", func(f fact) bool {
		return f.Key == "conn.idle" && (strings.HasPrefix(f.Text, "About") || strings.HasPrefix(f.Text, "每小时"))
	})
	s.elsewhere()
	s.picture("connection-traffic")
	s.click(s.see("conn.report", ""))
	s.see("sheet.box0", "")
	s.picture("connection-report")
	s.keys("Escape")
	s.gone("the question", "sheet.box0", "")
}

// ways shows a new session, a loss, and the session that was resumed after it.
func (s *stage) ways() {
	s.t.Helper()
	s.turn(0)
	s.elsewhere()
	s.picture("connection-timeline")
	s.net.Refuse(true)
	s.net.CutAll()
	failed := map[string]string{"en": "Attempt failed", "zh": "连接失败"}[s.lang]
	s.until("two failed attempts", 30*time.Second, func() bool {
		s.read()
		n := 0
		for key, f := range s.facts {
			if strings.HasPrefix(key, "conn.row") && strings.HasPrefix(f.Text, failed) {
				n++
			}
		}
		return n >= 2
	})
	s.picture("connection-lost")
	s.net.Refuse(false)
	s.click(s.see("conn.now", ""))
	s.see("connection", "online")
	resumed := map[string]string{"en": "Resumed session", "zh": "会话已恢复"}[s.lang]
	s.find("the session", func(f fact) bool { return strings.HasPrefix(f.Key, "conn.row") && strings.Contains(f.Text, resumed) })
	s.elsewhere()
	time.Sleep(5 * time.Second) // online for a while
	s.picture("connection-resumed")
}
