package widgets

import (
	"github.com/clipperhouse/uax29/v2/graphemes"
)

// offsetAt is the place between two clusters that is nearest to a point relative to the
// text's upper left corner, as bytes of the text.
func (l *textLayout) offsetAt(x, y float32) int {
	if y < 0 {
		return 0
	}
	if y >= l.height() {
		return len(l.text)
	}
	line := l.lines[l.lineAt(y)]
	x -= line.x
	best, at := float32(-1), line.start
	consider := func(edge float32, offset int) {
		d := edge - x
		if d < 0 {
			d = -d
		}
		if best < 0 || d < best {
			best, at = d, offset
		}
	}
	for _, p := range line.pieces {
		l.edges(p, consider)
	}
	return at
}

// edges calls f with each place in the piece and where on the line it is.
func (l *textLayout) edges(p textPiece, f func(x float32, offset int)) {
	if p.emoji {
		f(p.x, p.start)
		f(p.x+p.width, p.end)
		return
	}
	done := float32(0)
	place := func(offset int) {
		if p.rtl {
			f(p.x+p.width-done, offset)
			return
		}
		f(p.x+done, offset)
	}
	place(p.start)
	previous := ""
	g := graphemes.FromString(l.text[p.start:p.end])
	for g.Next() {
		switch c := g.Value(); {
		case c == " ":
			done += l.style.space(g.Start() > 0 && clusterKind(previous) == tokenWord)
		case isSquare(c):
			done += l.style.width("的")
		default:
			done += l.style.width(c)
		}
		previous = g.Value()
		place(p.start + g.End())
	}
}

// span is a part of a line, for the ground behind selected text.
type span struct{ line, x, width float32 }

// selectionSpans are the grounds behind text[from:to].
func (l *textLayout) selectionSpans(from, to int) []span {
	var out []span
	for i, line := range l.lines {
		if line.end < from || line.start >= to {
			continue
		}
		for _, p := range line.pieces {
			if p.end <= from || p.start >= to {
				continue
			}
			left, right := float32(-1), float32(-1)
			l.edges(p, func(x float32, offset int) {
				if offset < from || offset > to {
					return
				}
				if left < 0 || x < left {
					left = x
				}
				right = max(right, x)
			})
			if left >= 0 && right > left {
				out = append(out, span{float32(i), line.x + left, right - left})
			}
		}
	}
	return out
}

// wordAt is the word, or the single wide character, around a place.
func (l *textLayout) wordAt(offset int) (from, to int) {
	for _, line := range l.lines {
		if offset < line.start || offset > line.end {
			continue
		}
		for _, t := range tokens(l.text, line.start, line.end, l.links, l.style, nil) {
			if offset >= t.start && (offset < t.end || t.end == line.end && offset == t.end) {
				return t.start, t.end
			}
		}
	}
	return offset, offset
}
