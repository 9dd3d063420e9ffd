package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"image/color"

	"dovekie/widgets/skin"
)

// Presence is what a row shows of somebody's presence.
type Presence int

// The presences. Unknown and NoPresence draw no shape: Unknown stands for everybody
// while we are offline ourselves, NoPresence for rooms.
const (
	NoPresence Presence = iota
	Unknown
	Available
	Away
	Busy
	Offline
)

// PresenceObjects are the shape of 12 in its ring of 16, placed relative to 0,0. The
// ring and what the shape leaves open have the colour of the ground below, so that the
// shape reads on a selected row as well; nil where no shape is drawn.
func PresenceObjects(p Presence, ground color.Color, dark bool) []fyne.CanvasObject {
	shape := presenceShape(p, ground, dark)
	if shape == nil {
		return nil
	}
	return append([]fyne.CanvasObject{disc(ground, 0, skin.PresenceRing)}, shape...)
}

// presenceShape is the shape without its ring, in a square of 16.
func presenceShape(p Presence, ground color.Color, dark bool) []fyne.CanvasObject {
	switch p {
	case Available:
		return []fyne.CanvasObject{disc(skin.Of(skin.Available, dark), 2, skin.PresenceDot)}
	case Away:
		bite := canvas.NewCircle(ground)
		bite.Resize(fyne.NewSquareSize(10))
		bite.Move(fyne.NewPos(5, 1))
		return []fyne.CanvasObject{disc(skin.Of(skin.Away, dark), 2, skin.PresenceDot), bite}
	case Busy:
		bar := canvas.NewRectangle(skin.Of(skin.BusyBar, dark))
		bar.Resize(fyne.NewSize(8, 2))
		bar.Move(fyne.NewPos(4, 7))
		return []fyne.CanvasObject{disc(skin.Of(skin.Busy, dark), 2, skin.PresenceDot), bar}
	case Offline:
		ring := disc(ground, 2, skin.PresenceDot)
		ring.StrokeColor = skin.Of(skin.Offline, dark)
		ring.StrokeWidth = 2.2
		return []fyne.CanvasObject{ring}
	case NoPresence, Unknown:
	}
	return nil
}

// disc is a circle at the same distance from both edges. Even diameters on whole pixels
// stay round.
func disc(c color.Color, at, diameter float32) *canvas.Circle {
	o := canvas.NewCircle(c)
	o.Resize(fyne.NewSquareSize(diameter))
	o.Move(fyne.NewPos(at, at))
	return o
}

// presenceAt is where the ring's corner lies for an avatar of this side: the centre of
// the shape is 5 inside the lower right corner.
func presenceAt(side float32) fyne.Position {
	at := side - 5 - skin.PresenceRing/2
	return fyne.NewPos(at, at)
}
