package widgets

import (
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/bidi"
)

// hasRTL reports whether anything in the text runs from right to left.
func hasRTL(text string) bool {
	for _, r := range text {
		if strongRTL(r) {
			return true
		}
	}
	return false
}

// rtlParagraph decides the direction of a paragraph by its first strong character (UAX 9,
// rules P2 and P3).
func rtlParagraph(text string) bool {
	for _, r := range text {
		switch class(r) {
		case bidi.L:
			return false
		case bidi.R, bidi.AL:
			return true
		default:
		}
	}
	return false
}

func class(r rune) bidi.Class {
	p, _ := bidi.LookupRune(r)
	return p.Class()
}

// levels resolves the embedding level of each token of a line (UAX 9, simplified to whole
// tokens: explicit embeddings were taken out before).
func levels(text string, ts []token, rtl bool) []uint8 {
	base := uint8(0)
	if rtl {
		base = 1
	}
	out := make([]uint8, len(ts))
	const unset = 0xFF
	strong := base // level of the last strong token
	for i, t := range ts {
		switch tokenClass(text[t.start:t.end]) {
		case bidi.L:
			out[i] = base * 2
			strong = out[i]
		case bidi.R:
			out[i] = 1
			strong = 1
		case bidi.EN:
			out[i] = strong
			if strong == 1 {
				out[i] = 2
			}
		default:
			out[i] = unset
		}
	}
	for i := 0; i < len(out); i++ {
		if out[i] != unset {
			continue
		}
		end := i
		for end < len(out) && out[end] == unset {
			end++
		}
		level := base
		if i > 0 && end < len(out) && sameSide(out[i-1], out[end]) {
			level = min(out[i-1], out[end])
		}
		for ; i < end; i++ {
			out[i] = level
		}
	}
	return out
}

// sameSide: between two neutrals numbers inside right-to-left text count as part of it
// (rule N1).
func sameSide(a, b uint8) bool { return a == b || a+b == 3 }

// tokenClass is L, R (also for Arabic letters), EN for numbers, or ON.
func tokenClass(s string) bidi.Class {
	found := bidi.ON
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		s = s[n:]
		switch class(r) {
		case bidi.L:
			return bidi.L
		case bidi.R, bidi.AL:
			return bidi.R
		case bidi.EN, bidi.AN:
			found = bidi.EN
		default:
		}
	}
	return found
}

// visualOrder is the order in which the tokens stand from left to right (rule L2).
func visualOrder(lv []uint8) []int {
	order := make([]int, len(lv))
	for i := range order {
		order[i] = i
	}
	for level := uint8(2); level >= 1; level-- {
		for i := 0; i < len(lv); {
			if lv[i] < level {
				i++
				continue
			}
			end := i
			for end < len(lv) && lv[end] >= level {
				end++
			}
			reverseRange(order, i, end)
			i = end
		}
	}
	return order
}

// reverseRange turns the places whose tokens lie in [from, to); a turn at a higher level
// stayed inside that range, so they are together.
func reverseRange(order []int, from, to int) {
	slices.Reverse(order[from:to])
}

// splitDirections cuts words where letters, numbers and marks meet, since each may come to
// stand elsewhere: a mark that ends a right-to-left word is at its left. Links stay whole.
func splitDirections(text string, ts []token, st textStyle) []token {
	out := make([]token, 0, len(ts)+8)
	for _, t := range ts {
		if t.kind != tokenWord || t.link > 0 {
			out = append(out, t)
			continue
		}
		from := t.start
		for from < t.end {
			to := from + directionRun(text[from:t.end])
			part := t
			part.start, part.end = from, to
			part.width = st.width(text[from:to])
			out = append(out, part)
			from = to
		}
	}
	return out
}

// directionRun is how many bytes at the start of s are of one direction. A mark is alone,
// but one between two digits belongs to the number.
func directionRun(s string) int {
	kind, n := runeDirection(s)
	if kind == bidi.ON {
		return n
	}
	for n < len(s) {
		next, size := runeDirection(s[n:])
		if next == bidi.ON && kind == bidi.EN && n+size < len(s) && strings.ContainsRune(".,:/", rune(s[n])) {
			if after, _ := runeDirection(s[n+size:]); after == bidi.EN {
				n += size
				continue
			}
		}
		if next != kind && next != bidi.NSM {
			break
		}
		n += size
	}
	return n
}

// runeDirection is the class of the first character, brought down to L, R, EN, NSM and ON,
// and its length.
func runeDirection(s string) (bidi.Class, int) {
	r, n := utf8.DecodeRuneInString(s)
	switch c := class(r); c {
	case bidi.L, bidi.R, bidi.NSM:
		return c, n
	case bidi.AL:
		return bidi.R, n
	case bidi.EN, bidi.AN:
		return bidi.EN, n
	default:
		return bidi.ON, n
	}
}

var mirrors = strings.NewReplacer("(", ")", ")", "(", "[", "]", "]", "[", "{", "}", "}", "{",
	"<", ">", ">", "<", "«", "»", "»", "«", "‹", "›", "›", "‹")

// mirrored is a mark as it looks in right-to-left text.
func mirrored(s string) string { return mirrors.Replace(s) }
