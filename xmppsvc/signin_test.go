package xmppsvc_test

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"

	"dovekie/xmppsvc"
	"dovekie/xmppsvc/credential"
	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/xmpptest"
)

func TestWrongPasswordStopsAndForgetsANewAccount(t *testing.T) {
	srv := xmpptest.SharedProsody(t)
	romeo := newClient(t, srv, srv.NewUser("romeo"))
	romeo.user.Password = "not this one"
	_, err := romeo.svc.Connect(t.Context(), romeo.request(srv.StartTLSAddr()))
	if model.KindOf(err) != model.ErrAuthFailed {
		t.Fatalf("err = %v, want auth_failed", err)
	}
	down := expect(romeo, "the end of the attempt", func(ev event.ConnectionChanged) bool {
		return ev.Connection.State == model.Offline
	})
	if down.Connection.Cause != model.ErrAuthFailed || strings.Contains(down.Connection.Detail, "not this one") {
		t.Errorf("connection = %+v", down.Connection)
	}
	expect(romeo, "the account gone", func(ev event.AccountRemoved) bool { return ev.Account == romeo.jid })
	if all, _ := romeo.svc.Accounts(t.Context()); len(all) != 0 {
		t.Errorf("accounts = %+v, want none", all)
	}
}

func TestPasswordThatNoLongerWorksDoesNotLoop(t *testing.T) {
	srv := xmpptest.SharedProsody(t)
	romeo := newClient(t, srv, srv.NewUser("romeo"))
	romeo.signIn(srv)
	romeo.user.Password = "changed meanwhile"
	if _, err := romeo.svc.Connect(t.Context(), romeo.request(srv.StartTLSAddr())); model.KindOf(err) != model.ErrAuthFailed {
		t.Fatalf("err = %v, want auth_failed", err)
	}
	acc, err := romeo.svc.AccountStatus(t.Context(), romeo.jid)
	if err != nil || acc.Connection.State != model.Offline || acc.Connection.Cause != model.ErrAuthFailed {
		t.Errorf("status = %+v, %v: want offline, and the account kept", acc.Connection, err)
	}
}

func TestSecondLoginWithTheSameResourceEndsTheFirstForGood(t *testing.T) {
	srv := xmpptest.SharedProsody(t)
	romeo := newClient(t, srv, srv.NewUser("romeo"))
	laptop := newClient(t, srv, romeo.user)
	romeo.resource, laptop.resource = "balcony", "balcony"
	romeo.signIn(srv)
	login := laptop.signIn(srv)
	if login.JID.Resource() != "balcony" {
		t.Skipf("the server gave another resource: %s", login.JID)
	}
	down := expect(romeo, "the conflict", func(ev event.ConnectionChanged) bool {
		return ev.Connection.Cause == model.ErrConflict
	})
	if down.Connection.State != model.Offline {
		t.Errorf("after a conflict: %+v, want offline without another attempt", down.Connection)
	}
}

func TestUnreachableServerIsToldAtOnce(t *testing.T) {
	srv := xmpptest.SharedProsody(t)
	romeo := newClient(t, srv, srv.NewUser("romeo"))
	_, err := romeo.svc.Connect(t.Context(), romeo.request("127.0.0.1:1"))
	if model.KindOf(err) != model.ErrUnreachable {
		t.Errorf("err = %v, want unreachable", err)
	}
}

