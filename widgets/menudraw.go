package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"

	"dovekie/assets"
	"dovekie/widgets/skin"
)

// CreateRenderer is called by Fyne.
func (m *Menu) CreateRenderer() fyne.WidgetRenderer {
	return newDrawn(m, m.draw, func() fyne.Size { return fyne.NewSize(1, 1) })
}

func (m *Menu) draw(size fyne.Size) []fyne.CanvasObject {
	dark := skin.Dark()
	corner, panel := m.panel(size)
	ground := edged(panel, skin.Of(skin.Panel, dark), skin.Of(skin.Edge, dark), skin.EdgeWidth, skin.RadiusField)
	ground.Move(corner)
	objects := []fyne.CanvasObject{ground}
	m.each(panel.Height, func(n int, y float32) {
		row := m.drawItem(n, panel.Width, dark)
		objects = append(objects, moveBy(row, corner.AddXY(0, y))...)
	})
	return objects
}

func (m *Menu) drawItem(n int, width float32, dark bool) []fyne.CanvasObject {
	i := &m.items[n]
	if i.Text == "" {
		line := rounded(skin.Of(skin.Divider, dark), 0)
		place(line, 12, menuRule/2, width-24, 1)
		return []fyne.CanvasObject{line}
	}
	role, ground := skin.Ink, skin.Panel
	if i.Danger {
		role = skin.Error
	}
	if i.Disabled {
		role = skin.Edge
	}
	var objects []fyne.CanvasObject
	if n == m.cursor && !i.Disabled {
		ground = skin.Hovered
		back := rounded(skin.Of(ground, dark), skin.RadiusQuote)
		place(back, menuPad, 1, width-2*menuPad, menuRow-2)
		objects = append(objects, back)
	}
	objects = append(objects, i.sign(skin.Of(ground, dark), dark)...)
	end := width - 16
	if i.Checked {
		tick := IconObject(assets.IconCheck, skin.IconRow, skin.Of(skin.Accent, dark))
		tick.Move(fyne.NewPos(end-skin.IconRow+2, (menuRow-skin.IconRow)/2))
		objects = append(objects, tick)
		end -= 28
	}
	if i.Note != "" {
		note := lineText(i.Note, skin.TextNote, skin.Of(skin.Secondary, dark), false)
		placeLineEnd(note, end, menuRow/2)
		objects = append(objects, note)
		end = note.Position().X - 16
	}
	words, _ := userLine(i.Text, skin.TextBody, false, skin.Of(role, dark), end-m.textLeft())
	return append(objects, moveBy(words, fyne.NewPos(m.textLeft(), menuRow/2))...)
}

// sign is what stands before the words.
func (i *MenuItem) sign(ground color.Color, dark bool) []fyne.CanvasObject {
	switch {
	case i.Avatar != nil:
		return moveBy(AvatarObjects(*i.Avatar, menuAvatar, dark), fyne.NewPos(11, (menuRow-menuAvatar)/2))
	case i.Presence != NoPresence:
		return moveBy(presenceShape(i.Presence, ground, dark), fyne.NewPos(13, (menuRow-skin.PresenceRing)/2))
	case i.Icon != "":
		role := skin.Secondary
		if i.Danger {
			role = skin.Error
		}
		if i.Disabled {
			role = skin.Edge
		}
		icon := IconObject(i.Icon, skin.IconSearch, skin.Of(role, dark))
		icon.Move(fyne.NewPos(13, (menuRow-skin.IconSearch)/2))
		return []fyne.CanvasObject{icon}
	}
	return nil
}
