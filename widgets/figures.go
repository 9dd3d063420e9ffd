package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"dovekie/widgets/skin"
)

// Figure is a number with what it is.
type Figure struct{ Name, Value, Note string }

// Figures are a few numbers side by side, each on a ground of its own.
type Figures struct {
	plain

	list []Figure
}

// The measures of figures.
const (
	figureHeight = 84
	figureGap    = 12
	figurePad    = 16
)

// NewFigures makes an empty row.
func NewFigures() *Figures {
	f := &Figures{}
	f.ExtendBaseWidget(f)
	return f
}

// SetFigures shows other numbers.
func (f *Figures) SetFigures(list ...Figure) {
	f.list = list
	f.Refresh()
}

// Figures are what is shown.
func (f *Figures) Figures() []Figure { return f.list }

// CreateRenderer is called by Fyne.
func (f *Figures) CreateRenderer() fyne.WidgetRenderer {
	return newDrawn(f, f.draw, func() fyne.Size { return fyne.NewSize(240, figureHeight) })
}

func (f *Figures) draw(size fyne.Size) []fyne.CanvasObject {
	dark := skin.Dark()
	n := float32(max(len(f.list), 1))
	width := whole((size.Width - figureGap*(n-1)) / n)
	var objects []fyne.CanvasObject
	for i, fig := range f.list {
		x := float32(i) * (width + figureGap)
		ground := rounded(skin.Of(skin.ChatGround, dark), skin.RadiusField)
		place(ground, x, 0, width, size.Height)
		room := width - 2*figurePad
		name := lineText(elide(fig.Name, skin.TextNote, false, room), skin.TextNote, skin.Of(skin.Secondary, dark), false)
		placeLine(name, x+figurePad, 18)
		value := lineText(elide(fig.Value, skin.TextOwnName, true, room), skin.TextOwnName, skin.Of(skin.Ink, dark), true)
		placeLine(value, x+figurePad, 42)
		note := lineText(elide(fig.Note, skin.TextNote, false, room), skin.TextNote, skin.Of(skin.Secondary, dark), false)
		placeLine(note, x+figurePad, 65)
		objects = append(objects, ground, name, note)
		objects = append(objects, strong(value)...)
	}
	return objects
}

// Heading is a line above a part of a page.
type Heading struct {
	plain

	text string
}

// headingHeight is the height of a heading.
const headingHeight = 26

// NewHeading makes a heading.
func NewHeading(text string) *Heading {
	h := &Heading{text: text}
	h.ExtendBaseWidget(h)
	return h
}

// CreateRenderer is called by Fyne.
func (h *Heading) CreateRenderer() fyne.WidgetRenderer {
	return newDrawn(h, func(size fyne.Size) []fyne.CanvasObject {
		text := lineText(elide(h.text, skin.TextTitle, true, size.Width), skin.TextTitle, skin.Color(skin.Ink), true)
		placeLine(text, 0, size.Height/2)
		return strong(text)
	}, func() fyne.Size { return fyne.NewSize(120, headingHeight) })
}

// TextTable is a table of words: the first column at the left, the others at their right.
type TextTable struct {
	plain

	head []string
	rows [][]string
}

// tableRow is the height of a line of a table.
const tableRow = 30

// NewTextTable makes a table without rows.
func NewTextTable(head ...string) *TextTable {
	t := &TextTable{head: head}
	t.ExtendBaseWidget(t)
	return t
}

// SetRows shows other rows, each with as many words as the head.
func (t *TextTable) SetRows(rows [][]string) {
	t.rows = rows
	t.Refresh()
}

// Rows are what is shown.
func (t *TextTable) Rows() [][]string { return t.rows }

// CreateRenderer is called by Fyne.
func (t *TextTable) CreateRenderer() fyne.WidgetRenderer {
	return newDrawn(t, t.draw, func() fyne.Size {
		return fyne.NewSize(240, tableRow*float32(len(t.rows)+1))
	})
}

func (t *TextTable) draw(size fyne.Size) []fyne.CanvasObject {
	dark := skin.Dark()
	quiet, ink := skin.Of(skin.Secondary, dark), skin.Of(skin.Ink, dark)
	first := max(whole(size.Width*0.34), 120)
	column := (size.Width - first) / float32(max(len(t.head)-1, 1))
	var objects []fyne.CanvasObject
	line := func(words []string, n int, head bool) {
		y := tableRow * (float32(n) + 0.5)
		for i, w := range words {
			c, room := ink, column-12
			if head {
				c = quiet
			}
			if i == 0 {
				room = first - 12
			}
			size := skin.TextMinor
			if head {
				size = skin.TextNote
			}
			text := lineText(elide(w, size, false, room), size, c, false)
			if i == 0 {
				placeLine(text, 0, y)
			} else {
				placeLineEnd(text, first+column*float32(i), y)
			}
			objects = append(objects, text)
		}
		rule := canvas.NewRectangle(skin.Of(skin.Divider, dark))
		place(rule, 0, tableRow*float32(n+1)-1, size.Width, 1)
		objects = append(objects, rule)
	}
	line(t.head, 0, true)
	for n, row := range t.rows {
		line(row, n+1, false)
	}
	return objects
}
