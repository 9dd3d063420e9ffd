package stream

import (
	"context"
	"errors"
	"net"
	"slices"
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
	// hopTimeout bounds one of several endpoints, so that a dead one does not use up
	// the patience for the others.
	hopTimeout = 10 * time.Second
)

// dial opens the connection of an endpoint. Plain text goes to this computer alone:
// both the address that was asked for and the one that answered must be loopback.
func dial(ctx context.Context, c *Config, e endpoint, limit time.Duration) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	open := c.Dial
	if open == nil {
		if e.kind == pipe {
			return nil, errors.New("no embedded server")
		}
		// Whoever replaced the look-up of records means the addresses as well.
		resolver, _ := c.Resolver.(*net.Resolver)
		open = (&net.Dialer{Resolver: resolver}).DialContext
	}
	if e.kind == plaintext && !loopbackHost(e.addr) {
		return nil, noPlaintext(e.addr)
	}
	conn, err := open(ctx, "tcp", e.addr)
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
// text, secured. It tries the endpoint of the last login first and then all that DNS
// names; the error is that of the last one tried, or of the first certificate that
// failed, which is a question and not a reason to look for another host.
func connect(ctx context.Context, c *Config, domain string, secure func(*transport) error) (*transport, error) {
	hint, haveHint := hinted(c)
	if haveHint {
		t, err := attempt(ctx, c, domain, hint, hopTimeout, secure)
		if err == nil || ctx.Err() != nil {
			return t, err
		}
		return resolved(ctx, c, domain, secure, &hint, err)
	}
	return resolved(ctx, c, domain, secure, nil, nil)
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

// resolved tries what DNS or the person names. tried, with its error, was tried before.
func resolved(ctx context.Context, c *Config, domain string, secure func(*transport) error, tried *endpoint, triedErr error) (*transport, error) {
	c.state(model.Resolving)
	start := time.Now()
	list, err := endpoints(ctx, c, domain)
	if err != nil {
		return nil, err
	}
	c.Trace.Step("resolving", describe(list), time.Since(start))
	// The question about its certificate stands if the hinted endpoint is named still.
	if tried != nil && slices.Contains(list, *tried) {
		if isCertificate(triedErr) {
			return nil, triedErr
		}
		list = slices.DeleteFunc(list, func(e endpoint) bool { return e == *tried })
		err = triedErr
	}
	for i, e := range list {
		limit := dialTimeout
		if i < len(list)-1 {
			limit = hopTimeout
		}
		var t *transport
		t, err = attempt(ctx, c, domain, e, limit, secure)
		if err != nil && e.either && errors.Is(err, errWrongSecurity) {
			c.Trace.Step("connecting", e.addr+" speaks no "+e.kind.String(), 0)
			e.kind = e.kind.other()
			t, err = attempt(ctx, c, domain, e, limit, secure)
		}
		if err == nil || ctx.Err() != nil || isFinal(err) {
			return t, err
		}
	}
	return nil, err
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

// attempt connects to one endpoint and secures it.
func attempt(ctx context.Context, c *Config, domain string, e endpoint, limit time.Duration, secure func(*transport) error) (*transport, error) {
	t := newTransport(ctx, c, domain, e)
	t.limit = limit
	if err := t.dial(); err != nil {
		return nil, err
	}
	if err := secure(t); err != nil {
		t.abort()
		return nil, err
	}
	return t, nil
}

// state tells the step to whoever listens.
func (c *Config) state(s model.ConnState) {
	if c.OnState != nil {
		c.OnState(s)
	}
}
