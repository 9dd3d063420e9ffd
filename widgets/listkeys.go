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
	if l.keys.index < 0 || l.keys.index >= len(l.rows.items) {
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

// TypedRune is called by Fyne.
func (l *FlatList) TypedRune(rune) {}

// TypedKey is called by Fyne: the arrows move the cursor, Space selects, Enter opens.
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
		l.moveTo(l.step(len(l.rows.items), -1))
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
	}
}

// step is the next row from i that the keys can reach, i itself at the end.
func (l *FlatList) step(i, by int) int {
	for n := i + by; n >= 0 && n < len(l.rows.items); n += by {
		if l.rows.items[n].reachable() {
			return n
		}
	}
	return i
}

// stepPage is the row about one view further.
func (l *FlatList) stepPage(by int) int {
	if l.keys.index < 0 || len(l.rows.items) == 0 {
		return l.step(-1, 1)
	}
	goal := l.rows.tops[l.keys.index] + float32(by)*l.page()
	n := min(l.rows.from(max(goal, listTop)), len(l.rows.items)-1)
	if !l.rows.items[n].reachable() {
		n = l.step(n, by)
	}
	return n
}

// page is how far a page goes: a view less the row that stays in sight.
func (l *FlatList) page() float32 {
	return max(l.Size().Height-skin.ContactRow, skin.ContactRow)
}

func (l *FlatList) moveTo(i int) {
	if i < 0 || i >= len(l.rows.items) {
		return
	}
	l.keys.index, l.keys.button = i, 0
	l.reveal(i)
	l.draw()
}

// sideways folds and unfolds groups and walks the buttons of a request.
func (l *FlatList) sideways(right bool) {
	i := l.keys.index
	if i < 0 || i >= len(l.rows.items) {
		return
	}
	item := l.rows.items[i]
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
		if l.rows.items[n].Kind == GroupRow {
			return n
		}
	}
	return i
}

func (l *FlatList) press(open bool) {
	i := l.keys.index
	if i < 0 || i >= len(l.rows.items) {
		return
	}
	item := l.rows.items[i]
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
	if i < 0 || i >= len(l.rows.items) || l.OnMenu == nil {
		return
	}
	at := fyne.NewPos(skin.RowTextLeft, l.rows.tops[i]-l.offset+l.rows.items[i].height()/2)
	abs := fyne.CurrentApp().Driver().AbsolutePositionForObject(l)
	l.OnMenu(l.rows.items[i].Key, abs.Add(at))
}

func (l *FlatList) takeFocus() {
	if c := fyne.CurrentApp().Driver().CanvasForObject(l); c != nil && !l.keys.focused {
		l.keys.byTap = true
		c.Focus(l)
	}
}
