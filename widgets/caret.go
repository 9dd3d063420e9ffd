package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
)

// caretOnly is the renderer of Fyne's entry without its ground and its border: those are
// drawn by the field around it. The width of Fyne's caret is that of the border, so the
// theme cannot simply have none.
type caretOnly struct {
	fyne.WidgetRenderer
	scroll *container.Scroll
}

func newCaretOnly(r fyne.WidgetRenderer) *caretOnly {
	c := &caretOnly{WidgetRenderer: r}
	for _, o := range r.Objects() {
		if s, ok := o.(*container.Scroll); ok {
			c.scroll = s
		}
	}
	return c
}

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

// contentHeight is the height of all lines as they are wrapped, with the padding.
func (c *caretOnly) contentHeight() float32 {
	if c.scroll == nil || c.scroll.Content == nil {
		return 0
	}
	return c.scroll.Content.MinSize().Height
}

// CreateRenderer is called by Fyne.
func (e *entry) CreateRenderer() fyne.WidgetRenderer {
	return newCaretOnly(e.Entry.CreateRenderer())
}
