package stream

import (
	"context"
	"time"

	"dovekie/xmppsvc/model"
)

// Stream is one established connection, from bind to its end.
type Stream struct {
	in chan Inbound
}

// Unacked is an element the server has not confirmed, as the stream's end left it.
type Unacked struct {
	Outgoing
	Written bool // it was handed to the socket, so the server may have it
}

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

// Connect makes one attempt to sign in: it resolves, dials, secures, authenticates and
// binds. Errors are *model.Error. The caller must Close or Abort the Stream, and drain
// Inbound until it is closed.
func Connect(ctx context.Context, c Config) (*Stream, Established, error) {
	return nil, Established{}, model.Errorf(model.ErrUnreachable, "connecting is not possible")
}

// Register makes the account c.JID with c.Password on its server (XEP-0077) over a
// stream of its own, which is closed again. Errors are *model.Error.
func Register(ctx context.Context, c Config) error {
	return model.Errorf(model.ErrUnsupported, "registering is not possible")
}

// Inbound is what comes from the server, in the order of the socket. It is bounded, so a
// slow reader slows the server down; it is closed when the stream has ended.
func (s *Stream) Inbound() <-chan Inbound { return s.in }

// Send queues elements in order and never waits for the network. It fails only when the
// stream has ended; then nothing of out was queued.
func (s *Stream) Send(out ...Outgoing) error {
	return model.Errorf(model.ErrNotOnline, "the connection has ended")
}

// Handled reports that n more counting stanzas are committed. After each 100 the server
// is told without having asked.
func (s *Stream) Handled(n int) {}

// Ack answers the server's <r/> with what is Handled.
func (s *Stream) Ack() {}

// Err is why the stream ended, a *model.Error, or nil after Close. It is right once
// Inbound is closed.
func (s *Stream) Err() error { return nil }

// Unacked is what was sent and not confirmed, oldest first. It is right once Inbound is
// closed.
func (s *Stream) Unacked() []Unacked { return nil }

// Close ends the stream in good order (</stream:stream> both ways) within ctx.
func (s *Stream) Close(ctx context.Context) error { return nil }

// Abort drops the connection at once.
func (s *Stream) Abort() {}
