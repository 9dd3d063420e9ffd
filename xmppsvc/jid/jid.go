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
	"net/netip"
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
	if j := (JID{local, domain, resource}); j.prepared() {
		return j, nil
	}
	j, err := prepare(local, domain, resource)
	if err != nil {
		return JID{}, err
	}
	// Preparation can give a text that is no address, or another one, when it is read
	// again ("℀" is mapped to "a/c", ".." loses one dot at a time). Such an address would
	// change on its way through storage, so it is none.
	l, d, r, err := mellium.SplitString(j.String())
	if err != nil || (JID{l, d, r}) != j {
		return JID{}, fmt.Errorf("%w: not the same when read again", ErrInvalid)
	}
	if again, err := prepare(l, d, r); err != nil || again != j {
		return JID{}, fmt.Errorf("%w: not the same when read again", ErrInvalid)
	}
	return j, nil
}

// prepare is RFC 7622 §3, and what it leaves open about domains.
func prepare(local, domain, resource string) (JID, error) {
	m, err := mellium.New(local, domain, resource)
	if err != nil {
		return JID{}, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	j := JID{m.Localpart(), m.Domainpart(), m.Resourcepart()}
	if inner, ok := strings.CutPrefix(j.domain, "["); ok {
		// RFC 7622 §3.2: an IPv6 address stands in brackets; RFC 5952 gives it one form.
		ip, err := netip.ParseAddr(strings.TrimSuffix(inner, "]"))
		if err != nil {
			return JID{}, fmt.Errorf("%w: %w", ErrInvalid, err)
		}
		j.domain = "[" + ip.String() + "]"
		return j, nil
	}
	if strings.Contains("."+j.domain+".", "..") {
		return JID{}, fmt.Errorf("%w: an empty label in the domain", ErrInvalid)
	}
	for _, c := range []byte(j.domain) {
		if c < 0x80 && !isDomain(c) {
			return JID{}, fmt.Errorf("%w: %q in the domain", ErrInvalid, c)
		}
	}
	return j, nil
}

// prepared tells for most addresses of the world (ASCII, lower case) that preparation
// would change nothing.
func (j JID) prepared() bool {
	const most = 63 // bytes of a label, and enough for the other parts
	if j.domain == "" || len(j.domain) > 4*most || len(j.local) > most || len(j.resource) > most {
		return false
	}
	for label := range strings.SplitSeq(j.domain, ".") {
		if label == "" || len(label) > most || label[0] == '-' || label[len(label)-1] == '-' || strings.Contains(label, "--") {
			return false
		}
	}
	return all(j.domain, isDomain) && all(j.local, isLocal) && all(j.resource, isResource)
}

func all(s string, ok func(byte) bool) bool {
	for i := range len(s) {
		if !ok(s[i]) {
			return false
		}
	}
	return true
}

// isDomain: the ASCII that a domain may have (RFC 5890's NR-LDH, and the dot). The others
// are not all that those parts may have.
func isDomain(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '.' || c == '-'
}

func isLocal(c byte) bool { return isDomain(c) || c == '_' }

func isResource(c byte) bool { return isLocal(c) || c >= 'A' && c <= 'Z' }

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
