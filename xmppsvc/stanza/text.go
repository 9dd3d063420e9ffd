package stanza

import (
	"bytes"
	"strconv"
	"strings"
	"unicode"
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
		r, n, err := character(b)
		if err != nil {
			return "", err
		}
		// Only what stands there itself is white space to be normalised, not a reference to it.
		if n == 1 && isSpace(b[0]) {
			r, n = lineEnd(b)
			if attr {
				r = ' '
			}
		}
		out.WriteRune(r)
		b = b[n:]
	}
	return out.String(), nil
}

// character reads one character or reference at the start of b, and its length.
func character(b []byte) (rune, int, error) {
	if b[0] == '&' {
		return entity(b)
	}
	r, n := utf8.DecodeRune(b)
	if r == utf8.RuneError && n == 1 || !validChar(r) {
		return 0, 0, &SyntaxError{"a character that XML does not allow"}
	}
	return r, n, nil
}

// lineEnd turns a carriage return, alone or before a line feed, into a line feed
// (XML 1.0 §2.11).
func lineEnd(b []byte) (rune, int) {
	switch {
	case b[0] != '\r':
		return rune(b[0]), 1
	case len(b) > 1 && b[1] == '\n':
		return '\n', 2
	}
	return '\n', 1
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

// nameStart is NameStartChar of XML 1.0 without the colon, nameRest what a name has
// besides behind its first character.
var (
	nameStart = ranges('A', 'Z', '_', '_', 'a', 'z', 0xC0, 0xD6, 0xD8, 0xF6, 0xF8, 0x2FF, 0x370, 0x37D, 0x37F, 0x1FFF,
		0x200C, 0x200D, 0x2070, 0x218F, 0x2C00, 0x2FEF, 0x3001, 0xD7FF, 0xF900, 0xFDCF, 0xFDF0, 0xFFFD, 0x10000, 0xEFFFF)
	nameRest = ranges('-', '.', '0', '9', 0xB7, 0xB7, 0x300, 0x36F, 0x203F, 0x2040)
)

// ranges makes a table of pairs of first and last characters, in ascending order.
func ranges(pairs ...rune) *unicode.RangeTable {
	t := &unicode.RangeTable{}
	for i := 0; i < len(pairs); i += 2 {
		t.R32 = append(t.R32, unicode.Range32{Lo: uint32(pairs[i]), Hi: uint32(pairs[i+1]), Stride: 1}) //nolint:gosec // characters
	}
	return t
}

func nameChar(r rune, first bool) bool {
	return unicode.Is(nameStart, r) || !first && unicode.Is(nameRest, r)
}
