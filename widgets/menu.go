package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"dovekie/assets"
	"dovekie/widgets/skin"
)

// MenuItem is a line of a menu. An item without Text is a rule between two groups.
type MenuItem struct {
	Key      string
	Text     string
	Note     string // quiet, at the right: a shortcut, or what the item would show
	Icon     assets.Icon
	Presence Presence    // a shape in the place of the icon
	Avatar   *AvatarSpec // a small avatar in the place of the icon
	Checked  bool
	Disabled bool
	Danger   bool
}

// Menu is a popup menu, an overlay over the whole window: a tap outside, Escape or a
// choice takes it away. For the UI goroutine.
type Menu struct {
	plain

	items  []MenuItem
	at     fyne.Position
	least  float32 // width
	cursor int     // -1 before the first move
	first  int     // the first line shown, where not all fit the window
	onPick func(key string)
	canvas fyne.Canvas
	focus  fyne.Focusable // what had the keyboard before
	shown  bool
}

// The measures of a menu.
const (
	menuRow      = 34
	menuRule     = 9
	menuPad      = 6
	menuLeast    = 148
	menuMost     = 320
	menuTextLeft = 40
	menuBare     = 16 // the left of the text when no item has an icon
	menuMargin   = 8  // from the edges of the window
	menuAvatar   = 22
)

// ShowMenu opens a menu with its upper left corner at the place on the canvas, moved
// inwards where it would leave the window. onPick gets the key of what was chosen,
// after the menu is gone.
func ShowMenu(c fyne.Canvas, at fyne.Position, items []MenuItem, onPick func(key string)) *Menu {
	return showMenu(c, at, 0, items, onPick)
}

// ShowMenuBelow opens a menu below the object, at least as wide as it.
func ShowMenuBelow(o fyne.CanvasObject, items []MenuItem, onPick func(key string)) *Menu {
	d := fyne.CurrentApp().Driver()
	c := d.CanvasForObject(o)
	if c == nil {
		return nil
	}
	at := d.AbsolutePositionForObject(o).AddXY(0, o.Size().Height+4)
	return showMenu(c, at, o.Size().Width, items, onPick)
}

func showMenu(c fyne.Canvas, at fyne.Position, least float32, items []MenuItem, onPick func(string)) *Menu {
	m := &Menu{items: items, at: at, least: least, cursor: -1, onPick: onPick, canvas: c, focus: c.Focused(), shown: true}
	m.ExtendBaseWidget(m)
	c.Overlays().Add(m)
	m.Resize(c.Size())
	c.Focus(m)
	return m
}

// Cancel takes the menu away without a choice.
func (m *Menu) Cancel() {
	if !m.shown {
		return
	}
	m.shown = false
	m.canvas.Overlays().Remove(m)
	if m.focus != nil {
		m.canvas.Focus(m.focus)
	}
}

// Items are the lines of the menu.
func (m *Menu) Items() []MenuItem { return m.items }

// Place is where the n-th line lies on the canvas, nowhere if it is scrolled away.
func (m *Menu) Place(n int) (pos fyne.Position, size fyne.Size) {
	corner, panel := m.panel(m.Size())
	m.each(panel.Height, func(i int, y float32) {
		if i == n {
			pos, size = corner.AddXY(0, y), fyne.NewSize(panel.Width, m.items[i].height())
		}
	})
	return pos, size
}

func (m *Menu) pick(i int) {
	if i < 0 || i >= len(m.items) || m.items[i].Text == "" || m.items[i].Disabled {
		return
	}
	m.Cancel()
	call(m.onPick, m.items[i].Key)
}

// panel is where the menu lies on the canvas.
func (m *Menu) panel(size fyne.Size) (pos fyne.Position, panel fyne.Size) {
	width := m.least
	height := float32(2 * menuPad)
	for _, i := range m.items {
		height += i.height()
		w := textStyle{size: skin.TextBody}.width(i.Text) + m.textLeft() + 16
		if i.Note != "" {
			w += textStyle{size: skin.TextNote}.width(i.Note) + 24
		}
		if i.Checked {
			w += 28
		}
		width = max(width, whole(w+0.5))
	}
	height = min(height, size.Height-2*menuMargin)
	panel = fyne.NewSize(min(max(width, menuLeast), menuMost), height)
	x := max(min(m.at.X, size.Width-panel.Width-menuMargin), menuMargin)
	y := m.at.Y
	if y+height > size.Height-menuMargin {
		y = max(size.Height-height-menuMargin, menuMargin)
	}
	return fyne.NewPos(whole(x), whole(y)), panel
}

