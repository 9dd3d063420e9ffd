package stream

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"testing"
	"time"
)

// leaf makes a certificate that signs itself.
func leaf(tb testing.TB, host string, from, to time.Time) *x509.Certificate {
	tb.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	t := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: host}, DNSNames: []string{host}, NotBefore: from, NotAfter: to,
		IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, t, t, &key.PublicKey, key)
	if err != nil {
		tb.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		tb.Fatal(err)
	}
	return cert
}

func TestWhatWeighsMoreThanTheDateIsTold(t *testing.T) {
	now := time.Now()
	for name, c := range map[string]struct {
		host     string
		from, to time.Duration
		trusted  bool
		want     string
	}{
		"expired":                   {"a.example", -48 * time.Hour, -time.Hour, true, "expired"},
		"expired and untrusted":     {"a.example", -48 * time.Hour, -time.Hour, false, "untrusted"},
		"expired and of another":    {"b.example", -48 * time.Hour, -time.Hour, true, "wrong_host"},
		"not yet valid":             {"a.example", time.Hour, 48 * time.Hour, true, "not_yet_valid"},
		"not yet valid, untrusted":  {"a.example", time.Hour, 48 * time.Hour, false, "untrusted"},
		"untrusted":                 {"a.example", -time.Hour, time.Hour, false, "untrusted"},
		"of another":                {"b.example", -time.Hour, time.Hour, true, "wrong_host"},
		"good, so refused by a pin": {"a.example", -time.Hour, time.Hour, true, "pin_changed"},
	} {
		cert := leaf(t, c.host, now.Add(c.from), now.Add(c.to))
		roots := x509.NewCertPool()
		if c.trusted {
			roots.AddCert(cert)
		}
		err := check([]*x509.Certificate{cert}, roots, "a.example", now)
		if got := failure(cert, err); got != c.want {
			t.Errorf("%s: %s (%v), want %s", name, got, err, c.want)
		}
	}
}

func TestEndPointBindingHashesAsTheSignatureDoes(t *testing.T) {
	cert := leaf(t, "a.example", time.Now(), time.Now().Add(time.Hour))
	for algorithm, size := range map[x509.SignatureAlgorithm]int{
		x509.SHA1WithRSA: 32, x509.ECDSAWithSHA256: 32, x509.SHA384WithRSAPSS: 48, x509.SHA512WithRSA: 64, x509.PureEd25519: 0,
	} {
		c := *cert
		c.SignatureAlgorithm = algorithm
		if got := len(endPoint(&c)); got != size {
			t.Errorf("%v: %d bytes, want %d", algorithm, got, size)
		}
	}
}
