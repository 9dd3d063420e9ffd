package app

import (
	"image"

	"fyne.io/fyne/v2"

	"dovekie/app/settings"
	"dovekie/widgets"
	"dovekie/xmppsvc/jid"
)

// Hand does to the window what a person's hand does: it taps and types, on the same
// widgets. The tour uses it; every method runs on the UI goroutine and waits for that, so
// call it from another one.
type Hand struct{ a *App }

// Hand is the window's hand.
func (a *App) Hand() Hand { return Hand{a} }

// Do runs fn on the UI goroutine and returns when it has run; false when the window was
// closed before.
func (h Hand) Do(fn func()) bool {
	done := make(chan struct{})
	h.a.cross.post(func() { // not measured: no person has this hand
		fn()
		close(done)
	})
	select {
	case <-done:
		return true
	case <-h.a.ctx.Done():
		return false
	}
}

// Facts are what the window shows.
func (h Hand) Facts() map[string]Fact {
	var f map[string]Fact
	h.Do(func() { f = h.a.collect() })
	return f
}

// Tap taps the middle of what the fact names; false when it is not shown or takes no taps.
func (h Hand) Tap(key string) (ok bool) {
	h.Do(func() {
		f, shown := h.a.collect()[key]
		if !shown || f.Object == nil {
			return
		}
		if in, is := f.Object.(interface{ Focus() }); is {
			in.Focus()
			ok = true
			return
		}
		size := f.Object.Size()
		ok = tap(f.Object, fyne.NewPos(size.Width/2, size.Height/2))
	})
	return ok
}

// TapAt taps a place within what the fact names, in parts of its width and height.
func (h Hand) TapAt(key string, x, y float32) (ok bool) {
	h.Do(func() {
		if f, shown := h.a.collect()[key]; shown && f.Object != nil {
			size := f.Object.Size()
			ok = tap(f.Object, fyne.NewPos(size.Width*x, size.Height*y))
		}
	})
	return ok
}

func tap(o fyne.CanvasObject, at fyne.Position) bool {
	t, ok := o.(fyne.Tappable)
	if ok {
		abs := fyne.CurrentApp().Driver().AbsolutePositionForObject(o).Add(at)
		t.Tapped(&fyne.PointEvent{AbsolutePosition: abs, Position: at})
	}
	return ok
}

// TapRow taps the row of somebody in the list at the left.
func (h Hand) TapRow(peer jid.JID) (ok bool) {
	h.Do(func() {
		if list, at, found := h.a.views.buddies.RowObject(peer); found {
			ok = tap(list, at)
		}
	})
	return ok
}

// Accept presses the first button of the request of somebody.
func (h Hand) Accept(peer jid.JID) (ok bool) {
	h.Do(func() {
		if list, at, found := h.a.views.buddies.AcceptPlace(peer); found {
			ok = tap(list, at)
		}
	})
	return ok
}

// Type types text into what has the keyboard.
func (h Hand) Type(text string) (ok bool) {
	h.Do(func() {
		f := h.a.win.Canvas().Focused()
		if f == nil {
			return
		}
		for _, r := range text {
			f.TypedRune(r)
		}
		ok = true
	})
	return ok
}

// Key presses a key.
func (h Hand) Key(name fyne.KeyName) (ok bool) {
	h.Do(func() {
		e := &fyne.KeyEvent{Name: name}
		if f := h.a.win.Canvas().Focused(); f != nil {
			f.TypedKey(e)
			ok = true
		} else if fn := h.a.win.Canvas().OnTypedKey(); fn != nil {
			fn(e)
			ok = true
		}
	})
	return ok
}

// Pick chooses an entry of the menu that is open, with the keys.
func (h Hand) Pick(key string) (ok bool) {
	h.Do(func() {
		menu, is := h.a.win.Canvas().Overlays().Top().(*widgets.Menu)
		if !is {
			return
		}
		menu.TypedKey(&fyne.KeyEvent{Name: fyne.KeyHome})
		for _, item := range menu.Items() {
			if item.Text == "" || item.Disabled {
				continue
			}
			if item.Key == key {
				menu.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
				ok = true
				return
			}
			menu.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
		}
	})
	return ok
}

// Dismiss takes what lies over the window away, as Escape does.
func (h Hand) Dismiss() {
	h.Do(func() {
		if top, ok := h.a.win.Canvas().Overlays().Top().(interface{ Cancel() }); ok {
			top.Cancel()
		}
	})
}

// Use changes settings, as the settings sheet does.
func (h Hand) Use(change func(*settings.Settings)) {
	h.Do(func() {
		change(&h.a.settings)
		h.a.restyle()
	})
}

// Picture is the window as it is drawn now.
func (h Hand) Picture() (img image.Image) {
	h.Do(func() { img = h.a.win.Canvas().Capture() })
	return img
}

// Quit closes the window.
func (h Hand) Quit() { h.Do(h.a.quit) }
