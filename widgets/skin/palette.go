// Package skin is the look: the palette, the sizes and the Fyne theme made of them.
// No other package names a colour or a size of type.
package skin

import "image/color"

// Role names what a colour is for; the value depends on the theme variant.
type Role int

// The roles of the palette.
const (
	HeaderGround Role = iota
	HeaderSwell
	HeaderText
	HeaderSecond
	Panel
	ChatGround
	TabStrip
	Ink // text
	Secondary
	Accent
	OnAccent
	Selected
	Hovered
	BubbleIn
	QuoteIn
	BubbleOut
	QuoteOut
	BubbleUnreadable
	DatePill
	DatePillText
	Divider
	Edge
	TrackIn
	TrackOut
	Badge
	OnBadge
	Error
	Available
	Away
	Busy
	BusyBar
	Offline
	BubbleShadow
	Wordmark
	Moon       // on the night sea of the login window
	AsleepDisc // behind the sleeping bird
	Literal    // values in structured text
	roles
)

var palette = [roles][2]color.NRGBA{
	HeaderGround:     {rgb(0x0E1B26), rgb(0x0A131B)},
	HeaderSwell:      {rgb(0x12303B), rgb(0x0F2A33)},
	HeaderText:       {rgb(0xFFFFFF), rgb(0xF2F6F9)},
	HeaderSecond:     {rgb(0xB4C3CE), rgb(0xA9B9C5)},
	Panel:            {rgb(0xFFFFFF), rgb(0x15212C)},
	ChatGround:       {rgb(0xF3F5F7), rgb(0x0F1923)},
	TabStrip:         {rgb(0xE4E9ED), rgb(0x0A131B)},
	Ink:              {rgb(0x0E1B26), rgb(0xE8EDF2)},
	Secondary:        {rgb(0x55606E), rgb(0xA6B5C0)},
	Accent:           {rgb(0x0B6B75), rgb(0x5CC8D2)},
	OnAccent:         {rgb(0xFFFFFF), rgb(0x0E1B26)},
	Selected:         {rgb(0xE2F1F2), rgb(0x1B3A43)},
	Hovered:          {rgb(0xEEF2F4), rgb(0x1E2D39)},
	BubbleIn:         {rgb(0xFFFFFF), rgb(0x1F2D39)},
	QuoteIn:          {rgb(0xF0F3F5), rgb(0x273744)},
	BubbleOut:        {rgb(0xCFEAEC), rgb(0x12464D)},
	QuoteOut:         {rgb(0xDDF1F2), rgb(0x0E383E)},
	BubbleUnreadable: {rgb(0xE7EBEF), rgb(0x1B2731)},
	DatePill:         {rgb(0xE4E9ED), rgb(0x1E2C38)},
	DatePillText:     {rgb(0x4F5966), rgb(0xA8B8C4)},
	Divider:          {rgb(0xE1E6EA), rgb(0x243340)},
	Edge:             {rgb(0x7C8794), rgb(0x6D7E8C)},
	TrackIn:          {rgb(0xD3DBE1), rgb(0x33444F)},
	TrackOut:         {rgb(0xA9CDD1), rgb(0x2C666E)},
	Badge:            {rgb(0xC62828), rgb(0xC62828)},
	OnBadge:          {rgb(0xFFFFFF), rgb(0xFFFFFF)},
	Error:            {rgb(0xB71F1F), rgb(0xFF8A80)},
	Available:        {rgb(0x1B8A4B), rgb(0x46C283)},
	Away:             {rgb(0xB26B00), rgb(0xF0B24A)},
	Busy:             {rgb(0xC62828), rgb(0xFF7A70)},
	BusyBar:          {rgb(0xFFFFFF), rgb(0x15212C)},
	Offline:          {rgb(0x6B7583), rgb(0x93A2AF)},
	BubbleShadow:     {color.NRGBA{0x0E, 0x1B, 0x26, 20}, color.NRGBA{}},
	Wordmark:         {rgb(0xCFEAEC), rgb(0xCFEAEC)},
	Moon:             {rgb(0x1F8794), rgb(0x1F8794)},
	AsleepDisc:       {rgb(0xD6EAEC), rgb(0x1F8794)},
	Literal:          {rgb(0x7C5A10), rgb(0xE0BE7A)},
}

// AvatarGrounds are the ten grounds of avatars without a picture; white letters on
// them reach 5.9 to 1 and more.
var AvatarGrounds = [10]color.NRGBA{
	rgb(0x0B6B75), rgb(0x2F5F9E), rgb(0x6B4FA3), rgb(0x98406F), rgb(0xA5472C),
	rgb(0x7C5A10), rgb(0x2F6B41), rgb(0x48596A), rgb(0x8A3B3B), rgb(0x3D5A80),
}

// Of is the colour of the role, in the dark theme or the light one, by the tint in use.
func Of(r Role, dark bool) color.NRGBA {
	p := tinted.Load()
	if p == nil {
		p = &palette
	}
	if dark {
		return p[r][1]
	}
	return p[r][0]
}

func rgb(v uint32) color.NRGBA {
	return color.NRGBA{uint8(v >> 16), uint8(v >> 8), uint8(v), 0xFF} //nolint:gosec // masked by the shift
}
