package widgets_test

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"dovekie/widgets"
)

// grouped is a list of two groups: 1 and 2 are in the first, 3 is in the second.
func grouped() []widgets.ListItem {
	return []widgets.ListItem{
		{Key: "g:a", Kind: widgets.GroupRow, Name: "Ada's"},
		person("1", "One", "", widgets.Available), person("2", "Two", "", widgets.Available),
		{Key: "g:b", Kind: widgets.GroupRow, Name: "Ben's"},
		person("3", "Three", "", widgets.Available),
		{Key: "g:c", Kind: widgets.GroupRow, Name: "Folded", Folded: true},
	}
}

// drag moves the pointer from one height of the list to another, in steps as Fyne tells them.
func (p *listProbe) drag(from, x, y float32) {
	at, to := fyne.NewPos(100, from), fyne.NewPos(x, y)
	step := to.Subtract(at)
	for range 4 {
		e := &fyne.DragEvent{Dragged: fyne.NewDelta(step.X/4, step.Y/4)}
		at = at.AddXY(step.X/4, step.Y/4)
		e.Position = at
		p.list.Dragged(e)
	}
}

// middle is the height of the row of the key.
func (p *listProbe) middle(t *testing.T, key string) float32 {
	t.Helper()
	for i := range p.list.Len() {
		if pos, size, ok := p.list.Place(i); ok && p.list.Row(i).Key == key {
			return pos.Y + size.Height/2
		}
	}
	t.Fatalf("no row %s in sight", key)
	return 0
}

func TestContactIsDraggedToAnotherGroup(t *testing.T) {
	p := newListProbe(t, grouped())
	for _, to := range []string{"g:b", "3"} { // the group's row or one of its contacts
		p.drag(p.middle(t, "1"), 100, p.middle(t, to))
		with := len(test.WidgetRenderer(p.list).Objects())
		p.list.DragEnd()
		if without := len(test.WidgetRenderer(p.list).Objects()); with != without+1 {
			t.Errorf("%d objects in the list while dragging, %d after: nothing goes along", with, without)
		}
		p.expect(t, "move 1 g:b")
	}
	p.drag(p.middle(t, "3"), 100, p.middle(t, "g:c"))
	p.list.DragEnd()
	p.expect(t, "move 3 g:c")
}

func TestDragThatLeadsNowhereMovesNobody(t *testing.T) {
	p := newListProbe(t, grouped())
	p.drag(p.middle(t, "1"), 100, p.middle(t, "2")) // within its group
	p.list.DragEnd()
	p.drag(p.middle(t, "1"), 500, p.middle(t, "3")) // out of the list
	p.list.DragEnd()
	p.drag(p.middle(t, "g:a"), 100, p.middle(t, "3")) // a group stays where it is
	p.list.DragEnd()
	p.drag(p.middle(t, "1"), 100, p.middle(t, "3"))
	p.key(fyne.KeyEscape)
	p.list.DragEnd()
	p.expect(t)
	p.drag(p.middle(t, "1"), 100, p.middle(t, "3"))
	p.list.SetItems(grouped()[1:3]) // the groups are gone
	p.list.DragEnd()
	p.list.SetItems(contacts(3))
	p.drag(30, 100, 90)
	p.list.DragEnd()
	p.expect(t, "move 1 g:b")
}
