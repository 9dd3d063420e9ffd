package widgets

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"dovekie/widgets/skin"
)

type mouseEvent = desktop.MouseEvent

// ChatTab is a tab of the strip.
type ChatTab struct {
	Key    string
	Avatar AvatarSpec
	Title  string
	Unread int
	Muted  bool
}

// TabActions are what the strip calls; each may be nil.
type TabActions struct {
	OnChosen func(key string)
	OnClose  func(key string) // the cross, the middle button, Delete
	OnMenu   func(key string, pos fyne.Position)
	OnMove   func(key string, to int) // was dragged to that place among all tabs
}

// TabStrip is the row of open chats above the chat. Tabs shrink down to a least width;
// then arrows scroll and a menu lists all of them.
type TabStrip struct {
	widget.BaseWidget
	TabActions

	tabs    []ChatTab
	chosen  string
	first   int // the first tab shown
	over    tabPlace
	focused bool
	drag    tabDrag
}

// tabPlace is a place in the strip.
type tabPlace struct {
	part  tabPart
	index int
}

type tabPart int

const (
	noPart tabPart = iota
	tabBody
	tabCross
	backArrow
	forwardArrow
	listArrow
)

// The measures of the strip.
const (
	stripLeft    = 10
	stripGap     = 4
	stripTop     = 6
	tabLeast     = 116
	stripArrow   = 28
	tabTextLeft  = 42
	tabAvatarX   = 12
	tabAvatarY   = 7
	tabCrossFrom = 20 // the middle of the cross, from the right
	tabMiddle    = 19
)

// NewTabStrip makes a strip without tabs.
func NewTabStrip(actions TabActions) *TabStrip {
	s := &TabStrip{TabActions: actions}
	s.ExtendBaseWidget(s)
	return s
}

// SetTabs shows these tabs, the chosen one in sight.
func (s *TabStrip) SetTabs(tabs []ChatTab, chosen string) {
	if s.chosen == chosen && slices.Equal(s.tabs, tabs) {
		return
	}
	moved := s.chosen != chosen || len(tabs) != len(s.tabs)
	s.tabs, s.chosen = tabs, chosen
	if moved {
		s.reveal(s.index(chosen))
	}
	s.over = tabPlace{}
	s.Refresh()
}

// Tabs are the tabs shown; they belong to the strip.
func (s *TabStrip) Tabs() []ChatTab { return s.tabs }

// Chosen is the key of the chosen tab.
func (s *TabStrip) Chosen() string { return s.chosen }

func (s *TabStrip) index(key string) int {
	for i := range s.tabs {
		if s.tabs[i].Key == key {
			return i
		}
	}
	return -1
}

// layout says how wide tabs are, how many fit, and whether arrows stand at the right.
func (s *TabStrip) layout(width float32) (tab float32, fit int, arrows bool) {
	n := float32(len(s.tabs))
	if n == 0 {
		return skin.ChatTabWidth, 0, false
	}
	room := width - stripLeft - stripGap
	each := room/n - stripGap
	if each >= tabLeast {
		return min(whole(each-0.5), skin.ChatTabWidth), len(s.tabs), false
	}
	room -= 3 * stripArrow
	fit = max(int(room/(tabLeast+stripGap)), 1)
	return min(max(whole(room/float32(fit)-stripGap-0.5), 40), skin.ChatTabWidth), fit, true
}

func (s *TabStrip) reveal(i int) {
	_, fit, _ := s.layout(s.Size().Width)
	if i >= 0 {
		s.first = max(min(s.first, i), i-fit+1)
	}
	s.first = max(min(s.first, len(s.tabs)-fit), 0)
}

// Resize is called by Fyne.
func (s *TabStrip) Resize(size fyne.Size) {
	before := s.Size()
	s.BaseWidget.Resize(size)
	if before != size {
		s.reveal(s.index(s.chosen))
		s.Refresh()
	}
}

// at finds what lies at the place.
func (s *TabStrip) at(pos fyne.Position) tabPlace {
	width := s.Size().Width
	tab, fit, arrows := s.layout(width)
	if arrows && pos.X >= width-3*stripArrow {
		part := backArrow + tabPart((pos.X-(width-3*stripArrow))/stripArrow)
		return tabPlace{part: min(part, listArrow)}
	}
	if pos.Y < stripTop || pos.X < stripLeft {
		return tabPlace{}
	}
	n := int((pos.X - stripLeft) / (tab + stripGap))
	within := pos.X - stripLeft - float32(n)*(tab+stripGap)
	i := s.first + n
	if n >= fit || i >= len(s.tabs) || within >= tab {
		return tabPlace{}
	}
	if s.hasCross(i) && within > tab-tabCrossFrom-14 {
		return tabPlace{tabCross, i}
	}
	return tabPlace{tabBody, i}
}

