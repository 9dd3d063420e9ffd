package stanza

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"
)

// unescape resolves the five predefined entities and character references, normalises
// line ends (and white space in attributes) and refuses what XML 1.0 has no place for.
func unescape(b []byte, attr bool) (string, error) {
	if plain(b, attr) {
		return string(b), nil
	}
	var out strings.Builder
	out.Grow(len(b))
	for len(b) > 0 {
		switch c := b[0]; {
		case c == '&':
			r, n, err := entity(b)
			if err != nil {
				return "", err
			}
			out.WriteRune(r)
			b = b[n:]
			continue
		case c == '\r':
			if len(b) > 1 && b[1] == '\n' {
				b = b[1:]
				continue
			}
			out.WriteByte(lineEnd(attr))
		case c == '\n' || c == '\t':
			if attr {
				c = ' '
			}
			out.WriteByte(c)
		case c < 0x20:
			return "", &SyntaxError{"a control character"}
		case c < utf8.RuneSelf:
			out.WriteByte(c)
		default:
			r, n := utf8.DecodeRune(b)
			if r == utf8.RuneError && n == 1 || !validChar(r) {
				return "", &SyntaxError{"a character that XML does not allow"}
			}
			out.Write(b[:n])
			b = b[n:]
			continue
		}
		b = b[1:]
	}
	return out.String(), nil
}

func lineEnd(attr bool) byte {
	if attr {
		return ' '
	}
	return '\n'
}

// plain reports whether b is its own meaning.
func plain(b []byte, attr bool) bool {
	for _, c := range b {
		if c == '&' || c < 0x20 && (attr || c != '\n' && c != '\t') {
			return false
		}
	}
	return validText(b)
}

// checked is the text of a CDATA section.
func checked(b []byte) (string, error) {
	for _, c := range b {
		if c < 0x20 && !isSpace(c) {
			return "", &SyntaxError{"a control character"}
		}
	}
	if !validText(b) {
		return "", &SyntaxError{"a character that XML does not allow"}
	}
	b = bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n"))
	return string(bytes.ReplaceAll(b, []byte("\r"), []byte("\n"))), nil
}

// validText: UTF-8 without U+FFFE and U+FFFF, which XML excludes.
func validText(b []byte) bool {
	return utf8.Valid(b) && !bytes.Contains(b, []byte("\uFFFE")) && !bytes.Contains(b, []byte("\uFFFF"))
}

// validChar is the production Char of XML 1.0.
func validChar(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' || r >= 0x20 && r <= 0xD7FF ||
		r >= 0xE000 && r <= 0xFFFD || r >= 0x10000 && r <= 0x10FFFF
}

// entity reads one reference at the start of b and returns its length with it.
func entity(b []byte) (rune, int, error) {
	end := bytes.IndexByte(b[:min(len(b), 12)], ';')
	if end < 0 {
		return 0, 0, &SyntaxError{"an unfinished entity"}
	}
	switch name := string(b[1:end]); {
	case name == "lt":
		return '<', end + 1, nil
	case name == "gt":
		return '>', end + 1, nil
	case name == "amp":
		return '&', end + 1, nil
	case name == "apos":
		return '\'', end + 1, nil
	case name == "quot":
		return '"', end + 1, nil
	case strings.HasPrefix(name, "#x"):
		return reference(name[2:], 16, end+1)
	case strings.HasPrefix(name, "#"):
		return reference(name[1:], 10, end+1)
	}
	return 0, 0, &SyntaxError{"an unknown entity"}
}

func reference(digits string, base, n int) (rune, int, error) {
	v, err := strconv.ParseUint(digits, base, 32)
	if err != nil || v > utf8.MaxRune || !validChar(rune(v)) { //nolint:gosec // bounded by MaxRune
		return 0, 0, &SyntaxError{"a reference to a character that XML does not allow"}
	}
	return rune(v), n, nil //nolint:gosec // bounded by MaxRune
}

// validQName: one or two names with a colon between them.
func validQName(s string) bool {
	prefix, local, ok := strings.Cut(s, ":")
	if ok {
		return validName(prefix) && validName(local)
	}
	return validName(s)
}

func validName(s string) bool {
	if s == "" || !utf8.ValidString(s) {
		return false
	}
	for i, r := range s {
		if !nameChar(r, i == 0) {
			return false
		}
	}
	return true
}

// nameChar is NameStartChar and NameChar of XML 1.0 without the colon.
func nameChar(r rune, first bool) bool {
	switch {
	case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r == '_':
		return true
	case r >= '0' && r <= '9', r == '-', r == '.', r == 0xB7, r >= 0x300 && r <= 0x36F, r == 0x203F, r == 0x2040:
		return !first
	}
	return r >= 0xC0 && r <= 0x2FF && r != 0xD7 && r != 0xF7 ||
		r >= 0x370 && r <= 0x1FFF && r != 0x37E ||
		r == 0x200C || r == 0x200D || r >= 0x2070 && r <= 0x218F ||
		r >= 0x2C00 && r <= 0x2FEF || r >= 0x3001 && r <= 0xD7FF ||
		r >= 0xF900 && r <= 0xFDCF || r >= 0xFDF0 && r <= 0xFFFD ||
		r >= 0x10000 && r <= 0xEFFFF
}
