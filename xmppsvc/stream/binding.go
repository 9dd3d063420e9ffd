package stream

import (
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"slices"

	_ "crypto/sha256" // for tls-server-end-point
	_ "crypto/sha512"
)

// The channel bindings we have, best first.
const (
	bindExporter = "tls-exporter"         // RFC 9266
	bindUnique   = "tls-unique"           // RFC 5929 §3, TLS 1.2 only
	bindEndPoint = "tls-server-end-point" // RFC 5929 §4
)

// bindings are the channel bindings that this connection has, best first.
func bindings(c *tls.Conn) []string {
	if c == nil {
		return nil
	}
	var out []string
	for _, typ := range []string{bindExporter, bindUnique, bindEndPoint} {
		if len(bindingData(c, typ)) > 0 {
			out = append(out, typ)
		}
	}
	return out
}

// bindingData is what proves that both ends see the same connection, nil where the
// connection does not have that type: tls-exporter on TLS 1.2 needs the extended master
// secret, tls-unique a full handshake below TLS 1.3 with it.
func bindingData(c *tls.Conn, typ string) []byte {
	if c == nil {
		return nil
	}
	cs := c.ConnectionState()
	switch typ {
	case bindExporter:
		out, err := cs.ExportKeyingMaterial("EXPORTER-Channel-Binding", nil, 32)
		if err != nil {
			return nil
		}
		return out
	case bindUnique:
		if cs.Version > tls.VersionTLS12 {
			return nil
		}
		return cs.TLSUnique
	case bindEndPoint:
		if len(cs.PeerCertificates) == 0 {
			return nil
		}
		return endPoint(cs.PeerCertificates[0])
	}
	return nil
}

// endPoint hashes the certificate with the hash of its signature, SHA-256 in place of
// what is weaker (RFC 5929 §4.1); nil where the signature has no single hash.
func endPoint(leaf *x509.Certificate) []byte {
	var h crypto.Hash
	switch leaf.SignatureAlgorithm {
	case x509.MD5WithRSA, x509.SHA1WithRSA, x509.ECDSAWithSHA1, x509.DSAWithSHA1,
		x509.SHA256WithRSA, x509.SHA256WithRSAPSS, x509.ECDSAWithSHA256, x509.DSAWithSHA256:
		h = crypto.SHA256
	case x509.SHA384WithRSA, x509.SHA384WithRSAPSS, x509.ECDSAWithSHA384:
		h = crypto.SHA384
	case x509.SHA512WithRSA, x509.SHA512WithRSAPSS, x509.ECDSAWithSHA512:
		h = crypto.SHA512
	default:
		return nil
	}
	sum := h.New()
	sum.Write(leaf.Raw)
	return sum.Sum(nil)
}

// pickBinding chooses by the rules for servers of all ages. With a list of types
// (XEP-0440) the best of ours that is on it. Without one only tls-unique on TLS 1.2 is
// known to work: servers that offer -PLUS on TLS 1.3 without the list refuse
// tls-exporter. missed: a list was given and nothing of ours is on it.
func pickBinding(have, listed []string) (typ string, missed bool) {
	if len(listed) == 0 {
		if slices.Contains(have, bindUnique) {
			return bindUnique, false
		}
		return "", false
	}
	for _, typ := range have {
		if slices.Contains(listed, typ) {
			return typ, false
		}
	}
	return "", true
}
