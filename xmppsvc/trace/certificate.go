package trace

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"slices"
	"strconv"
	"time"
)

// Verdict says what was made of the certificates.
type Verdict string

// The verdicts. A pinned key is one that the user accepted for good; one that was
// accepted is good for this run.
const (
	Verified Verdict = "verified"
	Pinned   Verdict = "pinned"
	Accepted Verdict = "accepted"
	Refused  Verdict = "refused"
)

// Certificate is one certificate as facts.
type Certificate struct {
	Subject   string
	Issuer    string
	Names     []string // that it is made for, at most maxNames
	NotBefore time.Time
	NotAfter  time.Time
	SPKI      string // SHA-256 of the public key, hex: what is pinned
	Key       string // "ECDSA P-256", "RSA 2048", …
}

// A hostile chain costs no more than this.
const (
	maxChain = 8
	maxNames = 8
	maxName  = 256
)

// Chain records the certificates that the server showed. pkix is what the check of the
// chain said, err what was decided; both may be nil.
func (t *Trace) Chain(chain []*x509.Certificate, pkix, err error) {
	if t == nil || t.at == nil || len(chain) == 0 {
		return
	}
	facts := make([]Certificate, 0, len(chain))
	for _, c := range chain[:min(len(chain), maxChain)] {
		facts = append(facts, factsOf(c))
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	verdict := Accepted
	switch {
	case err != nil:
		verdict = Refused
	case slices.Contains(t.at.pins, facts[0].SPKI):
		verdict = Pinned
	case pkix == nil:
		verdict = Verified
	}
	t.at.Chain, t.at.Verdict = facts, verdict
}

func factsOf(c *x509.Certificate) Certificate {
	sum := sha256.Sum256(c.RawSubjectPublicKeyInfo)
	f := Certificate{
		Subject: cut(c.Subject.String(), maxName), Issuer: cut(c.Issuer.String(), maxName),
		NotBefore: c.NotBefore, NotAfter: c.NotAfter, SPKI: hex.EncodeToString(sum[:]), Key: keyName(c),
	}
	for _, name := range c.DNSNames[:min(len(c.DNSNames), maxNames)] {
		f.Names = append(f.Names, cut(name, maxName))
	}
	return f
}

func keyName(c *x509.Certificate) string {
	switch key := c.PublicKey.(type) {
	case *rsa.PublicKey:
		return "RSA " + strconv.Itoa(key.N.BitLen())
	case *ecdsa.PublicKey:
		return "ECDSA " + key.Curve.Params().Name
	case ed25519.PublicKey:
		return "Ed25519"
	}
	return c.PublicKeyAlgorithm.String()
}
