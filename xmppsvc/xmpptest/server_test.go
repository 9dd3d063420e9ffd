package xmpptest_test

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"dovekie/xmppsvc/xmpptest"
)

// servers are the two programs; every fact below holds for both.
var servers = map[string]struct {
	start  func(testing.TB, xmpptest.Options) *xmpptest.Server
	shared func(testing.TB) *xmpptest.Server
}{
	"Prosody":  {xmpptest.Prosody, xmpptest.SharedProsody},
	"ejabberd": {xmpptest.Ejabberd, xmpptest.SharedEjabberd},
}

func onEach(t *testing.T, fact func(*testing.T, func(testing.TB, xmpptest.Options) *xmpptest.Server)) {
	t.Helper()
	t.Parallel()
	for name, s := range servers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fact(t, s.start)
		})
	}
}

func TestSharedServerLetsTwoFriendsTalk(t *testing.T) {
	for name, kind := range servers {
		t.Run(name, func(t *testing.T) {
			s := kind.shared(t)
			a, b := s.NewUser("romeo"), s.NewUser("juliet")
			s.Befriend(a, b)
			ca, err := overTLS(t, s, trusting(s))
			if err != nil {
				t.Fatal(err)
			}
			ca.signIn(a)
			cb := dial(t, s.DirectTLSAddr())
			if err := cb.secure(trusting(s)); err != nil {
				t.Fatal(err)
			}
			cb.signIn(b)
			ca.until("from='" + b.JID())
			cb.write("<message to='%s' type='chat'><body>art thou there?</body></message>", a.JID())
			ca.until("art thou there?")
			if again := kind.shared(t); again.StartTLSAddr() != s.StartTLSAddr() {
				t.Error("the second call started another server")
			}
		})
	}
}

func TestCertificateKinds(t *testing.T) {
	var (
		invalid   x509.CertificateInvalidError
		host      x509.HostnameError
		authority x509.UnknownAuthorityError
	)
	kinds := []struct {
		name string
		kind xmpptest.Certificate
		want any // what errors.As finds in the error of the handshake
	}{
		{"expired", xmpptest.Expired, &invalid},
		{"not yet valid", xmpptest.NotYetValid, &invalid},
		{"wrong host", xmpptest.WrongHost, &host},
		{"self-signed", xmpptest.SelfSigned, &authority},
		{"other authority", xmpptest.OtherAuthority, &authority},
	}
	onEach(t, func(t *testing.T, start func(testing.TB, xmpptest.Options) *xmpptest.Server) {
		s := start(t, xmpptest.Options{})
		for _, k := range kinds {
			s.UseCertificate(k.kind)
			c := dial(t, s.DirectTLSAddr())
			if err := c.secure(trusting(s)); !errors.As(err, k.want) {
				t.Errorf("direct TLS, %s: %v", k.name, err)
			}
			if _, err := overTLS(t, s, trusting(s)); !errors.As(err, k.want) {
				t.Errorf("STARTTLS, %s: %v", k.name, err)
			}
		}
		s.UseCertificate(xmpptest.Valid)
		c, err := overTLS(t, s, trusting(s))
		if err != nil {
			t.Fatalf("valid again: %v", err)
		}
		shown := c.conn.(*tls.Conn).ConnectionState().PeerCertificates[0]
		if !shown.Equal(s.Leaf()) {
			t.Error("Leaf is not the certificate shown")
		}
	})
}

func TestMechanismsAreLimited(t *testing.T) {
	sets := [][]string{
		{"PLAIN"},
		{"SCRAM-SHA-1"},
		{"SCRAM-SHA-256"},
		{"SCRAM-SHA-1", "SCRAM-SHA-256"},
	}
	all := []string{"PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-256", "SCRAM-SHA-1-PLUS", "DIGEST-MD5", "EXTERNAL"}
	onEach(t, func(t *testing.T, start func(testing.TB, xmpptest.Options) *xmpptest.Server) {
		for _, set := range sets {
			s := start(t, xmpptest.Options{Mechanisms: set})
			c, err := overTLS(t, s, trusting(s))
			if err != nil {
				t.Fatal(err)
			}
			offer := c.open(s.Domain())
			for _, m := range all {
				want := strings.Contains(strings.Join(set, " ")+" ", m+" ")
				if got := strings.Contains(offer, ">"+m+"<"); got != want {
					t.Errorf("only %v: %s offered: %v; %s", set, m, got, offer)
				}
			}
			s.Stop()
		}
	})
}

func TestServerWithoutTLSOffersNone(t *testing.T) {
	onEach(t, func(t *testing.T, start func(testing.TB, xmpptest.Options) *xmpptest.Server) {
		s := start(t, xmpptest.Options{NoTLS: true})
		c := dial(t, s.StartTLSAddr())
		if offer := c.open(s.Domain()); strings.Contains(offer, "starttls") || !strings.Contains(offer, "PLAIN") {
			t.Errorf("offered: %s", offer)
		}
		dial(t, s.StartTLSAddr()).signIn(s.AddUser("romeo", "montague"))
	})
}

func TestOptionalTLSLetsBothSignIn(t *testing.T) {
	onEach(t, func(t *testing.T, start func(testing.TB, xmpptest.Options) *xmpptest.Server) {
		s := start(t, xmpptest.Options{TLSOptional: true})
		if offer := dial(t, s.StartTLSAddr()).open(s.Domain()); !strings.Contains(offer, "starttls") || !strings.Contains(offer, "SCRAM-SHA") {
			t.Errorf("offered in plain text: %s", offer)
		}
		c, err := overTLS(t, s, trusting(s))
		if err != nil {
			t.Fatal(err)
		}
		c.signIn(s.AddUser("romeo", "montague"))
	})
}

