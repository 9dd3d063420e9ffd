package widgets

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/graphemes"

	"dovekie/assets"
)

type tokenKind uint8

const (
	tokenWord  tokenKind = iota // what is not broken unless it is wider than the line
	tokenWide                   // one Han character, kana or full-width mark
	tokenSpace                  // may hang over the end of the line
	tokenEmoji                  // one picture
)

// token is the smallest part that a line is put together from.
type token struct {
	start, end int // bytes of the text
	width      float32
	link       int // index of the link + 1, 0 for none
	kind       tokenKind
}

// What may not stand at the start of a line and what may not stand at its end.
const (
	closingMarks = "、。，．：；！？）】》〉」』〕〗〙〛”’…—～·ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ％‰℃｝］,.:;!?)]}%"
	openingMarks = "（【《〈「『〔〖〘〚“‘｛［￥([{$"
)

// cleanText makes a message harmless to show: breaks become line feeds, tabs spaces, marks
// that reverse or hide text go, other control characters become a visible sign.
func cleanText(s string) string {
	clean := true
	for _, r := range s {
		if r < 0x20 && r != '\n' || r >= 0x7F && harmful(r) {
			clean = false
			break
		}
	}
	if clean && utf8.ValidString(s) {
		return s
	}
	s = strings.ReplaceAll(s, "\r\n", "\n")
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '\n', r >= 0x20 && r < 0x7F:
			b.WriteRune(r)
		case r == '\r', r == '\v', r == '\f', r == 0x85, r == 0x2028, r == 0x2029:
			b.WriteByte('\n')
		case r == '\t':
			b.WriteString("    ")
		case r < 0xA0:
			b.WriteRune(utf8.RuneError)
		case !harmful(r):
			b.WriteRune(r)
		}
	}
	return b.String()
}

// harmful reports the control characters above ASCII: C1, bidirectional embeddings,
// overrides, isolates and marks, and what is never visible.
func harmful(r rune) bool {
	switch {
	case r >= 0x7F && r < 0xA0, r == 0xAD, r == 0x61C, r == 0x200E, r == 0x200F,
		r >= 0x2028 && r <= 0x202E, r >= 0x2060 && r <= 0x206F, r == 0xFEFF,
		r >= 0xFFF9 && r <= 0xFFFB:
		return true
	}
	return false
}

// tokens cuts one paragraph, text[from:to], at every place where a line could break or
// where the way of drawing changes.
func tokens(text string, from, to int, links []linkSpan, st textStyle, dst []token) []token {
	word := -1 // index of the word that still grows
	link := 0
	g := graphemes.FromString(text[from:to])
	for g.Next() {
		c := g.Value()
		start := from + g.Start()
		l := linkAt(links, start, &link)
		kind := clusterKind(c)
		if kind == tokenWord && word >= 0 && dst[word].link == l {
			dst[word].end = start + len(c)
		} else {
			dst = append(dst, token{start: start, end: start + len(c), link: l, kind: kind})
			word = -1
			if kind == tokenWord {
				word = len(dst) - 1
			}
		}
		if c == "-" && l == 0 && word >= 0 && dst[word].end-dst[word].start > 2 {
			word = -1 // a line may break after a hyphen
		}
	}
	measureTokens(text, st, dst)
	return dst
}

// measureTokens gives each token its width.
func measureTokens(text string, st textStyle, tokens []token) {
	for i := range tokens {
		t := &tokens[i]
		switch s := text[t.start:t.end]; {
		case t.kind == tokenEmoji:
			t.width = st.emojiAdvance()
		case t.kind == tokenWide && isSquare(s):
			t.width = st.width("的")
		case t.kind == tokenSpace && s == " ":
			t.width = st.space(i > 0 && tokens[i-1].kind == tokenWord)
		default:
			t.width = st.width(s)
		}
	}
}

func clusterKind(c string) tokenKind {
	r, size := utf8.DecodeRuneInString(c)
	switch {
	case r == ' ' || r == 0x3000 || r == 0x200B:
		return tokenSpace
	case size == len(c) && r < 0x80:
		return tokenWord
	}
	if _, ok := assets.EmojiKey(c); ok {
		return tokenEmoji
	}
	if r >= 0x2E80 && (r <= 0x9FFF || isWide(r) || r >= 0xFF00 && r <= 0xFFEF) {
		return tokenWide
	}
	return tokenWord
}

