package model

import (
	"context"
	"errors"
	"fmt"
)

// ErrorKind names what went wrong, for faces to put into words. The set is closed and
// is also `data.kind` of the RPC's errors.
type ErrorKind string

// The kinds.
const (
	ErrAuthFailed          ErrorKind = "auth_failed"
	ErrCertificateRejected ErrorKind = "certificate_rejected"
	ErrTLSRequired         ErrorKind = "tls_required"
	ErrUnknownHost         ErrorKind = "unknown_host"
	ErrUnreachable         ErrorKind = "unreachable"
	ErrTimeout             ErrorKind = "timeout"
	ErrNotOnline           ErrorKind = "not_online"
	ErrInvalidJID          ErrorKind = "invalid_jid"
	ErrNoPassword          ErrorKind = "no_password"
	ErrNoKeychain          ErrorKind = "no_keychain"
	ErrConflict            ErrorKind = "conflict"
	ErrServerRefused       ErrorKind = "server_refused"
	ErrDowngrade           ErrorKind = "downgrade"
	ErrProtocol            ErrorKind = "protocol"
	ErrTooLarge            ErrorKind = "too_large"
	ErrStorage             ErrorKind = "storage"
	ErrDiskFull            ErrorKind = "disk_full"
	ErrUnsupported         ErrorKind = "unsupported"
	ErrWhichAccount        ErrorKind = "which_account"
	ErrUnknownAccount      ErrorKind = "unknown_account"
	ErrInvalid             ErrorKind = "invalid"
	ErrInUse               ErrorKind = "in_use"
	ErrCancelled           ErrorKind = "cancelled"
)

// Error is every error that leaves the service. Message is one English sentence fit for
// a person, without secrets. errors.Is compares the kind alone, so that
// errors.Is(err, model.ErrorOf(model.ErrTimeout)) asks for it.
type Error struct {
	Kind        ErrorKind
	Message     string
	Condition   string // the server's condition, with ErrServerRefused
	Host        string // the host concerned, with ErrUnknownHost, ErrUnreachable, certificates
	Fingerprint string // SHA-256 of the SPKI, hex, with ErrCertificateRejected
	Reason      string // why the certificate failed: "untrusted", "expired", "wrong_host", "pin_changed", "not_yet_valid"
	Err         error
}

// Errorf makes an Error; a wrapped %w stays reachable.
func Errorf(kind ErrorKind, format string, args ...any) *Error {
	err := fmt.Errorf(format, args...)
	return &Error{Kind: kind, Message: err.Error(), Err: errors.Unwrap(err)}
}

// ErrorOf is a bare Error for errors.Is.
func ErrorOf(k ErrorKind) error { return &Error{Kind: k} }

// Error is the sentence.
func (e *Error) Error() string {
	if e.Message == "" {
		return string(e.Kind)
	}
	return e.Message
}

// Unwrap is the cause, or nil.
func (e *Error) Unwrap() error { return e.Err }

// Is reports whether target is an Error of the same kind.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Kind == e.Kind
}

// KindOf is the kind of err, "" for nil; contexts and unknown errors get a kind too.
func KindOf(err error) ErrorKind {
	var e *Error
	switch {
	case err == nil:
		return ""
	case errors.As(err, &e):
		return e.Kind
	case errors.Is(err, context.Canceled):
		return ErrCancelled
	case errors.Is(err, context.DeadlineExceeded):
		return ErrTimeout
	}
	return ErrProtocol
}
