package widgets

import "fyne.io/fyne/v2"

// repaint asks for one repaint of the window that the object is in. The object must be in
// sight: Fyne knows no window for a hidden one, and would paint nothing. Unlike
// canvas.Refresh it throws no pictures away.
func repaint(o fyne.CanvasObject) {
	if c, ok := canvasFor(o).(interface{ SetDirty() }); ok {
		c.SetDirty()
	}
}