func TestCallerCanGiveUpAnAttempt(t *testing.T) {
	srv := xmpptest.SharedProsody(t)
	romeo := newClient(t, srv, srv.NewUser("romeo"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := romeo.svc.Connect(ctx, romeo.request(srv.StartTLSAddr())); model.KindOf(err) != model.ErrCancelled {
		t.Errorf("err = %v, want cancelled", err)
	}
}

func TestRememberedAccountSignsInByItself(t *testing.T) {
	srv := xmpptest.SharedProsody(t)
	romeo := newClient(t, srv, srv.NewUser("romeo"))
	r := romeo.request(srv.StartTLSAddr())
	r.Remember, r.Enabled = true, true
	if _, err := romeo.svc.Connect(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	expect(romeo, "the mark", func(ev event.AccountChanged) bool { return ev.Account.Remember })
	romeo.close()
	romeo.open(srv.CAPool())
	expect(romeo, "being online again", online)
}

// locked is a keychain that nobody opens.
type locked struct{}

func (locked) Get(jid.JID) (model.Secret, error) { return model.Secret{}, credential.ErrUnavailable }
func (locked) Set(jid.JID, model.Secret) error   { return credential.ErrUnavailable }
func (locked) Delete(jid.JID) error              { return credential.ErrUnavailable }

func TestWithoutAKeychainThePasswordStaysInMemory(t *testing.T) {
	srv := xmpptest.SharedProsody(t)
	romeo := newClient(t, srv, srv.NewUser("romeo"))
	romeo.close()
	romeo.keys = locked{}
	romeo.open(srv.CAPool())
	r := romeo.request(srv.StartTLSAddr())
	r.Remember = true
	if _, err := romeo.svc.Connect(t.Context(), r); err != nil {
		t.Fatalf("connect: %v, want success", err)
	}
	expect(romeo, "a word about it", func(ev event.NoticeRaised) bool { return ev.Kind == event.NoticeNoKeychain })
	if err := romeo.svc.Disconnect(t.Context(), romeo.jid); err != nil {
		t.Fatal(err)
	}
	if err := romeo.svc.ConnectNow(t.Context(), romeo.jid); err != nil {
		t.Fatal(err)
	}
	expect(romeo, "being online with it", online)
	romeo.close()
	romeo.open(srv.CAPool())
	r.Password = model.Secret{}
	if _, err := romeo.svc.Connect(t.Context(), r); model.KindOf(err) != model.ErrNoPassword {
		t.Errorf("in the next run: %v, want no_password", err)
	}
}

func TestCertificateIsAQuestion(t *testing.T) {
	srv := xmpptest.Prosody(t, xmpptest.Options{Certificate: xmpptest.SelfSigned})
	romeo := newClient(t, srv, srv.NewUser("romeo"))
	r := romeo.request(srv.StartTLSAddr())
	_, err := romeo.svc.Connect(t.Context(), r)
	var told *model.Error
	if !errors.As(err, &told) || told.Kind != model.ErrCertificateRejected || told.Reason != "untrusted" || len(told.Fingerprint) != 64 {
		t.Fatalf("err = %+v, want the certificate rejected as untrusted, with its fingerprint", err)
	}
	q := expect[event.CertificateRejected](romeo, "the question", nil)
	if q.Fingerprint != told.Fingerprint || q.Subject == "" || q.NotAfter.IsZero() {
		t.Errorf("question = %+v", q)
	}
	if err := romeo.svc.TrustCertificate(t.Context(), romeo.jid, q.Fingerprint, true); err != nil {
		t.Fatal(err)
	}
	if _, err := romeo.svc.Connect(t.Context(), r); err != nil {
		t.Fatalf("with the pin: %v", err)
	}
	if err := romeo.svc.Disconnect(t.Context(), romeo.jid); err != nil {
		t.Fatal(err)
	}
	srv.UseCertificate(xmpptest.SelfSigned)
	if _, err := romeo.svc.Connect(t.Context(), r); !errors.As(err, &told) || told.Reason != "pin_changed" {
		t.Errorf("with another key: %+v, want pin_changed", err)
	}
	again := expect[event.CertificateRejected](romeo, "the loud question", nil)
	if err := romeo.svc.TrustCertificate(t.Context(), romeo.jid, again.Fingerprint, false); err != nil {
		t.Fatal(err)
	}
	if _, err := romeo.svc.Connect(t.Context(), r); err != nil {
		t.Errorf("trusted for this run: %v", err)
	}
}

func TestCachedRosterIsThereBeforeTheNetworkAndIsNotSentAgain(t *testing.T) {
	srv := xmpptest.SharedProsody(t)
	romeo := newClient(t, srv, srv.NewUser("romeo"))
	srv.Befriend(romeo.user, srv.NewUser("juliet"))
	romeo.signIn(srv)
	expect[event.RosterReplaced](romeo, "the roster", nil)
	romeo.close()
	romeo.open(srv.CAPool())
	start := expect[event.Snapshot](romeo, "the snapshot", nil).Accounts
	if len(start) != 1 || len(start[0].Contacts) != 1 || start[0].Connection.State != model.Offline {
		t.Fatalf("snapshot = %+v, want the contact of last time", start)
	}
	romeo.signIn(srv)
	if again := gather[event.RosterReplaced](romeo, time.Second); len(again) != 0 {
		t.Errorf("the server sent the roster again: %+v", again)
	}
}

func TestCloseLeavesNoGoroutine(t *testing.T) {
	srv := xmpptest.SharedProsody(t)
	before := runtime.NumGoroutine()
	romeo := &client{tb: t, dir: t.TempDir(), keys: credential.NewMemory(), user: srv.NewUser("romeo")}
	romeo.jid = jid.MustParse(romeo.user.JID())
	romeo.open(srv.CAPool())
	romeo.signIn(srv)
	romeo.close()
	deadline := time.Now().Add(5 * time.Second)
	for runtime.NumGoroutine() > before && time.Now().Before(deadline) {
		time.Sleep(10 * time.Millisecond) // the runtime's own need a moment
	}
	if after := runtime.NumGoroutine(); after > before {
		buf := make([]byte, 1<<20)
		t.Errorf("%d goroutines before, %d after:\n%s", before, after, buf[:runtime.Stack(buf, true)])
	}
	if _, err := romeo.svc.SendMessage(t.Context(), romeo.chat(romeo), "too late", ""); err == nil {
		t.Error("a closed service took a message")
	}
	if f := romeo.svc.Subscribe(); f != nil {
		_, _ = f.Next(t.Context())
		if _, err := f.Next(t.Context()); model.KindOf(err) != model.ErrCancelled {
			t.Errorf("a feed of a closed service ends with %v", err)
		}
	}
}

func TestOpenRefusesWhatItCannotRead(t *testing.T) {
	if _, err := xmppsvc.Open(t.Context(), xmppsvc.Options{Dir: "/dev/null/nowhere"}); err == nil {
		t.Error("opened a folder that cannot be")
	}
}
