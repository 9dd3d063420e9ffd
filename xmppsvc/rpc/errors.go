package rpc

import (
	"errors"
	"strconv"

	"dovekie/xmppsvc/model"
)

// The codes of JSON-RPC 2.0 §5.1, and ours for everything the service says.
const (
	codeParse          = -32700
	codeInvalidRequest = -32600
	codeMethodNotFound = -32601
	codeInvalidParams  = -32602
	codeService        = -32000
)

type wireError struct {
	Code    int        `json:"code"`
	Message string     `json:"message"`
	Data    *errorData `json:"data,omitempty"`
}

type errorData struct {
	Kind        model.ErrorKind `json:"kind"`
	Condition   string          `json:"condition,omitempty"`
	Fingerprint string          `json:"fingerprint_sha256,omitempty"`
	Reason      string          `json:"reason,omitempty"`
	Host        string          `json:"host,omitempty"`
}

// paramsError is about the shape of the parameters, not about the world.
type paramsError struct{ message string }

func (e *paramsError) Error() string { return e.message }

func asWireError(err error) *wireError {
	var p *paramsError
	if errors.As(err, &p) {
		return &wireError{Code: codeInvalidParams, Message: p.message}
	}
	d := &errorData{Kind: publicKind(model.KindOf(err))}
	var e *model.Error
	if errors.As(err, &e) {
		d.Condition, d.Fingerprint, d.Reason, d.Host = e.Condition, e.Fingerprint, e.Reason, e.Host
	}
	return &wireError{Code: codeService, Message: err.Error(), Data: d}
}

// publicKind keeps to the kinds of the contract: finer ones that only the window tells
// apart fall back to the one they are a case of.
func publicKind(k model.ErrorKind) model.ErrorKind {
	switch k {
	case model.ErrUnknownHost:
		return model.ErrUnreachable
	case model.ErrDowngrade:
		return model.ErrAuthFailed
	case model.ErrNoKeychain:
		return model.ErrNoPassword
	case model.ErrDiskFull, model.ErrInUse:
		return model.ErrStorage
	case model.ErrUnknownAccount:
		return model.ErrWhichAccount
	case model.ErrProtocol, model.ErrInvalid, model.ErrCancelled:
		return k
	default:
		return k
	}
}

func quoted(s string) string {
	if len(s) > 64 {
		s = s[:64]
	}
	return strconv.QuoteToASCII(s)
}
