package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"dovekie/assets"
	"dovekie/widgets/skin"
)

// paint appends the objects of the message; selected are grounds behind its text.
func (s *bubbleShape) paint(dst []fyne.CanvasObject, item *TimelineItem, first bool, labels *TimelineLabels, selected []span, dark bool) []fyne.CanvasObject {
	if first && !item.Outgoing {
		dst = s.paintSpeaker(dst, item, dark)
	}
	dst = append(dst, s.ground(item, first, dark))
	ink := skin.Of(skin.Ink, dark)
	if item.Unreadable {
		ink = skin.Of(skin.Secondary, dark)
		eye := IconObject(assets.IconEyeOff, skin.IconSearch, ink)
		eye.Move(fyne.NewPos(s.bubble.x+skin.BubblePadX, s.bubble.y+skin.BubblePadY+(skin.PitchBody-skin.IconSearch)/2))
		dst = append(dst, eye)
	}
	for _, sp := range selected {
		r := canvas.NewRectangle(selectionGround(dark))
		place(r, s.textAt.X+sp.x, s.textAt.Y+sp.line*s.text.style.pitch, sp.width, s.text.style.pitch)
		dst = append(dst, r)
	}
	dst = s.text.paint(dst, s.textAt, ink, skin.Of(skin.Accent, dark))
	dst = s.stamp.paint(dst, s.stampX, s.stampY, dark)
	if labels.wayOut(item.State) != "" {
		dst = s.paintWayOut(dst, item, labels, dark)
	}
	for _, c := range s.chips {
		dst = c.paint(dst, dark)
	}
	return dst
}

// selectionGround is the colour behind selected text.
func selectionGround(dark bool) color.NRGBA {
	c := skin.Of(skin.Accent, dark)
	c.A = 0x48
	return c
}

func (s *bubbleShape) paintSpeaker(dst []fyne.CanvasObject, item *TimelineItem, dark bool) []fyne.CanvasObject {
	dst = append(dst, moveBy(AvatarObjects(item.Avatar, skin.ChatAvatar, dark), fyne.NewPos(skin.ChatAvatarX, s.bubble.y))...)
	if s.bubble.y > 0 {
		name := layoutText(oneLine(item.Sender), noteStyle, 1e6, false)
		dst = name.paint(dst, fyne.NewPos(skin.BubbleInX, -1), skin.Of(skin.Secondary, dark), skin.Of(skin.Secondary, dark))
	}
	return dst
}

func (s *bubbleShape) ground(item *TimelineItem, first, dark bool) *canvas.Rectangle {
	role := skin.BubbleIn
	switch {
	case item.Unreadable:
		role = skin.BubbleUnreadable
	case item.Outgoing:
		role = skin.BubbleOut
	}
	r := rounded(skin.Of(role, dark), skin.RadiusBubble)
	if first && item.Outgoing {
		r.TopRightCornerRadius = skin.RadiusSpeaker
	} else if first {
		r.TopLeftCornerRadius = skin.RadiusSpeaker
	}
	if role == skin.BubbleIn && !dark {
		r.Shadow = canvas.Shadow{Color: skin.Of(skin.BubbleShadow, dark), BlurRadius: 5, Offset: fyne.NewPos(0, 1)}
	}
	place(r, s.bubble.x, s.bubble.y, s.bubble.w, s.bubble.h)
	return r
}

// paintWayOut draws what is wrong and what can be done below the bubble, and the ring
// beside it: with an exclamation mark for a failed message, a question mark for one in doubt.
func (s *bubbleShape) paintWayOut(dst []fyne.CanvasObject, item *TimelineItem, labels *TimelineLabels, dark bool) []fyne.CanvasObject {
	ink, accent := skin.Of(skin.Secondary, dark), skin.Of(skin.Accent, dark)
	sign := assets.IconQuestion
	if item.State == TickFailed {
		ink, sign = skin.Of(skin.Error, dark), assets.IconAlert
	}
	at := s.ring()
	ring := IconObject(sign, skin.IconBar, ink)
	ring.Move(fyne.NewPos(at.x, at.y))
	dst = append(dst, ring)
	middle := s.retry.y + s.retry.h/2
	arrow := IconObject(assets.IconRetry, skin.IconRow, accent)
	arrow.Move(fyne.NewPos(s.retry.x, whole(middle-skin.IconRow/2)))
	word := lineText(labels.wayOut(item.State), skin.TextNote, accent, true)
	boldNote.placeBaseline(word, s.retry.x+skin.IconRow+4, middle)
	text, at := s.reason(item)
	reason := lineText(text, skin.TextNote, ink, false)
	noteStyle.placeBaseline(reason, at.x, at.y+at.h/2)
	return append(append(dst, reason, arrow), strong(word)...)
}

// reason is what is said before the way out, or above it where there is no room, and its
// place.
func (s *bubbleShape) reason(item *TimelineItem) (text string, at rect) {
	at = rect{y: s.retry.y, h: s.retry.h}
	end, from := s.retry.x-reasonGap, float32(skin.BubbleInX)
	if s.apart {
		end, from = s.retry.x+s.retry.w, skin.ChatAvatarX
		at.y -= reasonLine
	}
	text = elide(oneLine(item.Error), skin.TextNote, false, end-from)
	at.w = noteStyle.width(text)
	at.x = max(end-at.w, from)
	return text, at
}

func (c chip) paint(dst []fyne.CanvasObject, dark bool) []fyne.CanvasObject {
	r := rounded(skin.Of(skin.BubbleIn, dark), chipHeight/2)
	r.StrokeColor = skin.Of(skin.Accent, dark)
	r.StrokeWidth = skin.EdgeWidth
	place(r, c.x, c.y, c.w, c.h)
	t := lineText(elide(oneLine(c.text), chipStyle.size, false, c.w-2*chipPad+1), chipStyle.size, skin.Of(skin.Accent, dark), false)
	chipStyle.placeBaseline(t, whole(c.x+(c.w-chipStyle.width(t.Text))/2), c.y+c.h/2)
	return append(dst, r, t)
}
