package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"dovekie/assets"
	"dovekie/widgets/skin"
)

// Swatches is a row of discs to pick a tint from. A tick says which one it is, and its name
// stands beside them: not its colour alone.
type Swatches struct {
	pressable

	tints    []skin.Tint
	names    []string
	chosen   int
	onChosen func(skin.Tint)
}

// The measures of the row.
const (
	swatchSide  = 24
	swatchPitch = 36
)

// NewSwatches offers the tints by their names, one of them chosen. onChosen is called for
// what the user does.
func NewSwatches(tints []skin.Tint, names []string, chosen skin.Tint, onChosen func(skin.Tint)) *Swatches {
	s := &Swatches{tints: tints, names: names, onChosen: onChosen}
	for i, t := range tints {
		if t == chosen {
			s.chosen = i
		}
	}
	s.OnTapped = func() {} // the pointer shows that it can be pressed
	s.own(s)
	return s
}

// Chosen is the tint that has the tick.
func (s *Swatches) Chosen() skin.Tint { return s.tints[s.chosen] }

// Name is what the chosen tint is called.
func (s *Swatches) Name() string { return s.names[s.chosen] }

// Place is the middle of a disc.
func (s *Swatches) Place(i int) fyne.Position {
	return fyne.NewPos(float32(i)*swatchPitch+swatchSide/2, skin.HitArea/2)
}

// Tapped is called by Fyne.
func (s *Swatches) Tapped(e *fyne.PointEvent) {
	const side = (swatchPitch - swatchSide) / 2 // the gap belongs to its neighbours
	if i := int((e.Position.X + side) / swatchPitch); i < len(s.tints) {
		s.choose(i)
	}
}

// TypedKey is called by Fyne: the arrows walk from tint to tint.
func (s *Swatches) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyLeft, fyne.KeyUp:
		s.choose(max(s.chosen-1, 0))
	case fyne.KeyRight, fyne.KeyDown:
		s.choose(min(s.chosen+1, len(s.tints)-1))
	default:
		s.pressable.TypedKey(e)
	}
}

func (s *Swatches) choose(i int) {
	if i == s.chosen {
		return
	}
	s.chosen = i
	s.Refresh()
	if s.onChosen != nil {
		s.onChosen(s.tints[i])
	}
}

// CreateRenderer is called by Fyne.
func (s *Swatches) CreateRenderer() fyne.WidgetRenderer {
	return newDrawn(s, s.draw, s.least)
}

// least has room for the longest name, so that the row does not move when another is chosen.
func (s *Swatches) least() fyne.Size {
	var name float32
	for _, n := range s.names {
		name = max(name, fyne.MeasureText(n, skin.TextMinor, fyne.TextStyle{}).Width)
	}
	return fyne.NewSize(float32(len(s.tints))*swatchPitch+whole(name+0.5), skin.HitArea)
}

func (s *Swatches) draw(size fyne.Size) []fyne.CanvasObject {
	dark := skin.Dark()
	top := whole((size.Height - swatchSide) / 2)
	var objects []fyne.CanvasObject
	for i, t := range s.tints {
		disc := canvas.NewCircle(t.Color(dark))
		x := float32(i) * swatchPitch
		place(disc, x, top, swatchSide, swatchSide)
		objects = append(objects, disc)
		if i == s.chosen {
			tick := IconObject(assets.IconCheck, skin.IconRow, skin.Of(skin.OnAccent, dark))
			tick.Move(fyne.NewPos(x+(swatchSide-skin.IconRow)/2, top+(swatchSide-skin.IconRow)/2))
			objects = append(objects, tick)
			if s.focused {
				objects = append(objects, focusRing(fyne.NewPos(x-4, top-4), fyne.NewSquareSize(swatchSide+8), swatchSide/2+4, dark))
			}
		}
	}
	name := lineText(s.names[s.chosen], skin.TextMinor, skin.Of(skin.Ink, dark), false)
	placeLine(name, float32(len(s.tints))*swatchPitch, size.Height/2)
	return append(objects, name)
}
