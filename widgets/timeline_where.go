package widgets

import "fyne.io/fyne/v2"

// The places below are within the timeline; without a size if the row is not in sight.

// RetryPlace is where the words lie that send a message again.
func (t *Timeline) RetryPlace(key string) (fyne.Position, fyne.Size) {
	return t.placeOf(key, func(s *bubbleShape) rect { return s.retry })
}

// BubblePlace is where the bubble of a message lies.
func (t *Timeline) BubblePlace(key string) (fyne.Position, fyne.Size) {
	return t.placeOf(key, func(s *bubbleShape) rect { return s.bubble })
}

// SignPlace is where the time and the state of a message stand.
func (t *Timeline) SignPlace(key string) (fyne.Position, fyne.Size) {
	return t.placeOf(key, func(s *bubbleShape) rect { return s.signs(TickNone)[0] })
}

func (t *Timeline) placeOf(key string, part func(*bubbleShape) rect) (pos fyne.Position, size fyne.Size) {
	for _, s := range t.shown {
		if r := s.row; r.item.Key == key && r.item.Kind == TimelineMessage && r.shape != nil {
			return part(r.shape).at(s.y)
		}
	}
	return pos, size
}

// ActionPlace is where the words of a centred line lie that can be clicked.
func (t *Timeline) ActionPlace(key string) (pos fyne.Position, size fyne.Size) {
	for _, s := range t.shown {
		if r := s.row; r.item.Key == key && r.item.Action != "" {
			return r.action.at(s.y)
		}
	}
	return pos, size
}

// at is the place of a part of a row that stands at the height y.
func (r rect) at(y float32) (fyne.Position, fyne.Size) {
	return fyne.NewPos(r.x, y+r.y), fyne.NewSize(r.w, r.h)
}
