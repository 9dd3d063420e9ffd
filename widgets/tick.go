package widgets

import (
	"fyne.io/fyne/v2"

	"dovekie/assets"
	"dovekie/widgets/skin"
)

// stamp is the time and the state at the end of a bubble.
type stamp struct {
	time  string
	state TickState
	word  string // "Read" where it stands
	width float32
}

const (
	stampTickGap = 3
	stampTickEnd = 16 // the ticks fill the left 16 of their 18
	stampWordGap = 4
	stampClock   = 16
)

func newStamp(time string, state TickState, word string) stamp {
	s := stamp{time: time, state: state, word: word}
	s.width = stampStyle.width(time)
	if s.icon() != "" {
		s.width += stampTickGap + stampTickEnd
	}
	if word != "" {
		s.width += stampWordGap + stampStyle.width(word)
	}
	s.width = whole(s.width + 0.49)
	return s
}

// icon is the sign of the state, "" for none. A message that failed or is in doubt says so
// beside the bubble.
func (s stamp) icon() assets.Icon {
	switch s.state {
	case TickWaiting:
		return assets.IconClock
	case TickUnderway:
		return assets.IconArrowUp
	case TickSent:
		return assets.IconTick
	case TickDelivered, TickRead:
		return assets.IconTicks
	case TickNone, TickFailed, TickDoubt:
	}
	return ""
}

// paint appends the objects of the stamp, its middle at the height y. The word stands
// once in a chat; only there the ticks have the accent.
func (s stamp) paint(dst []fyne.CanvasObject, x, y float32, dark bool) []fyne.CanvasObject {
	grey, accent := skin.Of(skin.Secondary, dark), skin.Of(skin.Accent, dark)
	t := lineText(s.time, skin.TextStamp, grey, false)
	stampStyle.placeBaseline(t, x, y)
	dst = append(dst, t)
	x += stampStyle.width(s.time) + stampTickGap
	if name := s.icon(); name != "" {
		c := grey
		side := float32(skin.IconSearch)
		if s.state == TickRead && s.word != "" {
			c = accent
		}
		at := y
		if name == assets.IconClock || name == assets.IconArrowUp {
			side = stampClock
		}
		icon := IconObject(name, side, c)
		icon.Move(fyne.NewPos(whole(x), whole(at-side/2)))
		dst = append(dst, icon)
		x += stampTickEnd + stampWordGap
	}
	if s.word != "" {
		w := lineText(s.word, skin.TextStamp, accent, false)
		stampStyle.placeBaseline(w, x, y)
		dst = append(dst, w)
	}
	return dst
}
