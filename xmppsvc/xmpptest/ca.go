package xmpptest

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Certificate names the certificate that a test server shows. All of them but
// SelfSigned and OtherAuthority chain to the authority in [Server.CAFile].
type Certificate int

const (
	// Valid is issued for the domain and its subdomains by the server's authority.
	Valid Certificate = iota
	// Expired is like Valid, but ended yesterday.
	Expired
	// NotYetValid is like Valid, but begins tomorrow.
	NotYetValid
	// WrongHost is issued for "elsewhere.example" only.
	WrongHost
	// SelfSigned is signed by its own key, with the right names.
	SelfSigned
	// OtherAuthority has the right names, issued by an authority that nobody trusts.
	OtherAuthority
)

// authority is a certificate authority that lives as long as its server.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(tb testing.TB, name string) *authority {
	tb.Helper()
	a := &authority{key: newKey(tb)}
	template := &x509.Certificate{
		SerialNumber:          serial(tb),
		Subject:               pkix.Name{CommonName: name},
		NotBefore:             time.Now().Add(-time.Hour),
		NotAfter:              time.Now().Add(48 * time.Hour),
		IsCA:                  true,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
	a.cert = sign(tb, template, template, a.key, a.key)
	return a
}

// issue makes a leaf of the given kind for domain and writes the chain and the
// key below dir, where both kinds of server look for it.
func (a *authority) issue(tb testing.TB, dir, domain string, kind Certificate) *x509.Certificate {
	tb.Helper()
	key := newKey(tb)
	template := &x509.Certificate{
		SerialNumber: serial(tb),
		Subject:      pkix.Name{CommonName: domain},
		DNSNames:     []string{domain, "*." + domain},
		NotBefore:    time.Now().Add(-30 * 24 * time.Hour),
		NotAfter:     time.Now().Add(24 * time.Hour),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	parent, signer := a.cert, a.key
	switch kind {
	case Expired:
		template.NotAfter = time.Now().Add(-24 * time.Hour)
	case NotYetValid:
		template.NotBefore = time.Now().Add(23 * time.Hour)
	case WrongHost:
		template.Subject.CommonName = "elsewhere.example"
		template.DNSNames = []string{"elsewhere.example"}
	case SelfSigned:
		parent, signer = template, key
	case OtherAuthority:
		other := newAuthority(tb, "Nobody's authority")
		parent, signer = other.cert, other.key
	case Valid:
	}
	leaf := sign(tb, template, parent, key, signer)
	chain := []*x509.Certificate{leaf}
	if kind != SelfSigned {
		chain = append(chain, parent)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		tb.Fatalf("marshal the test key: %v", err)
	}
	keyPEM := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	writeFile(tb, filepath.Join(dir, "cert.pem"), encode(chain...))
	writeFile(tb, filepath.Join(dir, "key.pem"), keyPEM)
	// ejabberd matches certificates and keys among all the files it is given.
	writeFile(tb, filepath.Join(dir, "both.pem"), append(keyPEM, encode(chain...)...))
	return leaf
}

func sign(tb testing.TB, template, parent *x509.Certificate, key, signer *ecdsa.PrivateKey) *x509.Certificate {
	tb.Helper()
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		tb.Fatalf("create a test certificate: %v", err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		tb.Fatalf("read back a test certificate: %v", err)
	}
	return cert
}

func newKey(tb testing.TB) *ecdsa.PrivateKey {
	tb.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		tb.Fatalf("generate a test key: %v", err)
	}
	return key
}

func serial(tb testing.TB) *big.Int {
	tb.Helper()
	n, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		tb.Fatalf("draw a serial number: %v", err)
	}
	return n
}

func encode(certs ...*x509.Certificate) []byte {
	var out bytes.Buffer
	for _, c := range certs {
		out.Write(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}))
	}
	return out.Bytes()
}

func writeFile(tb testing.TB, path string, content []byte) {
	tb.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		tb.Fatalf("write %s: %v", filepath.Base(path), err)
	}
}
