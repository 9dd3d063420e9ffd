// Package login is the panel to sign in with: it checks what was typed, says what is
// wrong at the field it concerns, and names the step while connecting.
package login

import (
	"errors"
	"net"
	"strconv"
	"strings"

	"dovekie/app/tr"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
)

// Place is where on the panel something is wrong.
type Place int

// The places. AtNone is the panel itself: the words stand above the buttons.
const (
	AtNone Place = iota
	AtAddress
	AtPassword
	AtHost
	AtPort
)

// Problem is something wrong, in words for people.
type Problem struct {
	At   Place
	Text string
}

// Form is what was typed and chosen.
type Form struct {
	Address  string
	Password string
	Host     string
	Port     string
	Security model.Security
	Remember bool
	Auto     bool
	Show     model.Show
	// Stored says that the keychain may have the password of this address, so that an
	// empty field is no problem.
	Stored bool
}

// Request is the form as the service wants it, or what is wrong with it.
func (f Form) Request() (model.ConnectRequest, *Problem) {
	r := model.ConnectRequest{Remember: f.Remember, Enabled: f.Auto, Show: f.Show, Security: f.Security}
	address := strings.TrimSpace(f.Address)
	if address == "" {
		return r, &Problem{AtAddress, tr.T("login.need_address")}
	}
	j, err := jid.Parse(address)
	if err != nil || j.Local() == "" {
		return r, &Problem{AtAddress, tr.T("login.bad_address")}
	}
	r.JID = j
	if f.Password == "" && !f.Stored {
		return r, &Problem{AtPassword, tr.T("login.need_password")}
	}
	r.Password = model.NewSecret(f.Password)
	if r.Security == "" {
		r.Security = model.SecurityAuto
	}
	var p *Problem
	r.Address, p = hostPort(f.Host, f.Port)
	return r, p
}

// defaultPort is the port of clients (RFC 6120 §3.2.1).
const defaultPort = "5222"

// hostPort joins host and port; an empty host means to look the server up.
func hostPort(host, port string) (string, *Problem) {
	host, port = strings.TrimSpace(host), strings.TrimSpace(port)
	if host == "" {
		if port != "" {
			return "", &Problem{AtHost, tr.T("login.port_without_host")}
		}
		return "", nil
	}
	if port == "" {
		if h, p, err := net.SplitHostPort(host); err == nil {
			host, port = h, p
		} else {
			port = defaultPort
		}
	}
	if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
		return "", &Problem{AtPort, tr.T("login.bad_port")}
	}
	return net.JoinHostPort(strings.Trim(host, "[]"), port), nil
}

// WhatHelps reports whether somebody may want to know how an attempt went that failed so:
// not when the words for it say all.
func WhatHelps(kind model.ErrorKind) bool {
	switch kind {
	case model.ErrAuthFailed, model.ErrNoPassword, model.ErrInvalidJID, model.ErrCancelled, model.ErrStorage, model.ErrDiskFull:
		return false
	default:
		return true
	}
}

// ProblemOf says where an error of the service belongs and in which words; nil for none
// and for what the user cancelled. manual says that host and port were typed.
func ProblemOf(err error, host string, manual bool) *Problem {
	if err == nil || errors.Is(err, model.ErrorOf(model.ErrCancelled)) {
		return nil
	}
	p := &Problem{AtNone, tr.Error(err, host)}
	switch model.KindOf(err) {
	case model.ErrAuthFailed, model.ErrNoPassword:
		p.At = AtPassword
	case model.ErrInvalidJID:
		p.At = AtAddress
	case model.ErrUnknownHost:
		p.At = AtAddress
		if manual {
			p.At = AtHost
		}
	case model.ErrUnreachable, model.ErrTimeout, model.ErrTLSRequired:
		if manual {
			p.At = AtHost
		}
	default:
	}
	return p
}
