package widgets

import (
	"image/color"
	"math"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"github.com/clipperhouse/uax29/v2/graphemes"

	"dovekie/widgets/skin"
)

// whole rounds to a whole pixel.
func whole(v float32) float32 {
	return float32(math.Round(float64(v)))
}

// lineText is a text of one line. The caller places it.
func lineText(s string, size float32, c color.Color, bold bool) *canvas.Text {
	t := canvas.NewText(s, c)
	t.TextSize = size
	t.TextStyle.Bold = bold
	return t
}

// strong is the placed text, twice if it is bold Chinese without a bold face: the second
// one fills the soft edges of the strokes, which makes them heavier but not wider.
func strong(t *canvas.Text) []fyne.CanvasObject {
	if !t.TextStyle.Bold || !skin.RegularHan() || !hasHan(t.Text) {
		return []fyne.CanvasObject{t}
	}
	again := lineText(t.Text, t.TextSize, t.Color, true)
	again.Resize(t.Size())
	again.Move(t.Position())
	return []fyne.CanvasObject{t, again}
}

// placeLine puts the middle of the line at the height y and its start at x. Han and
// Latin fonts differ in height, so the baseline is what counts.
func placeLine(t *canvas.Text, x, y float32) {
	textStyle{size: t.TextSize, bold: t.TextStyle.Bold}.placeBaseline(t, whole(x), y)
}

// placeLineEnd is placeLine with the end of the line at x.
func placeLineEnd(t *canvas.Text, x, y float32) {
	placeLine(t, x-t.MinSize().Width, y)
}

// placeLineMiddle is placeLine with the middle of the line at x.
func placeLineMiddle(t *canvas.Text, x, y float32) {
	placeLine(t, x-t.MinSize().Width/2, y)
}

// elide cuts the text after a whole cluster so that it fits with the ellipsis.
func elide(s string, size float32, bold bool, width float32) string {
	st := textStyle{size: size, bold: bold}
	return cutToFit(s, func(s string) bool { return st.width(s) <= width })
}

// elideParts cuts a line of parts with dots between them so that it fits: whole parts from
// its end, and within the first only when that alone is too long.
func elideParts(s string, size float32, bold bool, width float32) string {
	st := textStyle{size: size, bold: bold}
	for st.width(s) > width {
		cut := strings.LastIndex(s, " · ")
		if cut < 0 {
			return elide(s, size, bold, width)
		}
		s = s[:cut]
	}
	return s
}

// cutToFit is the longest part of the text, in whole clusters and with an ellipsis, that
// fits; all of it if it does.
func cutToFit(s string, fits func(string) bool) string {
	if fits(s) {
		return s
	}
	var ends []int
	for g := graphemes.FromString(s); g.Next(); {
		ends = append(ends, g.End())
	}
	low, high := 0, len(ends) // low clusters fit, high do not
	for low+1 < high {
		middle := (low + high) / 2
		if fits(s[:ends[middle-1]] + "…") {
			low = middle
		} else {
			high = middle
		}
	}
	if low == 0 {
		return "…"
	}
	return strings.TrimRight(s[:ends[low-1]], " .") + "…"
}

// moveBy shifts objects that were placed relative to 0,0.
func moveBy(objects []fyne.CanvasObject, by fyne.Position) []fyne.CanvasObject {
	for _, o := range objects {
		o.Move(o.Position().Add(by))
	}
	return objects
}

// rounded is a filled rectangle with round corners.
func rounded(c color.Color, radius float32) *canvas.Rectangle {
	r := canvas.NewRectangle(c)
	r.CornerRadius = radius
	return r
}

// place moves and resizes.
func place(o fyne.CanvasObject, x, y, w, h float32) {
	o.Move(fyne.NewPos(x, y))
	o.Resize(fyne.NewSize(w, h))
}

// oneLine turns breaks and tabs into spaces.
func oneLine(s string) string {
	if !strings.ContainsAny(s, "\n\r\t") {
		return s
	}
	return strings.Join(strings.Fields(s), " ")
}

// noLimit is wider than any line.
const noLimit = 1 << 20

// userLine is one line of a text that somebody typed, with emoji as pictures and both
// directions, its middle at the height 0, cut to the width; and how wide it is.
func userLine(s string, size float32, bold bool, c color.Color, width float32) (objects []fyne.CanvasObject, used float32) {
	st := textStyle{size: size, pitch: skin.PitchBody, bold: bold}
	l := layoutText(oneLine(s), st, noLimit, false)
	if l.width > width {
		s = cutToFit(l.text, func(s string) bool { return layoutText(s, st, noLimit, false).width <= width })
		l = layoutText(s, st, noLimit, false)
	}
	return l.paint(nil, fyne.NewPos(0, -skin.PitchBody/2), c, c), l.width
}

// noteLine is one line of a signature or a last message, its middle at the height 0.
func noteLine(s string, c color.Color, width float32) []fyne.CanvasObject {
	objects, _ := userLine(s, skin.TextNote, false, c, width)
	return objects
}

// wrapObjects are the lines of a text of our own, the first one's top at 0, and the
// height of all.
func wrapObjects(s string, size, pitch float32, c color.Color, width float32) (objects []fyne.CanvasObject, height float32) {
	l := layoutText(s, textStyle{size: size, pitch: pitch}, width, false)
	return l.paint(nil, fyne.Position{}, c, c), l.height()
}

// wrapMiddle is wrapObjects with the middle of every line at x.
func wrapMiddle(s string, size, pitch float32, c color.Color, x, width float32) (objects []fyne.CanvasObject, height float32) {
	l := layoutText(s, textStyle{size: size, pitch: pitch}, width, false)
	for i := range l.lines {
		l.lines[i].x = whole(x - l.lines[i].width/2)
	}
	return l.paint(nil, fyne.Position{}, c, c), l.height()
}

// focusRing is the edge of two that shows where the keyboard is, around what lies at pos.
func focusRing(pos fyne.Position, size fyne.Size, radius float32, dark bool) *canvas.Rectangle {
	ring := rounded(color.Transparent, radius)
	ring.StrokeColor = skin.Of(skin.Accent, dark)
	ring.StrokeWidth = skin.FocusWidth
	place(ring, pos.X, pos.Y, size.Width, size.Height)
	return ring
}
