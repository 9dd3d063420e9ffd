package widgets

import (
	"fyne.io/fyne/v2"

	"dovekie/widgets/skin"
)

// The styles of text in a chat.
var (
	messageStyle = textStyle{size: skin.TextBody, pitch: skin.PitchBody}
	noteStyle    = textStyle{size: skin.TextNote, pitch: skin.PitchNote}
	boldNote     = textStyle{size: skin.TextNote, pitch: skin.PitchNote, bold: true}
	stampStyle   = textStyle{size: skin.TextStamp, pitch: skin.PitchNote}
	chipStyle    = textStyle{size: skin.TextMinor, pitch: skin.PitchNote}
)

const (
	senderHeight   = 19 // the name above a bubble
	stampLine      = skin.PitchNote
	unreadableLead = 26 // the crossed eye before the sentence
	failedHeight   = 28 // the reason and Retry below a bubble
	failedIconGap  = 11
	reasonGap      = 12 // before Retry
	reasonLine     = 20 // where it stands apart
	chipHeight     = 30
	chipGap        = 8
	chipPad        = 14
	bubbleNarrow   = 400 // width of a chat whose bubbles use bubbleShare of it
	bubbleWide     = 640 // and from which on they use skin.BubbleMax
	bubbleShare    = 0.80
)

// rect is a place in a row, for drawing and for finding what was clicked.
type rect struct{ x, y, w, h float32 }

func (r rect) contains(x, y float32) bool {
	return r.w > 0 && x >= r.x && x < r.x+r.w && y >= r.y && y < r.y+r.h
}

func (r rect) grown(by float32) rect { return rect{r.x - by, r.y - by, r.w + 2*by, r.h + 2*by} }

// bubbleShape is where the parts of a message stand, relative to its row.
type bubbleShape struct {
	bubble rect
	text   *textLayout
	textAt fyne.Position
	stamp  stamp
	stampX float32
	stampY float32 // the middle
	retry  rect
	apart  bool // the reason stands in a line of its own above the way out
	chips  []chip
	height float32
}

type chip struct {
	rect
	text string
}

// shapeBubble measures a message for a chat of the given width. first says that it is
// the first of a run.
func shapeBubble(item *TimelineItem, first bool, width float32, labels *TimelineLabels) *bubbleShape {
	s := &bubbleShape{}
	word := ""
	if item.ReadWord && item.State == TickRead {
		word = labels.Read
	}
	s.stamp = newStamp(item.Time, item.State, word)
	lead := float32(0)
	if item.Unreadable {
		lead = unreadableLead
	}
	room := bubbleWidth(width) - 2*skin.BubblePadX - lead
	s.text = layoutText(item.Text, messageStyle, room, !item.Unreadable)
	inner, extra := s.text.width, float32(0)
	if last := s.text.lastWidth() + skin.StampGap + s.stamp.width; last <= room && !s.text.rtl {
		inner = max(inner, last)
	} else {
		inner = max(inner, s.stamp.width)
		extra = stampLine
	}
	top := float32(0)
	if item.Sender != "" && first && !item.Outgoing {
		top = senderHeight
	}
	s.bubble = rect{w: whole(inner+0.49) + lead + 2*skin.BubblePadX, h: s.text.height() + extra + 2*skin.BubblePadY, y: top}
	s.bubble.x = skin.BubbleInX
	if item.Outgoing {
		s.bubble.x = width - skin.BubbleOutX - s.bubble.w
	}
	s.textAt = fyne.NewPos(s.bubble.x+skin.BubblePadX+lead, s.bubble.y+skin.BubblePadY)
	s.stampX = s.bubble.x + s.bubble.w - skin.BubblePadX - s.stamp.width
	s.stampY = s.bubble.y + s.bubble.h - skin.BubblePadY - skin.PitchBody/2 + 1
	if extra > 0 {
		s.stampY = s.bubble.y + s.bubble.h - skin.BubblePadY - stampLine/2 + 1
	}
	s.height = s.bubble.y + s.bubble.h
	if word := labels.wayOut(item.State); word != "" {
		w := retryWidth(word)
		s.retry = rect{x: s.bubble.x + s.bubble.w - w, y: s.height + 4, w: w, h: 24}
		if s.retry.x < skin.BubbleInX {
			s.retry.x = skin.BubbleInX
		}
		s.height += failedHeight
		if room := s.retry.x - reasonGap - skin.BubbleInX; noteStyle.width(oneLine(item.Error)) > room {
			s.apart = true
			s.retry.y += reasonLine
			s.height += reasonLine
		}
	}
	s.layChips(item.Suggestions, width)
	return s
}

// bubbleWidth is the widest bubble in a chat of the width: a narrow chat gives it a larger
// share, up to what is left beside the margins.
func bubbleWidth(width float32) float32 {
	narrow := min(max((bubbleWide-width)/(bubbleWide-bubbleNarrow), 0), 1)
	share := skin.BubbleMax + (bubbleShare-skin.BubbleMax)*narrow
	return min(whole(width*share), width-skin.BubbleInX-skin.BubbleOutX)
}

// wayOut are the words below a message that did not simply arrive, "" for all others.
func (l *TimelineLabels) wayOut(s TickState) string {
	switch s {
	case TickFailed:
		return l.Retry
	case TickDoubt:
		return l.Again
	default:
		return ""
	}
}

// signs are the parts that the words of a hint are for, relative to the row: the time with
// the state, and the ring beside the bubble.
func (s *bubbleShape) signs(state TickState) []rect {
	all := []rect{{s.stampX, s.stampY - skin.PitchNote/2, s.stamp.width, skin.PitchNote}}
	if labelledBeside(state) {
		all = append(all, s.ring())
	}
	return all
}

// labelledBeside reports whether a sign stands beside the bubble.
func labelledBeside(s TickState) bool { return s == TickFailed || s == TickDoubt }

// ring is the place of the sign of a message that failed or is in doubt, beside the bubble.
func (s *bubbleShape) ring() rect {
	return rect{s.bubble.x - failedIconGap - skin.IconBar, whole(s.bubble.y + (s.bubble.h-skin.IconBar)/2), skin.IconBar, skin.IconBar}
}

// retryWidth is the width of the word Retry with its arrow.
func retryWidth(word string) float32 {
	return whole(skin.IconRow+4+boldNote.width(word)) + 1
}

// layChips sets the suggestions below the bubble, in as many lines as they need.
func (s *bubbleShape) layChips(texts []string, width float32) {
	if len(texts) == 0 {
		return
	}
	right := width - skin.BubbleOutX
	x, y := float32(skin.BubbleInX), s.height+chipGap
	for _, t := range texts {
		w := min(whole(chipStyle.width(t))+2*chipPad, right-skin.BubbleInX)
		if x > skin.BubbleInX && x+w > right {
			x, y = skin.BubbleInX, y+chipHeight+chipGap
		}
		s.chips = append(s.chips, chip{rect{x, y, w, chipHeight}, t})
		x += w + chipGap
	}
	s.height = y + chipHeight
}
