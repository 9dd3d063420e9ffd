//go:build windowtest

package windowtest_test

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/google/uuid"

	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/storage"
	"dovekie/xmppsvc/xmpptest"
)

// galleryLooks are the languages and themes of the pictures.
var galleryLooks = [][2]string{{"en", "light"}, {"en", "dark"}, {"zh", "light"}, {"zh", "dark"}}

// galleryWords are what is said in the pictures. What is typed is Latin: Han would need an
// input method.
var galleryWords = map[string]map[string]string{
	"en": {
		"old": "The boat leaves at half past six from the east pier.", "old2": "I bring tea.", "q": "Is Saturday still fine?",
		"read": "Yes, and the wind is with us.", "delivered": "I packed the long lens.", "acked": "Bring a warm coat.",
		"failed": "And a spare one for Pip.", "doubt": "Meet you at the pier.", "in": "Perfect. See you there!", "sent": "Leaving in five minutes.", "queued": "On my way now.",
		"local": "nora", "name": "Nora Lindqvist",
	},
	"zh": {
		"old": "船六点半从东码头出发。", "old2": "我带热茶。", "q": "周六还去吗？",
		"read": "去，风向正好。", "delivered": "长焦镜头已经装好了。", "acked": "记得带厚外套。",
		"failed": "给小雀也带一件。", "doubt": "码头见。", "in": "好，到时候见！", "sent": "OK", "queued": "5:50",
		"local": "siyuan", "name": "陈思远",
	},
}

