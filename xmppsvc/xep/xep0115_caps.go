package xep

import (
	"crypto/sha1" //nolint:gosec // XEP-0115 prescribes it; Verify says what it is not good for
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"hash"
	"slices"
	"strings"

	"dovekie/xmppsvc/stanza"
)

// NSCaps is XEP-0115.
const NSCaps = "http://jabber.org/protocol/caps"

// Caps is a hash of what an entity can do, which it sends with its presence, so that
// nobody has to ask who knows the hash already.
type Caps struct {
	Node string // an address of the program
	Hash string // the function's name, "sha-1"
	Ver  string
}

// Element builds the child of a presence.
func (c Caps) Element() *stanza.Element {
	return stanza.New(NSCaps, "c").With("hash", c.Hash).With("node", c.Node).With("ver", c.Ver)
}

// Key is "node#ver": the disco node to ask, and what model.Presence.Caps holds.
func (c Caps) Key() string { return c.Node + "#" + c.Ver }

// CapsOf reads the presence's caps. The form without a hash (before version 1.4) is
// not read: it could not be verified.
func CapsOf(presence *stanza.Element) (Caps, bool) {
	el := presence.Child(NSCaps, "c")
	if el == nil {
		return Caps{}, false
	}
	c := Caps{identifier(el.Get("node")), identifier(el.Get("hash")), identifier(el.Get("ver"))}
	return c, c.Node != "" && c.Hash != "" && c.Ver != ""
}

// NewCaps makes the caps for what we answer to disco#info.
func NewCaps(node string, d Disco) Caps {
	return Caps{Node: node, Hash: "sha-1", Ver: digest(sha1.New(), d)}
}

// Verify reports whether d is an answer that has this hash, so that it may be taken for
// everybody who sends the same (XEP-0115 §5.4). An answer that lists something twice is
// refused (3.3 to 3.5), so is an unknown function; then d is true of that one entity only.
func (c Caps) Verify(d Disco) bool {
	var h hash.Hash
	switch strings.ToLower(c.Hash) {
	case "sha-1":
		h = sha1.New()
	case "sha-256":
		h = sha256.New()
	case "sha-512":
		h = sha512.New()
	default:
		return false
	}
	return wellFormed(d) && digest(h, d) == c.Ver
}

func wellFormed(d Disco) bool {
	var identities, types []string
	for _, i := range d.Identities {
		identities = append(identities, identityText(i))
	}
	for _, f := range d.Forms {
		n := 0
		for _, field := range f.Fields {
			if field.Var == "FORM_TYPE" {
				n += len(slices.Compact(slices.Clone(field.Values)))
			}
		}
		if n > 1 {
			return false // 3.5: a FORM_TYPE with several values
		}
		if t := f.FormType(); t != "" {
			types = append(types, t)
		}
	}
	return distinct(identities) && distinct(d.Features) && distinct(types) && plainText(d)
}

// plainText refuses the separators inside of what is hashed: there they could move a
// border between two entries, so that different answers have one hash.
func plainText(d Disco) bool {
	bad := func(s string) bool { return strings.Contains(s, "<") }
	for _, i := range d.Identities {
		if bad(identityText(i)) || strings.Contains(i.Category+i.Type+i.Lang, "/") {
			return false
		}
	}
	for _, f := range d.Forms {
		for _, field := range f.Fields {
			if bad(field.Var) || slices.ContainsFunc(field.Values, bad) {
				return false
			}
		}
	}
	return !slices.ContainsFunc(d.Features, bad)
}

func distinct(s []string) bool {
	sorted := slices.Sorted(slices.Values(s))
	return len(slices.Compact(sorted)) == len(s)
}

func identityText(i Identity) string {
	return i.Category + "/" + i.Type + "/" + i.Lang + "/" + i.Name
}

// digest is XEP-0115 §5.1.
func digest(h hash.Hash, d Disco) string {
	var b strings.Builder
	lines := func(s []string) {
		for _, v := range slices.Sorted(slices.Values(s)) {
			b.WriteString(v)
			b.WriteByte('<')
		}
	}
	identities := make([]string, 0, len(d.Identities))
	for _, i := range d.Identities {
		identities = append(identities, identityText(i))
	}
	lines(identities)
	lines(d.Features)
	forms := slices.Clone(d.Forms)
	slices.SortStableFunc(forms, func(x, y Form) int { return strings.Compare(x.FormType(), y.FormType()) })
	for _, f := range forms {
		if f.FormType() == "" {
			continue // 3.6: ignored
		}
		lines([]string{f.FormType()})
		fields := slices.Clone(f.Fields)
		slices.SortStableFunc(fields, func(x, y Field) int { return strings.Compare(x.Var, y.Var) })
		for _, field := range fields {
			if field.Var != "FORM_TYPE" {
				lines([]string{field.Var})
				lines(field.Values)
			}
		}
	}
	h.Write([]byte(b.String()))
	return base64.StdEncoding.EncodeToString(h.Sum(nil))
}
