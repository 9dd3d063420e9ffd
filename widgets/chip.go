package widgets

import (
	"fyne.io/fyne/v2"

	"dovekie/assets"
	"dovekie/widgets/skin"
)

// The measures of a chip.
const (
	chipTall = 28
	chipSide = 12
	chipTick = 18
)

// Chip is a pill that is on or off: one of several filters. A tick says that it is on, a
// ring that it is off, not its colour alone.
type Chip struct {
	pressable

	text      string
	on        bool
	onChanged func(on bool)
}

// NewChip makes a chip. changed is called for what the user does.
func NewChip(text string, on bool, changed func(on bool)) *Chip {
	c := &Chip{text: text, on: on, onChanged: changed}
	c.OnTapped = c.toggle
	c.own(c)
	return c
}

func (c *Chip) toggle() {
	c.SetOn(!c.on)
	if c.onChanged != nil {
		c.onChanged(c.on)
	}
}

// On reports whether the chip is on.
func (c *Chip) On() bool { return c.on }

// Text is what the chip says.
func (c *Chip) Text() string { return c.text }

// SetText changes the words, which may hold an address from the network.
func (c *Chip) SetText(text string) {
	text = oneLine(cleanText(text))
	if c.text != text {
		c.text = text
		c.Refresh()
	}
}

// SetOn switches it. It calls nothing.
func (c *Chip) SetOn(on bool) {
	if c.on != on {
		c.on = on
		c.Refresh()
	}
}

// CreateRenderer is called by Fyne.
func (c *Chip) CreateRenderer() fyne.WidgetRenderer {
	return newDrawn(c, c.draw, func() fyne.Size {
		w := fyne.MeasureText(c.text, skin.TextNote, fyne.TextStyle{}).Width
		return fyne.NewSize(whole(w+0.5)+2*chipSide+chipTick, chipTall)
	})
}

func (c *Chip) draw(size fyne.Size) []fyne.CanvasObject {
	dark := skin.Dark()
	fill, edge, ink := skin.Panel, skin.Edge, skin.Secondary
	if c.on {
		fill, edge, ink = skin.Selected, skin.Accent, skin.Ink
	}
	ground := skin.Of(fill, dark)
	if c.hovered {
		ground = blended(ground, skin.Of(skin.Ink, dark), 0.06)
	}
	objects := []fyne.CanvasObject{edged(size, ground, skin.Of(edge, dark), skin.EdgeWidth, size.Height/2)}
	sign := assets.IconRing
	if c.on {
		sign = assets.IconCheck
	}
	icon := IconObject(sign, skin.IconChip, skin.Of(ink, dark))
	icon.Move(fyne.NewPos(chipSide-2, whole((size.Height-skin.IconChip)/2)))
	words := lineText(elide(c.text, skin.TextNote, false, size.Width-2*chipSide-chipTick+1), skin.TextNote, skin.Of(ink, dark), false)
	placeLine(words, chipSide+chipTick-2, size.Height/2)
	objects = append(objects, icon, words)
	if c.focused {
		objects = append(objects, focusRing(fyne.NewPos(-3, -3), size.AddWidthHeight(6, 6), size.Height/2+3, dark))
	}
	return objects
}
