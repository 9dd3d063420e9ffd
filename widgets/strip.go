package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"dovekie/assets"
	"dovekie/widgets/skin"
)

// Strip is a quiet line across the window that says something lasting, such as that this
// is the demo or that there is no connection, with at most two links.
type Strip struct {
	plain

	text string
	icon assets.Icon
	link *Link
	more *Link // nil for none
}

// The measures of a strip.
const (
	stripHeight   = 32
	stripPad      = 16
	stripLinkGap  = 12
	stripIconRoom = 24
)

// NewStrip makes a strip. icon and link may be "".
func NewStrip(icon assets.Icon, text, link string, onLink func()) *Strip {
	s := &Strip{icon: icon, text: text, link: NewLink(link, onLink)}
	s.link.size = skin.TextNote
	s.ExtendBaseWidget(s)
	return s
}

// SetMore adds a second link, behind the first one.
func (s *Strip) SetMore(link string, onLink func()) {
	s.more = NewLink(link, onLink)
	s.more.size = skin.TextNote
	s.Refresh()
}

// SetText changes icon, words and link.
func (s *Strip) SetText(icon assets.Icon, text, link string) {
	if s.icon == icon && s.text == text && s.link.text == link {
		return
	}
	s.icon, s.text = icon, text
	s.link.SetText(link)
	s.Refresh()
}

// More is the second link and what it says, nil without one.
func (s *Strip) More() (link *Link, text string) {
	if s.more == nil {
		return nil, ""
	}
	return s.more, s.more.text
}

// Link is the first link and what it says.
func (s *Strip) Link() (link *Link, text string) { return s.link, s.link.text }

// Text is what the strip says.
func (s *Strip) Text() string { return s.text }

// CreateRenderer is called by Fyne.
func (s *Strip) CreateRenderer() fyne.WidgetRenderer {
	return newDrawn(s, s.draw, s.least)
}

func (s *Strip) left() float32 {
	if s.icon != "" {
		return stripPad + stripIconRoom
	}
	return stripPad
}

// lines lays the words out, and says whether the link fits behind the last of them.
func (s *Strip) lines(width float32) (l *textLayout, linkBehind bool) {
	if width <= 0 {
		width = skin.WindowWidth
	}
	st := textStyle{size: skin.TextNote, pitch: skin.PitchNote}
	l = layoutText(s.text, st, width-s.left()-stripPad, false)
	room := width - s.left() - stripPad - l.lastWidth()
	need := float32(0)
	for _, link := range s.links() {
		need += stripLinkGap + link.MinSize().Width
	}
	return l, need <= room
}

// links are the links that say something.
func (s *Strip) links() []*Link {
	var all []*Link
	for _, l := range []*Link{s.link, s.more} {
		if l != nil && l.text != "" {
			all = append(all, l)
		}
	}
	return all
}

func (s *Strip) least() fyne.Size {
	l, behind := s.lines(s.Size().Width)
	h := l.height()
	if !behind {
		h += skin.PitchNote
	}
	return fyne.NewSize(120, max(stripHeight, h+14))
}

func (s *Strip) draw(size fyne.Size) []fyne.CanvasObject {
	dark := skin.Dark()
	ground := canvas.NewRectangle(skin.Of(skin.DatePill, dark))
	ground.Resize(size)
	objects := []fyne.CanvasObject{ground}
	ink := skin.Of(skin.DatePillText, dark)
	l, behind := s.lines(size.Width)
	height := l.height()
	if !behind {
		height += skin.PitchNote
	}
	top := whole((size.Height - height) / 2)
	if s.icon != "" {
		icon := IconObject(s.icon, skin.IconRow, ink)
		icon.Move(fyne.NewPos(stripPad, top+1))
		objects = append(objects, icon)
	}
	objects = l.paint(objects, fyne.NewPos(s.left(), top), ink, ink)
	x, line := s.left(), top+l.height()
	if behind {
		x, line = whole(s.left()+l.lastWidth()+stripLinkGap), line-skin.PitchNote
	}
	for _, link := range s.links() {
		m := link.MinSize()
		place(link, x, line+whole((skin.PitchNote-m.Height)/2), m.Width, m.Height)
		objects = append(objects, link)
		x += m.Width + stripLinkGap
	}
	return objects
}
