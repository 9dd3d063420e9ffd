package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// caretOnly is the renderer of Fyne's entry without its ground and its border: those are
// drawn by the field around it. The width of Fyne's caret is that of the border, so the
// theme cannot simply have none.
type caretOnly struct {
	fyne.WidgetRenderer

	entry *entry
	laid  bool
}

// Layout is called by Fyne.
func (c *caretOnly) Layout(size fyne.Size) {
	c.laid = true
	c.WidgetRenderer.Layout(size)
}

// Objects leaves out ground and border, the two rectangles at the bottom. It lays out
// what nobody did, as drawn does.
func (c *caretOnly) Objects() []fyne.CanvasObject {
	if size := c.entry.Size(); !c.laid && size.Width > 0 {
		c.Layout(size)
	}
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
	return &caretOnly{WidgetRenderer: e.Entry.CreateRenderer(), entry: e}
}
