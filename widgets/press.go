package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// drawn is the renderer of our small widgets: it builds the objects anew from the
// widget's state whenever that changed.
type drawn struct {
	owner   fyne.Widget
	build   func(size fyne.Size) []fyne.CanvasObject
	min     func() fyne.Size
	objects []fyne.CanvasObject
	size    fyne.Size // that the objects are made for
	built   bool
}

func newDrawn(owner fyne.Widget, build func(fyne.Size) []fyne.CanvasObject, least func() fyne.Size) *drawn {
	return &drawn{owner: owner, build: build, min: least}
}

func (d *drawn) Destroy() {}

// Layout builds anew only for another size: Fyne lays out whenever a part of the widget
// has a new least size, which new objects have, and a picture among them asks for another
// frame. Emoji would be made and painted without an end.
func (d *drawn) Layout(size fyne.Size) {
	if d.built && d.size == size {
		return
	}
	d.size = size
	if size.Width < 1 || size.Height < 1 {
		d.objects, d.built = nil, false // not placed yet
		return
	}
	d.objects, d.built = d.build(size), true
}

func (d *drawn) MinSize() fyne.Size { return d.min() }

// Objects builds if nobody asked for a layout: Fyne forgets the renderer of what was out
// of sight for a minute, makes another one later, and lays it out only if the size changed.
func (d *drawn) Objects() []fyne.CanvasObject {
	if !d.built {
		d.Layout(d.owner.Size())
	}
	return d.objects
}

func (d *drawn) Refresh() {
	d.built = false
	d.Layout(d.owner.Size())
	canvas.Refresh(d.owner)
}

// pressable is what can be pressed with the pointer or, once it has the focus, with
// Space and Enter. It is embedded; the widget calls own with itself.
type pressable struct {
	widget.BaseWidget

	OnTapped func() // nil does nothing

	owner   fyne.Widget
	hovered bool
	focused bool
	off     bool            // cannot be pressed
	onPoint func(here bool) // pointer or keyboard came or went; for a hint
}

// own makes the widget that embeds this known to Fyne.
func (p *pressable) own(w fyne.Widget) {
	p.owner = w
	p.ExtendBaseWidget(w)
}

var (
	_ fyne.Tappable      = (*pressable)(nil)
	_ fyne.Focusable     = (*pressable)(nil)
	_ desktop.Hoverable  = (*pressable)(nil)
	_ desktop.Cursorable = (*pressable)(nil)
)

// Tapped is called by Fyne.
func (p *pressable) Tapped(*fyne.PointEvent) { p.press() }

func (p *pressable) press() {
	p.point(false)
	if p.OnTapped != nil && !p.off {
		p.OnTapped()
	}
}

func (p *pressable) point(here bool) {
	if p.onPoint != nil {
		p.onPoint(here)
	}
}

// SetEnabled says whether it can be pressed.
func (p *pressable) SetEnabled(on bool) {
	if p.off == !on {
		return
	}
	p.off = !on
	p.Refresh()
}

// Enabled reports whether it can be pressed.
func (p *pressable) Enabled() bool { return !p.off }

// MouseIn is called by Fyne.
func (p *pressable) MouseIn(*desktop.MouseEvent) {
	p.hovered = true
	p.point(true)
	p.Refresh()
}

// MouseMoved is called by Fyne.
func (p *pressable) MouseMoved(*desktop.MouseEvent) {}

// MouseOut is called by Fyne.
func (p *pressable) MouseOut() {
	p.hovered = false
	p.point(false)
	p.Refresh()
}

// Cursor is called by Fyne.
func (p *pressable) Cursor() desktop.Cursor {
	if p.off || p.OnTapped == nil {
		return desktop.DefaultCursor
	}
	return desktop.PointerCursor
}

// FocusGained is called by Fyne.
func (p *pressable) FocusGained() {
	p.focused = true
	p.point(true)
	p.Refresh()
}

// FocusLost is called by Fyne.
func (p *pressable) FocusLost() {
	p.focused = false
	p.point(false)
	p.Refresh()
}

// Focused reports whether the keyboard is here.
func (p *pressable) Focused() bool { return p.focused }

// TypedRune is called by Fyne.
func (p *pressable) TypedRune(rune) {}

// TypedKey is called by Fyne.
func (p *pressable) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		p.press()
	default:
		passKey(p.canvas(), e)
	}
}

// TypedShortcut hands the shortcut to the canvas: a focused object keeps Fyne from asking it.
func (p *pressable) TypedShortcut(s fyne.Shortcut) {
	passShortcut(p.canvas(), s)
}

func (p *pressable) canvas() fyne.Canvas {
	return fyne.CurrentApp().Driver().CanvasForObject(p.owner)
}

// canceller is an overlay that Escape closes.
type canceller interface{ Cancel() }

// keyScroller is an overlay that may be higher than the window.
type keyScroller interface{ scrollBy(key fyne.KeyName) }

// passKey gives a key that the focused object has no use for to whom it may concern: with an
// overlay on top Escape closes it and the arrows and Page keys scroll it; without one the key
// goes to the window.
func passKey(c fyne.Canvas, e *fyne.KeyEvent) {
	if c == nil {
		return
	}
	if top, ok := c.Overlays().Top().(canceller); ok {
		if e.Name == fyne.KeyEscape {
			top.Cancel()
		} else if s, ok := top.(keyScroller); ok {
			s.scrollBy(e.Name)
		}
		return
	}
	if f := c.OnTypedKey(); f != nil {
		f(e)
	}
}

// passShortcut gives one of our own shortcuts to the window.
func passShortcut(c fyne.Canvas, s fyne.Shortcut) {
	if _, ours := s.(*desktop.CustomShortcut); !ours || c == nil {
		return
	}
	if t, ok := c.(interface{ TypedShortcut(fyne.Shortcut) }); ok {
		t.TypedShortcut(s)
	}
}

// plain is what widgets that only show something embed.
type plain struct{ widget.BaseWidget }
