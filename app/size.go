package app

import (
	"image/color"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

const (
	// settleAfter is when the events about a window's old size have come.
	settleAfter = 400 * time.Millisecond
	// titleBar is the room that a desktop takes above and below a window.
	titleBar = 48
)

// resize gives the window the size of a screen of ours, not larger than the display and
// then in its middle: the login window grows where it stands, beyond the edge. It asks
// again a moment later, because Fyne goes back to the old size when an event about that
// one is still under way.
func (a *App) resize(s screen, size fyne.Size) {
	if s == screenMain && a.deps.Display != nil {
		size = within(size, a.deps.Display(), a.win.Canvas().Scale())
	}
	a.setSize(size)
	if s == screenMain {
		a.given = size
		a.win.CenterOnScreen()
	}
	a.cross.After(settleAfter, func() {
		now := a.win.Canvas().Size()
		if a.screen == s && (now.Width < size.Width-1 || now.Height < size.Height-1) {
			a.foreign(func() { a.setSize(size) })
		}
	})
}

// setSize asks for a size. Fyne lays out and paints at once, perhaps before the screen's window
// has it, and not again when it does: what it painted then stands in the wrong place until
// something changes. So it paints once more in a moment, and a last time when all is quiet.
func (a *App) setSize(size fyne.Size) {
	a.win.Resize(size)
	for _, later := range [...]time.Duration{150 * time.Millisecond, 3 * settleAfter} {
		a.cross.After(later, func() { a.foreign(a.paint) })
	}
}

// paint has the window painted as it is, without anything drawn anew.
func (a *App) paint() { a.win.Canvas().Refresh(canvas.NewRectangle(color.Transparent)) }

// within makes the size fit on a display of so many pixels, at the scale of the window.
func within(size, display fyne.Size, scale float32) fyne.Size {
	if display.IsZero() || scale <= 0 {
		return size
	}
	return fyne.NewSize(min(size.Width, display.Width/scale), min(size.Height, display.Height/scale-titleBar))
}

// chosen is what to remember of a side: what the user made of it, but the old one while
// it is still what we gave, which a small display may have cut.
func chosen(old, given, now float32) float32 {
	if now > given-1 && now < given+1 {
		return old
	}
	return now
}
