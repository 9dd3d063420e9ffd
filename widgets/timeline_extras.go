package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"dovekie/assets"
	"dovekie/widgets/skin"
)

const (
	typingDot   = 6
	typingStep  = 10
	typingAbove = 8
	jumpSide    = 36
	jumpRight   = 20
	jumpAbove   = 16
	jumpFrom    = 120 // shown when the end is that far below
)

// timelineExtras are the parts of a timeline that are not rows.
type timelineExtras struct {
	ground  *canvas.Rectangle
	bar     *canvas.Rectangle
	jump    rect
	typing  string
	step    int
	dots    [3]*canvas.Circle
	objects []fyne.CanvasObject
	barView float32 // share of the content in sight
	words   fyne.CanvasObject
	worded  string
	ringed  bool   // the keyboard is here
	none    string // what stands in the middle of a chat without messages
}

func newTimelineExtras() timelineExtras {
	e := timelineExtras{
		ground: canvas.NewRectangle(nil),
		bar:    rounded(nil, scrollBarWidth/2),
	}
	for i := range e.dots {
		e.dots[i] = canvas.NewCircle(nil)
		e.dots[i].Resize(fyne.NewSquareSize(typingDot))
	}
	e.colour(skin.Dark())
	return e
}

func (e *timelineExtras) colour(dark bool) {
	e.ground.FillColor = skin.Of(skin.ChatGround, dark)
	e.bar.FillColor = skin.Of(skin.Edge, dark)
	e.worded = ""
}

// lay puts everything in its order from back to front. bottom is the lower edge of the
// last row that was measured.
func (e *timelineExtras) lay(t *Timeline, size fyne.Size, bottom float32) {
	dark := t.bound.dark
	e.objects = append(e.objects[:0], e.ground)
	for _, s := range t.shown {
		e.objects = append(e.objects, s.row.box)
	}
	atEnd := len(t.rows) == 0 || len(t.shown) > 0 && t.shown[len(t.shown)-1].index == len(t.rows)-1
	if e.typing != "" && atEnd {
		e.placeTyping(bottom+typingAbove, dark)
	}
	e.placeBar(t, size)
	e.jump = rect{}
	if !t.anchor.stick && (!atEnd || bottom > size.Height+jumpFrom) {
		e.placeJump(size, t.anchor.missed, dark)
	}
	if e.none != "" && len(t.rows) == 0 {
		words := lineText(oneLine(cleanText(e.none)), skin.TextNote, skin.Of(skin.Secondary, dark), false)
		noteStyle.placeBaseline(words, whole((size.Width-noteStyle.width(words.Text))/2), whole(size.Height/2))
		e.objects = append(e.objects, words)
	}
	t.followHint()
	e.objects = append(e.objects, t.hint.paint(t, size)...)
	if e.ringed {
		e.objects = append(e.objects, focusRing(fyne.Position{}, size, skin.RadiusSpeaker, dark))
	}
}

func (e *timelineExtras) placeTyping(y float32, dark bool) {
	middle := y + typingHeight/2
	for i, d := range e.dots {
		d.Move(fyne.NewPos(skin.BubbleInX+2+float32(i)*typingStep, whole(middle-typingDot/2)))
		e.objects = append(e.objects, d)
	}
	if e.worded != e.typing {
		e.worded = e.typing
		e.words = lineText(oneLine(cleanText(e.typing)), skin.TextNote, skin.Of(skin.Secondary, dark), false)
	}
	if w, ok := e.words.(*canvas.Text); ok {
		noteStyle.placeBaseline(w, skin.BubbleInX+38, middle)
	}
	e.objects = append(e.objects, e.words)
	e.layTyping(dark)
}

// layTyping colours the dots for the present step: one of the three is faint.
func (e *timelineExtras) layTyping(dark bool) {
	for i, d := range e.dots {
		c := skin.Of(skin.Secondary, dark)
		if i == (e.step+2)%len(e.dots) {
			c.A = 0x80
		}
		d.FillColor = c
	}
}

// placeBar shows how much of all rows is in sight and where that is, by number of rows:
// the heights of those out of sight are not known.
func (e *timelineExtras) placeBar(t *Timeline, size fyne.Size) {
	e.bar.Hide()
	e.objects = append(e.objects, e.bar)
	if len(t.shown) == 0 {
		return
	}
	from, to := t.shareAt()
	e.barView = to - from
	if e.barView > 0.999 {
		return
	}
	h := max(size.Height*e.barView, scrollBarLeast)
	y := float32(0)
	if e.barView < 1 {
		y = (size.Height - h) * from / (1 - e.barView)
	}
	place(e.bar, size.Width-scrollBarWidth-scrollBarGap, whole(min(y, size.Height-h)), scrollBarWidth, whole(h))
	e.bar.Show()
}

// shareAt is the part of all rows that is in sight.
func (t *Timeline) shareAt() (from, to float32) {
	first, last := t.shown[0], t.shown[len(t.shown)-1]
	hidden := max(-first.y, 0) / max(first.row.height, 1)
	below := max(last.bottom-t.Size().Height, 0) / max(last.row.height, 1)
	n := float32(len(t.rows))
	return (float32(first.index) + hidden) / n, (float32(last.index) + 1 - below) / n
}

// placeJump draws the way back to the end, with the number of what came meanwhile.
func (e *timelineExtras) placeJump(size fyne.Size, missed int, dark bool) {
	e.jump = rect{size.Width - jumpRight - jumpSide, size.Height - jumpAbove - jumpSide, jumpSide, jumpSide}
	c := canvas.NewCircle(skin.Of(skin.Panel, dark))
	c.StrokeColor = skin.Of(skin.Edge, dark)
	c.StrokeWidth = skin.EdgeWidth
	place(c, e.jump.x, e.jump.y, jumpSide, jumpSide)
	icon := IconObject(assets.IconArrowDown, skin.IconSearch, skin.Of(skin.Secondary, dark))
	icon.Move(fyne.NewPos(e.jump.x+(jumpSide-skin.IconSearch)/2, e.jump.y+(jumpSide-skin.IconSearch)/2))
	e.objects = append(e.objects, c, icon)
	e.objects = append(e.objects, badgeObjects(missed, e.jump.x+jumpSide+4, e.jump.y, dark)...)
}
