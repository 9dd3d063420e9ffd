package demo_test

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"mellium.im/sasl"

	"dovekie/xmppsvc/demo"
	"dovekie/xmppsvc/stanza"
)

func TestEveryMechanismSignsIn(t *testing.T) {
	for _, m := range []sasl.Mechanism{sasl.ScramSha1, sasl.ScramSha256} {
		t.Run(m.Name, func(t *testing.T) {
			s := start(t, demo.Options{})
			c := dial(t, s)
			if f := c.open(); !strings.Contains(f.String(), "<mechanism>"+m.Name+"</mechanism>") {
				t.Fatalf("%s is not offered: %v", m.Name, f)
			}
			if el := c.authenticate(m, "me", password); !el.Is(stanza.NSSASL, "success") {
				t.Fatal(el)
			}
			c.bind("desk")
			if c.jid.String() != "me@"+demo.Domain+"/desk" {
				t.Errorf("bound as %v", c.jid)
			}
		})
	}
}

// The login that never waits for what it knows (header with auth; then header, bind
// and all that follows in one write), and the one that does not even wait for success.
func TestPipelinedLoginIsTakenByteByByte(t *testing.T) {
	rest := header() + bindIQ("desk") + "<enable xmlns='urn:xmpp:sm:3'/>" +
		"<iq type='get' id='roster'><query xmlns='jabber:iq:roster' ver=''/></iq><presence/>"
	for name, eager := range map[string]bool{"after success": false, "behind the last response": true} {
		t.Run(name, func(t *testing.T) {
			c := dial(t, start(t, demo.Options{}))
			n := scram(sasl.ScramSha256, "me", password)
			c.write("%s", header()+auth(sasl.ScramSha256, step(t, n, "")))
			c.opened()
			final := response(step(t, n, c.next().Text()))
			if eager {
				c.write("%s", final+rest)
			} else {
				c.write("%s", final)
			}
			el := c.next()
			if !el.Is(stanza.NSSASL, "success") {
				t.Fatal(el)
			}
			step(t, n, el.Text())
			if !eager {
				c.write("%s", rest)
			}
			c.rd.Restart()
			c.opened()
			c.bound(c.next())
			c.expect("enabled", func(el *stanza.Element) bool { return el.Is("urn:xmpp:sm:3", "enabled") })
			roster := c.expect("the roster", func(el *stanza.Element) bool { return el.Get("id") == "roster" })
			if n := len(roster.First().Children()); n != 8 {
				t.Errorf("%d contacts, 8 expected", n)
			}
			c.expect("its own presence", presence("me@"+demo.Domain, ""))
		})
	}
}

func TestWrongPasswordAndUnknownUserLookAlike(t *testing.T) {
	s := start(t, demo.Options{})
	for _, user := range []string{"me", "nobody", demoContact} {
		c := dial(t, s)
		c.open()
		el := c.authenticate(sasl.ScramSha256, user, "wrong")
		if !el.Is(stanza.NSSASL, "failure") || el.Child(stanza.NSSASL, "not-authorized") == nil {
			t.Errorf("%s: %v", user, el)
		}
	}
}

const demoContact = "echo"

func TestThirdFailureEndsTheStream(t *testing.T) {
	c := dial(t, start(t, demo.Options{}))
	c.open()
	for range 3 {
		if el := c.authenticate(sasl.ScramSha1, "me", "wrong"); !el.Is(stanza.NSSASL, "failure") {
			t.Fatal(el)
		}
	}
	c.listen()
	if got := c.ended(); got != "policy-violation" {
		t.Errorf("ended with %q", got)
	}
}