// seeded fills the folder with a chat that has a message of ours in every state, and gaps.
func seeded(t *testing.T, dir string, acc model.Account, peer jid.JID, words map[string]string) (read, failed, doubt model.MessageID) {
	t.Helper()
	store, err := storage.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	at := time.Date(2026, 11, 22, 9, 10, 0, 0, time.Local)
	chat := model.ChatID{Account: acc.JID, Peer: peer}
	err = store.Update(t.Context(), func(tx storage.Tx) error {
		if err := tx.PutAccount(acc); err != nil {
			return err
		}
		put := func(key string, outgoing bool) (model.MessageID, error) {
			at = at.Add(70 * time.Second)
			m := model.Message{ID: model.MessageID(uuid.NewString()), Chat: chat, Kind: model.KindText, From: peer, Body: words[key], Time: at.UTC()}
			if outgoing {
				m.From, m.Outgoing, m.OriginID = acc.JID, true, string(m.ID)
				in, err := tx.QueueMessage(m, "")
				return in.Message.ID, err
			}
			in, err := tx.InsertMessage(m, string(m.ID), nil, false)
			return in.Message.ID, err
		}
		own := func(key string, f *model.StanzaError, doubt bool, way ...model.Delivery) (model.MessageID, error) {
			id, err := put(key, true)
			for i, d := range way {
				if err == nil {
					last := i == len(way)-1
					_, _, err = tx.SetDelivery(id, d, doubt && last, f)
				}
			}
			return id, err
		}
		steps := []func() error{
			func() error { _, err := put("old", false); return err },
			func() error { _, err := own("old2", nil, false, model.Sent, model.Acked, model.Displayed); return err },
			func() error {
				id, err := put("q", false)
				if err == nil {
					_, err = tx.InsertGap(id, model.GapOpen)
				}
				return err
			},
			func() error {
				var err error
				read, err = own("read", nil, false, model.Sent, model.Acked, model.Displayed)
				if err == nil {
					_, err = tx.InsertGap(read, model.GapLost)
				}
				return err
			},
			func() error {
				_, err := own("delivered", nil, false, model.Sent, model.Acked, model.Delivered)
				return err
			},
			func() error { _, err := own("acked", nil, false, model.Sent, model.Acked); return err },
			func() (err error) {
				failed, err = own("failed", &model.StanzaError{Type: "cancel", Condition: "remote-server-timeout", Text: "connection timed out"}, false, model.Sent, model.Acked, model.Failed)
				return err
			},
			func() (err error) { doubt, err = own("doubt", nil, true, model.Sent); return err },
			func() error { _, err := put("in", false); return err },
			func() error { return tx.ArchiveComplete(chat) },
		}
		for _, step := range steps {
			if err := step(); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return read, failed, doubt
}

// picture leaves a picture of the window in the folder that DOVEKIE_GALLERY names.
func (w *window) picture(name string) {
	w.t.Helper()
	dir := os.Getenv("DOVEKIE_GALLERY")
	if dir == "" {
		return
	}
	time.Sleep(400 * time.Millisecond) // the last frame
	file := filepath.Join(dir, name+".png")
	w.must("import", "-window", w.id, file)
	w.must("convert", file, "-dither", "None", "-colors", "250", "-depth", "8", "PNG8:"+file)
}

// hover rests the pointer on what the fact names.
func (w *window) hover(f fact) {
	w.t.Helper()
	if f.Rect == nil {
		w.t.Fatalf("%s has no place", f.Key)
	}
	w.must("xdotool", "mousemove", "--window", w.id, strconv.Itoa(f.Rect[0]+f.Rect[2]-6), strconv.Itoa(f.Rect[1]+f.Rect[3]/2))
}

// galleryOnly skips the test unless the pictures are asked for.
func galleryOnly(t *testing.T) {
	t.Helper()
	if os.Getenv("DOVEKIE_GALLERY") == "" {
		t.Skip("DOVEKIE_GALLERY is not set")
	}
	need(t, "convert")
}

// TestDeliveryGallery takes the pictures of docs/gallery when DOVEKIE_GALLERY names a
// folder: a chat with every state and every gap, in both themes and languages.
func TestDeliveryGallery(t *testing.T) {
	galleryOnly(t)
	for _, look := range galleryLooks {
		t.Run(look[0]+"-"+look[1], func(t *testing.T) { newStage(t, look[0], look[1]).delivery() })
	}
}

// TestDeliveryGalleryAtTwiceTheSize has the same chat in a window of half as much room.
func TestDeliveryGalleryAtTwiceTheSize(t *testing.T) {
	galleryOnly(t)
	for _, look := range galleryLooks {
		t.Run(look[0]+"-"+look[1], func(t *testing.T) {
			s := newStage(t, look[0], look[1])
			s.open("FYNE_SCALE=2")
			s.inChat()
			s.allStates()
			s.picture("delivery-200")
		})
	}
}

// stage is a server with two people, the network between, and a chat in the data folder.
type stage struct {
	*window
	t                        *testing.T
	desk                     *desk
	lang, theme              string
	words                    map[string]string
	srv                      *xmpptest.Server
	lin, nora                xmpptest.User
	net                      *xmpptest.Proxy
	displayed, failed, doubt model.MessageID
}

func newStage(t *testing.T, lang, theme string) *stage {
	words := galleryWords[lang]
	srv := xmpptest.Prosody(t, xmpptest.Options{Domain: "example.org"})
	s := &stage{t: t, lang: lang, theme: theme, words: words, srv: srv, desk: newDesk(t, false)}
	s.lin, s.nora = srv.AddUser("lin", "secret of lin"), srv.AddUser(words["local"], "secret of nora")
	srv.AddContacts(s.lin, xmpptest.Contact{Name: s.nora.Name, Nick: words["name"]})
	srv.AddContacts(s.nora, xmpptest.Contact{Name: s.lin.Name})
	s.net = xmpptest.DelayProxy(t, srv.StartTLSAddr(), 0)
	dir := filepath.Join(s.desk.dir, "data")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	acc := model.Account{JID: jid.MustParse(s.lin.JID()), Address: s.net.Addr(), Security: model.SecurityStartTLS, CAFile: srv.CAFile(), Resource: "gallery", LastUsed: time.Now()}
	s.displayed, s.failed, s.doubt = seeded(t, dir, acc, jid.MustParse(s.nora.JID()), words)
	return s
}

// open starts the program, signed in.
func (s *stage) open(env ...string) {
	s.t.Helper()
	s.window = s.desk.open(append(env, "DOVEKIE_PASSWORD="+s.lin.Password), "--lang", s.lang, "--theme", s.theme, "--account", s.lin.JID())
	s.see("connection", "online")
	s.row(s.nora.JID(), s.words["name"])
}

// picture is one of this language and theme.
func (s *stage) picture(what string) {
	s.t.Helper()
	s.window.picture(what + "-" + s.lang + "-" + s.theme)
}

// inChat opens the chat while nothing comes through: what is asked of the archive waits.
func (s *stage) inChat() {
	s.t.Helper()
	s.net.Stall()
	s.click(s.row(s.nora.JID(), ""))
	s.see("chat.messages", "")
}

// allStates writes one message that the server does not confirm, and one without a
// network: with those of the folder the chat has all seven states.
func (s *stage) allStates() {
	s.t.Helper()
	say := func(key, state string) {
		time.Sleep(time.Second) // what changed is laid out
		s.read()
		s.composer()
		s.typed(s.words[key])
		s.see("composer", s.words[key])
		s.keys("Return")
		s.message("out "+state, s.words[key])
	}
	say("sent", "sent")
	s.net.Refuse(true)
	s.net.Resume()
	s.net.CutAll()
	s.see("chat.strip", "")
	say("queued", "queued")
	s.hover(s.see("composer", "")) // the list goes to its place once somebody is there
}

// details opens those of a message.
func (s *stage) details(of model.MessageID, name string) {
	s.t.Helper()
	s.rightClick(s.see("message."+string(of), ""))
	s.click(s.see("menu.details", ""))
	s.see("sheet.step1", "")
	s.picture(name)
	s.keys("Escape")
	s.gone("the details", "sheet.step1", "")
}

func (s *stage) delivery() {
	s.open()
	s.inChat()
	s.hover(s.see("composer", ""))
	s.picture("delivery-gap")
	s.hover(s.see("sign."+string(s.failed), ""))
	s.see("hint", "")
	s.picture("delivery-hint")
	s.details(s.failed, "delivery-details-failed")
	s.details(s.doubt, "delivery-details-doubt")
	s.details(s.displayed, "delivery-details-read")
	s.click(s.see("panel.settings", ""))
	s.see("sheet.box3", "")
	s.picture("delivery-privacy")
	s.keys("Escape")
	s.gone("the settings", "sheet.box3", "")
	s.allStates()
	s.picture("delivery-states")
}
