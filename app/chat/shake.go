package chat

import (
	"time"

	"fyne.io/fyne/v2"
)

// shakes are the places of the page, to the side of its own, while it is shaken.
var shakes = []float32{7, -7, 6, -6, 5, -5, 4, -4, 2, -2}

// shakeStep is how long each lasts: half a second in all.
const shakeStep = 500 * time.Millisecond / 10

// Shake shakes the chat in front for half a second. Shaken already, it goes on as it is.
func (v *View) Shake() {
	if v.front.Peer.IsZero() || v.shaken {
		return
	}
	v.shaken = true
	v.shakeOn(0)
}

func (v *View) shakeOn(n int) {
	if n == len(shakes) {
		v.shaken = false
		v.page.Move(fyne.NewPos(0, 0))
		return
	}
	v.page.Move(fyne.NewPos(shakes[n], 0))
	v.clock.After(shakeStep, func() { v.shakeOn(n + 1) })
}