func TestBadSASLIsRefused(t *testing.T) {
	cases := map[string]string{
		"<auth xmlns='" + stanza.NSSASL + "' mechanism='PLAIN'>AG1lAHg=</auth>":          "invalid-mechanism",
		"<auth xmlns='" + stanza.NSSASL + "' mechanism='SCRAM-SHA-256-PLUS'>biws</auth>": "invalid-mechanism", // no TLS, no binding
		"<auth xmlns='" + stanza.NSSASL + "' mechanism='SCRAM-SHA-256'>&#37;</auth>":     "incorrect-encoding",
		"<auth xmlns='" + stanza.NSSASL + "' mechanism='SCRAM-SHA-256'>eA==</auth>":      "malformed-request",
		"<abort xmlns='" + stanza.NSSASL + "'/>":                                         "aborted",
	}
	s := start(t, demo.Options{})
	for in, want := range cases {
		c := dial(t, s)
		c.open()
		c.write("%s", in)
		if el := c.next(); el.First() == nil || el.First().Name.Local != want {
			t.Errorf("%s: got %v, want %s", in, el, want)
		}
	}
}

func TestNothingButLoginBeforeLogin(t *testing.T) {
	c := dial(t, start(t, demo.Options{}))
	c.open()
	c.listen()
	c.write("<message to='%s'><body>x</body></message>", address("echo"))
	if got := c.ended(); got != "not-authorized" {
		t.Errorf("ended with %q", got)
	}
}

func TestForeignDomainIsNotServed(t *testing.T) {
	c := dial(t, start(t, demo.Options{}))
	c.write("%s", stanza.OpenStream("", "elsewhere.example", "", ""))
	if _, err := c.rd.Open(); err != nil {
		t.Fatal(err)
	}
	c.listen()
	if got := c.ended(); got != "host-unknown" {
		t.Errorf("ended with %q", got)
	}
}

func TestBrokenXMLEndsOnlyItsStream(t *testing.T) {
	s := start(t, demo.Options{})
	bad, good := login(t, s, "me", password, "bad"), login(t, s, "me", password, "good")
	bad.write("<message><body>&nbsp;</body></message>")
	if got := bad.ended(); got != "not-well-formed" {
		t.Errorf("ended with %q", got)
	}
	if el := good.ask("get", demo.Domain, "<ping xmlns='urn:xmpp:ping'/>"); el.Get("type") != "result" {
		t.Error(el)
	}
}

func TestNewerStreamTakesTheResource(t *testing.T) {
	s := start(t, demo.Options{})
	old := login(t, s, "me", password, "desk")
	login(t, s, "me", password, "desk")
	if got := old.ended(); got != "conflict" {
		t.Errorf("the older stream ended with %q", got)
	}
}

func TestForgedFromEndsTheStream(t *testing.T) {
	s := start(t, demo.Options{})
	c := login(t, s, "me", password, "desk")
	c.write("<message from='%s' to='%s'><body>x</body></message>", address("ben"), address("echo"))
	if got := c.ended(); got != "invalid-from" {
		t.Errorf("ended with %q", got)
	}
}

func TestOversizedStanzaIsRefusedAndTheStreamGoesOn(t *testing.T) {
	c := login(t, start(t, demo.Options{}), "me", password, "desk")
	c.write("<enable xmlns='urn:xmpp:sm:3'/>")
	go c.write("<message to='%s' id='big'><body>%s</body></message><r xmlns='urn:xmpp:sm:3'/>", address("echo"), strings.Repeat("x", 300<<10))
	el := c.expect("an error", func(el *stanza.Element) bool { return el.Get("id") == "big" })
	if condition(el) != "policy-violation" {
		t.Error(el)
	}
	a := c.expect("an ack", func(el *stanza.Element) bool { return el.Is("urn:xmpp:sm:3", "a") })
	if a.Get("h") != "1" {
		t.Errorf("the skipped stanza counts as handled, got h=%s", a.Get("h"))
	}
}

func TestCloseSaysGoodbye(t *testing.T) {
	s := start(t, demo.Options{})
	c := owner(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if got := c.ended(); got != "system-shutdown" || !errors.Is(c.err, stanza.ErrStreamClosed) {
		t.Errorf("ended with %q, %v", got, c.err)
	}
	if _, err := s.Dial(t.Context()); err == nil {
		t.Error("a closed server takes a connection")
	}
}

func TestClientThatReadsNothingDoesNotHoldCloseUp(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := start(t, demo.Options{})
		c := dial(t, s)
		c.write("%s", header()) // the answer waits in the pipe
		began := time.Now()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if took := time.Since(began); took > 3*time.Second {
			t.Errorf("it took %v", took)
		}
	})
}

