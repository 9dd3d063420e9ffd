package skin

import (
	"image/color"
	"sync/atomic"
)

// Tint is the accent that the user picked: of links, buttons, what is chosen, the own
// bubbles and the swell. What says something by its colour (presence, errors, badges) keeps it.
type Tint string

// The tints; Sea is that of the mark.
const (
	Sea   Tint = "sea"
	Sky   Tint = "sky"
	Heath Tint = "heath"
	Rose  Tint = "rose"
	Moss  Tint = "moss"
	Straw Tint = "straw"
	Slate Tint = "slate"
)

// Tints are all of them, in the order to offer them.
var Tints = []Tint{Sea, Sky, Heath, Rose, Moss, Straw, Slate}

// tintOf are the accents of the tints, in the light theme and the dark one.
var tintOf = map[Tint][2]color.NRGBA{
	Sea:   palette[Accent],
	Sky:   {rgb(0x2F5F9E), rgb(0x8FBCF2)},
	Heath: {rgb(0x6B4FA3), rgb(0xBFA9F0)},
	Rose:  {rgb(0x98406F), rgb(0xF0A3C9)},
	Moss:  {rgb(0x2F6B41), rgb(0x7FD09B)},
	Straw: {rgb(0x7C5A10), rgb(0xE0BE7A)},
	Slate: {rgb(0x48596A), rgb(0xB4C3CE)},
}

// OrSea is the tint, or Sea if there is none of that name.
func (t Tint) OrSea() Tint {
	if _, ok := tintOf[t]; ok {
		return t
	}
	return Sea
}

// Color is the tint's accent, for choosing it.
func (t Tint) Color(dark bool) color.NRGBA {
	c := tintOf[t.OrSea()]
	if dark {
		return c[1]
	}
	return c[0]
}

// tinted is the palette in use where it is not the table's own.
var tinted atomic.Pointer[[roles][2]color.NRGBA]

// UseTint puts a tint into force for all that is drawn from now on. The caller has what is
// on the screen drawn anew.
func UseTint(t Tint) {
	if t = t.OrSea(); t == Sea {
		tinted.Store(nil)
		return
	}
	p := palette
	light, dark := tintOf[t][0], tintOf[t][1]
	p[Accent] = tintOf[t]
	// As much of the accent in each as the table's own colours have of the sea's.
	for r, share := range map[Role][2]float64{
		Selected: {0.12, 0.14}, TrackOut: {0.35, 0.40}, AsleepDisc: {0.16, 0.55},
	} {
		p[r] = [2]color.NRGBA{mixed(palette[Panel][0], light, share[0]), mixed(palette[Panel][1], dark, share[1])}
	}
	p[BubbleOut] = [2]color.NRGBA{mixed(palette[Panel][0], light, 0.18), mixed(palette[Panel][1], light, 0.47)}
	p[QuoteOut] = [2]color.NRGBA{mixed(palette[Panel][0], light, 0.12), mixed(palette[ChatGround][1], light, 0.35)}
	p[HeaderSwell] = [2]color.NRGBA{mixed(palette[HeaderGround][0], light, 0.26), mixed(palette[HeaderGround][1], light, 0.26)}
	tinted.Store(&p)
}

// mixed is a ground with that share of a colour on it.
func mixed(ground, c color.NRGBA, share float64) color.NRGBA {
	mix := func(a, b uint8) uint8 { return uint8(float64(a) + (float64(b)-float64(a))*share + 0.5) }
	return color.NRGBA{mix(ground.R, c.R), mix(ground.G, c.G), mix(ground.B, c.B), 0xFF}
}
