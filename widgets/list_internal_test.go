package widgets

import (
	"fmt"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"dovekie/widgets/skin"
)

func TestListIsPaintedOnlyWhenItLooksDifferent(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(skin.NewTheme(skin.AlwaysLight, true))
	items := func(n int) []ListItem {
		list := make([]ListItem, n)
		for i := range list {
			list[i] = ListItem{Key: fmt.Sprint(i), Kind: ContactRow, Name: fmt.Sprint("Contact ", i)}
		}
		return list
	}
	l := NewFlatList(ListActions{}, time.Now)
	test.NewTempWindow(t, l).Resize(fyne.NewSize(304, 300))
	l.SetItems(items(100))
	// show is what draw does, but for the repaint.
	show := func(list []ListItem) bool {
		l.rows, l.shown.old = newListRows(itemSource(list)), true
		return l.layRows(l.Size())
	}
	out := items(100)
	out[90].Presence = Away
	in := items(100)
	in[2].Presence = Away
	swapped := items(100)
	swapped[1], swapped[2] = swapped[2], swapped[1]
	for _, c := range []struct {
		what string
		list []ListItem
		want bool
	}{
		{"the same", items(100), false},
		{"a change out of sight", out, false},
		{"a change in sight", in, true},
		{"the change taken back", items(100), true},
		{"two rows swapped", swapped, true},
		{"and back", items(100), true},
		{"fewer rows, so that the bar grows", items(10), true},
		{"one row", items(1), true},
		{"none", nil, true},
		{"none again", nil, false},
	} {
		if got := show(c.list); got != c.want {
			t.Errorf("%s: painted %v", c.what, got)
		}
	}
	show(items(100))
	for what, change := range map[string]func(){
		"scrolled": func() { l.offset = 30 },
		"selected": func() { l.selected = "3" },
		"hovered":  func() { l.pointer.index = 4 },
		"ringed":   func() { l.keys.focused, l.keys.index = true, 2 },
		"pointed":  func() { l.pointer.onBar = true },
	} {
		if l.layRows(l.Size()) {
			t.Errorf("before %s: painted without a change", what)
		}
		change()
		if !l.layRows(l.Size()) {
			t.Errorf("%s: not painted", what)
		}
	}
}
