package buddies

import (
	"strconv"

	"fyne.io/fyne/v2"

	"dovekie/app/state"
	"dovekie/widgets/skin"
)

// groupCount is online of total; only the total while presences are unknown.
func groupCount(a *state.Account, g *state.Group) string {
	if !a.Online() {
		return strconv.Itoa(len(g.Contacts))
	}
	return strconv.Itoa(g.Online) + "/" + strconv.Itoa(len(g.Contacts))
}

// topLayout lays header, search, switch and strips below each other.
type topLayout struct{}

// Layout is called by Fyne.
func (topLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	y := float32(0)
	for _, o := range objects {
		h := o.MinSize().Height
		o.Move(fyne.NewPos(0, y))
		o.Resize(fyne.NewSize(size.Width, h))
		y += h
	}
}

// MinSize is called by Fyne.
func (topLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	h := float32(0)
	for _, o := range objects {
		h += o.MinSize().Height
	}
	return fyne.NewSize(skin.PanelWidth, h)
}

// footLayout puts the rule on top and the buttons in a row, their icons 20 from the edge.
type footLayout struct{}

// Layout is called by Fyne.
func (footLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	objects[0].Resize(fyne.NewSize(size.Width, skin.EdgeWidth))
	for i, o := range objects[1:] {
		o.Move(fyne.NewPos(12+float32(i)*40, (size.Height-skin.HitArea)/2))
		o.Resize(fyne.NewSquareSize(skin.HitArea))
	}
}

// MinSize is called by Fyne.
func (footLayout) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(skin.PanelWidth, skin.PanelFoot)
}
