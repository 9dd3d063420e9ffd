package widgets

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

var (
	_ fyne.Scrollable        = (*Timeline)(nil)
	_ fyne.Tappable          = (*Timeline)(nil)
	_ fyne.SecondaryTappable = (*Timeline)(nil)
	_ fyne.Draggable         = (*Timeline)(nil)
	_ fyne.Focusable         = (*Timeline)(nil)
	_ fyne.Shortcutable      = (*Timeline)(nil)
	_ desktop.Hoverable      = (*Timeline)(nil)
	_ desktop.Mouseable      = (*Timeline)(nil)
	_ desktop.Cursorable     = (*Timeline)(nil)
)

// A notch of the wheel moves two lines and more; it is eased over a moment. What a
// touchpad sends is finer and goes at once.
const (
	wheelNotch    = 10
	wheelDuration = 100 * time.Millisecond
)

// wheelState is a scroll that is still under way.
type wheelState struct {
	left float32
	run  *fyne.Animation
}

func (w *wheelState) stop() {
	if w.run != nil {
		w.run.Stop()
		w.run = nil
	}
	w.left = 0
}

// timelinePointer is where the pointer is, and what a drag moves.
type timelinePointer struct {
	pos     fyne.Position
	inside  bool
	bar     bool
	grab    float32 // share of the bar's place when the drag began
	moved   float32
	pressed bool // the focus comes by a click
}

// Scrolled is called by Fyne.
func (t *Timeline) Scrolled(e *fyne.ScrollEvent) {
	dy := e.Scrolled.DY * wheelFactor
	if abs(e.Scrolled.DY) < wheelNotch {
		t.scroll(dy)
		return
	}
	left := t.wheel.left + dy
	if (left > 0) != (dy > 0) {
		left = dy
	}
	t.wheel.stop()
	t.ease(left)
}

// ease moves the content by dy over a moment.
func (t *Timeline) ease(dy float32) {
	t.wheel.left = dy
	done := float32(0)
	t.wheel.run = fyne.NewAnimation(wheelDuration, func(f float32) {
		step := whole(dy*f) - done
		done += step
		t.wheel.left = dy - done
		if step != 0 && !t.scroll(step) {
			t.wheel.stop()
		}
	})
	t.wheel.run.Curve = fyne.AnimationEaseOut
	t.wheel.run.Start()
}

// rowAt is the row under a place, or nil.
func (t *Timeline) rowAt(pos fyne.Position) *shownRow {
	for i := range t.shown {
		if s := &t.shown[i]; pos.Y >= s.y && pos.Y < s.bottom {
			return s
		}
	}
	return nil
}

// timelineHit is what lies under the pointer.
type timelineHit struct {
	key   string
	link  string
	chip  string
	retry bool
	act   bool // the words of a centred line
	text  bool
	jump  bool
}

func (h timelineHit) clickable() bool {
	return h.link != "" || h.chip != "" || h.retry || h.act || h.jump
}

func (t *Timeline) hit(pos fyne.Position) timelineHit {
	if t.extras.jump.contains(pos.X, pos.Y) {
		return timelineHit{jump: true}
	}
	s := t.rowAt(pos)
	if s == nil {
		return timelineHit{}
	}
	if s.row.item.Kind != TimelineMessage || s.row.shape == nil {
		act := s.row.action.grown(4).contains(pos.X, pos.Y-s.y)
		return timelineHit{key: s.row.item.Key, act: act && s.row.item.Action != ""}
	}
	shape, x, y := s.row.shape, pos.X, pos.Y-s.y
	h := timelineHit{}
	for _, c := range shape.chips {
		if c.contains(x, y) {
			h.chip = c.text
		}
	}
	h.retry = shape.retry.grown(4).contains(x, y)
	h.text = shape.bubble.contains(x, y)
	if h.text {
		h.link = shape.text.linkAt(x-shape.textAt.X, y-shape.textAt.Y)
	}
	if h.clickable() || h.text {
		h.key = s.row.item.Key
	}
	return h
}

// Tapped is called by Fyne.
func (t *Timeline) Tapped(e *fyne.PointEvent) {
	if t.onBar(e.Position) {
		t.pageTowards(e.Position.Y)
		return
	}
	h := t.hit(e.Position)
	switch {
	case h.jump:
		t.ScrollToBottom()
	case t.pick.double: // marked a word
	case h.act:
		call(t.OnAction, h.key)
	case h.retry:
		call(t.OnRetry, h.key)
	case h.chip != "" && t.OnSuggestion != nil:
		t.OnSuggestion(h.key, h.chip)
	case h.link != "":
		call(t.OnLink, h.link)
	}
}

