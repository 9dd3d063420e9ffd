//go:build windowtest

package windowtest_test

import (
	"testing"

	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/xmpptest"
)

// TestQuestionGallery takes pictures of what is asked above the list, and of a first
// attempt that failed, when DOVEKIE_GALLERY is set.
func TestQuestionGallery(t *testing.T) {
	galleryOnly(t)
	for _, look := range [][2]string{{"en", "light"}, {"en", "dark"}, {"zh", "light"}, {"zh", "dark"}} {
		t.Run(look[0]+"-"+look[1], func(t *testing.T) { questionGallery(t, look[0], look[1]) })
	}
}

func questionGallery(t *testing.T, lang, theme string) {
	srv := xmpptest.Prosody(t, xmpptest.Options{Domain: "example.org"})
	lin, nora := srv.AddUser("lin", "secret of lin"), srv.AddUser("nora", "secret of nora")
	srv.Befriend(lin, nora)
	network := xmpptest.DelayProxy(t, srv.StartTLSAddr(), 0)
	network.Refuse(true)
	d := newDesk(t, false)
	w := d.open([]string{"SSL_CERT_FILE=" + srv.CAFile()}, "--lang", lang, "--theme", theme)
	w.signInAt(network.Addr(), lin, lin.Password)
	w.find("the words", func(f fact) bool { return f.Key == "login.error" && f.Text != "" })
	d.picture("1-failed")
	w.click(w.see("login.what", ""))
	w.see("sheet", "")
	d.picture("2-what")
	w.keys("Escape")
	network.Refuse(false)
	w.click(w.see("login.signin", ""))
	w.see("connection", "online")
	w.click(w.row(nora.JID(), ""))
	w.see("chat", nora.JID())

	place := jid.MustParse(w.see("session", "/").Text)
	rival := newPeer(t, srv, lin)
	_, err := rival.svc.Connect(t.Context(), model.ConnectRequest{JID: place, Password: model.NewSecret(lin.Password),
		Address: srv.StartTLSAddr(), Security: model.SecurityAuto})
	if err != nil {
		t.Fatal(err)
	}
	w.see("ask", "")
	d.picture("3-conflict")
	w.click(w.see("ask.no", ""))
	w.see("strip", "")
	d.picture("4-stays-out")
	w.click(w.see("strip.link", ""))
	w.see("connection", "online")

	now := srv.SetPassword(lin, "the new one")
	network.CutAll()
	w.see("ask.password", "")
	d.picture("5-password")
	w.click(w.see("ask.password", ""))
	w.typed("wrong")
	w.see("ask.password", "•••••")
	w.keys("Return")
	w.see("ask.error", "")
	d.picture("6-wrong")
	w.keys("ctrl+a")
	w.typed(now.Password)
	w.keys("Return")
	w.see("connection", "online")
	w.quit()

	again := d.open([]string{"SSL_CERT_FILE=" + srv.CAFile(), "DOVEKIE_PASSWORD=old"}, "--lang", lang, "--theme", theme, "--account", lin.JID())
	again.see("ask", "")
	d.picture("7-at-the-start")
}
