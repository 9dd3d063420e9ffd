package stream_test

import (
	"crypto/tls"
	"errors"
	"strings"
	"testing"

	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stream"
	"dovekie/xmppsvc/xmpptest"
)

func TestCertificatesThatFailAreQuestions(t *testing.T) {
	srv := xmpptest.Prosody(t, xmpptest.Options{})
	u := srv.AddUser("careful", "secret")
	for kind, reason := range map[xmpptest.Certificate]string{
		xmpptest.SelfSigned: "untrusted", xmpptest.OtherAuthority: "untrusted", xmpptest.Expired: "expired",
		xmpptest.NotYetValid: "not_yet_valid", xmpptest.WrongHost: "wrong_host",
	} {
		srv.UseCertificate(kind)
		for sec, addr := range map[model.Security]string{model.SecurityDirectTLS: srv.DirectTLSAddr(), model.SecurityStartTLS: srv.StartTLSAddr()} {
			cfg := config(t, srv, u, addr, sec)
			_, _, err := stream.Connect(t.Context(), cfg)
			var told *model.Error
			var facts *stream.CertificateError
			if !errors.As(err, &told) || told.Kind != model.ErrCertificateRejected || !errors.As(err, &facts) {
				t.Errorf("%s, %s: %v (%s)", reason, sec, err, model.KindOf(err))
				continue
			}
			if told.Reason != reason || told.Host != srv.Domain() || told.Fingerprint != stream.Fingerprint(srv.Leaf()) {
				t.Errorf("%s: told %+v", reason, told)
			}
			if !facts.NotAfter.Equal(srv.Leaf().NotAfter) || facts.Subject != srv.Leaf().Subject.String() || facts.Issuer != srv.Leaf().Issuer.String() {
				t.Errorf("%s: facts %+v", reason, facts)
			}
		}
	}
}

func TestTheDecisionAboutACertificateIsTheAccounts(t *testing.T) {
	srv := xmpptest.Prosody(t, xmpptest.Options{Certificate: xmpptest.SelfSigned})
	u := srv.AddUser("pinned", "secret")
	cfg := config(t, srv, u, srv.DirectTLSAddr(), model.SecurityDirectTLS)
	pin := stream.Fingerprint(srv.Leaf())
	cfg.Trust = func(domain string, cs tls.ConnectionState, pkix error) error {
		if domain != srv.Domain() {
			t.Errorf("asked about %s", domain)
		}
		if stream.Fingerprint(cs.PeerCertificates[0]) == pin {
			return nil
		}
		return &model.Error{Kind: model.ErrCertificateRejected, Reason: "pin_changed", Err: pkix}
	}
	signIn(t, cfg)

	srv.UseCertificate(xmpptest.Valid) // good, but another key
	_, _, err := stream.Connect(t.Context(), cfg)
	var told *model.Error
	if !errors.As(err, &told) || told.Reason != "pin_changed" || told.Fingerprint == pin {
		t.Errorf("got %v: %+v", err, told)
	}
	if !strings.HasSuffix(told.Error(), ".") {
		t.Errorf("%q is no sentence", told)
	}
}

func TestTheCertificateIsCheckedForTheDomainNotForTheHost(t *testing.T) {
	// The manual address is 127.0.0.1, for which the certificate was not made; the other
	// way round, a certificate for the host does not serve for a domain.
	srv := xmpptest.SharedProsody(t)
	u := srv.NewUser("domain")
	cfg := config(t, srv, u, strings.Replace(srv.DirectTLSAddr(), "127.0.0.1", "localhost", 1), model.SecurityDirectTLS)
	signIn(t, cfg)
}