func (i *MenuItem) height() float32 {
	if i.Text == "" {
		return menuRule
	}
	return menuRow
}

func (m *Menu) textLeft() float32 {
	for _, i := range m.items {
		if i.Icon != "" || i.Presence != NoPresence || i.Avatar != nil {
			return menuTextLeft
		}
	}
	return menuBare
}

func (m *Menu) itemAt(pos fyne.Position) int {
	corner, size := m.panel(m.Size())
	if pos.X < corner.X || pos.X >= corner.X+size.Width {
		return -1
	}
	found := -1
	m.each(size.Height, func(n int, y float32) {
		if y += corner.Y; pos.Y >= y && pos.Y < y+m.items[n].height() {
			found = n
		}
	})
	return found
}

// each walks the lines in sight and their places below the top of the panel; it returns
// the one after them.
func (m *Menu) each(height float32, f func(n int, y float32)) int {
	y := float32(menuPad)
	for n := m.first; n < len(m.items); n++ {
		h := m.items[n].height()
		if y+h > height-menuPad+1 {
			return n
		}
		f(n, y)
		y += h
	}
	return len(m.items)
}

// Scrolled is called by Fyne.
func (m *Menu) Scrolled(e *fyne.ScrollEvent) {
	if e.Scrolled.DY > 0 {
		m.scroll(-1)
	} else if e.Scrolled.DY < 0 {
		m.scroll(1)
	}
}

// scroll moves by a line and reports whether there was one.
func (m *Menu) scroll(by int) bool {
	_, size := m.panel(m.Size())
	after := m.each(size.Height, func(int, float32) {})
	if by > 0 && after == len(m.items) || by < 0 && m.first == 0 {
		return false
	}
	m.first += by
	m.Refresh()
	return true
}

// show scrolls until the line is in sight.
func (m *Menu) show(n int) {
	_, size := m.panel(m.Size())
	m.first = min(m.first, n)
	for m.each(size.Height, func(int, float32) {}) <= n && m.scroll(1) {
	}
}

// Tapped is called by Fyne.
func (m *Menu) Tapped(e *fyne.PointEvent) {
	corner, size := m.panel(m.Size())
	inside := e.Position.X >= corner.X && e.Position.X < corner.X+size.Width &&
		e.Position.Y >= corner.Y && e.Position.Y < corner.Y+size.Height
	if !inside {
		m.Cancel()
		return
	}
	m.pick(m.itemAt(e.Position))
}

// TappedSecondary is called by Fyne.
func (m *Menu) TappedSecondary(e *fyne.PointEvent) { m.Tapped(e) }

// MouseIn is called by Fyne.
func (m *Menu) MouseIn(e *desktop.MouseEvent) { m.MouseMoved(e) }

// MouseMoved is called by Fyne.
func (m *Menu) MouseMoved(e *desktop.MouseEvent) {
	if i := m.itemAt(e.Position); i != m.cursor {
		m.cursor = i
		m.Refresh()
	}
}

// MouseOut is called by Fyne.
func (m *Menu) MouseOut() {}

// FocusGained is called by Fyne.
func (m *Menu) FocusGained() {}

// FocusLost is called by Fyne.
func (m *Menu) FocusLost() {}

// TypedRune is called by Fyne.
func (m *Menu) TypedRune(rune) {}

// TypedKey is called by Fyne.
func (m *Menu) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyEscape, fyne.KeyLeft:
		m.Cancel()
	case fyne.KeyDown:
		m.step(1)
	case fyne.KeyUp:
		m.step(-1)
	case fyne.KeyHome:
		m.cursor = -1
		m.step(1)
	case fyne.KeyEnd:
		m.cursor = len(m.items)
		m.step(-1)
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		m.pick(m.cursor)
	}
}

// AcceptsTab keeps the keyboard in the menu.
func (m *Menu) AcceptsTab() bool { return true }

// step moves to the next item that can be chosen, round the ends.
func (m *Menu) step(by int) {
	n := len(m.items)
	at := m.cursor
	if at < 0 && by < 0 {
		at = n
	}
	for range n {
		at = (at + by + n) % n
		if m.items[at].Text != "" && !m.items[at].Disabled {
			m.cursor = at
			m.show(at)
			m.Refresh()
			return
		}
	}
}
