package xmpptest_test

import (
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"dovekie/xmppsvc/xmpptest"
)

// client is as much of XMPP as it takes to see whether a server does its part:
// it writes text and waits for text.
type client struct {
	tb   testing.TB
	conn net.Conn
	read strings.Builder
}

func dial(tb testing.TB, addr string) *client {
	tb.Helper()
	conn, err := net.DialTimeout("tcp", addr, 5*time.Second)
	if err != nil {
		tb.Fatalf("dial: %v", err)
	}
	tb.Cleanup(func() { _ = conn.Close() })
	return &client{tb: tb, conn: conn}
}

// open begins a stream and returns what the server offers.
func (c *client) open(domain string) string {
	c.tb.Helper()
	c.write("<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0' to='%s'>", domain)
	return c.until("</stream:features>")
}

func (c *client) write(format string, args ...any) {
	c.tb.Helper()
	if _, err := fmt.Fprintf(c.conn, format, args...); err != nil {
		c.tb.Fatalf("write: %v", err)
	}
}

// until reads until end has come and returns what came since the last call.
func (c *client) until(end string) string {
	c.tb.Helper()
	if err := c.conn.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		c.tb.Fatal(err)
	}
	buf := make([]byte, 4096)
	for !strings.Contains(c.read.String(), end) {
		n, err := c.conn.Read(buf)
		c.read.Write(buf[:n])
		if err != nil {
			c.tb.Fatalf("waiting for %q: %v; had %q", end, err, c.read.String())
		}
	}
	got := c.read.String()
	c.read.Reset()
	return got
}

// reply reads until the whole answer to an IQ has come.
func (c *client) reply() string {
	c.tb.Helper()
	got := c.until("<iq")
	for !strings.Contains(got, "</iq>") && !strings.HasSuffix(got, "/>") {
		got += c.until(">")
	}
	return got
}

func (c *client) secure(cfg *tls.Config) error {
	conn := tls.Client(c.conn, cfg)
	if err := conn.Handshake(); err != nil {
		return err
	}
	c.conn = conn
	return nil
}

// signIn runs SASL PLAIN, binds and sends presence.
func (c *client) signIn(u xmpptest.User) {
	c.tb.Helper()
	c.open(u.Domain)
	secret := base64.StdEncoding.EncodeToString([]byte("\x00" + u.Name + "\x00" + u.Password))
	c.write("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>%s</auth>", secret)
	c.until("<success")
	c.open(u.Domain)
	c.write("<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>")
	c.until("</iq>")
	c.write("<presence/>")
	c.until("<presence")
}

// overTLS opens a stream on the STARTTLS port and secures it.
func overTLS(t *testing.T, s *xmpptest.Server, cfg *tls.Config) (*client, error) {
	t.Helper()
	c := dial(t, s.StartTLSAddr())
	c.open(s.Domain())
	c.write("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")
	c.until("<proceed")
	return c, c.secure(cfg)
}

func trusting(s *xmpptest.Server) *tls.Config {
	return &tls.Config{RootCAs: s.CAPool(), ServerName: s.Domain(), MinVersion: tls.VersionTLS12}
}
