package widgets

import (
	"strings"
)

// textPiece is a part of a line that is drawn as one object.
type textPiece struct {
	start, end int // bytes of the text
	x, width   float32
	link       int // index of the link + 1, 0 for none
	emoji      bool
	rtl        bool
}

type textLine struct {
	pieces     []textPiece
	start, end int // bytes of the text; end is before the break
	x          float32
	width      float32
}

// textLayout is a text cut into lines for one width. Offsets are bytes of text, which is
// the message made harmless, not the message itself.
type textLayout struct {
	text  string
	style textStyle
	links []linkSpan
	lines []textLine
	width float32 // of the widest line
	rtl   bool    // some paragraph runs from right to left
}

// layoutText lays a text out. For the UI goroutine.
func layoutText(s string, st textStyle, width float32, withLinks bool) *textLayout {
	l := &textLayout{text: cleanText(s), style: st}
	if withLinks {
		l.links = findLinks(l.text)
	}
	anyRTL := hasRTL(l.text)
	var tokenBuffer [64]token
	var lineBuffer [8]lineRange
	for from := 0; ; {
		to := len(l.text)
		if n := strings.IndexByte(l.text[from:], '\n'); n >= 0 {
			to = from + n
		}
		ts := tokens(l.text, from, to, l.links, st, tokenBuffer[:0])
		ts, ranges := breakLines(l.text, ts, width, st, lineBuffer[:0])
		rtl := anyRTL && rtlParagraph(l.text[from:to])
		l.rtl = l.rtl || rtl
		at := from
		for _, r := range ranges {
			line := l.line(ts[r.from:r.to], r.width, anyRTL, rtl)
			line.start = at
			line.end = to
			if r.to > r.from {
				line.end = ts[r.to-1].end
			}
			at = line.end
			l.lines = append(l.lines, line)
			l.width = max(l.width, r.width)
		}
		if to == len(l.text) {
			break
		}
		from = to + 1
	}
	l.alignRight(width)
	return l
}

// alignRight moves the lines of right-to-left paragraphs to the right side of the text.
func (l *textLayout) alignRight(width float32) {
	if !l.rtl {
		return
	}
	if len(l.lines) > 1 {
		l.width = min(l.width, width)
	}
	for i := range l.lines {
		line := &l.lines[i]
		if rtlParagraph(l.text[paragraphStart(l.text, line.start):line.end]) {
			line.x = l.width - line.width
		}
	}
}

func paragraphStart(text string, at int) int {
	return strings.LastIndexByte(text[:at], '\n') + 1
}

// line puts tokens side by side and joins those that can be drawn as one string.
func (l *textLayout) line(ts []token, width float32, anyRTL, rtl bool) textLine {
	line := textLine{width: width}
	if anyRTL {
		l.bidiPieces(&line, ts, rtl)
		return line
	}
	n := 0
	for i := range ts {
		if i == 0 || !joins2(ts[i-1], ts[i]) {
			n++
		}
	}
	line.pieces = make([]textPiece, 0, n)
	x := float32(0)
	for i, t := range ts {
		if i > 0 && joins2(ts[i-1], t) {
			p := &line.pieces[len(line.pieces)-1]
			p.end = t.end
			p.width += t.width
		} else {
			line.pieces = append(line.pieces, textPiece{start: t.start, end: t.end, x: x, width: t.width, link: t.link, emoji: t.kind == tokenEmoji})
		}
		x += t.width
	}
	return line
}

// joins2 reports whether b is drawn by the same object as a before it.
func joins2(a, b token) bool {
	return a.link == b.link && a.kind != tokenEmoji && b.kind != tokenEmoji
}

// bidiPieces is line for text of two directions. Spaces stand alone: at the end of a
// right-to-left string the painter would put them on the wrong side.
func (l *textLayout) bidiPieces(line *textLine, ts []token, rtl bool) {
	for len(ts) > 0 && ts[len(ts)-1].kind == tokenSpace {
		ts = ts[:len(ts)-1]
	}
	ts = splitDirections(l.text, ts, l.style)
	lv := levels(l.text, ts, rtl)
	x := float32(0)
	for _, i := range visualOrder(lv) {
		t := ts[i]
		line.pieces = append(line.pieces, textPiece{start: t.start, end: t.end, x: x, width: t.width, link: t.link,
			emoji: t.kind == tokenEmoji, rtl: lv[i]%2 == 1})
		x += t.width
	}
	line.width = x
}

// height is the height of all lines.
func (l *textLayout) height() float32 { return float32(len(l.lines)) * l.style.pitch }

// lastWidth is the right end of the last line.
func (l *textLayout) lastWidth() float32 {
	last := l.lines[len(l.lines)-1]
	return last.x + last.width
}

// lineAt is the line at the height y, which may lie outside the text.
func (l *textLayout) lineAt(y float32) int {
	return min(max(int(y/l.style.pitch), 0), len(l.lines)-1)
}

// linkAt is what opens at a place relative to the text's upper left corner, or "".
func (l *textLayout) linkAt(x, y float32) string {
	if y < 0 || y >= l.height() {
		return ""
	}
	line := l.lines[l.lineAt(y)]
	for _, p := range line.pieces {
		if p.link > 0 && x >= line.x+p.x && x < line.x+p.x+p.width {
			return l.links[p.link-1].url
		}
	}
	return ""
}
