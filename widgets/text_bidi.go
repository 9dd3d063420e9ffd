package widgets

import (
	"slices"
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
