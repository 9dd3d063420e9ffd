package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"dovekie/widgets/skin"
)

// ConnectionHead is the top of the connection page: how it stands, in two lines, with
// buttons at the right.
type ConnectionHead struct {
	plain

	mark        Mark
	title, note string
	bad         bool
	buttons     []fyne.CanvasObject
}

// The measures of the head.
const (
	connHeadHeight = 68
	connHeadOut    = 6 // a sign at the end stands 6 within its button
)

// NewConnectionHead makes a head with these buttons, from left to right.
func NewConnectionHead(buttons ...fyne.CanvasObject) *ConnectionHead {
	h := &ConnectionHead{buttons: buttons}
	h.ExtendBaseWidget(h)
	return h
}

// SetState changes what it says; bad means that the note tells what is wrong.
func (h *ConnectionHead) SetState(mark Mark, title, note string, bad bool) {
	if h.mark == mark && h.title == title && h.note == note && h.bad == bad {
		return
	}
	h.mark, h.title, h.note, h.bad = mark, title, note, bad
	h.Refresh()
}

// Text is what it says.
func (h *ConnectionHead) Text() string { return h.title + " · " + h.note }

// CreateRenderer is called by Fyne.
func (h *ConnectionHead) CreateRenderer() fyne.WidgetRenderer {
	return newDrawn(h, h.draw, func() fyne.Size { return fyne.NewSize(320, connHeadHeight) })
}

func (h *ConnectionHead) draw(size fyne.Size) []fyne.CanvasObject {
	dark := skin.Dark()
	ground := canvas.NewRectangle(skin.Of(skin.Panel, dark))
	ground.Resize(size)
	objects := []fyne.CanvasObject{ground}
	objects = append(objects, moveBy(h.mark.object(skin.Panel, dark), fyne.NewPos(skin.SearchSide, 16))...)
	end := size.Width - skin.SearchSide + connHeadOut
	for i := len(h.buttons) - 1; i >= 0; i-- {
		b := h.buttons[i]
		if !b.Visible() {
			continue
		}
		m := b.MinSize()
		end -= m.Width
		place(b, end, whole((size.Height-m.Height)/2), m.Width, m.Height)
		objects = append(objects, b)
		end -= 8
	}
	left := skin.SearchSide + 26
	title := lineText(elide(h.title, skin.TextTitle, true, end-left-8), skin.TextTitle, skin.Of(skin.Ink, dark), true)
	placeLine(title, left, 24)
	role := skin.Secondary
	if h.bad {
		role = skin.Error
	}
	note := lineText(elideParts(h.note, skin.TextNote, false, end-left-8), skin.TextNote, skin.Of(role, dark), false)
	placeLine(note, left, 47)
	objects = append(objects, note)
	return append(objects, strong(title)...)
}
