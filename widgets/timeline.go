package widgets

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"dovekie/widgets/skin"
)

// TimelineLabels are the words that the timeline shows by itself.
type TimelineLabels struct {
	Retry string
	Again string // as Retry, where the message may have arrived
	Read  string
}

// TimelineActions are what the timeline calls; each may be nil. All are called on the UI
// goroutine. OnVisible and OnNeedOlder may be called inside SetItems: they must not call
// the timeline.
type TimelineActions struct {
	OnLink       func(url string)
	OnRetry      func(key string)                    // also Again
	OnAction     func(key string)                    // the words of a centred line
	OnCopy       func(text string)                   // selected text and Ctrl+C
	OnMenu       func(key string, pos fyne.Position) // right click on a bubble; pos is on the canvas
	OnSuggestion func(key, text string)
	OnVisible    func(lastKey string) // another item is the last one in sight
	OnNeedOlder  func()               // the first items are near; called once until older ones came
	OnScroll     func()               // what is in sight moved
	OnTyped      func(r rune)         // typed while the timeline has the focus
	// After is the window's timer; without one hints come at once.
	After func(d time.Duration, fn func()) (stop func())
}

// Timeline is the view of a chat: bubbles from above to below, anchored at a row. It knows
// which row's lower edge is how far above its own lower edge, never a distance from the
// first row; so older messages, or a row above that grows, move nothing in sight, and at
// the end it stays at the end. Only rows in sight have objects. For the UI goroutine.
type Timeline struct {
	widget.BaseWidget
	TimelineActions

	labels  TimelineLabels
	rows    []*timelineRow
	byKey   map[string]int
	anchor  anchorState
	shown   []shownRow
	older   string // key of the first message when older ones were asked for
	last    string // key last given to OnVisible
	pick    selection
	pointer timelinePointer
	wheel   wheelState
	hint    timelineHint
	extras  timelineExtras
	bound   boundLook
}

// anchorState holds the rows in their place.
type anchorState struct {
	index  int
	below  float32 // from the lower edge of the row down to that of the view
	stick  bool    // at the end, and to stay there
	missed int     // messages that came below while the user was elsewhere
}

// shownRow is a row in sight and where it stands.
type shownRow struct {
	row       *timelineRow
	index     int
	y, bottom float32
}

// boundLook is what the objects were made for.
type boundLook struct {
	font string
	dark bool
}

// The space above the first row and below the last one.
const (
	timelineTop    = 12
	timelineBottom = 16
)

// NewTimeline makes an empty timeline. now is the clock that tells a double click.
func NewTimeline(actions TimelineActions, labels TimelineLabels, now func() time.Time) *Timeline {
	t := &Timeline{TimelineActions: actions, labels: labels}
	t.anchor.stick = true
	t.pick.taps.now = now
	t.extras = newTimelineExtras()
	t.bound = currentLook()
	t.ExtendBaseWidget(t)
	return t
}

// SetItems shows these items. Rows whose item is the same keep their objects. What the
// user looks at stays where it is, found by its key; at the end the end stays in sight.
func (t *Timeline) SetItems(items []TimelineItem) {
	hold := t.hold()
	oldKeys := t.fill(items)
	t.countMissed(oldKeys)
	t.checkSelection()
	t.restore(hold)
	t.draw()
}

// fill makes the rows and gives the places that the keys had before.
func (t *Timeline) fill(items []TimelineItem) map[string]int {
	old, oldKeys := t.rows, t.byKey
	t.rows = make([]*timelineRow, len(items))
	t.byKey = make(map[string]int, len(items))
	var before *TimelineItem
	for i := range items {
		r := t.reuse(old, oldKeys, &items[i])
		gap, first := gapAbove(before, &items[i])
		if r.first != first {
			r.width, r.box = 0, nil
		}
		r.gap, r.first = gap, first
		t.rows[i] = r
		t.byKey[items[i].Key] = i
		before = &r.item
	}
	return oldKeys
}

// TimelinePlace is where somebody was in a chat; the zero value is its end.
type TimelinePlace struct {
	Key   string  // of the anchor row, "" for the end
	Below float32 // how far its lower edge stands above that of the view
}

// Place is where the user is, to come back to after another chat was shown.
func (t *Timeline) Place() TimelinePlace {
	if t.anchor.stick || t.anchor.index >= len(t.rows) {
		return TimelinePlace{}
	}
	return TimelinePlace{t.rows[t.anchor.index].item.Key, t.anchor.below}
}

// ShowChat shows another chat at a place of it. Nothing is kept of the one before.
func (t *Timeline) ShowChat(items []TimelineItem, at TimelinePlace) {
	t.wheel.stop()
	t.release(nil)
	t.rows, t.byKey = nil, nil
	t.older, t.last = "", ""
	t.pick.row = nil
	t.extras.typing = ""
	t.anchor = anchorState{stick: true}
	for i := range items {
		if at.Key != "" && items[i].Key == at.Key {
			t.anchor = anchorState{index: i, below: at.Below}
		}
	}
	t.fill(items)
	t.draw()
}

