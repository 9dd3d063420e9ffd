package xmppsvc_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/xmpptest"
)

// A power cut tears the database: the file is kept aside, the user is told, the account
// signs in by itself as before, and the chats come again from the server's archive.
func TestTornDatabaseIsRebuiltFromTheServer(t *testing.T) {
	srv := xmpptest.Prosody(t, xmpptest.Options{Certificate: xmpptest.SelfSigned})
	romeo, juliet := newClient(t, srv, srv.NewUser("romeo")), newClient(t, srv, srv.NewUser("juliet"))
	srv.Befriend(romeo.user, juliet.user)
	r := romeo.request(srv.StartTLSAddr())
	r.Remember, r.Enabled = true, true
	for _, c := range []*client{romeo, juliet} {
		if _, err := c.svc.Connect(t.Context(), c.request(srv.StartTLSAddr())); model.KindOf(err) != model.ErrCertificateRejected {
			t.Fatal(err)
		}
		q := expect[event.CertificateRejected](c, "the question", nil)
		if err := c.svc.TrustCertificate(t.Context(), c.jid, q.Fingerprint, true); err != nil {
			t.Fatal(err)
		}
	}
	juliet.signIn(srv)
	if _, err := romeo.svc.Connect(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	var want []string
	for n := range 30 {
		text := fmt.Sprintf("%d %s", n, strings.Repeat("words ", 200))
		want = append(want, text)
		if n%3 == 0 {
			id := romeo.send(juliet, text)
			expect(romeo, "the ack", func(ev event.MessageChanged) bool {
				return ev.Message.ID == id && (ev.Message.Delivery == model.Acked || ev.Message.Delivery == model.Delivered)
			})
		} else {
			juliet.send(romeo, text)
			expect(romeo, "a message", received(text))
		}
	}
	if err := romeo.svc.Disconnect(t.Context(), romeo.jid); err != nil {
		t.Fatal(err)
	}
	unsent := romeo.send(juliet, "written while offline")
	romeo.close()
	torn := tear(t, filepath.Join(romeo.dir, "dovekie.db"))

	romeo.open(srv.CAPool())
	told := expect(romeo, "a word about it", func(ev event.NoticeRaised) bool { return ev.Kind == event.NoticeRecovered })
	if aside, err := os.ReadFile(told.Detail); err != nil || !bytes.Equal(aside, torn) {
		t.Errorf("%q holds %d bytes, %v", told.Detail, len(aside), err)
	}
	// The password is the keychain's, the pin was saved.
	expect(romeo, "being online", online)
	want = append(want, "written while offline")
	var got []string
	for end := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		page, _, err := romeo.svc.History(t.Context(), romeo.chat(juliet), "", 1000)
		if err != nil {
			t.Fatal(err)
		}
		got = nil
		acked := false
		for _, m := range page {
			got = append(got, m.Body)
			acked = acked || m.ID == unsent && (m.Delivery == model.Acked || m.Delivery == model.Delivered)
		}
		if slices.Equal(got, want) && acked {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("the chat reads %.9q, the last one confirmed %t", got, acked)
		}
	}
	expect(juliet, "what waited", received("written while offline"))
}

// tear spoils a part of the file, as sectors that were never written, and leaves the mark
// of an unclean end.
func tear(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := len(b) / 2; i < len(b)*3/4; i++ {
		b[i] = 0
	}
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path+"-wal", []byte("left"), 0o600); err != nil {
		t.Fatal(err)
	}
	return b
}
