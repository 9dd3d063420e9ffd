package login

import (
	"fyne.io/fyne/v2"

	"dovekie/widgets/skin"
)

// column lays its objects out below each other at the panel's width, in the middle, with
// a gap of its own above each. Hidden objects take no room.
type column struct {
	gaps map[fyne.CanvasObject]float32
	tall map[fyne.CanvasObject]float32 // heights other than the least
}

// columnFoot is the room below the last row. LoginHeight has it: a window that has to grow
// does so during its first frame, which leaves that blank.
const columnFoot = 20

func columnWidth(size fyne.Size) float32 {
	return min(size.Width-2*skin.LoginSide, skin.LoginWidth-2*skin.LoginSide)
}

// Layout is called by Fyne.
func (c *column) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	w := columnWidth(size)
	x := float32(int((size.Width - w) / 2))
	y := float32(0)
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		y += c.gaps[o]
		h := c.height(o, w)
		o.Move(fyne.NewPos(x, y))
		o.Resize(fyne.NewSize(w, h))
		y += h
	}
}

// height resizes first: a wrapped text knows its height once it knows its width.
func (c *column) height(o fyne.CanvasObject, w float32) float32 {
	if h := c.tall[o]; h > 0 {
		return h
	}
	if o.Size().Width != w {
		o.Resize(fyne.NewSize(w, o.Size().Height))
	}
	return o.MinSize().Height
}

// MinSize is called by Fyne.
func (c *column) MinSize(objects []fyne.CanvasObject) fyne.Size {
	h := float32(0)
	for _, o := range objects {
		if o.Visible() {
			h += c.gaps[o] + c.height(o, skin.LoginWidth-2*skin.LoginSide)
		}
	}
	return fyne.NewSize(skin.LoginWidth-2*skin.LoginSide, h+columnFoot)
}

// sides lays out a row: the first object at the left, the last one at the right.
type sides struct{ gap float32 }

// Layout is called by Fyne.
func (s *sides) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for i, o := range objects {
		m := o.MinSize()
		x := float32(0)
		if i > 0 {
			x = size.Width - m.Width
			if s.gap > 0 {
				before := objects[i-1]
				x = before.Position().X + before.Size().Width + s.gap
			}
		}
		o.Move(fyne.NewPos(x, (size.Height-m.Height)/2))
		o.Resize(m)
	}
}

// MinSize is called by Fyne.
func (s *sides) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var m fyne.Size
	for _, o := range objects {
		p := o.MinSize()
		m = fyne.NewSize(m.Width+p.Width+s.gap, max(m.Height, p.Height))
	}
	return m
}

// twin lays two objects side by side in equal halves.
type twin struct{}

// Layout is called by Fyne.
func (twin) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	w := (size.Width - skin.LoginGap) / 2
	for i, o := range objects {
		o.Move(fyne.NewPos(float32(i)*(w+skin.LoginGap), 0))
		o.Resize(fyne.NewSize(w, size.Height))
	}
}

// MinSize is called by Fyne.
func (twin) MinSize(objects []fyne.CanvasObject) fyne.Size {
	h := float32(0)
	for _, o := range objects {
		h = max(h, o.MinSize().Height)
	}
	return fyne.NewSize(2*skin.LoginButtonWidth+skin.LoginGap, h)
}

// hostPortLayout gives the port what it needs and the host the rest.
type hostPortLayout struct{}

const portWidth = 96

// Layout is called by Fyne.
func (hostPortLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	w := size.Width - portWidth - skin.LoginGap
	objects[0].Resize(fyne.NewSize(w, size.Height))
	objects[1].Move(fyne.NewPos(w+skin.LoginGap, 0))
	objects[1].Resize(fyne.NewSize(portWidth, size.Height))
}

// MinSize is called by Fyne.
func (hostPortLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	h := max(objects[0].MinSize().Height, objects[1].MinSize().Height)
	return fyne.NewSize(160+portWidth+skin.LoginGap, h)
}

// faceLayout puts the avatar over the icon of the address field.
type faceLayout struct{}

const faceSide = 26

// Layout is called by Fyne.
func (faceLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	objects[0].Resize(size)
	at := (skin.LoginField - faceSide) / 2
	objects[1].Move(fyne.NewPos(at, at))
	objects[1].Resize(fyne.NewSquareSize(faceSide))
}

// MinSize is called by Fyne.
func (faceLayout) MinSize(objects []fyne.CanvasObject) fyne.Size { return objects[0].MinSize() }
