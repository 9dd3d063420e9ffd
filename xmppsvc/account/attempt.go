package account

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"maps"
	"net"
	"os"
	"time"

	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/storage"
	"dovekie/xmppsvc/stream"
)

// attempt is one try to connect. The loop makes it, its goroutine fills it, and the loop
// reads it when that has ended.
type attempt struct {
	cancel context.CancelFunc
	began  time.Time // by the steady clock

	opening  opening             // what was said for the case of a new session
	presence presence            // in it
	known    storage.StreamState // as it was before
	stream   Stream
	est      stream.Established
	err      error // a *model.Error
}

// plan is all that the attempt's goroutine may know of the account.
type plan struct {
	cfg      Config
	settings model.Account
	config   stream.Config // without what must be read first
	trusted  map[string]bool
}

// plan is made on the loop: what goes right behind bind is collected from the features
// and their questions are registered before anything is sent.
func (a *Account) plan(at *attempt) plan {
	a.link.opening = &at.opening
	a.features.open()
	a.sendPresence()
	at.presence = a.own.presence()
	a.link.opening = nil

	w := a.link.wish
	resource := a.settings.Resource
	if w.resource != "" {
		resource = w.resource
	}
	return plan{
		cfg:      a.cfg,
		settings: a.settings,
		trusted:  maps.Clone(a.link.trusted),
		config: stream.Config{
			JID:      a.self(),
			Resource: resource,
			Password: w.password,
			Address:  a.settings.Address,
			Security: a.settings.Security,
			Lang:     a.cfg.Lang,
			Resolver: a.cfg.Resolver,
			Dial:     PipeDialer(a.settings.Security, a.cfg.Pipe),
			First:    at.opening.first,
			Resume:   a.session.left,
			Trace:    a.cfg.Trace,
			OnState: func(s model.ConnState) {
				a.post(func() {
					if a.link.attempt == at && s != model.Online {
						a.setState(model.Connection{State: s})
					}
				})
			},
		},
	}
}

// run makes the attempt. It may wait: for the keychain, for the network.
func (at *attempt) run(ctx context.Context, p plan) {
	if at.err = at.prepare(ctx, &p); at.err != nil {
		return
	}
	at.stream, at.est, at.err = p.cfg.Connect(ctx, p.config)
	if at.err != nil {
		at.stream = nil
	}
}

// prepare reads what the stream needs from storage, keychain and disk.
func (at *attempt) prepare(ctx context.Context, p *plan) error {
	c := &p.config
	self := p.settings.JID
	var err error
	if c.Password.IsZero() {
		if c.Password, err = p.password(ctx); err != nil {
			return err
		}
	}
	if c.Roots, err = Roots(p.cfg.Roots, p.settings.CAFile); err != nil {
		return err
	}
	if at.known, err = p.cfg.Store.StreamState(ctx, self); err != nil {
		return err
	}
	if json.Unmarshal(at.known.Hint, &c.Hint) != nil {
		c.Hint = stream.Hint{} // of another version: learn anew
	}
	c.ScramSeen, c.PlusSeen = at.known.ScramSeen, at.known.PlusSeen
	pins, err := p.cfg.Store.Pins(ctx, self)
	if err != nil {
		return err
	}
	c.Trust = trust(pins, p.trusted)
	return nil
}

// password asks the keychain, which may ask the user. It cannot be interrupted, so its answer
// is not waited for when the attempt is given up; nothing looks at it then.
func (p *plan) password(ctx context.Context) (model.Secret, error) {
	type answer struct {
		secret model.Secret
		err    error
	}
	got := make(chan answer, 1)
	go func() {
		s, err := p.cfg.Password()
		got <- answer{s, err}
	}()
	select {
	case a := <-got:
		return a.secret, a.err
	case <-ctx.Done():
		return model.Secret{}, model.Errorf(model.ErrCancelled, "signing in was given up")
	}
}

// trust decides about a certificate: what the user trusts passes, a pinned domain with
// another key never does, and otherwise the PKIX check has the word.
func trust(pins []storage.Pin, trusted map[string]bool) func(string, tls.ConnectionState, error) error {
	return func(domain string, cs tls.ConnectionState, pkix error) error {
		got := fingerprint(cs)
		if trusted[got] {
			return nil
		}
		for _, p := range pins {
			if p.Domain != domain {
				continue
			}
			if p.Fingerprint == got {
				return nil
			}
			return &model.Error{
				Kind: model.ErrCertificateRejected, Host: domain, Fingerprint: got, Reason: "pin_changed",
				Message: "The server shows another certificate than the one that was trusted.", Err: pkix,
			}
		}
		return pkix
	}
}

// fingerprint is that of the leaf, "" if there is none.
func fingerprint(cs tls.ConnectionState) string {
	if len(cs.PeerCertificates) == 0 {
		return ""
	}
	return stream.Fingerprint(cs.PeerCertificates[0])
}

// Roots are the trust anchors together with those in the PEM file, which may be "".
func Roots(roots *x509.CertPool, file string) (*x509.CertPool, error) {
	if file == "" {
		return roots, nil
	}
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, model.Errorf(model.ErrInvalid, "the certificate file cannot be read: %w", err)
	}
	if roots == nil {
		if roots, err = x509.SystemCertPool(); err != nil {
			roots = x509.NewCertPool()
		}
	}
	roots = roots.Clone()
	if !roots.AppendCertsFromPEM(pem) {
		return nil, model.Errorf(model.ErrInvalid, "%s holds no certificate", file)
	}
	return roots, nil
}

// PipeDialer is stream.Config.Dial for the embedded server, and nil for every other.
func PipeDialer(s model.Security, pipe func(context.Context) (net.Conn, error)) func(context.Context, string, string) (net.Conn, error) {
	if s != model.SecurityInProcess || pipe == nil {
		return nil
	}
	return func(ctx context.Context, _, _ string) (net.Conn, error) { return pipe(ctx) }
}
