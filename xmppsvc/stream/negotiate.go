package stream

import (
	"context"
	"errors"
	"fmt"
	"io"
	"syscall"
	"time"

	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stanza"
)

// negotiation is one attempt, from nothing to a bound stream. It lives on the goroutine
// of Connect.
type negotiation struct {
	ctx       context.Context
	cfg       *Config
	t         *transport
	password  string     // prepared
	known     remembered // from the hint
	feats     features   // the newest that were offered
	used      choice     // how we signed in
	next      choice     // how to begin next time
	suspect   bool       // the offer may have been shortened: it must be confirmed
	confirmed bool       // the server confirmed its offer
	pipelined bool       // what follows bind was sent without waiting

	resumption resumption

	ledger   ledger
	bound    jid.JID // the full address the server gave, zero until then
	answered bool    // so is the request for it
	waiting  bool    // <enable/> is not answered yet
	smID     string
	location string
	longest  time.Duration // the server keeps the session
	early    []Inbound     // what came before Connect was done
	trips    int           // round trips until what comes first was written
}

// negotiate makes one attempt. Errors are *model.Error. before is how an attempt to resume
// ended that came before this one.
func negotiate(ctx context.Context, c *Config, before resumption) (*negotiation, error) {
	n := &negotiation{ctx: ctx, cfg: c, known: recall(c.Hint), resumption: before}
	password, err := preparePassword(c.Password)
	if err != nil {
		return nil, err
	}
	n.password = password
	if err := n.connect(); err != nil {
		return n, err
	}
	if err := n.login(); err != nil {
		n.t.abort()
		told := explain(ctx, err, c.JID.Domain())
		c.Trace.Step("ended", told.Error(), 0)
		return n, told
	}
	return n, nil
}

// connect brings a transport that is as safe as the settings demand.
func (n *negotiation) connect() error {
	c := n.cfg
	if c.JID.Local() == "" {
		return fail(model.ErrInvalidJID, nil, "%s is not the address of an account.", c.JID)
	}
	domain, err := asciiDomain(c.JID.Domain())
	if err != nil {
		return err
	}
	n.t, err = connect(n.ctx, c, domain, n.secure)
	if err != nil {
		return explain(n.ctx, err, c.JID.Domain())
	}
	return nil
}

func (n *negotiation) login() error {
	start := time.Now()
	if err := n.authenticate(); err != nil {
		n.cfg.Trace.Step("mechanism", "failed", time.Since(start))
		return err
	}
	detail := n.used.mech
	if b := n.used.binding(); b != "" {
		detail += " with " + b
	}
	n.cfg.Trace.Step("mechanism", detail, time.Since(start))
	start = time.Now()
	enter := n.bind
	if n.resumable() {
		enter = n.resume
	}
	if err := enter(); err != nil {
		return err
	}
	if n.resumption.done {
		return n.t.settle()
	}
	n.cfg.Trace.Step("bound", fmt.Sprintf("%s, stream management %t, %d round trips", n.bound, n.ledger.on, n.trips), time.Since(start))
	return n.t.settle()
}

// secure takes a transport that has connected to the point where credentials may be
// sent. It is called for each endpoint that is tried.
func (n *negotiation) secure(t *transport) error {
	n.t = t
	if !t.DoesStartTLS() {
		return nil
	}
	err := n.startTLS()
	if err == nil || errors.Is(err, model.ErrorOf(model.ErrCertificateRejected)) {
		return err
	}
	return explain(n.ctx, err, n.cfg.JID.Domain())
}