func TestClientsGoodbyeIsAnswered(t *testing.T) {
	c := owner(t, start(t, demo.Options{}))
	c.write("%s", stanza.CloseStream)
	if got := c.ended(); got != "" || !errors.Is(c.err, stanza.ErrStreamClosed) {
		t.Errorf("ended with %q, %v", got, c.err)
	}
}

func TestSilentConnectionIsClosed(t *testing.T) {
	bubble(t, func(t *testing.T) {
		c := dial(t, start(t, demo.Options{}))
		began := time.Now()
		_, err := c.nc.Read(make([]byte, 1000)) // a header, for the error to stand in
		if err == nil {
			_, err = io.ReadAll(c.nc)
		}
		if took := time.Since(began); err != nil || took < 30*time.Second || took > 2*time.Minute {
			t.Errorf("closed after %v, %v", took, err)
		}
	})
}

func TestTLSBothWaysWithChannelBinding(t *testing.T) {
	s := start(t, demo.Options{})
	addr, err := s.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	pem, err := os.ReadFile(s.CAFile())
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		t.Fatal("the CA file holds no certificate")
	}
	for _, direct := range []bool{true, false} {
		for _, m := range []sasl.Mechanism{sasl.ScramSha256Plus, sasl.ScramSha1Plus} {
			c := tlsClient(t, addr.String(), direct, &tls.Config{RootCAs: roots, ServerName: demo.Domain, NextProtos: []string{"xmpp-client"}})
			f := c.open()
			if b := f.Child("urn:xmpp:sasl-cb:0", "sasl-channel-binding"); b.First().Get("type") != "tls-exporter" {
				t.Errorf("no binding offered: %v", f)
			}
			cs := c.nc.(*tls.Conn).ConnectionState()
			if el := c.authenticate(m, "me", password, sasl.TLSState(cs), sasl.RemoteMechanisms(m.Name)); !el.Is(stanza.NSSASL, "success") {
				t.Errorf("%s, direct %v: %v", m.Name, direct, el)
			}
		}
	}
}

func TestTakenAwayBindingIsNoticed(t *testing.T) {
	s := start(t, demo.Options{})
	addr, err := s.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := tlsClient(t, addr.String(), true, &tls.Config{InsecureSkipVerify: true})
	c.open()
	// "y": the client could bind and was told that the server cannot.
	c.write("%s", auth(sasl.ScramSha256, "eSwsbj1tZSxyPWFiY2RlZmdoaWo="))
	if el := c.next(); el.Child(stanza.NSSASL, "not-authorized") == nil {
		t.Error(el)
	}
}

func TestTheAuthorityVouchesForNothingElse(t *testing.T) {
	s := start(t, demo.Options{})
	if _, err := s.Listen("0.0.0.0:0"); err == nil {
		t.Error("the server opened itself to the network")
	}
	if _, err := s.Listen("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"ca.pem", "ca-key.pem", "server.json"} {
		st, err := os.Stat(strings.TrimSuffix(s.CAFile(), "ca.pem") + name)
		if err != nil || st.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", name, st, err)
		}
	}
}

func TestPlaintextBehindStartTLSEndsTheConnection(t *testing.T) {
	s := start(t, demo.Options{})
	addr, err := s.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := rawTCP(t, addr.String())
	c.open()
	c.write("<starttls xmlns='%s'/><message/>", stanza.NSTLS)
	c.listen()
	c.never(3*time.Second, "proceed", func(el *stanza.Element) bool { return el.Is(stanza.NSTLS, "proceed") })
	if c.err == nil {
		t.Error("the connection stayed")
	}
}