// isSquare reports the characters that are as wide as high in every font, so that each
// new one of the many thousands need not be measured.
func isSquare(s string) bool {
	r, n := utf8.DecodeRuneInString(s)
	return n == len(s) && (r >= 0x3400 && r <= 0x9FFF || r >= 0x3041 && r <= 0x30FF || r >= 0x20000 && r <= 0x3FFFF)
}

// breaksBetween reports whether a line may end between the two tokens.
func breaksBetween(text string, a, b token) bool {
	if b.kind == tokenSpace {
		return false // the space hangs over the end
	}
	first, _ := utf8.DecodeRuneInString(text[b.start:b.end])
	closing := strings.ContainsRune(closingMarks, first)
	if a.kind == tokenSpace {
		return !closing || first < utf8.RuneSelf // ":-)" after a space is a word of its own
	}
	last, _ := utf8.DecodeLastRuneInString(text[a.start:a.end])
	return !closing && !strings.ContainsRune(openingMarks, last)
}

// lineRange is a line as a range of tokens.
type lineRange struct {
	from, to int
	width    float32 // without the spaces that hang
}

// breakLines fills lines up to width. A word or a run of marks wider than a line is cut
// after a whole cluster, for which tokens may be added: the returned slice holds them.
func breakLines(text string, ts []token, width float32, st textStyle, dst []lineRange) ([]token, []lineRange) {
	if len(ts) == 0 {
		return ts, append(dst, lineRange{})
	}
	from, canBreak := 0, -1
	x := float32(0)
	for i := 0; i < len(ts); i++ {
		if i > from && breaksBetween(text, ts[i-1], ts[i]) {
			canBreak = i
		}
		if ts[i].kind == tokenSpace || x+ts[i].width <= width {
			x += ts[i].width
			continue
		}
		if canBreak <= from {
			ts, canBreak = forceBreak(text, ts, from, i, width-x, st)
		}
		dst = append(dst, lineRange{from: from, to: canBreak})
		from, i, x = canBreak, canBreak-1, 0
		canBreak = -1
	}
	if from < len(ts) {
		dst = append(dst, lineRange{from: from, to: len(ts)})
	}
	for i := range dst {
		dst[i].width = inkWidth(ts[dst[i].from:dst[i].to])
	}
	return ts, dst
}

// forceBreak finds a break in the tokens from..i, of which the last does not fit into room
// and which no rule lets part: inside the last one, else inside a word before it, so that
// no mark starts a line, else before the last one.
func forceBreak(text string, ts []token, from, i int, room float32, st textStyle) ([]token, int) {
	n := len(ts)
	ts = cutToken(text, ts, i, room, i == from, st)
	if len(ts) > n || i == from {
		return ts, i + 1
	}
	if ts[i].kind == tokenWide {
		j := i - 1
		for j > from && ts[j].kind != tokenWord {
			j--
		}
		ts = cutToken(text, ts, j, ts[j].width-0.5, true, st)
		if len(ts) > n {
			return ts, j + 1
		}
	}
	return ts, i
}

func inkWidth(ts []token) float32 {
	for len(ts) > 0 && ts[len(ts)-1].kind == tokenSpace {
		ts = ts[:len(ts)-1]
	}
	w := float32(0)
	for _, t := range ts {
		w += t.width
	}
	return w
}

// cutToken splits token i so that its first part fits into room. At the start of a line
// the first part has at least one cluster, elsewhere it may stay whole.
func cutToken(text string, ts []token, i int, room float32, atStart bool, st textStyle) []token {
	t := ts[i]
	if t.kind != tokenWord {
		return ts
	}
	g := graphemes.FromString(text[t.start:t.end])
	x, cut := float32(0), 0
	for g.Next() {
		w := st.width(g.Value())
		if x+w > room && (cut > 0 || !atStart) {
			break
		}
		x += w
		cut = g.End()
	}
	if cut == 0 || t.start+cut >= t.end {
		return ts
	}
	rest := t
	rest.start = t.start + cut
	rest.width = st.width(text[rest.start:rest.end])
	t.end = rest.start
	t.width = x
	ts = append(ts, token{})
	copy(ts[i+2:], ts[i+1:])
	ts[i], ts[i+1] = t, rest
	return ts
}

// strongRTL reports the letters that run from right to left.
func strongRTL(r rune) bool {
	return r >= 0x590 && (r < 0x900 || r >= 0xFB1D && r < 0xFE00 || r >= 0xFE70 && r < 0xFF00 || r >= 0x10800 && r < 0x11000 || r >= 0x1E800 && r < 0x1F000) &&
		unicode.IsLetter(r)
}
