package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"

	"dovekie/assets"
	"dovekie/widgets/skin"
)

// ButtonKind is how much a button stands out.
type ButtonKind int

// The kinds of buttons.
const (
	PrimaryButton ButtonKind = iota // the accent's ground
	SecondButton                    // an edge of two in the accent's colour
	QuietButton                     // an edge of one
	DangerButton                    // for what cannot be undone
)

// Button is a button with one line of words.
type Button struct {
	pressable

	text string
	kind ButtonKind
	tall bool
}

// NewButton makes a button of 36 for sheets and forms.
func NewButton(text string, kind ButtonKind, tapped func()) *Button {
	b := &Button{text: text, kind: kind}
	b.OnTapped = tapped
	b.own(b)
	return b
}

// NewLoginButton makes a button of the login window, 154 by 46.
func NewLoginButton(text string, kind ButtonKind, tapped func()) *Button {
	b := NewButton(text, kind, tapped)
	b.tall = true
	return b
}

// SetText changes the words.
func (b *Button) SetText(text string) {
	if b.text == text {
		return
	}
	b.text = text
	b.Refresh()
}

// Text is what the button says.
func (b *Button) Text() string { return b.text }

// CreateRenderer is called by Fyne.
func (b *Button) CreateRenderer() fyne.WidgetRenderer {
	return newDrawn(b, b.draw, b.least)
}

func (b *Button) least() fyne.Size {
	if b.tall {
		return fyne.NewSize(skin.LoginButtonWidth, skin.LoginButtonHeight)
	}
	w := fyne.MeasureText(b.text, skin.TextBody, fyne.TextStyle{Bold: true}).Width
	return fyne.NewSize(max(80, whole(w)+32), 36)
}

func (b *Button) draw(size fyne.Size) []fyne.CanvasObject {
	dark := skin.Dark()
	fill, edge, ink, edgeWidth := b.colours(dark)
	ground := edged(size, fill, edge, edgeWidth, skin.RadiusField)
	textSize := skin.TextBody
	if b.tall {
		textSize = skin.TextLoginButton
	}
	t := lineText(elide(b.text, textSize, true, size.Width-16), textSize, ink, true)
	placeLineMiddle(t, size.Width/2, size.Height/2)
	objects := append([]fyne.CanvasObject{ground}, strong(t)...)
	if b.focused {
		objects = append(objects, focusRing(fyne.NewPos(-4, -4), size.AddWidthHeight(8, 8), skin.RadiusField+4, dark))
	}
	return objects
}

func (b *Button) colours(dark bool) (fill, edge, ink color.NRGBA, edgeWidth float32) {
	of := func(r skin.Role) color.NRGBA { return skin.Of(r, dark) }
	if b.off {
		return of(skin.Divider), color.NRGBA{}, of(skin.Secondary), 0
	}
	switch b.kind {
	case PrimaryButton:
		fill, ink = of(skin.Accent), of(skin.OnAccent)
	case SecondButton:
		fill, edge, ink, edgeWidth = of(skin.BubbleOut), of(skin.Accent), of(skin.Ink), 2
	case QuietButton:
		fill, edge, ink, edgeWidth = of(skin.Panel), of(skin.Edge), of(skin.Ink), skin.EdgeWidth
	case DangerButton:
		fill, ink = of(skin.Badge), of(skin.OnBadge)
	}
	if b.hovered {
		fill = blended(fill, of(skin.Ink), 0.08)
	}
	return fill, edge, ink, edgeWidth
}

// blended is a with a share of b.
func blended(a, b color.NRGBA, share float32) color.NRGBA {
	mix := func(x, y uint8) uint8 { return uint8(float32(x) + (float32(y)-float32(x))*share) }
	return color.NRGBA{R: mix(a.R, b.R), G: mix(a.G, b.G), B: mix(a.B, b.B), A: a.A}
}

// IconButton is an icon of 20 that can be pressed, 32 by 32. It has no ground until
// the pointer is over it.
type IconButton struct {
	pressable

	icon assets.Icon
	side float32
}

// NewIconButton makes an icon that can be pressed.
func NewIconButton(icon assets.Icon, tapped func()) *IconButton {
	b := &IconButton{icon: icon, side: skin.IconBar}
	b.OnTapped = tapped
	b.own(b)
	return b
}

// SetIcon changes the icon.
func (b *IconButton) SetIcon(icon assets.Icon) {
	if b.icon == icon {
		return
	}
	b.icon = icon
	b.Refresh()
}

// CreateRenderer is called by Fyne.
func (b *IconButton) CreateRenderer() fyne.WidgetRenderer {
	return newDrawn(b, b.draw, func() fyne.Size { return fyne.NewSquareSize(skin.HitArea) })
}

func (b *IconButton) draw(size fyne.Size) []fyne.CanvasObject {
	dark := skin.Dark()
	var objects []fyne.CanvasObject
	if b.hovered && !b.off {
		ground := rounded(skin.Of(skin.Hovered, dark), 8)
		ground.Resize(size)
		objects = append(objects, ground)
	}
	role := skin.Secondary
	if b.off {
		role = skin.Edge
	}
	icon := IconObject(b.icon, b.side, skin.Of(role, dark))
	icon.Move(fyne.NewPos(whole((size.Width-b.side)/2), whole((size.Height-b.side)/2)))
	objects = append(objects, icon)
	if b.focused {
		objects = append(objects, focusRing(fyne.Position{}, size, 8, dark))
	}
	return objects
}
