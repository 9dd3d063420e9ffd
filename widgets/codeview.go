package widgets

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"github.com/clipperhouse/uax29/v2/graphemes"

	"dovekie/widgets/skin"
)

// Span is a piece of a line in one colour.
type Span struct {
	Text   string
	Role   skin.Role
	Marked bool // it is what somebody looks for
}

// CodeLine is a line of a structured text, so many levels in.
type CodeLine struct {
	Level int
	Spans []Span
}

// The measures of a code view.
const (
	codePitch   = 19
	codeLevel   = 16 // indentation of one level
	codeSide    = 14
	codeDeepest = 12 // deeper levels are not indented further
)

// NewCodeView makes an empty view of structured text, wrapped to its width. It scrolls
// and takes the keyboard as a list does.
func NewCodeView() *CodeView {
	v := &CodeView{}
	v.RowList = NewRowList(&v.code, codePitch, false, RowActions{})
	return v
}

// CodeView shows structured text in colours.
type CodeView struct {
	*RowList

	code codeRows
}

// SetLines shows other lines, from their beginning, or so that the first mark is in sight.
func (v *CodeView) SetLines(lines []CodeLine) {
	v.code.lines = lines
	v.code.version++
	v.code.width = 0 // laid out anew
	v.offset, v.anchor = 0, rowAnchor{}
	v.Changed()
	if i := v.code.marked(); i >= 0 {
		v.reveal(min(i+1, v.code.Len()-1)) // with the line after it
		v.draw()
	}
}

// Marked are the marked parts that are in sight.
func (v *CodeView) Marked() []string {
	var all []string
	for i, line := range v.code.wrapped {
		for _, s := range line.spans {
			if _, _, ok := v.Place(i); ok && s.Marked {
				all = append(all, s.Text)
			}
		}
	}
	return all
}

// codeRows are the lines as they are wrapped, each a row.
type codeRows struct {
	lines   []CodeLine
	width   float32
	wrapped []wrappedLine
	version uint64
}

type wrappedLine struct {
	x     float32
	on    bool // it goes on with the line before it
	spans []Span
}

// Fit implements Rows.
func (c *codeRows) Fit(width float32) {
	if c.width == width {
		return
	}
	c.width = width
	c.wrapped = c.wrapped[:0:0]
	for _, l := range c.lines {
		c.wrap(l)
	}
}

// wrap cuts a line into as many as it needs, later ones a level further in. Widths are
// sums over characters, which is quick and right to a pixel or two.
func (c *codeRows) wrap(l CodeLine) {
	x := float32(codeSide + codeLevel*min(l.Level, codeDeepest))
	end := c.width - rowEnd
	line := wrappedLine{x: x}
	at := x
	flush := func() {
		c.wrapped = append(c.wrapped, line)
		line = wrappedLine{x: min(x+codeLevel, end-120), on: true}
		at = line.x
	}
	for _, s := range l.Spans {
		from := 0
		for from < len(s.Text) {
			n, w := fitting(s.Text[from:], end-at, at == line.x)
			// The end of a tag or of a value stays with it, beyond the edge if need be.
			if rest := len(s.Text) - from; rest <= 2 && n < rest {
				n, w = rest, 0
			}
			if n == 0 {
				flush()
				continue
			}
			line.spans = append(line.spans, Span{s.Text[from : from+n], s.Role, s.Marked})
			from += n
			at += w
			if from < len(s.Text) {
				flush()
			}
		}
	}
	c.wrapped = append(c.wrapped, line)
}

// marked is the first row with a mark, -1 for none.
func (c *codeRows) marked() int {
	return slices.IndexFunc(c.wrapped, func(l wrappedLine) bool {
		return slices.ContainsFunc(l.spans, func(s Span) bool { return s.Marked })
	})
}

// fitting is how many bytes of the text fit into the room, up to the end of a word where
// there is one, and how wide they are. A line that is empty takes a part of a long word
// rather than nothing.
func fitting(s string, room float32, empty bool) (n int, width float32) {
	st := textStyle{size: skin.TextNote}
	word, wordWidth := 0, float32(0)
	part, partWidth := 0, float32(0) // of a word: an address or a path
	for g := graphemes.FromString(s); g.Next(); {
		c := g.Value()
		w := st.width(c)
		if c == " " {
			w = st.space(true)
		}
		if width+w > room {
			switch {
			case len(s)-n <= 1:
				return len(s), width
			case word > 0:
				return word, wordWidth
			case empty && part > 0:
				return part, partWidth
			case empty && n > 0:
				return n, width
			case empty:
				return g.End(), w
			}
			return 0, 0
		}
		n, width = g.End(), width+w
		switch c {
		case " ":
			word, wordWidth = n, width
		case "/", ",", "@", "#":
			part, partWidth = n, width
		}
	}
	return n, width
}

// Len implements Rows.
func (c *codeRows) Len() int { return len(c.wrapped) }

// ID implements Rows.
func (c *codeRows) ID(i int) uint64 { return uint64(i) + 1 }

// Find implements Rows.
func (c *codeRows) Find(id uint64) int {
	if id == 0 || id > uint64(len(c.wrapped)) {
		return -1
	}
	return int(id) - 1
}

// Height implements Rows.
func (c *codeRows) Height(int) float32 { return codePitch }

// Version implements Rows.
func (c *codeRows) Version(int) uint64 { return c.version }

// Pickable implements Rows.
func (c *codeRows) Pickable(int) bool { return false }

// Draw implements Rows.
func (c *codeRows) Draw(i int, _ float32, dark bool) []fyne.CanvasObject {
	line := c.wrapped[i]
	st := textStyle{size: skin.TextNote}
	x := line.x
	objects := make([]fyne.CanvasObject, 0, len(line.spans))
	for n, s := range line.spans {
		// The painter takes a space from the font of what stands before it, which at the
		// beginning of a text is another one than within: so spaces are left out there.
		words := strings.TrimLeft(s.Text, " ")
		if n > 0 || !line.on {
			x += float32(len(s.Text)-len(words)) * st.space(true)
		}
		if words == "" {
			continue
		}
		t := lineText(words, skin.TextNote, skin.Of(s.Role, dark), false)
		st.placeBaseline(t, x, codePitch/2)
		if s.Marked { // a ground and a line below: an edge would touch the letters beside
			ground, line := canvas.NewRectangle(skin.Of(skin.Selected, dark)), canvas.NewRectangle(skin.Of(skin.Accent, dark))
			place(ground, whole(x), 0, whole(st.width(words)), codePitch-2)
			place(line, whole(x), codePitch-2, whole(st.width(words)), 2)
			objects = append(objects, ground, line)
		}
		objects = append(objects, t)
		x += st.width(strings.TrimRight(words, " "))
		x += float32(len(words)-len(strings.TrimRight(words, " "))) * st.space(true)
	}
	return objects
}
