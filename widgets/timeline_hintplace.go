package widgets

import (
	"fyne.io/fyne/v2"

	"dovekie/widgets/skin"
)

// place finds where the words of the hint may stand, the nearer to the sign and the fewer
// lines the better, and lays them out; nil if there is no such place.
func (h *timelineHint) place(t *Timeline, size fyne.Size) *textLayout {
	text := oneLine(cleanText(h.text))
	all := noteStyle.width(text)
	walls := t.written(h.sign.y-2*size.Height/3, h.sign.y+2*size.Height/3)
	var best *textLayout
	least := float32(noLimit)
	for n := 1; n <= tipLines; n++ {
		// A line ends at the end of a word, so each needs some more than its share.
		room := min(all/float32(n)+1+float32(n-1)*20, size.Width-2*tipSides-2*tipPad)
		l := layoutText(text, noteStyle, room, false)
		want := fyne.NewSize(whole(l.width+0.49)+2*tipPad, l.height()+2*tipPadY)
		at, far := h.nearest(want, size, walls)
		if far += float32(n-1) * 24; far < least && len(l.lines) <= tipLines {
			best, least, h.at = l, far, at
		}
	}
	return best
}

// nearest is the free place for a rectangle that lies nearest to the sign, preferably
// beside its bubble, and how far that is; noLimit for none.
func (h *timelineHint) nearest(want, view fyne.Size, walls []rect) (at rect, far float32) {
	s := h.sign
	xs := []float32{s.x + (s.w-want.Width)/2, tipSides, view.Width - tipSides - want.Width}
	ys := []float32{s.y + (s.h-want.Height)/2}
	for _, w := range walls {
		xs = append(xs, w.x-tipAway-want.Width, w.x+w.w+tipAway)
		ys = append(ys, w.y-tipAway/2-want.Height, w.y+w.h+tipAway/2)
	}
	far = noLimit
	for _, x := range xs {
		x = whole(x)
		if x < tipSides || x+want.Width > view.Width-tipSides {
			continue
		}
		for _, y := range ys {
			r := rect{x, whole(y), want.Width, want.Height}
			if r.y < tipSides || r.y+r.h > view.Height-tipSides {
				continue
			}
			if d := s.distance(r); d < far && r.free(walls) {
				at, far = r, d
			}
		}
	}
	return at, far
}

// distance is how far the other rectangle is; one in the same line counts as nearer.
func (r rect) distance(o rect) float32 {
	apart := func(a, aw, b, bw float32) float32 { return max(b-(a+aw), a-(b+bw), 0) }
	middle := r.y + r.h/2 - (o.y + o.h/2)
	return apart(r.x, r.w, o.x, o.w) + 3*apart(r.y, r.h, o.y, o.h) + max(middle, -middle)
}

// free reports whether the rectangle touches none of the others.
func (r rect) free(others []rect) bool {
	for _, o := range others {
		if r.x < o.x+o.w && o.x < r.x+r.w && r.y < o.y+o.h && o.y < r.y+r.h {
			return false
		}
	}
	return true
}

// written are the places between two heights where something is written or can be
// clicked.
func (t *Timeline) written(from, to float32) []rect {
	var all []rect
	add := func(y float32, parts ...rect) {
		for _, r := range parts {
			if r.y += y; r.w > 0 && r.y < to && r.y+r.h > from {
				all = append(all, r)
			}
		}
	}
	for _, s := range t.shown {
		if s.row.shape == nil {
			add(s.y, s.row.words)
			continue
		}
		add(s.y, s.row.shape.parts(&s.row.item, s.row.first, &t.labels)...)
	}
	size := t.Size()
	add(0, t.extras.jump, rect{size.Width - scrollBarZone, 0, scrollBarZone, size.Height})
	if t.extras.typing != "" {
		add(0, rect{0, size.Height - t.endGap(), size.Width, t.endGap()})
	}
	return all
}

// parts are what a message shows, relative to its row.
func (s *bubbleShape) parts(item *TimelineItem, first bool, labels *TimelineLabels) []rect {
	all := []rect{s.bubble}
	if first && !item.Outgoing {
		all = append(all, rect{skin.ChatAvatarX, s.bubble.y, skin.ChatAvatar, skin.ChatAvatar})
	}
	if s.bubble.y > 0 {
		all = append(all, rect{s.bubble.x, 0, s.bubble.w, s.bubble.y})
	}
	if labels.wayOut(item.State) != "" {
		_, at := s.reason(item)
		all = append(all, s.ring(), at, s.retry)
	}
	for _, c := range s.chips {
		all = append(all, c.rect)
	}
	return all
}
