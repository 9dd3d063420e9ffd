package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"dovekie/assets"
	"dovekie/widgets/skin"
)

// Link is words in the accent's colour that can be pressed; underlined under the pointer.
type Link struct {
	pressable

	text    string
	size    float32
	onToast bool // the ground is ink in both themes
}

// NewLink makes a link of 13.
func NewLink(text string, tapped func()) *Link {
	l := &Link{text: text, size: skin.TextMinor}
	l.OnTapped = tapped
	l.own(l)
	return l
}

// SetText changes the words.
func (l *Link) SetText(text string) {
	if l.text == text {
		return
	}
	l.text = text
	l.Refresh()
}

// Text is what it says.
func (l *Link) Text() string { return l.text }

// CreateRenderer is called by Fyne.
func (l *Link) CreateRenderer() fyne.WidgetRenderer {
	return newDrawn(l, l.draw, l.least)
}

func (l *Link) least() fyne.Size {
	w := fyne.MeasureText(l.text, l.size, fyne.TextStyle{}).Width
	return fyne.NewSize(whole(w+0.5), 24)
}

func (l *Link) draw(size fyne.Size) []fyne.CanvasObject {
	dark := skin.Dark() || l.onToast
	role := skin.Accent
	if l.off {
		role = skin.Secondary
	}
	t := lineText(elide(l.text, l.size, false, size.Width+1), l.size, skin.Of(role, dark), false)
	t.TextStyle.Underline = l.hovered && !l.off
	placeLine(t, 0, size.Height/2)
	objects := []fyne.CanvasObject{t}
	if l.focused {
		around := size.AddWidthHeight(8, 0)
		objects = append(objects, focusRing(fyne.NewPos(-4, 0), around, skin.RadiusQuote, dark))
	}
	return objects
}

// FoldRow is a line that shows or hides what is below it: a chevron, words, and a quiet
// note at the right.
type FoldRow struct {
	pressable

	text, note string
	open       bool
	onFold     func(open bool)
}

// NewFoldRow makes a folded row. onFold may be nil.
func NewFoldRow(text, note string, onFold func(open bool)) *FoldRow {
	f := &FoldRow{text: text, note: note, onFold: onFold}
	f.OnTapped = func() { f.SetOpen(!f.open) }
	f.own(f)
	return f
}

// SetOpen folds or unfolds, and tells.
func (f *FoldRow) SetOpen(open bool) {
	if f.open == open {
		return
	}
	f.open = open
	f.Refresh()
	if f.onFold != nil {
		f.onFold(open)
	}
}

// Open reports whether what is below shows.
func (f *FoldRow) Open() bool { return f.open }

// SetNote changes the words at the right.
func (f *FoldRow) SetNote(note string) {
	f.note = note
	f.Refresh()
}

// CreateRenderer is called by Fyne.
func (f *FoldRow) CreateRenderer() fyne.WidgetRenderer {
	return newDrawn(f, f.draw, func() fyne.Size { return fyne.NewSize(120, skin.HitArea) })
}

func (f *FoldRow) draw(size fyne.Size) []fyne.CanvasObject {
	dark := skin.Dark()
	icon := assets.IconChevronRight
	if f.open {
		icon = assets.IconChevronDown
	}
	ink := skin.Of(skin.Secondary, dark)
	chevron := IconObject(icon, skin.IconRow, ink)
	chevron.Move(fyne.NewPos(-4, whole((size.Height-skin.IconRow)/2)))
	note := lineText(elide(f.note, skin.TextNote, false, size.Width/2), skin.TextNote, ink, false)
	placeLineEnd(note, size.Width, size.Height/2)
	words := elide(f.text, skin.TextMinor, false, note.Position().X-rowTextGap-16)
	t := lineText(words, skin.TextMinor, ink, false)
	if f.hovered {
		t.Color = skin.Of(skin.Ink, dark)
	}
	placeLine(t, 16, size.Height/2)
	objects := []fyne.CanvasObject{chevron, t, note}
	if f.focused {
		objects = append(objects, focusRing(fyne.NewPos(-6, 0), size.AddWidthHeight(12, 0), skin.RadiusQuote, dark))
	}
	return objects
}

// NewRule makes the line that parts sections, one high.
func NewRule() fyne.CanvasObject {
	r := &rule{}
	r.ExtendBaseWidget(r)
	return r
}

type rule struct{ plain }

// CreateRenderer is called by Fyne.
func (r *rule) CreateRenderer() fyne.WidgetRenderer {
	return newDrawn(r, func(size fyne.Size) []fyne.CanvasObject {
		line := canvas.NewRectangle(skin.Color(skin.Divider))
		line.Resize(fyne.NewSize(size.Width, 1))
		return []fyne.CanvasObject{line}
	}, func() fyne.Size { return fyne.NewSize(1, 1) })
}
