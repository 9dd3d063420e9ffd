package widgets

import (
	"image/color"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// baselineShare is how far the baseline lies under the middle of the line, in units of
// the size: the middle of a Han character, and nearly that of a capital.
const baselineShare = 0.37

// paint appends the objects of the text with its upper left corner at pos.
func (l *textLayout) paint(dst []fyne.CanvasObject, pos fyne.Position, ink, link color.Color) []fyne.CanvasObject {
	for i, line := range l.lines {
		middle := pos.Y + (float32(i)+0.5)*l.style.pitch
		for _, p := range line.pieces {
			x := pos.X + line.x + p.x
			s := l.text[p.start:p.end]
			if p.emoji {
				dst = append(dst, emojiObject(s, l.style, x, middle))
				continue
			}
			if strings.TrimSpace(s) == "" {
				continue
			}
			c := ink
			if p.link > 0 {
				c = link
			}
			t := lineText(s, l.style.size, c, l.style.bold)
			if p.rtl {
				t.Text = mirrored(s)
			}
			l.style.placeBaseline(t, x, middle)
			dst = append(dst, strong(t)...)
			if p.link > 0 {
				dst = append(dst, underline(x, middle+l.style.size*baselineShare, p.width, c))
			}
		}
	}
	return dst
}

// placeBaseline puts a text at x with its baseline where all texts of the line that has
// its middle at y have it.
func (s textStyle) placeBaseline(t *canvas.Text, x, y float32) {
	t.Resize(t.MinSize())
	t.Move(fyne.NewPos(x, whole(y+s.size*baselineShare)-s.ascent(t.Text)))
}

func underline(x, baseline, width float32, c color.Color) fyne.CanvasObject {
	r := canvas.NewRectangle(c)
	place(r, x, whole(baseline)+2, width, 1)
	return r
}
