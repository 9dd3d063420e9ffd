package widgets

import (
	"fyne.io/fyne/v2"

	"dovekie/assets"
	"dovekie/widgets/skin"
)

// CreateRenderer is called by Fyne.
func (s *TabStrip) CreateRenderer() fyne.WidgetRenderer {
	return newDrawn(s, s.draw, func() fyne.Size { return fyne.NewSize(160, skin.ChatTabStrip) })
}

func (s *TabStrip) draw(size fyne.Size) []fyne.CanvasObject {
	dark := skin.Dark()
	ground := rounded(skin.Of(skin.TabStrip, dark), 0)
	ground.Resize(size)
	objects := []fyne.CanvasObject{ground}
	tab, fit, arrows := s.layout(size.Width)
	x := float32(stripLeft)
	for i := s.first; i < len(s.tabs) && i < s.first+fit; i++ {
		objects = append(objects, moveBy(s.drawTab(i, tab, dark), fyne.NewPos(x, stripTop))...)
		x += tab + stripGap
	}
	if arrows {
		objects = append(objects, s.drawArrows(size.Width, fit, dark)...)
	}
	return objects
}

func (s *TabStrip) drawTab(i int, width float32, dark bool) []fyne.CanvasObject {
	t := &s.tabs[i]
	role, ink := skin.TabStrip, skin.Secondary
	switch {
	case t.Key == s.chosen:
		role, ink = skin.Panel, skin.Ink
	case s.over.index == i && (s.over.part == tabBody || s.over.part == tabCross):
		role, ink = skin.Hovered, skin.Ink
	}
	var objects []fyne.CanvasObject
	if role != skin.TabStrip {
		back := rounded(skin.Of(role, dark), 0)
		back.TopLeftCornerRadius, back.TopRightCornerRadius = skin.RadiusTab, skin.RadiusTab
		back.Resize(fyne.NewSize(width, skin.ChatTabHeight))
		objects = append(objects, back)
	}
	avatar := AvatarObjects(t.Avatar, skin.ChatTabAvatar, dark)
	objects = append(objects, moveBy(avatar, fyne.NewPos(tabAvatarX, tabAvatarY))...)
	end := width - tabCrossFrom - 10
	if s.hasCross(i) {
		cross := IconObject(assets.IconClose, skin.IconRow, skin.Of(skin.Secondary, dark))
		cross.Move(fyne.NewPos(width-tabCrossFrom-skin.IconRow/2, tabMiddle-1-skin.IconRow/2))
		if s.over == (tabPlace{tabCross, i}) {
			back := rounded(skin.Of(skin.Divider, dark), 6)
			place(back, width-tabCrossFrom-11, tabMiddle-12, 22, 22)
			objects = append(objects, back)
		}
		objects = append(objects, cross)
	} else {
		right := width - 12
		badge := badgeObjects
		if t.Muted {
			badge = quietBadge
		}
		objects = append(objects, badge(t.Unread, right, tabMiddle-1, dark)...)
		end = right - badgeWidth(t.Unread) - 6
	}
	title, _ := userLine(t.Title, skin.TextMinor, false, skin.Of(ink, dark), end-tabTextLeft)
	objects = append(objects, moveBy(title, fyne.NewPos(tabTextLeft, tabMiddle))...)
	if s.focused && t.Key == s.chosen {
		objects = append(objects, focusRing(fyne.NewPos(3, 3), fyne.NewSize(width-6, skin.ChatTabHeight-6), 8, dark))
	}
	return objects
}

func (s *TabStrip) drawArrows(width float32, fit int, dark bool) []fyne.CanvasObject {
	var objects []fyne.CanvasObject
	icons := []assets.Icon{assets.IconChevronLeft, assets.IconChevronRight, assets.IconChevronDown}
	usable := []bool{s.first > 0, s.first+fit < len(s.tabs), true}
	for n, icon := range icons {
		x := width - float32(3-n)*stripArrow
		if s.over.part == backArrow+tabPart(n) && usable[n] {
			back := rounded(skin.Of(skin.Hovered, dark), 6)
			place(back, x+1, 8, stripArrow-2, stripArrow-2)
			objects = append(objects, back)
		}
		role := skin.Secondary
		if !usable[n] {
			role = skin.Edge
		}
		o := IconObject(icon, skin.IconRow, skin.Of(role, dark))
		o.Move(fyne.NewPos(x+6, 13))
		objects = append(objects, o)
	}
	return objects
}
