package stream_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha1"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"fmt"
	"io"
	"math/big"
	"net"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stanza"
	"dovekie/xmppsvc/stream"
	"dovekie/xmppsvc/trace"
)

const (
	scriptedDomain = "scripted.test"
	scriptedPass   = "correct horse battery"
)

// peer is the server's end of one connection; a script drives it. Whatever fails on it
// ends the script quietly: the test judges by what the client says.
type peer struct {
	tb   testing.TB
	conn net.Conn
	rd   *stanza.Reader

	highest uint16 // version of TLS, 0 for the newest
}

// scripted listens on loopback and runs the script for each connection until the test
// ends.
func scripted(tb testing.TB, script func(p *peer)) string {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	var open []net.Conn
	wg.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			open = append(open, conn)
			mu.Unlock()
			wg.Go(func() {
				defer conn.Close()
				p := &peer{tb: tb, conn: conn}
				p.rd = stanza.NewReader(conn, stanza.DefaultLimits)
				script(p)
			})
		}
	})
	tb.Cleanup(func() {
		_ = l.Close()
		mu.Lock()
		for _, c := range open {
			_ = c.Close()
		}
		mu.Unlock()
		wg.Wait()
	})
	return l.Addr().String()
}

func (p *peer) must(err error) {
	if err != nil {
		runtime.Goexit()
	}
}

func (p *peer) send(format string, args ...any) {
	_, err := fmt.Fprintf(p.conn, format, args...)
	p.must(err)
}

func (p *peer) next() *stanza.Element {
	el, err := p.rd.Next()
	p.must(err)
	return el
}

// wait reads until the client goes.
func (p *peer) wait() { _, _ = io.Copy(io.Discard, p.conn) }

// open exchanges headers and sends features.
func (p *peer) open(features string) {
	_, err := p.rd.Open()
	p.must(err)
	p.send("<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' id='1' version='1.0' from='%s'>"+
		"<stream:features>%s</stream:features>", scriptedDomain, features)
}

const offerTLS = "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls>"

func mechanisms(names ...string) string {
	return "<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>" + strings.Join(names, "</mechanism><mechanism>") + "</mechanism></mechanisms>"
}

// secure begins with STARTTLS as a good server does.
func (p *peer) secure() {
	p.open(offerTLS)
	p.next()
	p.send("<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")
	p.tls()
}

func (p *peer) tls() { p.handshake(scriptedCert()) }

// foreignTLS shows a certificate that nobody trusts.
func (p *peer) foreignTLS() { p.handshake(newCert()) }

func (p *peer) handshake(cert issued) {
	conn := tls.Server(p.conn, &tls.Config{Certificates: []tls.Certificate{cert.pair}, MaxVersion: p.highest})
	p.must(conn.Handshake())
	p.conn = conn
	p.rd.Reset(conn)
}

// sasl sends one element of a SASL exchange.
func (p *peer) sasl(name, text string) {
	p.send("<%s xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>%s</%s>", name, base64.StdEncoding.EncodeToString([]byte(text)), name)
}

func (p *peer) failure(condition string) {
	p.send("<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><%s/></failure>", condition)
}

// scramFirst takes <auth/> and challenges; nonce is added to the client's.
func (p *peer) scramFirst(nonce string, iterations int) (clientFirst, serverFirst string) {
	raw, err := base64.StdEncoding.DecodeString(p.next().Text())
	p.must(err)
	_, bare, _ := strings.Cut(string(raw), ",,")
	_, theirs, _ := strings.Cut(bare, ",r=")
	serverFirst = fmt.Sprintf("r=%s%s,s=%s,i=%d", theirs, nonce, base64.StdEncoding.EncodeToString([]byte("salt and pepper")), iterations)
	p.sasl("challenge", serverFirst)
	return bare, serverFirst
}

// scramFinal takes the proof and returns the right signature.
func (p *peer) scramFinal(clientFirst, serverFirst string) string {
	raw, err := base64.StdEncoding.DecodeString(p.next().Text())
	p.must(err)
	return signature(p, clientFirst, serverFirst, string(raw))
}

// signature proves that the server knows the password.
func signature(p *peer, clientFirst, serverFirst, clientFinal string) string {
	withoutProof, _, _ := strings.Cut(clientFinal, ",p=")
	salted, err := pbkdf2.Key(sha1.New, scriptedPass, []byte("salt and pepper"), 4096, 20)
	p.must(err)
	key := hmac.New(sha1.New, salted)
	key.Write([]byte("Server Key"))
	m := hmac.New(sha1.New, key.Sum(nil))
	m.Write([]byte(clientFirst + "," + serverFirst + "," + withoutProof))
	return "v=" + base64.StdEncoding.EncodeToString(m.Sum(nil))
}

// signedIn takes a client from the beginning to a bound stream, in process, and answers
// <enable/> if sm.
func (p *peer) signedIn(sm bool) {
	p.open(mechanisms("PLAIN"))
	p.next()
	p.send("<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>")
	p.rd.Restart()
	offer := "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>"
	if sm {
		offer += "<sm xmlns='urn:xmpp:sm:3'/>"
	}
	p.open(offer)
	p.bound()
	if sm {
		p.next()
		p.send("<enabled xmlns='urn:xmpp:sm:3' id='some-id' resume='true'/>")
	}
}

// bound answers the request for a resource.
func (p *peer) bound() {
	iq := p.next()
	p.send("<iq type='result' id='%s'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>me@%s/here</jid></bind></iq>", iq.Get("id"), scriptedDomain)
}

type issued struct {
	pair tls.Certificate
	pool *x509.CertPool
}

// scriptedCert is a certificate for scriptedDomain that its pool trusts.
var scriptedCert = sync.OnceValue(newCert)

func newCert() issued {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	t := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: scriptedDomain}, DNSNames: []string{scriptedDomain},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, t, t, &key.PublicKey, key)
	if err != nil {
		panic(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		panic(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	return issued{tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool}
}

// scriptedConfig signs in at a scripted server by STARTTLS.
func scriptedConfig(tb testing.TB, addr string) stream.Config {
	tb.Helper()
	tr := trace.New(500)
	tr.WatchStanzas(true)
	tb.Cleanup(func() {
		if tb.Failed() {
			dump(tb, tr)
		}
	})
	return stream.Config{
		JID: jid.MustParse("me@" + scriptedDomain), Password: model.NewSecret(scriptedPass), Resource: "here",
		Address: addr, Security: model.SecurityStartTLS, Roots: scriptedCert().pool, Trace: tr,
	}
}

// inProcess makes the connection a trusted one without TLS.
func inProcess(c stream.Config) stream.Config {
	addr := c.Address
	c.Security = model.SecurityInProcess
	c.Dial = func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "tcp", addr)
	}
	return c
}

// noSecrets fails if the password shows anywhere.
func noSecrets(tb testing.TB, tr *trace.Trace, err error) {
	tb.Helper()
	entries, _ := tr.Since(0)
	seen := fmt.Sprintf("%v %+v %#v", err, err, err)
	for _, e := range entries {
		seen += e.Detail + e.XML
	}
	for _, secret := range []string{
		scriptedPass, base64.StdEncoding.EncodeToString([]byte(scriptedPass)),
		base64.StdEncoding.EncodeToString([]byte("\x00me\x00" + scriptedPass)),
	} {
		if strings.Contains(seen, secret) {
			tb.Errorf("a secret shows in %s", seen)
		}
	}
}
