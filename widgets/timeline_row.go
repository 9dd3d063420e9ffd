package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"dovekie/widgets/skin"
)

const (
	noticeHeight = 22
	newGap       = 12 // between the words of the new-messages line and its lines
	newSide      = 24
	actionGap    = 10 // before the words of a line that can be clicked
	pillPad      = 11
	typingHeight = 22
)

// timelineRow is an item in the chat: what it is, how high it is at one width and, while
// it is in sight, its objects.
type timelineRow struct {
	item   TimelineItem
	first  bool    // of a run
	gap    float32 // above
	width  float32 // that the rest was measured for, 0 for not yet
	height float32 // without the gap
	shape  *bubbleShape
	words  rect            // of what is no message, while in sight: what is written there
	action rect            // of a centred line, while in sight
	box    *fyne.Container // nil while out of sight
}

// measure makes the height right for the width.
func (r *timelineRow) measure(width float32, labels *TimelineLabels) {
	if r.width == width {
		return
	}
	r.width = width
	r.box = nil
	if r.item.Kind != TimelineMessage {
		r.height = noticeHeight
		return
	}
	r.shape = shapeBubble(&r.item, r.first, width, labels)
	r.height = r.shape.height
}

// total is the height with the gap above.
func (r *timelineRow) total() float32 { return r.gap + r.height }

// bind makes the objects; selected are grounds behind the text.
func (r *timelineRow) bind(labels *TimelineLabels, selected []span, dark bool) {
	var objects []fyne.CanvasObject
	switch r.item.Kind {
	case TimelineMessage:
		objects = r.shape.paint(make([]fyne.CanvasObject, 0, 8), &r.item, r.first, labels, selected, dark)
	case TimelineDate:
		objects = r.paintPill(dark)
	case TimelineNotice, TimelineEdge:
		objects = r.paintNotice(skin.Secondary, dark)
	case TimelineGap:
		objects = r.paintGap(dark)
	case TimelineNew:
		objects = r.paintNew(dark)
	}
	box := container.NewWithoutLayout(objects...)
	box.Resize(fyne.NewSize(r.width, r.height))
	r.box = box
}

func (r *timelineRow) paintPill(dark bool) []fyne.CanvasObject {
	t := lineText(oneLine(r.item.Text), skin.TextNote, skin.Of(skin.DatePillText, dark), false)
	w := whole(noteStyle.width(t.Text)) + 2*pillPad
	x := whole((r.width - w) / 2)
	pill := rounded(skin.Of(skin.DatePill, dark), skin.PillHeight/2)
	place(pill, x, 0, w, skin.PillHeight)
	r.words = rect{x, 0, w, skin.PillHeight}
	noteStyle.placeBaseline(t, x+pillPad, skin.PillHeight/2)
	return []fyne.CanvasObject{pill, t}
}

// paintGap draws a line that is broken by its words: something is missing there.
func (r *timelineRow) paintGap(dark bool) []fyne.CanvasObject {
	words := r.paintNotice(skin.Ink, dark)
	return append(r.rules(r.words.x, r.words.w, skin.Of(skin.Edge, dark)), words...)
}

// rules are the lines to both sides of words in the middle.
func (r *timelineRow) rules(x, w float32, c color.Color) []fyne.CanvasObject {
	left, right := canvas.NewRectangle(c), canvas.NewRectangle(c)
	place(left, newSide, noticeHeight/2, max(x-newGap-newSide, 0), 1)
	from := whole(x + w + newGap)
	place(right, from, noticeHeight/2, max(r.width-newSide-from, 0), 1)
	return []fyne.CanvasObject{left, right}
}

func (r *timelineRow) paintNotice(role skin.Role, dark bool) []fyne.CanvasObject {
	c := skin.Of(role, dark)
	room, used := r.width-2*newSide, float32(0)
	r.action = rect{}
	if r.item.Action != "" {
		r.action = rect{w: whole(boldNote.width(r.item.Action)) + 1, h: noticeHeight}
		used = actionGap + r.action.w
	}
	s := elide(oneLine(cleanText(r.item.Text)), skin.TextNote, false, room-used)
	l := layoutText(s, noteStyle, r.width, false)
	x := whole((r.width - l.width - used) / 2)
	objects := l.paint(nil, fyne.NewPos(x, (noticeHeight-skin.PitchNote)/2), c, c)
	r.words = rect{x, 0, whole(l.width+0.49) + used, noticeHeight}
	if r.item.Action == "" {
		return objects
	}
	r.action.x = whole(x + l.width + actionGap)
	t := lineText(r.item.Action, skin.TextNote, skin.Of(skin.Accent, dark), true)
	boldNote.placeBaseline(t, r.action.x, noticeHeight/2)
	return append(objects, strong(t)...)
}

func (r *timelineRow) paintNew(dark bool) []fyne.CanvasObject {
	c := skin.Of(skin.Accent, dark)
	t := lineText(oneLine(r.item.Text), skin.TextNote, c, true)
	w := boldNote.width(t.Text)
	x := whole((r.width - w) / 2)
	boldNote.placeBaseline(t, x, noticeHeight/2)
	r.words = rect{x, 0, w, noticeHeight}
	return append(r.rules(x, w, c), strong(t)...)
}

// gapAbove is the distance to the item before it, and whether it begins a run.
func gapAbove(before, item *TimelineItem) (gap float32, first bool) {
	if before == nil {
		return 0, true
	}
	if item.speaks(before) {
		return skin.BubbleGap, false
	}
	bubbles := before.Kind == TimelineMessage && item.Kind == TimelineMessage
	if bubbles || before.Kind == TimelineDate || item.Kind == TimelineDate || len(before.Suggestions) > 0 {
		return skin.SpeakerGap, true
	}
	return skin.BubbleGap, true
}
