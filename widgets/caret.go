package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// caretOnly is the renderer of Fyne's entry without its ground and its border: those are
// drawn by the field around it. The width of Fyne's caret is that of the border, so the
// theme cannot simply have none.
type caretOnly struct{ fyne.WidgetRenderer }

// Objects leaves out ground and border, the two rectangles at the bottom.
func (c *caretOnly) Objects() []fyne.CanvasObject {
	all := c.WidgetRenderer.Objects()
	for len(all) > 0 {
		if _, plain := all[0].(*canvas.Rectangle); !plain {
			break
		}
		all = all[1:]
	}
	return all
}

// CreateRenderer is called by Fyne.
func (e *entry) CreateRenderer() fyne.WidgetRenderer {
	return &caretOnly{e.Entry.CreateRenderer()}
}
