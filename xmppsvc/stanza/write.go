package stanza

import (
	"strconv"
	"unicode/utf8"
)

// CloseStream is the stream's end tag.
const CloseStream = "</stream:stream>"

// OpenStream is an XML declaration and the start tag of a client stream (RFC 6120 §4.2).
// Empty attributes are left out.
func OpenStream(from, to, id, lang string) []byte {
	b := append([]byte(nil), "<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'"...)
	for _, a := range [...][2]string{{"from", from}, {"to", to}, {"id", id}, {"xml:lang", lang}} {
		if a[1] != "" {
			b = appendAttr(b, a[0], a[1])
		}
	}
	return append(b, '>')
}

// String is e as a whole document would hold it.
func (e *Element) String() string { return string(e.Append(nil, "")) }

// Append writes e to dst, in a place where ns is the default namespace. Elements of the
// stream namespace get the prefix "stream", which every stream header declares.
func (e *Element) Append(dst []byte, ns string) []byte {
	name := e.Name.Local
	inner := ns
	declare := false
	switch {
	case e.Name.Space == NSStream:
		name = "stream:" + name
		declare = ns == ""
	case e.Name.Space != ns:
		inner = e.Name.Space
	}
	dst = append(append(dst, '<'), name...)
	if inner != ns {
		dst = appendAttr(dst, "xmlns", inner)
	}
	if declare {
		dst = appendAttr(dst, "xmlns:stream", NSStream)
	}
	for i, a := range e.Attr {
		switch a.Name.Space {
		case "":
			dst = appendAttr(dst, a.Name.Local, a.Value)
		case NSXML:
			dst = appendAttr(dst, "xml:"+a.Name.Local, a.Value)
		default:
			p := "a" + strconv.Itoa(i)
			dst = appendAttr(dst, "xmlns:"+p, a.Name.Space)
			dst = appendAttr(dst, p+":"+a.Name.Local, a.Value)
		}
	}
	if len(e.Nodes) == 0 {
		return append(dst, "/>"...)
	}
	dst = append(dst, '>')
	for _, n := range e.Nodes {
		switch n := n.(type) {
		case *Element:
			dst = n.Append(dst, inner)
		case Text:
			dst = AppendEscaped(dst, string(n))
		}
	}
	dst = append(append(dst, "</"...), name...)
	return append(dst, '>')
}

func appendAttr(dst []byte, name, value string) []byte {
	dst = append(append(append(dst, ' '), name...), "='"...)
	for _, r := range value {
		switch r {
		case '\n', '\t':
			dst = append(append(append(dst, "&#"...), strconv.Itoa(int(r))...), ';')
		default:
			dst = appendRune(dst, r)
		}
	}
	return append(dst, '\'')
}

// AppendEscaped writes s as character data. What XML has no place for becomes U+FFFD.
func AppendEscaped(dst []byte, s string) []byte {
	for _, r := range s {
		dst = appendRune(dst, r)
	}
	return dst
}

func appendRune(dst []byte, r rune) []byte {
	switch r {
	case '&':
		return append(dst, "&amp;"...)
	case '<':
		return append(dst, "&lt;"...)
	case '>':
		return append(dst, "&gt;"...)
	case '\'':
		return append(dst, "&apos;"...)
	case '"':
		return append(dst, "&quot;"...)
	case '\r':
		return append(dst, "&#13;"...)
	}
	if !validChar(r) {
		r = utf8.RuneError
	}
	return utf8.AppendRune(dst, r)
}