// hasCross: a badge stands in the place of the cross until the pointer is over the tab.
func (s *TabStrip) hasCross(i int) bool {
	over := s.over.index == i && (s.over.part == tabBody || s.over.part == tabCross)
	return over || s.tabs[i].Unread == 0
}

// Tapped is called by Fyne.
func (s *TabStrip) Tapped(e *fyne.PointEvent) {
	p := s.at(e.Position)
	switch p.part {
	case tabBody:
		s.choose(p.index)
	case tabCross:
		call(s.OnClose, s.tabs[p.index].Key)
	case backArrow, forwardArrow:
		s.scroll(int(p.part-backArrow)*2 - 1)
	case listArrow:
		s.openList()
	case noPart:
	}
}

func (s *TabStrip) choose(i int) {
	if i < 0 || i >= len(s.tabs) || s.tabs[i].Key == s.chosen {
		return
	}
	s.chosen = s.tabs[i].Key
	s.reveal(i)
	s.Refresh()
	call(s.OnChosen, s.chosen)
}

func (s *TabStrip) scroll(by int) {
	_, fit, _ := s.layout(s.Size().Width)
	s.first = max(min(s.first+by, len(s.tabs)-fit), 0)
	s.Refresh()
}

// openList shows all tabs in a menu.
func (s *TabStrip) openList() {
	d := fyne.CurrentApp().Driver()
	c := d.CanvasForObject(s)
	if c == nil {
		return
	}
	items := make([]MenuItem, len(s.tabs))
	for i, t := range s.tabs {
		items[i] = MenuItem{Key: t.Key, Text: t.Title, Avatar: &s.tabs[i].Avatar, Checked: t.Key == s.chosen}
		if t.Unread > 0 {
			items[i].Note = badgeText(t.Unread)
		}
	}
	at := d.AbsolutePositionForObject(s).AddXY(s.Size().Width-menuLeast, skin.ChatTabStrip)
	ShowMenu(c, at, items, func(key string) { s.choose(s.index(key)) })
}

// TappedSecondary is called by Fyne.
func (s *TabStrip) TappedSecondary(e *fyne.PointEvent) {
	p := s.at(e.Position)
	if s.OnMenu != nil && (p.part == tabBody || p.part == tabCross) {
		s.OnMenu(s.tabs[p.index].Key, e.AbsolutePosition)
	}
}

// MouseDown is called by Fyne: the middle button closes.
func (s *TabStrip) MouseDown(e *mouseEvent) {
	// A drag may follow, and tells no button.
	s.drag = tabDrag{other: e.Button != desktop.MouseButtonPrimary}
	p := s.at(e.Position)
	if e.Button == desktop.MouseButtonTertiary && (p.part == tabBody || p.part == tabCross) {
		call(s.OnClose, s.tabs[p.index].Key)
	}
}

// MouseUp is called by Fyne.
func (s *TabStrip) MouseUp(*mouseEvent) {}

// Scrolled is called by Fyne.
func (s *TabStrip) Scrolled(e *fyne.ScrollEvent) {
	if d := e.Scrolled.DY + e.Scrolled.DX; d < 0 {
		s.scroll(1)
	} else if d > 0 {
		s.scroll(-1)
	}
}

// MouseIn is called by Fyne.
func (s *TabStrip) MouseIn(e *mouseEvent) { s.MouseMoved(e) }

// MouseMoved is called by Fyne.
func (s *TabStrip) MouseMoved(e *mouseEvent) { s.point(s.at(e.Position)) }

// MouseOut is called by Fyne.
func (s *TabStrip) MouseOut() { s.point(tabPlace{}) }

func (s *TabStrip) point(p tabPlace) {
	if p != s.over {
		s.over = p
		s.Refresh()
	}
}

// FocusGained is called by Fyne.
func (s *TabStrip) FocusGained() {
	s.focused = true
	s.Refresh()
}

// FocusLost is called by Fyne.
func (s *TabStrip) FocusLost() {
	s.focused = false
	s.Refresh()
}

// TypedRune is called by Fyne.
func (s *TabStrip) TypedRune(rune) {}

// TypedKey is called by Fyne.
func (s *TabStrip) TypedKey(e *fyne.KeyEvent) {
	i := s.index(s.chosen)
	switch e.Name {
	case fyne.KeyLeft:
		s.choose(i - 1)
	case fyne.KeyRight:
		s.choose(i + 1)
	case fyne.KeyHome:
		s.choose(0)
	case fyne.KeyEnd:
		s.choose(len(s.tabs) - 1)
	case fyne.KeyDelete:
		if i >= 0 {
			call(s.OnClose, s.chosen)
		}
	default:
		passKey(fyne.CurrentApp().Driver().CanvasForObject(s), e)
	}
}

// TypedShortcut gives our own shortcuts to the window.
func (s *TabStrip) TypedShortcut(sc fyne.Shortcut) {
	passShortcut(fyne.CurrentApp().Driver().CanvasForObject(s), sc)
}
