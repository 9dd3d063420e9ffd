package stream

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"time"

	"dovekie/xmppsvc/model"
)

// alpn is the protocol of direct TLS (XEP-0368 §4). STARTTLS has none.
const alpn = "xmpp-client"

// tlsConfig verifies by itself, so that a certificate which fails can be judged with
// all of the connection's state. There is no session cache: each handshake is full and
// each certificate is looked at.
func (t *transport) tlsConfig() *tls.Config {
	c := &tls.Config{
		MinVersion:         tls.VersionTLS12,
		ServerName:         t.host,
		InsecureSkipVerify: true, // verify does it, always
		VerifyConnection:   t.verify,
	}
	if t.end.kind == directTLS {
		c.NextProtos = []string{alpn}
	}
	return c
}

// verify runs inside the handshake, before anything of ours is sent through it. The
// name is that of the JID's domain (RFC 6120 §13.7.2.1), wherever SRV led.
func (t *transport) verify(cs tls.ConnectionState) error {
	if len(cs.PeerCertificates) == 0 {
		return errors.New("the server showed no certificate")
	}
	pkix := check(cs.PeerCertificates, t.cfg.Roots, t.host, time.Now())
	err := pkix
	if t.trust != nil {
		err = t.trust(t.domain, cs, pkix)
	}
	if t.ctx.Err() != nil {
		return t.ctx.Err() // nobody is asked any more
	}
	t.cfg.Trace.Chain(cs.PeerCertificates, pkix, err)
	if err != nil {
		refused := rejected(t.domain, cs.PeerCertificates[0], pkix, err)
		t.cfg.Trace.Step("certificate", "refused: "+refused.Reason, 0)
		return refused
	}
	how := "valid for " + t.host
	if pkix != nil {
		how = "accepted by decision, though " + failure(cs.PeerCertificates[0], pkix)
	}
	t.cfg.Trace.Step("certificate", how, 0)
	return nil
}

// check is the PKIX verification for host. Of a certificate that is out of date it also
// says what else is wrong: a name or an issuer that does not fit weighs more.
func check(chain []*x509.Certificate, roots *x509.CertPool, host string, now time.Time) error {
	leaf := chain[0]
	opts := x509.VerifyOptions{Roots: roots, DNSName: host, CurrentTime: now, Intermediates: x509.NewCertPool()}
	for _, c := range chain[1:] {
		opts.Intermediates.AddCert(c)
	}
	_, err := leaf.Verify(opts)
	var invalid x509.CertificateInvalidError
	if errors.As(err, &invalid) && invalid.Reason == x509.Expired {
		opts.CurrentTime = leaf.NotAfter.Add(-time.Second)
		if _, other := leaf.Verify(opts); other != nil && !errors.As(other, &invalid) {
			return other
		}
	}
	return err
}

// Fingerprint is the SHA-256 of the certificate's public key (SPKI), hex: what is
// pinned.
func Fingerprint(c *x509.Certificate) string {
	sum := sha256.Sum256(c.RawSubjectPublicKeyInfo)
	return hex.EncodeToString(sum[:])
}

// rejected is the question a refused certificate becomes.
func rejected(domain string, leaf *x509.Certificate, pkix, cause error) *model.Error {
	reason := failure(leaf, pkix)
	var told *model.Error
	if errors.As(cause, &told) && told.Reason != "" {
		reason = told.Reason
	}
	facts := &CertificateError{
		Subject: name(leaf.Subject.String(), leaf.DNSNames), Issuer: name(leaf.Issuer.String(), nil),
		NotBefore: leaf.NotBefore, NotAfter: leaf.NotAfter, Err: cause,
	}
	e := fail(model.ErrCertificateRejected, facts, "%s", sentence(domain, reason))
	e.Host, e.Fingerprint, e.Reason = domain, Fingerprint(leaf), reason
	return e
}

// failure puts the result of the check into one of model.Error's reasons. A good
// certificate that was refused all the same is not the pinned one.
func failure(leaf *x509.Certificate, pkix error) string {
	var invalid x509.CertificateInvalidError
	var hostname x509.HostnameError
	switch {
	case pkix == nil:
		return "pin_changed"
	case errors.As(pkix, &hostname):
		return "wrong_host"
	case errors.As(pkix, &invalid) && invalid.Reason == x509.Expired && time.Now().Before(leaf.NotBefore):
		return "not_yet_valid"
	case errors.As(pkix, &invalid) && invalid.Reason == x509.Expired:
		return "expired"
	}
	return "untrusted"
}

func sentence(domain, reason string) string {
	switch reason {
	case "pin_changed":
		return fmt.Sprintf("The certificate of %s is not the one that was accepted before.", domain)
	case "wrong_host":
		return fmt.Sprintf("The server's certificate was not made for %s.", domain)
	case "not_yet_valid":
		return fmt.Sprintf("The certificate of %s is not valid yet.", domain)
	case "expired":
		return fmt.Sprintf("The certificate of %s has expired.", domain)
	}
	return fmt.Sprintf("The certificate of %s is not signed by anybody we trust.", domain)
}

func name(subject string, dns []string) string {
	if subject == "" && len(dns) > 0 {
		return readable(dns[0])
	}
	return readable(subject)
}

// handshake secures conn. The error tells a certificate that was refused, an endpoint
// that does not speak TLS and all else apart.
func (t *transport) handshake(ctx context.Context, conn net.Conn) (*tls.Conn, error) {
	client := tls.Client(conn, t.tlsConfig())
	err := client.HandshakeContext(ctx)
	if err == nil {
		return client, nil
	}
	var told *model.Error
	var record tls.RecordHeaderError
	var alert tls.AlertError
	var opError *net.OpError
	switch {
	case ctx.Err() != nil:
		return nil, explain(ctx, err, t.domain)
	case errors.As(err, &told):
		return nil, told
	case errors.As(err, &record) && t.end.kind == startTLS && record.RecordHeader[0] == '<':
		// It had agreed to TLS and says goodbye in the clear, as one that is stopped does.
		return nil, explain(ctx, err, t.domain)
	case errors.As(err, &record):
		return nil, withHost(fail(model.ErrTLSRequired, fmt.Errorf("%w: %w", errWrongSecurity, err),
			"%s does not speak TLS here.", t.domain), t.domain)
	case errors.As(err, &alert), errors.As(err, &opError) && opError.Op == "remote error":
		return nil, withHost(fail(model.ErrTLSRequired, err, "%s offers no encryption that is good enough.", t.domain), t.domain)
	}
	return nil, explain(ctx, err, t.domain)
}

// tlsVersion is the version for people, "" without TLS.
func tlsVersion(c *tls.Conn) string {
	if c == nil {
		return ""
	}
	switch c.ConnectionState().Version {
	case tls.VersionTLS12:
		return "1.2"
	case tls.VersionTLS13:
		return "1.3"
	}
	return ""
}
