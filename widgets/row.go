package widgets

import (
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"dovekie/widgets/skin"
)

// RowKind says what a row of a FlatList shows.
type RowKind int

// The kinds of rows.
const (
	ContactRow RowKind = iota // avatar, presence, name, second line, badge
	ChatRow                   // the same with a time, a draft marker, an unread badge
	GroupRow                  // chevron, name, figures; folds
	RequestRow                // avatar, name, message, two buttons
	CaptionRow                // the title of a section
	MoreRow                   // one line that can be tapped
	HintRow                   // one quiet line
)

// ListItem is a row as a value. Two equal items look the same, so a row is redrawn only
// if its item changed.
type ListItem struct {
	Key      string // unique within its list
	Kind     RowKind
	Avatar   AvatarSpec
	Presence Presence
	Name     string
	Second   string // signature, last line, or the message of a request
	Draft    string // the marker before the second line, such as [草稿]
	Time     string
	Count    string // the figures of a group, such as 3/5
	Unread   int
	Pinned   bool // a sign beside the time
	Muted    bool // a sign beside the badge, which is quiet
	Folded   bool
	Accept   string // words on the buttons of a request
	Decline  string
}

// The heights of the kinds that the skin does not name.
const (
	requestHeight = 92
	captionHeight = 28
	moreHeight    = 36
	hintHeight    = 40
	rowRightGap   = 20 // time and badge end here
)

// height of the row, without the gap that a group keeps from open rows above it.
func (i *ListItem) height() float32 { return i.Kind.height() }

func (k RowKind) height() float32 {
	switch k {
	case GroupRow:
		return skin.GroupRow
	case RequestRow:
		return requestHeight
	case CaptionRow:
		return captionHeight
	case MoreRow:
		return moreHeight
	case HintRow:
		return hintHeight
	case ContactRow, ChatRow:
	}
	return skin.ContactRow
}

// selectable rows can be chosen and get a ground when hovered.
func (i *ListItem) selectable() bool {
	return i.Kind == ContactRow || i.Kind == ChatRow || i.Kind == RequestRow
}

// reachable rows can be walked to with the keys.
func (k RowKind) reachable() bool { return k != CaptionRow && k != HintRow }

// rowState is what of a row's look does not come from its item.
type rowState struct {
	selected, hovered bool
	button            int // the button of a request under the pointer or the keys, from 1; 0 for none
	width             float32
	dark              bool
}

// row is a line of a FlatList, bound to one item at a time and used again. The content
// is rebuilt when the item changes, the grounds alone when the pointer moves.
type row struct {
	box     *fyne.Container
	item    ListItem
	state   rowState
	bound   bool
	content []fyne.CanvasObject
	picture *canvas.Image // the avatar's texture belongs to this object
	source  image.Image
	gray    bool
	buttons []rowButton
}

// rowButton is a button drawn in a row; the list finds it by its place.
type rowButton struct {
	accept   bool
	position fyne.Position
	size     fyne.Size
}

func newRow() *row {
	return &row{box: boxOf()}
}

// boxOf is a box that lets its objects stay where they were placed.
func boxOf(objects ...fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Objects: objects}
}

// bind shows the item and reports whether anything had to be drawn anew.
func (r *row) bind(item *ListItem, s rowState) bool {
	sameContent := r.bound && r.item == *item && r.state.width == s.width && r.state.dark == s.dark
	if sameContent && r.state == s {
		return false
	}
	r.item, r.state, r.bound = *item, s, true
	if !sameContent {
		r.buttons = r.buttons[:0]
		r.content = r.build()
	}
	objects := make([]fyne.CanvasObject, 0, len(r.content)+10)
	objects = append(objects, r.grounds()...)
	objects = append(objects, r.content...)
	objects = append(objects, r.presence()...)
	if b := s.button; b > 0 && b <= len(r.buttons) {
		hot := r.buttons[b-1]
		objects = append(objects, focusRing(hot.position, hot.size, 8, s.dark))
	}
	r.box.Objects = objects
	return true
}

// groundRole is the ground the row has in its state.
func (r *row) groundRole() skin.Role {
	switch {
	case r.state.selected:
		return skin.Selected
	case r.state.hovered && r.item.Kind.reachable():
		return skin.Hovered
	}
	return skin.Panel
}

func (r *row) grounds() []fyne.CanvasObject {
	role := r.groundRole()
	if role == skin.Panel {
		return nil
	}
	h := r.item.height()
	ground := rounded(skin.Of(role, r.state.dark), skin.RadiusRow)
	place(ground, skin.RowInset, 0, r.state.width-2*skin.RowInset, h)
	if role != skin.Selected {
		return []fyne.CanvasObject{ground}
	}
	bar := rounded(skin.Of(skin.Accent, r.state.dark), skin.RowBarWidth/2)
	place(bar, skin.RowInset, (h-skin.RowBarHeight)/2, skin.RowBarWidth, skin.RowBarHeight)
	return []fyne.CanvasObject{ground, bar}
}

func (r *row) presence() []fyne.CanvasObject {
	ground := skin.Of(r.groundRole(), r.state.dark)
	objects := PresenceObjects(r.item.Presence, ground, r.state.dark)
	avatar := fyne.NewPos(skin.RowAvatarLeft, rowAvatarTop)
	return moveBy(objects, avatar.Add(presenceAt(skin.RowAvatar)))
}

// avatar keeps the object of a picture as long as the picture stays the same. Whose
// presence is not known is grey without a shape; who is offline is grey with a ring.
func (r *row) avatar() []fyne.CanvasObject {
	a := r.item.Avatar
	a.Gray = a.Gray || r.item.Presence == Unknown
	if r.picture != nil && a.Picture == r.source && a.Gray == r.gray {
		return []fyne.CanvasObject{r.picture}
	}
	objects := AvatarObjects(a, skin.RowAvatar, r.state.dark)
	moveBy(objects, fyne.NewPos(skin.RowAvatarLeft, rowAvatarTop))
	r.picture, r.source, r.gray = nil, a.Picture, a.Gray
	if a.Picture != nil {
		r.picture, _ = objects[0].(*canvas.Image)
	}
	return objects
}