// TappedSecondary is called by Fyne.
func (t *Timeline) TappedSecondary(e *fyne.PointEvent) {
	h, s := t.hit(e.Position), t.rowAt(e.Position)
	if h.key != "" && s.row.item.Kind == TimelineMessage && t.OnMenu != nil {
		t.OnMenu(h.key, e.AbsolutePosition)
	}
}

// MouseDown begins a selection, or marks a word at the second click.
func (t *Timeline) MouseDown(e *desktop.MouseEvent) {
	if e.Button != desktop.MouseButtonPrimary || t.onBar(e.Position) {
		return
	}
	t.takeFocus()
	h := t.hit(e.Position)
	t.pick.double = t.pick.taps.again(h.key) && h.text
	if h.jump {
		return
	}
	s := t.rowAt(e.Position)
	if s == nil || !h.text {
		t.ClearSelection()
		return
	}
	at := t.textOffset(s.row, e.Position)
	if t.pick.double {
		from, to := s.row.shape.text.wordAt(at)
		t.mark(s.row, from, to)
		return
	}
	t.mark(s.row, at, at)
}

// MouseUp is called by Fyne.
func (t *Timeline) MouseUp(*desktop.MouseEvent) {}

// Dragged marks text, or moves the bar.
func (t *Timeline) Dragged(e *fyne.DragEvent) {
	if !t.pointer.bar && !t.pick.dragging {
		t.beginDrag(fyne.NewPos(e.Position.X-e.Dragged.DX, e.Position.Y-e.Dragged.DY))
	}
	if t.pointer.bar {
		t.pointer.moved += e.Dragged.DY
		t.scrollToShare(t.pointer.grab + t.pointer.moved/max(t.Size().Height-t.extras.bar.Size().Height, 1)*(1-t.extras.barView))
		return
	}
	if t.pick.row == nil {
		return
	}
	if e.Position.Y < 0 {
		t.scroll(wheelNotch)
	} else if e.Position.Y > t.Size().Height {
		t.scroll(-wheelNotch)
	}
	t.mark(t.pick.row, t.pick.from, t.textOffset(t.pick.row, e.Position))
}

func (t *Timeline) beginDrag(start fyne.Position) {
	if t.onBar(start) {
		t.pointer.bar, t.pointer.moved = true, 0
		t.pointer.grab, _ = t.shareAt()
		return
	}
	t.pick.dragging = true
	if t.pick.row != nil {
		return // begun by MouseDown
	}
	if s := t.rowAt(start); s != nil && t.hit(start).text {
		at := t.textOffset(s.row, start)
		t.mark(s.row, at, at)
	}
}

// DragEnd is called by Fyne.
func (t *Timeline) DragEnd() {
	t.pointer.bar, t.pick.dragging = false, false
}

func (t *Timeline) onBar(pos fyne.Position) bool {
	return !t.extras.bar.Hidden && pos.X >= t.Size().Width-scrollBarZone
}

func (t *Timeline) pageTowards(y float32) {
	if y < t.extras.bar.Position().Y {
		t.ease(t.page())
	} else if y > t.extras.bar.Position().Y+t.extras.bar.Size().Height {
		t.ease(-t.page())
	}
}

func (t *Timeline) page() float32 { return whole(t.Size().Height * 0.85) }

// MouseIn is called by Fyne.
func (t *Timeline) MouseIn(e *desktop.MouseEvent) { t.MouseMoved(e) }

// MouseMoved is called by Fyne.
func (t *Timeline) MouseMoved(e *desktop.MouseEvent) {
	t.pointer.pos, t.pointer.inside = e.Position, true
	t.point()
}

// MouseOut is called by Fyne.
func (t *Timeline) MouseOut() {
	t.pointer.inside = false
	t.point()
}

// Cursor is the hand over what can be clicked and the beam over text.
func (t *Timeline) Cursor() desktop.Cursor {
	if !t.pointer.inside {
		return desktop.DefaultCursor
	}
	switch h := t.hit(t.pointer.pos); {
	case h.clickable():
		return desktop.PointerCursor
	case h.text:
		return desktop.TextCursor
	}
	return desktop.DefaultCursor
}