// reuse is the row that has shown the item's key so far, or a new one.
func (t *Timeline) reuse(old []*timelineRow, oldKeys map[string]int, item *TimelineItem) *timelineRow {
	i, known := oldKeys[item.Key]
	if _, twice := t.byKey[item.Key]; !known || twice {
		return &timelineRow{item: *item}
	}
	r := old[i]
	if !r.item.equal(item) {
		r.item = *item
		r.width, r.box = 0, nil
	}
	return r
}

// UpdateItem replaces one item by its key and draws only that one anew. It does nothing
// for a key that is not shown.
func (t *Timeline) UpdateItem(item TimelineItem) {
	i, ok := t.byKey[item.Key]
	if !ok || t.rows[i].item.equal(&item) {
		return
	}
	if t.rows[i].item.Kind != item.Kind || len(t.rows[i].item.Suggestions) != len(item.Suggestions) {
		items := make([]TimelineItem, len(t.rows))
		for j, r := range t.rows {
			items[j] = r.item
		}
		items[i] = item
		t.SetItems(items)
		return
	}
	r := t.rows[i]
	r.item = item
	r.width, r.box = 0, nil
	t.draw()
}

// SetLabels changes the words, for another language.
func (t *Timeline) SetLabels(labels TimelineLabels) {
	t.labels = labels
	t.forget(true)
	t.draw()
}

// SetNone says in one quiet line that there are no messages; "" says nothing, as while
// they are being read.
func (t *Timeline) SetNone(text string) {
	if t.extras.none == text {
		return
	}
	t.extras.none = text
	t.draw()
}

// SetTyping shows who is typing below the last bubble, or nobody for "".
func (t *Timeline) SetTyping(text string) {
	if t.extras.typing == text {
		return
	}
	t.extras.typing = text
	t.draw()
}

// StepTyping moves the dots of the typing line one step on; two or three times a second.
func (t *Timeline) StepTyping() {
	if t.extras.typing == "" {
		return
	}
	t.extras.step++
	t.extras.layTyping(t.bound.dark)
	repaint(t)
}

// ScrollToBottom shows the end.
func (t *Timeline) ScrollToBottom() {
	t.wheel.stop()
	t.anchor.stick = true
	t.draw()
}

// ScrollTo brings the row of the key into the upper part of the view.
func (t *Timeline) ScrollTo(key string) {
	i, ok := t.byKey[key]
	if !ok {
		return
	}
	t.wheel.stop()
	r := t.rows[i]
	r.measure(t.Size().Width, &t.labels)
	t.anchor.stick = false
	t.anchor.index = i
	t.anchor.below = whole(t.Size().Height*0.75 - r.height)
	t.draw()
}

// AtBottom reports whether the end is in sight.
func (t *Timeline) AtBottom() bool { return t.anchor.stick }

// VisibleKeys are the keys of the first and the last row in sight, "" for none.
func (t *Timeline) VisibleKeys() (first, last string) {
	if len(t.shown) == 0 {
		return "", ""
	}
	return t.shown[0].row.item.Key, t.shown[len(t.shown)-1].row.item.Key
}

// Item is the item of the key as it is shown.
func (t *Timeline) Item(key string) (TimelineItem, bool) {
	i, ok := t.byKey[key]
	if !ok {
		return TimelineItem{}, false
	}
	return t.rows[i].item, true
}

// countMissed counts the messages of others at the end that were not there before.
func (t *Timeline) countMissed(oldKeys map[string]int) {
	if t.anchor.stick || len(oldKeys) == 0 {
		t.anchor.missed = 0
		return
	}
	for i := len(t.rows) - 1; i >= 0; i-- {
		item := &t.rows[i].item
		if _, known := oldKeys[item.Key]; known {
			return
		}
		if item.Kind == TimelineMessage && !item.Outgoing {
			t.anchor.missed++
		}
	}
}

func currentLook() boundLook {
	font := fyne.CurrentApp().Settings().Theme().Font(fyne.TextStyle{})
	return boundLook{font: font.Name(), dark: skin.Dark()}
}

// forget drops all objects and, if those may have changed, all measures.
func (t *Timeline) forget(measures bool) {
	for _, r := range t.rows {
		r.box = nil
		if measures {
			r.width = 0
		}
	}
}

// follow takes over a theme that was set since; a chat out of sight is not told of it.
func (t *Timeline) follow() {
	look := currentLook()
	if look == t.bound {
		return
	}
	if look.font != t.bound.font {
		forgetText()
	}
	t.forget(look.font != t.bound.font)
	t.bound = look
	t.extras.colour(look.dark)
}

// CreateRenderer is called by Fyne.
func (t *Timeline) CreateRenderer() fyne.WidgetRenderer { return &timelineRenderer{t} }

// MinSize does not depend on the messages: Fyne asks for it at every frame.
func (t *Timeline) MinSize() fyne.Size { return fyne.NewSize(240, 120) }

type timelineRenderer struct{ t *Timeline }

func (r *timelineRenderer) Destroy()           {}
func (r *timelineRenderer) MinSize() fyne.Size { return r.t.MinSize() }

func (r *timelineRenderer) Layout(size fyne.Size) {
	r.t.place(size)
	r.t.tell()
}

// Refresh is called when the theme changed, and when a parent is refreshed.
func (r *timelineRenderer) Refresh() { r.t.draw() }

func (r *timelineRenderer) Objects() []fyne.CanvasObject { return r.t.extras.objects }
