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

// placeLine puts the middle of the line at the height y and its start at x. Han and
// Latin fonts differ in height: only the middle is the same for both.
func placeLine(t *canvas.Text, x, y float32) {
	m := t.MinSize()
	t.Resize(m)
	t.Move(fyne.NewPos(whole(x), whole(y-m.Height/2)))
}

// placeLineEnd is placeLine with the end of the line at x.
func placeLineEnd(t *canvas.Text, x, y float32) {
	placeLine(t, x-t.MinSize().Width, y)
}

// placeLineMiddle is placeLine with the middle of the line at x.
func placeLineMiddle(t *canvas.Text, x, y float32) {
	placeLine(t, x-t.MinSize().Width/2, y)
}

// elide cuts the text after a whole cluster so that it fits with the ellipsis. The
// first line only: a break is taken for the end.
func elide(s string, size float32, bold bool, width float32) string {
	style := fyne.TextStyle{Bold: bold}
	if fyne.MeasureText(s, size, style).Width <= width {
		return s
	}
	var ends []int
	for g := graphemes.FromString(s); g.Next(); {
		ends = append(ends, g.End())
	}
	low, high := 0, len(ends) // low clusters fit, high do not
	for low+1 < high {
		middle := (low + high) / 2
		if fyne.MeasureText(s[:ends[middle-1]]+"…", size, style).Width <= width {
			low = middle
		} else {
			high = middle
		}
	}
	if low == 0 {
		return "…"
	}
	return s[:ends[low-1]] + "…"
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

// noteLine is one line of a signature or a last message, its middle at the height 0.
func noteLine(s string, c color.Color, width float32) []fyne.CanvasObject {
	t := lineText(elide(oneLine(s), skin.TextNote, false, width), skin.TextNote, c, false)
	placeLine(t, 0, 0)
	return []fyne.CanvasObject{t}
}

// focusRing is the edge of two that shows where the keyboard is, around what lies at pos.
func focusRing(pos fyne.Position, size fyne.Size, radius float32, dark bool) *canvas.Rectangle {
	ring := rounded(color.Transparent, radius)
	ring.StrokeColor = skin.Of(skin.Accent, dark)
	ring.StrokeWidth = skin.FocusWidth
	place(ring, pos.X, pos.Y, size.Width, size.Height)
	return ring
}
