// Package jid holds XMPP addresses (RFC 7622) as values that cannot be wrong: a
// JID is prepared once, when it is made, so two equal addresses are == and a JID
// can be the key of a map.
//
// The preparation (PRECIS, IDNA, length limits) is mellium.im/xmpp/jid's; this
// package only gives it a comparable shape.
package jid

import (
	"errors"
	"fmt"
	"strings"

	mellium "mellium.im/xmpp/jid"
)

// ErrInvalid is wrapped by every error of Parse and New.
var ErrInvalid = errors.New("invalid address")

// maxLen is the longest text Parse looks at: three parts of 1023 bytes and two
// separators (RFC 7622 §3.1).
const maxLen = 3*1023 + 2

// JID is an address in canonical form. The zero JID is no address.
type JID struct {
	local, domain, resource string
}

// Parse prepares s, "local@domain/resource" with local and resource optional.
func Parse(s string) (JID, error) {
	if len(s) > maxLen {
		return JID{}, fmt.Errorf("%w: %d bytes long", ErrInvalid, len(s))
	}
	l, d, r, err := mellium.SplitString(s)
	if err != nil {
		return JID{}, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	return New(l, d, r)
}

// MustParse is Parse for addresses that are written in the program; it panics on
// an invalid one.
func MustParse(s string) JID {
	j, err := Parse(s)
	if err != nil {
		panic(err)
	}
	return j
}

// New prepares the three parts; local and resource may be empty.
func New(local, domain, resource string) (JID, error) {
	m, err := mellium.New(local, domain, resource)
	if err != nil {
		return JID{}, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	return JID{m.Localpart(), m.Domainpart(), m.Resourcepart()}, nil
}

// Local is the part before @, or "".
func (j JID) Local() string { return j.local }

// Domain is the server or component; never empty but for the zero JID.
func (j JID) Domain() string { return j.domain }

// Resource is the part after the slash, or "".
func (j JID) Resource() string { return j.resource }

// IsZero reports whether j is no address at all.
func (j JID) IsZero() bool { return j.domain == "" }

// IsBare reports whether j has no resource.
func (j JID) IsBare() bool { return j.resource == "" }

// IsFull reports whether j has a resource.
func (j JID) IsFull() bool { return j.resource != "" }

// Bare is j without its resource.
func (j JID) Bare() JID { return JID{local: j.local, domain: j.domain} }

// Server is the domain of j as an address.
func (j JID) Server() JID { return JID{domain: j.domain} }

// WithResource is j with the resource r, which is prepared; "" gives the bare JID.
func (j JID) WithResource(r string) (JID, error) {
	if r == "" {
		return j.Bare(), nil
	}
	return New(j.local, j.domain, r)
}

// String is the canonical text; "" for the zero JID.
func (j JID) String() string {
	if j.IsZero() {
		return ""
	}
	var b strings.Builder
	if j.local != "" {
		b.WriteString(j.local)
		b.WriteByte('@')
	}
	b.WriteString(j.domain)
	if j.resource != "" {
		b.WriteByte('/')
		b.WriteString(j.resource)
	}
	return b.String()
}

// MarshalText is String, for JSON.
func (j JID) MarshalText() ([]byte, error) { return []byte(j.String()), nil }

// UnmarshalText is Parse, for JSON; an empty text is the zero JID.
func (j *JID) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*j = JID{}
		return nil
	}
	p, err := Parse(string(b))
	if err != nil {
		return err
	}
	*j = p
	return nil
}
