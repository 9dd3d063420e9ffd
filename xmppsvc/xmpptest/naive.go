package xmpptest

import (
	"crypto/tls"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"net"
	"testing"
)

// Naive is a client that waits for the answer to each step, as RFC 6120 tells the story:
// what our figures are to be held against. It even has an easier password exchange (PLAIN).
type Naive struct {
	tb   testing.TB
	conn net.Conn
	dec  *xml.Decoder
}

// NaiveLogin signs in at addr, by direct TLS or else by STARTTLS, step by step until the
// presence is written. The connection ends with the test.
func NaiveLogin(tb testing.TB, s *Server, u User, addr string, direct bool) *Naive {
	tb.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = conn.Close() })
	n := &Naive{tb: tb, conn: conn}
	if !direct {
		n.open(s.Domain())
		n.Say(`<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>`, "proceed")
	}
	secure := tls.Client(conn, &tls.Config{ServerName: s.Domain(), RootCAs: s.CAPool(), NextProtos: []string{"xmpp-client"}})
	if err := secure.Handshake(); err != nil {
		tb.Fatal(err)
	}
	n.conn = secure
	n.open(s.Domain())
	secret := base64.StdEncoding.EncodeToString([]byte("\x00" + u.Name + "\x00" + u.Password))
	n.Say(`<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>`+secret+`</auth>`, "success")
	n.open(s.Domain())
	n.Say(`<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>`, "iq")
	n.Say(`<enable xmlns='urn:xmpp:sm:3' resume='true'/>`, "enabled")
	n.Say(`<iq type='get' id='r'><query xmlns='jabber:iq:roster'/></iq>`, "iq")
	if _, err := n.conn.Write([]byte(`<presence/>`)); err != nil {
		tb.Fatal(err)
	}
	return n
}

// Say writes, and reads until an element of this name has come.
func (n *Naive) Say(text, until string) {
	n.tb.Helper()
	if _, err := n.conn.Write([]byte(text)); err != nil {
		n.tb.Fatal(err)
	}
	depth := 0
	for {
		token, err := n.dec.Token()
		if err != nil {
			n.tb.Fatalf("after %q: %v", text, err)
		}
		switch el := token.(type) {
		case xml.StartElement:
			if el.Name.Local == "stream" && el.Name.Space == "http://etherx.jabber.org/streams" {
				continue
			}
			depth++
		case xml.EndElement:
			depth--
			if depth > 0 {
				continue
			}
			if el.Name.Local == until {
				return
			}
			if el.Name.Local == "failure" || el.Name.Local == "error" {
				n.tb.Fatalf("after %q: refused", text)
			}
		}
	}
}

func (n *Naive) open(domain string) {
	n.dec = xml.NewDecoder(n.conn)
	n.Say(fmt.Sprintf(`<?xml version='1.0'?><stream:stream to='%s' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>`, domain), "features")
}
