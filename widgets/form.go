package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"dovekie/assets"
	"dovekie/widgets/skin"
)

// NewColumn stacks the objects, each as wide as the column; hidden ones take no room.
func NewColumn(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: columnLayout{gap}, Objects: objects}
}

type columnLayout struct{ gap float32 }

// Layout is called by Fyne.
func (l columnLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	y := float32(0)
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		// Twice: the height of wrapped words depends on the width they were given.
		if o.Size().Width != size.Width {
			o.Resize(fyne.NewSize(size.Width, o.Size().Height))
		}
		h := o.MinSize().Height
		place(o, 0, y, size.Width, h)
		y += h + l.gap
	}
}

// MinSize is called by Fyne.
func (l columnLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var size fyne.Size
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		m := o.MinSize()
		if size.Height > 0 {
			size.Height += l.gap
		}
		size = fyne.NewSize(max(size.Width, m.Width), size.Height+m.Height)
	}
	return size
}

// NewGap is empty room in a column, on top of the column's own gap.
func NewGap(height float32) fyne.CanvasObject {
	r := canvas.NewRectangle(color.Transparent)
	r.SetMinSize(fyne.NewSize(1, height))
	return r
}

// NewRow sets the objects side by side, each as wide as it needs, in the middle of the
// row's height. With ends the last one stands at the right edge.
func NewRow(gap float32, ends bool, objects ...fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: rowLayout{gap, ends}, Objects: objects}
}

type rowLayout struct {
	gap  float32
	ends bool
}

// Layout is called by Fyne.
func (l rowLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	x := float32(0)
	for i, o := range objects {
		if !o.Visible() {
			continue
		}
		m := o.MinSize()
		if l.ends && i == len(objects)-1 {
			x = max(size.Width-m.Width, x)
		}
		place(o, x, whole((size.Height-m.Height)/2), m.Width, m.Height)
		x += m.Width + l.gap
	}
}

// MinSize is called by Fyne.
func (l rowLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var size fyne.Size
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		m := o.MinSize()
		if size.Width > 0 {
			size.Width += l.gap
		}
		size = fyne.NewSize(size.Width+m.Width, max(size.Height, m.Height))
	}
	return size
}

// NewMargin keeps the object away from the edges.
func NewMargin(left, top, right, bottom float32, o fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: marginLayout{left, top, right, bottom}, Objects: []fyne.CanvasObject{o}}
}

type marginLayout struct{ left, top, right, bottom float32 }

// Layout is called by Fyne.
func (l marginLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		place(o, l.left, l.top, size.Width-l.left-l.right, size.Height-l.top-l.bottom)
	}
}

// MinSize is called by Fyne.
func (l marginLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var size fyne.Size
	for _, o := range objects {
		size = size.Max(o.MinSize())
	}
	return size.AddWidthHeight(l.left+l.right, l.top+l.bottom)
}

// Words are quiet words of our own in a form, wrapped to its width.
type Words struct {
	plain

	text   string
	size   float32
	role   skin.Role
	middle bool
}

// NewWords makes words of the size and the role, in the middle if asked.
func NewWords(text string, size float32, role skin.Role, middle bool) *Words {
	w := &Words{text: text, size: size, role: role, middle: middle}
	w.ExtendBaseWidget(w)
	return w
}

// SetText changes the words.
func (w *Words) SetText(text string) {
	if w.text == text {
		return
	}
	w.text = text
	w.Refresh()
}

// Text is what it says.
func (w *Words) Text() string { return w.text }

// CreateRenderer is called by Fyne.
func (w *Words) CreateRenderer() fyne.WidgetRenderer {
	return newDrawn(w, w.draw, w.least)
}

func (w *Words) pitch() float32 { return whole(w.size * 1.5) }

func (w *Words) least() fyne.Size {
	width := w.Size().Width
	if width <= 0 {
		width = skin.LoginWidth - 2*skin.LoginSide
	}
	if w.text == "" {
		return fyne.NewSize(40, 0)
	}
	l := layoutText(w.text, textStyle{size: w.size, pitch: w.pitch()}, width, false)
	return fyne.NewSize(40, l.height())
}

func (w *Words) draw(size fyne.Size) []fyne.CanvasObject {
	c := skin.Color(w.role)
	if w.text == "" {
		return nil
	}
	if w.middle {
		objects, _ := wrapMiddle(w.text, w.size, w.pitch(), c, size.Width/2, size.Width)
		return objects
	}
	objects, _ := wrapObjects(w.text, w.size, w.pitch(), c, size.Width)
	return objects
}

// Choice is a field that offers a few values in a menu.
type Choice struct {
	pressable

	options  []MenuItem
	chosen   string
	onChosen func(key string)
}

// NewChoice makes the field with the option of the key chosen. onChosen may be nil.
func NewChoice(options []MenuItem, chosen string, onChosen func(key string)) *Choice {
	c := &Choice{options: options, chosen: chosen, onChosen: onChosen}
	c.OnTapped = c.open
	c.own(c)
	return c
}

// Chosen is the key of the option chosen.
func (c *Choice) Chosen() string { return c.chosen }

func (c *Choice) open() {
	items := make([]MenuItem, len(c.options))
	copy(items, c.options)
	for i := range items {
		items[i].Checked = items[i].Key == c.chosen
	}
	ShowMenuBelow(c, items, func(key string) {
		c.chosen = key
		c.Refresh()
		call(c.onChosen, key)
	})
}

// TypedKey is called by Fyne: Down opens the menu as well.
func (c *Choice) TypedKey(e *fyne.KeyEvent) {
	if e.Name == fyne.KeyDown {
		c.press()
		return
	}
	c.pressable.TypedKey(e)
}

// CreateRenderer is called by Fyne.
func (c *Choice) CreateRenderer() fyne.WidgetRenderer {
	return newDrawn(c, c.draw, func() fyne.Size { return fyne.NewSize(160, skin.LoginField) })
}

func (c *Choice) draw(size fyne.Size) []fyne.CanvasObject {
	dark := skin.Dark()
	objects := []fyne.CanvasObject{fieldGround(size, c.focused, false, dark)}
	arrow := IconObject(assets.IconChevronDown, skin.IconRow, skin.Of(skin.Secondary, dark))
	arrow.Move(fyne.NewPos(size.Width-14-skin.IconRow, whole((size.Height-skin.IconRow)/2)))
	objects = append(objects, arrow)
	for i := range c.options {
		if c.options[i].Key == c.chosen {
			words, _ := userLine(c.options[i].Text, skin.TextBody, false, skin.Of(skin.Ink, dark), arrow.Position().X-20)
			objects = append(objects, moveBy(words, fyne.NewPos(12, size.Height/2))...)
		}
	}
	return objects
}