func TestHighestVersionIsTLS12(t *testing.T) {
	onEach(t, func(t *testing.T, start func(testing.TB, xmpptest.Options) *xmpptest.Server) {
		for _, only12 := range []bool{false, true} {
			s := start(t, xmpptest.Options{MaxTLS12: only12})
			c := dial(t, s.DirectTLSAddr())
			if err := c.secure(trusting(s)); err != nil {
				t.Fatal(err)
			}
			want := uint16(tls.VersionTLS13)
			if only12 {
				want = tls.VersionTLS12
			}
			if got := c.conn.(*tls.Conn).ConnectionState().Version; got != want {
				t.Errorf("only TLS 1.2: %v, version %#x", only12, got)
			}
			s.Stop()
		}
	})
}

func TestRegistrationIsOfferedUnlessForbidden(t *testing.T) {
	onEach(t, func(t *testing.T, start func(testing.TB, xmpptest.Options) *xmpptest.Server) {
		for _, forbidden := range []bool{false, true} {
			s := start(t, xmpptest.Options{NoRegistration: forbidden})
			c, err := overTLS(t, s, trusting(s))
			if err != nil {
				t.Fatal(err)
			}
			offered := strings.Contains(c.open(s.Domain()), "http://jabber.org/features/iq-register")
			if offered == forbidden {
				t.Errorf("forbidden: %v, offered: %v", forbidden, offered)
			}
			if offered {
				c.write("<iq type='set' id='r'><query xmlns='jabber:iq:register'>" +
					"<username>tybalt</username><password>capulet</password></query></iq>")
				if answer := c.reply(); !strings.Contains(answer, "type='result'") {
					t.Errorf("registration was answered %s", answer)
				}
				again := dial(t, s.DirectTLSAddr())
				if err := again.secure(trusting(s)); err != nil {
					t.Fatal(err)
				}
				again.signIn(xmpptest.User{Name: "tybalt", Domain: s.Domain(), Password: "capulet"})
			}
			s.Stop()
		}
	})
}

func TestArchiveInSQLSurvivesARestart(t *testing.T) { onEach(t, archiveInSQLSurvives) }

func archiveInSQLSurvives(t *testing.T, start func(testing.TB, xmpptest.Options) *xmpptest.Server) {
	s := start(t, xmpptest.Options{SQLArchive: true, TLSOptional: true})
	u := s.AddUser("romeo", "montague")
	for n := range 2 {
		c, err := overTLS(t, s, trusting(s))
		if err != nil {
			t.Fatal(err)
		}
		c.signIn(u)
		if n == 0 {
			c.write("<message to='juliet@%s' type='chat'><body>art thou there?</body></message>", s.Domain())
			c.until("service-unavailable") // she does not exist; it is archived all the same
			s.Restart()
			continue
		}
		c.write("<iq type='set' id='q'><query xmlns='urn:xmpp:mam:2'/></iq>")
		if got := c.until("<fin"); !strings.Contains(got, "art thou there?") {
			t.Errorf("the archive holds %s", got)
		}
	}
}

func TestDataSurvivesRestartAndCrash(t *testing.T) {
	onEach(t, func(t *testing.T, start func(testing.TB, xmpptest.Options) *xmpptest.Server) {
		s := start(t, xmpptest.Options{})
		u := s.NewUser("romeo")
		addr := s.StartTLSAddr()
		s.Restart()
		s.Crash()
		if conn, err := net.DialTimeout("tcp", addr, time.Second); err == nil {
			_ = conn.Close()
			t.Error("a crashed server accepts connections")
		}
		s.Start()
		if s.StartTLSAddr() != addr {
			t.Error("the port changed")
		}
		c, err := overTLS(t, s, trusting(s))
		if err != nil {
			t.Fatal(err)
		}
		c.signIn(u)
		changed := s.SetPassword(u, "another secret")
		again := dial(t, s.DirectTLSAddr())
		if err := again.secure(trusting(s)); err != nil {
			t.Fatal(err)
		}
		again.signIn(changed)
		s.KillSessions(u)
		if bye := c.until("</stream:stream>"); !strings.Contains(bye, "stream:error") {
			t.Errorf("ended with %q", bye)
		}
	})
}

func TestManyContactsComeAtOnce(t *testing.T) {
	for name, kind := range servers {
		t.Run(name, func(t *testing.T) {
			s := kind.shared(t)
			u := s.NewUser("popular")
			contacts := make([]xmpptest.Contact, 300)
			for n := range contacts {
				contacts[n] = xmpptest.Contact{Name: "c" + strings.Repeat("x", n), Nick: "王小明", Group: "同学"}
			}
			s.AddContacts(u, contacts...)
			c, err := overTLS(t, s, trusting(s))
			if err != nil {
				t.Fatal(err)
			}
			c.signIn(u)
			c.write("<iq type='get' id='roster'><query xmlns='jabber:iq:roster'/></iq>")
			if got := strings.Count(c.until("</query></iq>"), "王小明"); got != len(contacts) {
				t.Errorf("%d contacts came", got)
			}
		})
	}
}
