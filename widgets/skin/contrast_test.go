package skin_test

import (
	"image/color"
	"math"
	"testing"

	"dovekie/widgets/skin"
)

// luminance is the relative luminance of WCAG 2.
func luminance(c color.NRGBA) float64 {
	lin := func(v uint8) float64 {
		s := float64(v) / 255
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*lin(c.R) + 0.7152*lin(c.G) + 0.0722*lin(c.B)
}

func contrast(a, b color.NRGBA) float64 {
	x, y := luminance(a), luminance(b)
	return (math.Max(x, y) + 0.05) / (math.Min(x, y) + 0.05)
}

func TestTextAndShapesStandOutFromTheirGrounds(t *testing.T) {
	defer skin.UseTint(skin.Sea)
	for _, tint := range skin.Tints {
		skin.UseTint(tint)
		t.Run(string(tint), standsOut)
	}
}

func standsOut(t *testing.T) {
	for _, c := range []struct {
		figure  skin.Role
		grounds []skin.Role
		least   float64
	}{
		{skin.Ink, []skin.Role{skin.Panel, skin.ChatGround, skin.Selected, skin.Hovered, skin.BubbleIn, skin.BubbleOut, skin.TabStrip}, 4.5},
		{skin.Secondary, []skin.Role{skin.Panel, skin.ChatGround, skin.Selected, skin.Hovered, skin.BubbleIn, skin.BubbleOut, skin.BubbleUnreadable, skin.QuoteIn, skin.QuoteOut, skin.TabStrip}, 4.5},
		{skin.Accent, []skin.Role{skin.Panel, skin.ChatGround, skin.Selected, skin.BubbleIn, skin.BubbleOut, skin.QuoteOut}, 4.5},
		{skin.OnAccent, []skin.Role{skin.Accent}, 4.5},
		{skin.OnBadge, []skin.Role{skin.Badge}, 4.5},
		{skin.Error, []skin.Role{skin.Panel, skin.ChatGround, skin.Selected, skin.Hovered}, 4.5},
		{skin.Literal, []skin.Role{skin.Panel, skin.ChatGround, skin.Selected}, 4.5},
		{skin.DatePillText, []skin.Role{skin.DatePill}, 4.5},
		{skin.Ink, []skin.Role{skin.DatePill}, 4.5},
		{skin.Error, []skin.Role{skin.DatePill}, 4.5},
		{skin.HeaderText, []skin.Role{skin.HeaderGround, skin.HeaderSwell}, 4.5},
		{skin.HeaderSecond, []skin.Role{skin.HeaderGround}, 4.5},
		{skin.Edge, []skin.Role{skin.Panel, skin.ChatGround}, 3},
		{skin.Accent, []skin.Role{skin.Selected, skin.Hovered, skin.Divider}, 3},
		{skin.Available, []skin.Role{skin.Panel, skin.Selected}, 3},
		{skin.Away, []skin.Role{skin.Panel, skin.Selected}, 3},
		{skin.Busy, []skin.Role{skin.Panel, skin.Selected}, 3},
		{skin.BusyBar, []skin.Role{skin.Busy}, 3},
		{skin.Offline, []skin.Role{skin.Panel, skin.Selected}, 3},
	} {
		for _, g := range c.grounds {
			for _, dark := range []bool{false, true} {
				if got := contrast(skin.Of(c.figure, dark), skin.Of(g, dark)); got < c.least {
					t.Errorf("role %d on %d, dark %v: %.2f, least %g", c.figure, g, dark, got, c.least)
				}
			}
		}
	}
	for _, ground := range skin.AvatarGrounds {
		if got := contrast(skin.Of(skin.OnBadge, false), ground); got < 4.5 {
			t.Errorf("white on avatar ground %v: %.2f", ground, got)
		}
	}
}
