package widgets

import (
	"fyne.io/fyne/v2"

	"dovekie/widgets/skin"
)

// Toast is a short notice near the lower edge of the window, with at most one link. It
// fills the window but takes no taps beside its link. Who shows it also hides it after
// a while.
type Toast struct {
	plain

	text string
	link *Link
	act  func()
}

// The measures of a toast.
const (
	toastBottom = 28
	toastHeight = 40
	toastPad    = 16
	toastMost   = 520
)

// NewToast makes a hidden toast; lay it over the window's content.
func NewToast() *Toast {
	t := &Toast{}
	t.link = NewLink("", t.tapped)
	t.link.onToast = true
	t.ExtendBaseWidget(t)
	t.Hide()
	return t
}

// ShowText shows the words until Hide, with a link if there are words for one.
func (t *Toast) ShowText(text, link string, onLink func()) {
	t.text, t.act = text, onLink
	t.link.SetText(link)
	t.Show()
	t.Refresh()
}

// Text is what is shown last.
func (t *Toast) Text() string { return t.text }

func (t *Toast) tapped() {
	t.Hide()
	if t.act != nil {
		t.act()
	}
}

// CreateRenderer is called by Fyne.
func (t *Toast) CreateRenderer() fyne.WidgetRenderer {
	return newDrawn(t, t.draw, func() fyne.Size { return fyne.NewSize(1, 1) })
}

func (t *Toast) draw(size fyne.Size) []fyne.CanvasObject {
	dark := skin.Dark()
	most := min(toastMost, size.Width-2*toastPad)
	link := float32(0)
	if t.link.text != "" {
		link = t.link.MinSize().Width + toastPad
	}
	l := layoutText(t.text, textStyle{size: skin.TextMinor, pitch: 20}, most-2*toastPad-link, false)
	width := whole(l.width) + 2*toastPad + link
	height := max(toastHeight, l.height()+20)
	x, y := whole((size.Width-width)/2), size.Height-toastBottom-height
	ground := edged(fyne.NewSize(width, height), skin.Of(skin.HeaderGround, false), skin.Of(skin.Edge, dark), skin.EdgeWidth, skin.RadiusField)
	ground.Move(fyne.NewPos(x, y))
	ink := skin.Of(skin.HeaderText, false)
	objects := l.paint([]fyne.CanvasObject{ground}, fyne.NewPos(x+toastPad, y+whole((height-l.height())/2)), ink, ink)
	if link > 0 {
		m := t.link.MinSize()
		place(t.link, x+width-toastPad-m.Width, y+whole((height-m.Height)/2), m.Width, m.Height)
		objects = append(objects, t.link)
	}
	return objects
}
