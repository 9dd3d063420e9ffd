package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"dovekie/widgets/skin"
)

// keyCursor is the row that the keys act on.
type keyCursor struct {
	focused bool
	byTap   bool // the focus came by a tap: no ring until a key is typed
	index   int  // -1 before the first key
	button  int  // within a request: 0 the row itself, 1 accept, 2 decline
}

// FocusGained is called by Fyne. The cursor starts at the selected row.
func (l *FlatList) FocusGained() {
	l.keys.focused = true
	if !l.rows.has(l.keys.index) {
		l.keys.index = l.rows.find(l.selected, -1)
	}
	if l.keys.index < 0 {
		l.keys.index = l.step(-1, 1)
	}
	l.draw()
}

// FocusLost is called by Fyne.
func (l *FlatList) FocusLost() {
	l.keys.focused, l.keys.byTap = false, false
	l.draw()
}

// TypedRune is called by Fyne. Space has opened a row already.
func (l *FlatList) TypedRune(r rune) {
	if l.OnType != nil && r != ' ' {
		l.OnType(r)
	}
}

// TypedKey is called by Fyne: the arrows move the cursor, Space selects, Enter opens, F2 renames.
func (l *FlatList) TypedKey(e *fyne.KeyEvent) {
	i := l.keys.index
	l.keys.byTap = false
	switch e.Name {
	case fyne.KeyDown:
		l.moveTo(l.step(i, 1))
	case fyne.KeyUp:
		l.moveTo(l.step(i, -1))
	case fyne.KeyHome:
		l.moveTo(l.step(-1, 1))
	case fyne.KeyEnd:
		l.moveTo(l.step(l.rows.count, -1))
	case fyne.KeyPageDown:
		l.moveTo(l.stepPage(1))
	case fyne.KeyPageUp:
		l.moveTo(l.stepPage(-1))
	case fyne.KeyLeft, fyne.KeyRight:
		l.sideways(e.Name == fyne.KeyRight)
	case fyne.KeyReturn, fyne.KeyEnter:
		l.press(true)
	case fyne.KeySpace:
		l.press(false)
	case desktop.KeyMenu:
		l.menuByKey()
	case fyne.KeyF2:
		l.renameByKey()
	default:
		if e.Name == fyne.KeyEscape && l.drag.key != "" {
			l.dropNowhere()
			return
		}
		passKey(fyne.CurrentApp().Driver().CanvasForObject(l), e)
	}
}

func (l *FlatList) renameByKey() {
	if i := l.keys.index; l.rows.has(i) && l.OnRename != nil {
		l.OnRename(l.rows.key(i))
	}
}

// step is the next row from i that the keys can reach, i itself at the end.
func (l *FlatList) step(i, by int) int {
	for n := i + by; l.rows.has(n); n += by {
		if l.rows.kind(n).reachable() {
			return n
		}
	}
	return i
}

// stepPage is the row about one view further.
func (l *FlatList) stepPage(by int) int {
	if !l.rows.has(l.keys.index) {
		return l.step(-1, 1)
	}
	goal := l.rows.top(l.keys.index) + float32(by)*l.page()
	n := min(l.rows.from(max(goal, listTop)), l.rows.count-1)
	if !l.rows.kind(n).reachable() {
		n = l.step(n, by)
	}
	return n
}

// page is how far a page goes: a view less the row that stays in sight.
func (l *FlatList) page() float32 {
	return max(l.Size().Height-skin.ContactRow, skin.ContactRow)
}

func (l *FlatList) moveTo(i int) {
	if !l.rows.has(i) {
		return
	}
	l.keys.index, l.keys.button = i, 0
	l.reveal(i)
	l.draw()
}

// sideways folds and unfolds groups and walks the buttons of a request.
func (l *FlatList) sideways(right bool) {
	i := l.keys.index
	if !l.rows.has(i) {
		return
	}
	item := l.rows.row(i)
	switch item.Kind {
	case GroupRow:
		if item.Folded == right {
			call(l.OnFold, item.Key)
		}
	case RequestRow:
		if right {
			l.keys.button = min(l.keys.button+1, 2)
		} else {
			l.keys.button = max(l.keys.button-1, 0)
		}
		l.draw()
	case ContactRow:
		if !right {
			l.moveTo(l.groupOf(i))
		}
	case ChatRow, CaptionRow, MoreRow, HintRow:
	}
}

// groupOf is the group row above i, i itself without one.
func (l *FlatList) groupOf(i int) int {
	for n := i; n >= 0; n-- {
		if l.rows.kind(n) == GroupRow {
			return n
		}
	}
	return i
}

func (l *FlatList) press(open bool) {
	i := l.keys.index
	if !l.rows.has(i) {
		return
	}
	item := l.rows.row(i)
	switch item.Kind {
	case GroupRow:
		call(l.OnFold, item.Key)
	case MoreRow:
		call(l.OnOpen, item.Key)
	case RequestRow, ContactRow, ChatRow:
		switch {
		case l.keys.button > 0:
			l.answer(item.Key, l.keys.button)
		case open:
			l.selectKey(item.Key)
			call(l.OnOpen, item.Key)
		default:
			l.selectKey(item.Key)
		}
	case CaptionRow, HintRow:
	}
}

// menuByKey opens the menu of the row at the cursor, at its text.
func (l *FlatList) menuByKey() {
	i := l.keys.index
	if !l.rows.has(i) || l.OnMenu == nil {
		return
	}
	at := fyne.NewPos(skin.RowTextLeft, l.rows.top(i)-l.offset+l.rows.height(i)/2)
	abs := fyne.CurrentApp().Driver().AbsolutePositionForObject(l)
	l.OnMenu(l.rows.key(i), abs.Add(at))
}

func (l *FlatList) takeFocus() {
	if c := fyne.CurrentApp().Driver().CanvasForObject(l); c != nil && !l.keys.focused {
		l.keys.byTap = true
		c.Focus(l)
	}
}
