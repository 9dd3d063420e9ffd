package trace

import (
	"encoding/xml"
	"strings"
	"unicode/utf8"

	"dovekie/xmppsvc/stanza"
)

// hidden stands where a secret stood.
const hidden = "***"

// Namespaces whose elements carry credentials.
const (
	nsSASL2 = "urn:xmpp:sasl:2"
	nsFAST  = "urn:xmpp:fast:0"
	nsData  = "jabber:x:data"
	nsOOBH  = "urn:xmpp:http:upload:0"
)

// Redact is a copy of el without secrets: SASL exchanges (RFC 6120 §6, XEP-0388),
// FAST tokens (XEP-0484), passwords of registration, of rooms and of forms
// (text-private, XEP-0004; a form that is sent names no types, so the field's name
// counts as well), what authorises an upload (XEP-0363: headers, and the query of the
// address to put to), and the passwords of calls (XEP-0176). An element without any is
// returned as it is.
func Redact(el *stanza.Element) *stanza.Element {
	if !secretive(el) {
		return el
	}
	return redact(el)
}

// secretive reports whether anything in the tree is to be hidden; most trees have
// nothing, and are then not copied.
func secretive(el *stanza.Element) bool {
	if secretText(el) || hasSecretAttr(el) {
		return true
	}
	for _, n := range el.Nodes {
		if c, ok := n.(*stanza.Element); ok && secretive(c) {
			return true
		}
	}
	return false
}

func redact(el *stanza.Element) *stanza.Element {
	out := &stanza.Element{Name: el.Name, Attr: redactAttr(el)}
	if secretText(el) {
		if len(el.Nodes) > 0 {
			out.Nodes = []stanza.Node{stanza.Text(hidden)}
		}
		return out
	}
	for _, n := range el.Nodes {
		if c, ok := n.(*stanza.Element); ok {
			n = redact(c)
		}
		out.Nodes = append(out.Nodes, n)
	}
	return out
}

// secretText reports whether all that el holds is a secret.
func secretText(el *stanza.Element) bool {
	switch el.Name.Local {
	case "auth", "response", "challenge", "success":
		return el.Name.Space == stanza.NSSASL || el.Name.Space == nsSASL2
	case "initial-response", "additional-data":
		return el.Name.Space == nsSASL2
	case "password", "digest", "token", "secret":
		return true
	case "field":
		return el.Name.Space == nsData && (el.Get("type") == "text-private" || secretName(el.Get("var")))
	case "header":
		return el.Name.Space == nsOOBH
	}
	return false
}

// secretName reports whether a field of that name holds a secret.
func secretName(name string) bool {
	name = strings.ToLower(name)
	for _, word := range []string{"password", "secret", "token"} {
		if strings.Contains(name, word) {
			return true
		}
	}
	return false
}

func hasSecretAttr(el *stanza.Element) bool {
	for _, a := range el.Attr {
		if secretAttr(el, a) {
			return true
		}
	}
	return false
}

func secretAttr(el *stanza.Element, a xml.Attr) bool {
	switch a.Name.Local {
	case "password", "pwd":
		return true
	case "token":
		return el.Name.Space == nsFAST
	case "url":
		return el.Name.Local == "put" && el.Name.Space == nsOOBH && strings.Contains(a.Value, "?")
	}
	return false
}

func redactAttr(el *stanza.Element) []xml.Attr {
	out := make([]xml.Attr, len(el.Attr))
	for i, a := range el.Attr {
		if secretAttr(el, a) {
			before, _, query := strings.Cut(a.Value, "?")
			a.Value = hidden
			if query && a.Name.Local == "url" {
				a.Value = before + "?" + hidden
			}
		}
		out[i] = a
	}
	return out
}

// cut shortens s to at most n bytes at a character's border.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "…"
}
