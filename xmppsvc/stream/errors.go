package stream

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"
	"syscall"
	"time"

	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stanza"
)

// CertificateError holds the facts of a certificate that was refused. It is wrapped
// by the *model.Error of kind model.ErrCertificateRejected; errors.As finds it.
type CertificateError struct {
	Subject   string
	Issuer    string
	NotBefore time.Time
	NotAfter  time.Time
	Err       error // what the check or the policy said
}

// Error is the cause in English.
func (e *CertificateError) Error() string { return e.Err.Error() }

// Unwrap is the cause.
func (e *CertificateError) Unwrap() error { return e.Err }

// errWrongSecurity marks an endpoint that speaks the other kind of security than was
// tried: TLS at once instead of STARTTLS, or the reverse.
var errWrongSecurity = errors.New("the port speaks another protocol")

// fail makes a *model.Error with a sentence for people and a cause for the log.
func fail(kind model.ErrorKind, cause error, format string, args ...any) *model.Error {
	return &model.Error{Kind: kind, Message: fmt.Sprintf(format, args...), Err: cause}
}

// explain turns an error of reading or writing into the one that is told. What is a
// *model.Error already stays; a context that has ended is the cause of all that
// follows from it.
func explain(ctx context.Context, err error, host string) *model.Error {
	var told *model.Error
	var syntax *stanza.SyntaxError
	var dropped *stanza.DroppedError
	switch {
	case err == nil:
		return nil
	case errors.Is(ctx.Err(), context.Canceled):
		return fail(model.ErrCancelled, ctx.Err(), "Signing in was cancelled.")
	case ctx.Err() != nil:
		return withHost(fail(model.ErrTimeout, ctx.Err(), "%s did not answer in time.", host), host)
	case errors.As(err, &told):
		return told
	case errors.Is(err, os.ErrDeadlineExceeded):
		return withHost(fail(model.ErrTimeout, err, "%s did not answer in time.", host), host)
	case errors.As(err, &syntax):
		return withHost(fail(model.ErrProtocol, err, "%s sent something that is not valid XMPP.", host), host)
	case errors.As(err, &dropped):
		return withHost(fail(model.ErrTooLarge, err, "%s sent more than is sensible while signing in.", host), host)
	}
	return withHost(fail(model.ErrUnreachable, err, "%s ended the connection.", host), host)
}

func withHost(e *model.Error, host string) *model.Error {
	e.Host = host
	return e
}

// dialError tells an address that does not exist from a server that is not there.
func dialError(ctx context.Context, err error, host string) *model.Error {
	var dns *net.DNSError
	var timeout net.Error
	switch {
	case ctx.Err() != nil:
		return explain(ctx, err, host)
	case errors.As(err, &dns) && dns.IsNotFound:
		return withHost(fail(model.ErrUnknownHost, err, "There is no server called %s.", host), host)
	case errors.As(err, &dns):
		return withHost(fail(model.ErrUnreachable, err, "The address of %s could not be looked up.", host), host)
	case errors.As(err, &timeout) && timeout.Timeout(), errors.Is(err, context.DeadlineExceeded):
		return withHost(fail(model.ErrTimeout, err, "%s did not answer in time.", host), host)
	}
	return withHost(fail(model.ErrUnreachable, err, "%s cannot be reached.", host), host)
}

// weight is how much an error tells: that a host refuses us more than that it does not
// answer, and both more than that we have no way there (as with IPv6 in many places) or
// that one of several names does not exist.
func weight(err error) int {
	switch kind := model.KindOf(err); {
	case isCertificate(err):
		return 5
	case kind == model.ErrTLSRequired:
		return 4
	case kind == model.ErrTimeout:
		return 2
	case kind == model.ErrUnknownHost:
		return 0
	case slices.ContainsFunc(noWay, func(no error) bool { return errors.Is(err, no) }):
		return 1
	}
	return 3
}

var noWay = []error{syscall.ENETUNREACH, syscall.EHOSTUNREACH, syscall.EADDRNOTAVAIL, syscall.EAFNOSUPPORT, syscall.ENETDOWN}

// condition is the defined condition of a stream error, a SASL failure or a stanza
// error: the first child of the namespace that is no <text/>, with the text.
func condition(el *stanza.Element, space string) (name, text string) {
	for _, c := range el.Children() {
		switch {
		case c.Name.Space != space:
		case c.Name.Local == "text":
			text = readable(c.Text())
		case name == "":
			name = c.Name.Local
		}
	}
	return name, text
}

// readable is a server's text as it may stand in a sentence: one line, bounded, and
// without characters that change how the rest reads.
func readable(s string) string {
	var b strings.Builder
	for _, r := range strings.TrimSpace(s) {
		switch {
		case b.Len() > 200:
			return b.String() + "…"
		case r < ' ' || r >= 0x7f && r < 0xa0,
			r >= 0x200b && r <= 0x200f, r >= 0x2028 && r <= 0x202e, r >= 0x2066 && r <= 0x2069:
			b.WriteByte(' ')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// streamError is the <stream:error/> that ended a stream (RFC 6120 §4.9.3).
func streamError(el *stanza.Element, host string) *model.Error {
	name, text := condition(el, stanza.NSStreams)
	e := withHost(refusal(name, text, host), host)
	e.Condition = name
	return e
}

func refusal(name, text, host string) *model.Error {
	said := ""
	if text != "" {
		said = ": " + text
	}
	switch name {
	case "conflict":
		return fail(model.ErrConflict, nil, "This account was signed in from another place.")
	case "see-other-host":
		return fail(model.ErrServerRefused, nil, "%s wants to send us to another server, which is not followed.", host)
	case "system-shutdown":
		return fail(model.ErrServerRefused, nil, "%s is shutting down.", host)
	case "host-unknown", "host-gone":
		return fail(model.ErrServerRefused, nil, "%s does not serve this domain.", host)
	case "":
		return fail(model.ErrProtocol, nil, "%s ended the connection with an unreadable error.", host)
	}
	return fail(model.ErrServerRefused, nil, "%s ended the connection (%s)%s.", host, readable(name), strings.TrimSuffix(said, "."))
}