// startTLS asks for TLS in the same write as the header: every client does ask, so
// nothing is lost if it is not offered (RFC 6120 §5.4).
func (n *negotiation) startTLS() error {
	t, domain := n.t, n.cfg.JID.Domain()
	err := t.open(n.render(stanza.New(stanza.NSTLS, "starttls")))
	if err == nil {
		_, err = t.header()
	}
	if err != nil {
		return mistaken(n.ctx, err, domain)
	}
	el, err := n.read()
	if err != nil {
		return err
	}
	if !el.Is(stanza.NSStream, "features") || !readFeatures(el).startTLS {
		return withHost(fail(model.ErrTLSRequired, nil, "%s offers no encryption, so the password is not sent.", domain), domain)
	}
	if el, err = n.read(); err != nil {
		return err
	}
	if !el.Is(stanza.NSTLS, "proceed") {
		return withHost(fail(model.ErrTLSRequired, nil, "%s refused to encrypt the connection, so the password is not sent.", domain), domain)
	}
	if t.rd.Buffered() != 0 {
		return n.behindProceed()
	}
	return t.StartTLS()
}

// goodbyeTimeout is how long the rest of a goodbye may take.
const goodbyeTimeout = time.Second

// behindProceed says why there is no TLS although the server was ready for it: something came
// in the clear, where nothing may come. One thing is no attack: a server that is stopped in
// this moment says goodbye. Anyone on the way could have cut the connection just as well, so
// that may be believed, and nothing else.
func (n *negotiation) behindProceed() error {
	_ = n.t.wire.SetDeadline(time.Now().Add(goodbyeTimeout)) // what else comes is no goodbye
	if n.t.rd.AtHeader() {                                   // Prosody has begun anew already, and so it ends a new stream
		n.t.rd.Restart()
		if _, err := n.t.rd.Open(); err != nil {
			return n.t.tooEarly()
		}
	}
	_, err := n.take()
	var told *model.Error
	if errors.Is(err, stanza.ErrStreamClosed) || errors.As(err, &told) && told.Condition == "system-shutdown" {
		return err
	}
	return n.t.tooEarly()
}

// mistaken marks the answer of a server that expected TLS at once: an alert, which is
// no XML, or the end of the connection.
func mistaken(ctx context.Context, err error, domain string) error {
	var syntax *stanza.SyntaxError
	told := explain(ctx, err, domain)
	if errors.As(err, &syntax) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.ECONNRESET) {
		told.Err = fmt.Errorf("%w: %w", errWrongSecurity, err)
	}
	return told
}

// openStream sends a header with more behind it and reads the server's answer to the
// header.
func (n *negotiation) openStream(more []byte) error {
	if err := n.t.open(more); err != nil {
		return err
	}
	return n.features()
}

// features reads the server's header and features.
func (n *negotiation) features() error {
	if _, err := n.t.header(); err != nil {
		return err
	}
	el, err := n.read()
	if err != nil {
		return err
	}
	if !el.Is(stanza.NSStream, "features") {
		return n.protocol("no features")
	}
	n.feats = readFeatures(el)
	return nil
}

// read takes the next element; a stream error is an error.
func (n *negotiation) read() (*stanza.Element, error) {
	n.t.begin()
	return n.take()
}

// take is read within the time that the step has left.
func (n *negotiation) take() (*stanza.Element, error) {
	el, err := n.t.rd.Next()
	if err != nil {
		return nil, err
	}
	n.cfg.Trace.Stanza(false, el)
	if el.Is(stanza.NSStream, "error") {
		return nil, streamError(el, n.cfg.JID.Domain())
	}
	return el, nil
}

// render is the bytes of elements that will be written together.
func (n *negotiation) render(els ...*stanza.Element) []byte {
	var out []byte
	for _, el := range els {
		n.cfg.Trace.Stanza(true, el)
		out = el.Append(out, stanza.NSClient)
	}
	return out
}

func (n *negotiation) write(b []byte) error {
	n.t.begin()
	_, err := n.t.Write(b)
	return err
}

// protocol is a server that does what no server does.
func (n *negotiation) protocol(what string) error {
	domain := n.cfg.JID.Domain()
	return withHost(fail(model.ErrProtocol, nil, "%s sent %s.", domain, what), domain)
}
