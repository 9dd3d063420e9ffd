package demo

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"

	"dovekie/xmppsvc/model"
)

const (
	caFile   = "ca.pem"
	caKey    = "ca-key.pem"
	caYears  = 10
	leafDays = 365
)

// CAFile is the file with the certificate that vouches for the server on TLS; Listen
// makes it.
func (s *Server) CAFile() string { return filepath.Join(s.opt.Dir, caFile) }

// Listen opens the server on a loopback address, "127.0.0.1:0" for a free port. The
// port takes both kinds of client: those that begin with TLS and those that ask for
// it with STARTTLS. The certificate is for [Domain] and localhost.
func (s *Server) Listen(addr string) (net.Addr, error) {
	host, _, err := net.SplitHostPort(addr)
	if ip := net.ParseIP(host); err != nil || host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, model.Errorf(model.ErrInvalid, "the demo server listens on a loopback address only, not on %q", addr)
	}
	config, err := s.tlsConfig()
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("open the demo server: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		l.Close()
		return nil, net.ErrClosed
	}
	s.tls = config
	s.listeners = append(s.listeners, l)
	s.wg.Go(func() { s.serve(l) })
	return l.Addr(), nil
}

// serve takes connections until the listener is closed.
func (s *Server) serve(l net.Listener) {
	for {
		nc, err := l.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			s.opt.Logger.Warn("a connection was not accepted", "cause", err.Error())
			continue
		}
		s.mu.Lock()
		if s.closed || s.isCut() || len(s.conns) >= maxConns {
			nc.Close()
		} else {
			s.accept(nc, false)
		}
		s.mu.Unlock()
	}
}

// begun gives back a byte that was looked at.
type begun struct {
	net.Conn
	first []byte
}

func (b *begun) Read(p []byte) (int, error) {
	if len(b.first) > 0 {
		n := copy(p, b.first)
		b.first = b.first[n:]
		return n, nil
	}
	return b.Conn.Read(p)
}

// detect looks at the first byte: a TLS record of a handshake begins with 22, an XML
// stream cannot.
func (c *conn) detect() error {
	first := make([]byte, 1)
	if _, err := c.nc.Read(first); err != nil {
		return err
	}
	nc := &begun{Conn: c.nc, first: first}
	if first[0] != 22 {
		c.rd.Reset(nc)
		return c.goOn(nc)
	}
	var config *tls.Config
	c.srv.do(func() { config = c.srv.tls })
	return c.handshake(nc, config)
}

// tlsConfig makes what is missing in the folder: an authority for ten years and, at
// each start, a certificate for one.
func (s *Server) tlsConfig() (*tls.Config, error) {
	ca, key, err := s.authority()
	if err != nil {
		return nil, fmt.Errorf("make the demo's authority: %w", err)
	}
	leafKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make the demo's certificate: %w", err)
	}
	t := template("Dovekie demo server", 0, leafDays)
	t.DNSNames = []string{Domain, "localhost"}
	t.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback}
	t.KeyUsage = x509.KeyUsageDigitalSignature
	t.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	der, err := x509.CreateCertificate(rand.Reader, t, ca, &leafKey.PublicKey, key)
	if err != nil {
		return nil, fmt.Errorf("make the demo's certificate: %w", err)
	}
	return &tls.Config{
		MinVersion:   tls.VersionTLS12,
		Certificates: []tls.Certificate{{Certificate: [][]byte{der, ca.Raw}, PrivateKey: leafKey}},
		NextProtos:   []string{"xmpp-client"}, // XEP-0368
	}, nil
}

// authority reads or makes the folder's own authority.
func (s *Server) authority() (*x509.Certificate, *ecdsa.PrivateKey, error) {
	certPEM, err := os.ReadFile(s.CAFile())
	keyPEM, err2 := os.ReadFile(filepath.Join(s.opt.Dir, caKey))
	if err = errors.Join(err, err2); err == nil {
		if ca, key, err := parseAuthority(certPEM, keyPEM); err == nil && time.Until(ca.NotAfter) > 2*leafDays*24*time.Hour {
			return ca, key, nil
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, nil, err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	t := template("Dovekie demo authority", caYears, 0)
	t.IsCA, t.BasicConstraintsValid, t.MaxPathLenZero = true, true, true
	t.KeyUsage = x509.KeyUsageCertSign
	// It vouches for nothing but this demo, wherever the file may end up.
	t.PermittedDNSDomainsCritical = true
	t.PermittedDNSDomains = []string{Domain, "localhost"}
	t.PermittedIPRanges = []*net.IPNet{
		{IP: net.IPv4(127, 0, 0, 0).To4(), Mask: net.CIDRMask(8, 32)},
		{IP: net.IPv6loopback, Mask: net.CIDRMask(128, 128)},
	}
	der, err := x509.CreateCertificate(rand.Reader, t, t, &key.PublicKey, key)
	if err != nil {
		return nil, nil, err
	}
	ca, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, nil, err
	}
	raw, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, nil, err
	}
	err = errors.Join(
		writeFile(filepath.Join(s.opt.Dir, caKey), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw})),
		writeFile(s.CAFile(), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})))
	return ca, key, err
}

func parseAuthority(certPEM, keyPEM []byte) (*x509.Certificate, *ecdsa.PrivateKey, error) {
	pair, err := tls.X509KeyPair(bytes.TrimSpace(certPEM), bytes.TrimSpace(keyPEM))
	if err != nil {
		return nil, nil, err
	}
	key, ok := pair.PrivateKey.(*ecdsa.PrivateKey)
	if !ok {
		return nil, nil, errors.New("not an ECDSA key")
	}
	return pair.Leaf, key, nil
}

// template is a certificate that is valid from an hour ago.
func template(name string, years, days int) *x509.Certificate {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		serial = big.NewInt(time.Now().UnixNano())
	}
	return &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{CommonName: name},
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().AddDate(years, 0, days),
	}
}
