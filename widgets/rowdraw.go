package widgets

import (
	"fyne.io/fyne/v2"

	"dovekie/assets"
	"dovekie/widgets/skin"
)

// Places within rows.
const (
	rowAvatarTop   = 8
	rowMiddle      = 28 // of a contact row
	rowTextGap     = 8  // between a text and what stands at its right
	groupChevronX  = 12
	groupNameX     = 34
	requestButtonY = 54
	requestButtonH = 28
	requestButtonW = 56 // at least
)

// build makes the content of the row from its item.
func (r *row) build() []fyne.CanvasObject {
	switch r.item.Kind {
	case ContactRow, ChatRow:
		return r.buildPerson()
	case RequestRow:
		return r.buildRequest()
	case GroupRow:
		return r.buildGroup()
	case CaptionRow:
		return r.buildLine(skin.TextNote, skin.Secondary, true)
	case MoreRow:
		return r.buildLine(skin.TextMinor, skin.Accent, false)
	case HintRow:
		return r.buildLine(skin.TextNote, skin.Secondary, false)
	}
	return nil
}

// words are a line of the row at x, its middle at y, cut to end at most at end.
func (r *row) words(s string, size float32, role skin.Role, bold bool, x, y, end float32) []fyne.CanvasObject {
	objects, _ := userLine(s, size, bold, skin.Of(role, r.state.dark), end-x)
	return moveBy(objects, fyne.NewPos(whole(x), y))
}

// buildPerson draws a contact or a chat: the second line shares its line with the badge
// only where a time stands above that badge.
func (r *row) buildPerson() []fyne.CanvasObject {
	i, dark := &r.item, r.state.dark
	right := r.state.width - rowRightGap
	objects := r.avatar()
	firstEnd, secondEnd := right, right
	badgeY := float32(rowMiddle)
	if i.Time != "" {
		stamp := lineText(i.Time, skin.TextListTime, skin.Of(skin.Secondary, dark), false)
		placeLineEnd(stamp, right, skin.RowLine1)
		objects = append(objects, stamp)
		firstEnd = stamp.Position().X - rowTextGap
		badgeY = skin.RowLine2
	}
	if i.Pinned {
		objects = append(objects, r.sign(assets.IconPin, firstEnd, skin.RowLine1))
		firstEnd -= skin.IconRow + rowTextGap
	}
	if w := badgeWidth(i.Unread); w > 0 {
		badge := badgeObjects
		if i.Muted {
			badge = quietBadge
		}
		objects = append(objects, badge(i.Unread, right, badgeY, dark)...)
		secondEnd -= w + rowTextGap
		if i.Time == "" {
			firstEnd = secondEnd
		}
	}
	if i.Muted {
		objects = append(objects, r.sign(assets.IconBellOff, secondEnd, skin.RowLine2))
		secondEnd -= skin.IconRow + rowTextGap
	}
	nameY := skin.RowLine1
	if i.Second == "" && i.Draft == "" && i.Time == "" {
		nameY = rowMiddle
	}
	objects = append(objects, r.words(i.Name, skin.TextBody, skin.Ink, false, skin.RowTextLeft, nameY, firstEnd)...)
	return append(objects, r.secondLine(secondEnd)...)
}

// sign is a small quiet icon that ends at right with its middle at the height y.
func (r *row) sign(name assets.Icon, right, y float32) fyne.CanvasObject {
	icon := IconObject(name, skin.IconRow, skin.Of(skin.Secondary, r.state.dark))
	icon.Move(fyne.NewPos(whole(right-skin.IconRow), whole(y-skin.IconRow/2)))
	return icon
}

func (r *row) secondLine(end float32) []fyne.CanvasObject {
	x := skin.RowTextLeft
	var objects []fyne.CanvasObject
	if r.item.Draft != "" {
		marker := lineText(r.item.Draft, skin.TextNote, skin.Of(skin.Error, r.state.dark), false)
		placeLine(marker, x, skin.RowLine2)
		objects = append(objects, marker)
		x += marker.Size().Width + 4
	}
	if r.item.Second == "" || end-x < skin.TextNote {
		return objects
	}
	return append(objects, r.words(r.item.Second, skin.TextNote, skin.Secondary, false, x, skin.RowLine2, end)...)
}

func (r *row) buildRequest() []fyne.CanvasObject {
	end := r.state.width - rowRightGap
	objects := r.avatar()
	objects = append(objects, r.words(r.item.Name, skin.TextBody, skin.Ink, false, skin.RowTextLeft, skin.RowLine1, end)...)
	objects = append(objects, r.secondLine(end)...)
	x := skin.RowTextLeft
	for _, accept := range []bool{true, false} {
		words := r.item.Accept
		ground, ink := skin.Of(skin.Accent, r.state.dark), skin.Of(skin.OnAccent, r.state.dark)
		if !accept {
			words = r.item.Decline
			ground, ink = skin.Of(skin.Divider, r.state.dark), skin.Of(skin.Ink, r.state.dark)
		}
		label := lineText(words, skin.TextNote, ink, accept)
		w := max(requestButtonW, whole(label.MinSize().Width)+24)
		back := rounded(ground, 8)
		place(back, x, requestButtonY, w, requestButtonH)
		placeLineMiddle(label, x+w/2, requestButtonY+requestButtonH/2)
		objects = append(append(objects, back), strong(label)...)
		r.buttons = append(r.buttons, rowButton{accept, back.Position(), back.Size()})
		x += w + 8
	}
	return objects
}

func (r *row) buildGroup() []fyne.CanvasObject {
	dark := r.state.dark
	icon := assets.IconChevronDown
	if r.item.Folded {
		icon = assets.IconChevronRight
	}
	chevron := IconObject(icon, skin.IconRow, skin.Of(skin.Secondary, dark))
	chevron.Move(fyne.NewPos(groupChevronX, (skin.GroupRow-skin.IconRow)/2))
	end := r.state.width - rowRightGap
	figures := lineText(r.item.Count, skin.TextNote, skin.Of(skin.Secondary, dark), false)
	placeLineEnd(figures, end, skin.GroupRow/2)
	name := r.words(r.item.Name, skin.TextMinor, skin.Ink, true, groupNameX, skin.GroupRow/2, figures.Position().X-rowTextGap)
	return append(name, chevron, figures)
}

// buildLine draws one line of text, from the left edge of the avatars.
func (r *row) buildLine(size float32, role skin.Role, bold bool) []fyne.CanvasObject {
	return r.words(r.item.Name, size, role, bold, skin.RowAvatarLeft, r.item.height()/2, r.state.width-rowRightGap)
}
