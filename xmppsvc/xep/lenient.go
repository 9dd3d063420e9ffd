package xep

import (
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"

	"dovekie/xmppsvc/jid"
)

const (
	maxName = 1023 // bytes: names, nicks, groups, features; as a part of an address
	maxText = 8192 // bytes: statuses, instructions, error texts
	maxID   = 1023 // bytes: identifiers; longer ones are none
)

// clip cuts s to n bytes at a character's border.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// oneLine is s as it may stand in a sentence: one line of n bytes at most, without what
// changes how the rest reads (controls, C1 too, and marks of direction).
func oneLine(s string, n int) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case r < ' ', r >= 0x7f && r < 0xa0, r == 0x061c, r >= 0x200b && r <= 0x200f,
			r >= 0x2028 && r <= 0x202e, r >= 0x2066 && r <= 0x2069:
			return ' '
		}
		return r
	}, clip(s, n)))
}

// identifier is s, or "" if it is longer than any honest id: cutting one would make two
// equal.
func identifier(s string) string {
	if len(s) > maxID {
		return ""
	}
	return s
}

// number is the integer that s holds, cut to lo..hi, or otherwise if it holds none.
func number(s string, lo, hi, otherwise int) int {
	s = strings.TrimSpace(s)
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) { // out of range gives the nearest
		return otherwise
	}
	return int(max(int64(lo), min(int64(hi), n)))
}

// boolean is xs:boolean; anything else is false.
func boolean(s string) bool {
	s = strings.TrimSpace(s)
	return s == "true" || s == "1"
}

// address is the JID that s holds, ok unless it holds none.
func address(s string) (jid.JID, bool) {
	j, err := jid.Parse(s)
	return j, err == nil
}
