package xmppsvc_test

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"dovekie/xmppsvc"
	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stanza"
	"dovekie/xmppsvc/trace"
	"dovekie/xmppsvc/xmpptest"
)

func TestTheTraceTellsAConnectionFromItsStepsToItsEnd(t *testing.T) {
	srv := xmpptest.SharedProsody(t)
	c := newClient(t, srv, srv.NewUser("romeo"))
	login := c.signIn(srv)
	tr := c.svc.Trace(c.jid)
	all := tr.Connections()
	if len(all) != 1 {
		t.Fatalf("%d connections", len(all))
	}
	got := all[0]
	if got.Up.IsZero() || !got.Ended.IsZero() || got.Login != login || got.Verdict != trace.Verified || len(got.Chain) == 0 || got.BytesIn == 0 {
		t.Errorf("online: %+v", got)
	}
	names := map[string]bool{}
	for _, s := range got.Steps {
		names[s.Name] = true
	}
	for _, want := range []string{"resolving", "connecting", "securing", "mechanism", "bound", "online"} {
		if !names[want] {
			t.Errorf("no step %s in %+v", want, got.Steps)
		}
	}
	if err := c.svc.Disconnect(t.Context(), c.jid); err != nil {
		t.Fatal(err)
	}
	if got := tr.Connections()[0]; got.Ended.IsZero() || got.Cause != "" {
		t.Errorf("signed out: ended %v, cause %q", got.Ended, got.Cause)
	}
	r := c.request(srv.StartTLSAddr())
	r.Password = model.NewSecret("not this one")
	if _, err := c.svc.Connect(t.Context(), r); err == nil {
		t.Fatal("a wrong password signed in")
	}
	all = tr.Connections()
	if got := all[len(all)-1]; len(all) != 2 || got.Cause != model.ErrAuthFailed || !got.Up.IsZero() || got.Ended.IsZero() {
		t.Errorf("refused: %+v", got)
	}
}

func TestARefusedCertificateIsInTheTrace(t *testing.T) {
	srv := xmpptest.SharedProsody(t)
	c := newClient(t, srv, srv.NewUser("tybalt"))
	c.close()
	c.open(nil) // the system does not trust the test's authority
	if _, err := c.svc.Connect(t.Context(), c.request(srv.StartTLSAddr())); model.KindOf(err) != model.ErrCertificateRejected {
		t.Fatal(err)
	}
	got := c.svc.Trace(c.jid).Connections()[0]
	if got.Verdict != trace.Refused || len(got.Chain) == 0 || got.Cause != model.ErrCertificateRejected {
		t.Fatalf("%+v", got)
	}
	if err := c.svc.TrustCertificate(t.Context(), c.jid, got.Chain[0].SPKI, true); err != nil {
		t.Fatal(err)
	}
	if _, err := c.svc.Connect(t.Context(), c.request(srv.StartTLSAddr())); err != nil {
		t.Fatal(err)
	}
	all := c.svc.Trace(c.jid).Connections()
	if got := all[len(all)-1]; got.Verdict != trace.Pinned {
		t.Errorf("accepted for good, but %s", got.Verdict)
	}
}

// answered waits for the answer to the iq of the id in the trace.
func answered(t *testing.T, tr *trace.Trace, id string) trace.Entry {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		all, _ := tr.Since(0)
		for _, e := range all {
			if e.Stanza == "iq" && !e.Out && e.ID == id {
				return e
			}
		}
	}
	t.Fatalf("no answer to %s", id)
	return trace.Entry{}
}

func TestWhatIsSentByHandIsCountedAmongTheRest(t *testing.T) {
	srv := xmpptest.SharedProsody(t)
	romeo, juliet := srv.NewUser("romeo"), srv.NewUser("juliet")
	srv.Befriend(romeo, juliet)
	a, b := newClient(t, srv, romeo), newClient(t, srv, juliet)
	a.signIn(srv)
	b.signIn(srv)
	tr := a.svc.Trace(a.jid)
	tr.WatchStanzas(true)
	if err := a.svc.SendXML(t.Context(), a.jid, "<iq type='get' id='hand1'><ping xmlns='urn:xmpp:ping'/></iq>"); err != nil {
		t.Fatal(err)
	}
	if e := answered(t, tr, "hand1"); e.Type != "result" || e.Peer == "" && e.XML == "" {
		t.Errorf("answer %+v", e)
	}
	for range 12 { // more than the server's confirmations are asked for at once
		if err := a.svc.SendXML(t.Context(), a.jid, "<message type='chat' to='"+b.jid.String()+"'><body>by hand</body></message>"); err != nil {
			t.Fatal(err)
		}
	}
	id := a.send(b, "from the outbox")
	expect(b, "the message", received("by hand"))
	expect(b, "the message", received("from the outbox"))
	expect(a, "its confirmation", func(ev event.MessageChanged) bool {
		return ev.Message.ID == id && (ev.Message.Delivery == model.Acked || ev.Message.Delivery == model.Delivered)
	})
	if all := tr.Connections(); len(all) != 1 || !all[0].Ended.IsZero() {
		t.Errorf("the connection did not last: %+v", all)
	}
}

