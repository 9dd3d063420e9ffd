package widgets

import (
	"fyne.io/fyne/v2"

	"dovekie/assets"
	"dovekie/widgets/skin"
)

// checkSide is the side of the box.
const checkSide = 18

// Checkbox is a box to tick, with words beside it.
type Checkbox struct {
	pressable

	text      string
	checked   bool
	onChanged func(bool)
}

// NewCheckbox makes a box. changed may be nil; it is called for the user's ticks alone.
func NewCheckbox(text string, checked bool, changed func(bool)) *Checkbox {
	c := &Checkbox{text: text, checked: checked, onChanged: changed}
	c.OnTapped = c.toggle
	c.own(c)
	return c
}

func (c *Checkbox) toggle() {
	c.checked = !c.checked
	c.Refresh()
	if c.onChanged != nil {
		c.onChanged(c.checked)
	}
}

// Checked reports whether the box is ticked.
func (c *Checkbox) Checked() bool { return c.checked }

// SetChecked ticks the box or clears it. It calls nothing.
func (c *Checkbox) SetChecked(on bool) {
	if c.checked == on {
		return
	}
	c.checked = on
	c.Refresh()
}

// Text is what it says.
func (c *Checkbox) Text() string { return c.text }

// SetText changes the words.
func (c *Checkbox) SetText(text string) {
	c.text = text
	c.Refresh()
}

// CreateRenderer is called by Fyne.
func (c *Checkbox) CreateRenderer() fyne.WidgetRenderer {
	return newDrawn(c, c.draw, c.least)
}

func (c *Checkbox) least() fyne.Size {
	w := fyne.MeasureText(c.text, skin.TextMinor, fyne.TextStyle{}).Width
	return fyne.NewSize(checkSide+8+whole(w+0.5), skin.HitArea)
}

func (c *Checkbox) draw(size fyne.Size) []fyne.CanvasObject {
	dark := skin.Dark()
	top := whole((size.Height - checkSide) / 2)
	fill, edge := skin.ChatGround, skin.Edge
	if c.checked {
		fill, edge = skin.Accent, skin.Accent
	}
	box := edged(fyne.NewSquareSize(checkSide), skin.Of(fill, dark), skin.Of(edge, dark), skin.EdgeWidth, 4)
	box.Move(fyne.NewPos(0, top))
	objects := []fyne.CanvasObject{box}
	if c.checked {
		tick := IconObject(assets.IconCheck, skin.IconRow, skin.Of(skin.OnAccent, dark))
		tick.Move(fyne.NewPos(1, top+1))
		objects = append(objects, tick)
	}
	role := skin.Ink
	if c.off {
		role = skin.Secondary
	}
	words := elide(c.text, skin.TextMinor, false, size.Width-checkSide-8+1)
	t := lineText(words, skin.TextMinor, skin.Of(role, dark), false)
	placeLine(t, checkSide+8, size.Height/2)
	objects = append(objects, t)
	if c.focused {
		objects = append(objects, focusRing(fyne.NewPos(-3, top-3), fyne.NewSquareSize(checkSide+6), 7, dark))
	}
	return objects
}
