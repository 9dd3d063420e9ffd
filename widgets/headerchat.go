package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"dovekie/assets"
	"dovekie/widgets/skin"
)

// ChatHeadState is what the head of a chat shows.
type ChatHeadState struct {
	Avatar   AvatarSpec
	Presence Presence
	Name     string
	Second   string // signature, or who is in a room
}

// ChatHead is the line above a chat: avatar, name, second line and one menu.
type ChatHead struct {
	plain

	state  ChatHeadState
	avatar *avatarButton
	menu   *IconButton
}

// Places in the head.
const (
	chatHeadX     = 20
	chatHeadTextX = 74
	chatHeadNameY = 20
	chatHeadNoteY = 41
	chatHeadMenuX = 50 // of the menu's left edge, from the right
)

// NewChatHead makes the head. onMenu gets the place for a menu, on the canvas, and nil
// leaves the menu out; onAvatar may be nil.
func NewChatHead(state ChatHeadState, onMenu func(at fyne.Position), onAvatar func()) *ChatHead {
	h := &ChatHead{state: state, avatar: newAvatarButton(onAvatar)}
	h.avatar.spec = state.Avatar
	if onMenu != nil {
		h.menu = NewIconButton(assets.IconDots, func() {
			at := fyne.CurrentApp().Driver().AbsolutePositionForObject(h.menu)
			onMenu(at.AddXY(0, skin.HitArea+4))
		})
	}
	h.ExtendBaseWidget(h)
	return h
}

// NameMenu gives the menu its name.
func (h *ChatHead) NameMenu(hints *Hints, name string) { hints.Name(h.menu, name) }

// SetState shows another chat, or the same one changed.
func (h *ChatHead) SetState(s ChatHeadState) {
	if h.state == s {
		return
	}
	h.state = s
	h.avatar.spec = s.Avatar
	h.avatar.Refresh()
	h.Refresh()
}

// CreateRenderer is called by Fyne.
func (h *ChatHead) CreateRenderer() fyne.WidgetRenderer {
	return newDrawn(h, h.draw, func() fyne.Size { return fyne.NewSize(200, skin.ChatHead) })
}

func (h *ChatHead) draw(size fyne.Size) []fyne.CanvasObject {
	dark := skin.Dark()
	panel := skin.Of(skin.Panel, dark)
	ground := canvas.NewRectangle(panel)
	ground.Resize(size)
	rule := canvas.NewRectangle(skin.Of(skin.Divider, dark))
	place(rule, 0, size.Height-1, size.Width, 1)
	corner := fyne.NewPos(chatHeadX, (skin.ChatHead-skin.RowAvatar)/2)
	place(h.avatar, corner.X, corner.Y, skin.RowAvatar, skin.RowAvatar)
	objects := []fyne.CanvasObject{ground, rule, h.avatar}
	shape := PresenceObjects(h.state.Presence, panel, dark)
	objects = append(objects, moveBy(shape, corner.Add(presenceAt(skin.RowAvatar)))...)
	end := size.Width - 16
	if h.menu != nil {
		end = size.Width - chatHeadMenuX
		place(h.menu, end, (skin.ChatHead-skin.HitArea)/2, skin.HitArea, skin.HitArea)
		objects = append(objects, h.menu)
	}
	nameY := float32(chatHeadNameY)
	if h.state.Second == "" {
		nameY = skin.ChatHead / 2
	}
	room := end - 12 - chatHeadTextX
	name, _ := userLine(h.state.Name, skin.TextTitle, true, skin.Of(skin.Ink, dark), room)
	objects = append(objects, moveBy(name, fyne.NewPos(chatHeadTextX, nameY))...)
	if h.state.Second != "" {
		second := noteLine(h.state.Second, skin.Of(skin.Secondary, dark), room)
		objects = append(objects, moveBy(second, fyne.NewPos(chatHeadTextX, chatHeadNoteY))...)
	}
	return objects
}