func TestWhatCouldHarmTheStreamIsNotSent(t *testing.T) {
	srv := xmpptest.SharedProsody(t)
	c := newClient(t, srv, srv.NewUser("paris"))
	c.signIn(srv)
	for text, want := range map[string]stanza.Refusal{
		"<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>x</auth>": stanza.RefusedStream,
		"</stream:stream>":                                  stanza.RefusedStream,
		"<presence from='somebody@else.example'/>":          stanza.RefusedFrom,
		"<presence from='" + c.jid.String() + "/another'/>": stanza.RefusedFrom,
		"<message to='a@b@c'><body>x</body></message>":      stanza.RefusedTo,
		"<presence/><presence/>":                            stanza.RefusedMore,
	} {
		err := c.svc.SendXML(t.Context(), c.jid, text)
		var refused *stanza.RefusedError
		if !errors.As(err, &refused) || refused.Reason != want || model.KindOf(err) != model.ErrInvalid {
			t.Errorf("%s: %v", text, err)
		}
	}
	if err := c.svc.SendXML(t.Context(), c.jid, "<presence from='"+c.jid.String()+"'/>"); err != nil {
		t.Errorf("our own address: %v", err)
	}
	if err := c.svc.Disconnect(t.Context(), c.jid); err != nil {
		t.Fatal(err)
	}
	if err := c.svc.SendXML(t.Context(), c.jid, "<presence/>"); model.KindOf(err) != model.ErrNotOnline {
		t.Errorf("offline: %v", err)
	}
	for _, ev := range gather[event.ConnectionChanged](c, 100*time.Millisecond) {
		if ev.Connection.Cause != "" {
			t.Errorf("the server ended the stream: %+v", ev.Connection)
		}
	}
}

// What goes by while the meter is read stands in the month as it does in the session.
func TestTheMonthIsReadWithTheSession(t *testing.T) {
	srv := xmpptest.SharedProsody(t)
	c := newClient(t, srv, srv.NewUser("benvolio"))
	c.signIn(srv)
	ctx, stop := context.WithTimeout(t.Context(), 2*time.Second)
	defer stop()
	sent := make(chan error, 1)
	go func() {
		for ctx.Err() == nil {
			if err := c.svc.SendXML(t.Context(), c.jid, "<presence/>"); err != nil {
				sent <- err
				return
			}
		}
		sent <- nil
	}()
	for ctx.Err() == nil {
		if got, err := c.svc.Traffic(c.jid); err != nil || got.Month != got.Session {
			t.Fatalf("session %+v, month %+v, %v", got.Session, got.Month, err)
		}
	}
	if err := <-sent; err != nil {
		t.Error(err)
	}
}

func TestTheMonthsTrafficSurvivesARestart(t *testing.T) {
	srv := xmpptest.SharedProsody(t)
	c := newClient(t, srv, srv.NewUser("mercutio"))
	c.signIn(srv)
	before, err := c.svc.Traffic(c.jid)
	if err != nil || before.Month != before.Session || before.Session.BytesIn == 0 || before.Session.StanzasOut == 0 {
		t.Fatalf("%+v, %v", before, err)
	}
	c.close()
	c.open(srv.CAPool())
	after, err := c.svc.Traffic(c.jid)
	if err != nil || after.Session != (trace.Counters{}) || after.Month.BytesIn < before.Month.BytesIn || after.Month.BytesOut <= before.Month.BytesOut {
		t.Fatalf("before %+v, after %+v, %v", before.Month, after.Month, err)
	}
	if err := c.svc.RemoveAccount(context.Background(), c.jid); err != nil {
		t.Fatal(err)
	}
	c.close()
	c.open(srv.CAPool())
	c.signIn(srv)
	if anew, err := c.svc.Traffic(c.jid); err != nil || anew.Month != anew.Session {
		t.Errorf("a removed account is remembered: %+v, %v", anew.Month, err)
	}
}

func TestASecretNeverStandsInTheTraceOfAnAccount(t *testing.T) {
	srv := xmpptest.SharedProsody(t)
	c := newClient(t, srv, srv.NewUser("nurse"))
	c.signIn(srv)
	tr := c.svc.Trace(c.jid)
	tr.WatchStanzas(true)
	const text = "<iq type='set' id='pw' to='%s'><query xmlns='jabber:iq:register'><username>x</username><password>Tr0ub4dor</password></query></iq>"
	if err := c.svc.SendXML(t.Context(), c.jid, strings.Replace(text, "%s", c.jid.Server().String(), 1)); err != nil {
		t.Fatal(err)
	}
	answered(t, tr, "pw")
	all, _ := tr.Since(0)
	for _, e := range all {
		if strings.Contains(e.XML, "Tr0ub4dor") {
			t.Errorf("it stands in %s", e.XML)
		}
	}
}

// TestTraceOfANewAccountThatCouldNotSignIn can be read, though the account is forgotten.
func TestTraceOfANewAccountThatCouldNotSignIn(t *testing.T) {
	svc, err := xmppsvc.Open(t.Context(), xmppsvc.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = svc.Close(context.Background()) }) // the folder goes anyway
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nowhere := l.Addr().String()
	_ = l.Close() // nobody listens there now
	romeo, juliet := jid.MustParse("romeo@verona.example"), jid.MustParse("juliet@verona.example")
	for _, who := range []jid.JID{romeo, juliet} {
		_, err := svc.Connect(t.Context(), model.ConnectRequest{JID: who, Password: model.NewSecret("secret"), Address: nowhere})
		if model.KindOf(err) != model.ErrUnreachable {
			t.Fatalf("connect: %v", err)
		}
		all := svc.Trace(who).Connections()
		if len(all) != 1 || all[0].Cause != model.ErrUnreachable || len(all[0].Steps) == 0 {
			t.Errorf("of %s: %+v", who, all)
		}
	}
	if svc.Trace(romeo) != nil {
		t.Error("the trace of an account that is not here is kept for ever")
	}
}
