package stream

import (
	"context"
	"errors"
	"net"
	"time"

	"dovekie/xmppsvc/model"
)

// How long each step may take.
const (
	dialTimeout = 30 * time.Second
	stepTimeout = 15 * time.Second
	// loginTimeout bounds all steps on a connection together: a server that always says
	// something, but never what was asked, makes each of them a new one.
	loginTimeout = time.Minute
	writeTimeout = 10 * time.Second
)

// dialer is net.Dialer's method, or what replaces it.
type dialer func(ctx context.Context, network, addr string) (net.Conn, error)

// dial opens the connection of an endpoint at one of its addresses. Plain text goes to this
// computer alone: both the address that was asked for and the one that answered must be
// loopback.
func dial(ctx context.Context, c *Config, e endpoint, addr string, open dialer) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	switch {
	case e.kind == pipe && c.Dial == nil:
		return nil, errors.New("no embedded server")
	case e.kind == plaintext && !loopbackHost(e.addr):
		return nil, noPlaintext(e.addr)
	}
	conn, err := open(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	if e.kind == plaintext && c.Dial == nil && !loopbackAddr(conn.RemoteAddr()) {
		return nil, errors.Join(noPlaintext(e.addr), conn.Close())
	}
	return conn, nil
}

func noPlaintext(addr string) error {
	return fail(model.ErrTLSRequired, nil, "%s is another computer; without encryption only this one may be used.", addr)
}

func loopbackHost(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	ip := net.ParseIP(host)
	return err == nil && (host == "localhost" || ip != nil && ip.IsLoopback())
}

func loopbackAddr(a net.Addr) bool {
	tcp, ok := a.(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}

// connect gives a transport that is connected and, unless the endpoint begins in plain
// text, secured. It tries the place that keeps the session to be resumed, the endpoint of
// the last login, and then all that DNS names; the error is the one that tells most, or
// that of the first certificate that failed, which is a question and not a reason to look
// for another host.
func connect(ctx context.Context, c *Config, domain string, secure func(*transport) error) (*transport, error) {
	r := newRace(ctx, c, domain)
	for start := time.Now(); ; {
		t, err := r.next()
		if err != nil {
			return nil, err
		}
		if err = secure(t); err == nil {
			return t, nil
		}
		t.abort()
		if r.failed(t, err); time.Since(start) > loginTimeout {
			return nil, err // however many there are
		}
	}
}

// kept is where the server said that the session is kept (XEP-0198 §5). It is only a wish
// for the way there: TLS is verified for the domain as everywhere, and whoever typed an
// address is not led away from it.
func kept(c *Config) (endpoint, bool) {
	if c.Resume == nil || c.Resume.Location == "" || c.Address != "" {
		return endpoint{}, false
	}
	e := endpoint{kind: startTLS, kept: true}
	port := "5222"
	switch c.Security {
	case model.SecurityDirectTLS:
		e.kind = directTLS
	case model.SecurityStartTLS:
	case model.SecurityAuto, "":
		e.either = true
		if c.Hint.Direct {
			e.kind = directTLS
		}
	default:
		return endpoint{}, false
	}
	if _, last, err := net.SplitHostPort(c.Hint.Endpoint); err == nil {
		port = last
	} else if e.kind == directTLS {
		port = "5223"
	}
	host, port, err := splitAddress(c.Resume.Location, port)
	e.addr = net.JoinHostPort(host, port)
	return e, err == nil
}

// hinted is the endpoint of the last login, if it was found by DNS and still fits the
// settings.
func hinted(c *Config) (endpoint, bool) {
	e := endpoint{addr: c.Hint.Endpoint, kind: startTLS}
	if c.Hint.Direct {
		e.kind = directTLS
	}
	switch {
	case c.Address != "" || c.Hint.Endpoint == "" || recall(c.Hint).Manual:
		return e, false
	case c.Security == model.SecurityAuto || c.Security == "":
		return e, true
	}
	return e, c.Security == model.SecurityDirectTLS && c.Hint.Direct || c.Security == model.SecurityStartTLS && !c.Hint.Direct
}

// isCertificate: a question for the person.
func isCertificate(err error) bool {
	return errors.Is(err, model.ErrorOf(model.ErrCertificateRejected))
}

// isFinal: a question for the person, or a server that nobody should be led away from.
func isFinal(err error) bool {
	return isCertificate(err) || errors.Is(err, model.ErrorOf(model.ErrTLSRequired))
}

func describe(list []endpoint) string {
	out := ""
	for i, e := range list {
		if i > 0 {
			out += ", "
		}
		out += e.addr + " (" + e.kind.String() + ")"
	}
	return out
}

// state tells the step to whoever listens.
func (c *Config) state(s model.ConnState) {
	if c.OnState != nil {
		c.OnState(s)
	}
}
