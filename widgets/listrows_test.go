package widgets_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"dovekie/widgets"
	"dovekie/widgets/skin"
)

// countedRows is a source that counts the rows it makes.
type countedRows struct {
	n    int
	made int
}

func (c *countedRows) Spans() []widgets.ListSpan {
	return []widgets.ListSpan{{Kind: widgets.GroupRow, Len: 1}, {Kind: widgets.ContactRow, Len: c.n}}
}

func (c *countedRows) Row(i int) widgets.ListItem {
	c.made++
	if i == 0 {
		return widgets.ListItem{Key: "g", Kind: widgets.GroupRow, Name: "All"}
	}
	return person(fmt.Sprintf("c%d@example.org", i-1), fmt.Sprintf("Contact %d", i-1), "hello", widgets.Available)
}

func (c *countedRows) Find(key string) int {
	if key == "g" {
		return 0
	}
	var i int
	if _, err := fmt.Sscanf(key, "c%d@", &i); err != nil || i >= c.n {
		return -1
	}
	return i + 1
}

func (c *countedRows) counted() int {
	n := c.made
	c.made = 0
	return n
}

func TestOnlyRowsThatComeInSightAreMade(t *testing.T) {
	p := newListProbe(t, nil)
	rows := &countedRows{n: 5000}
	p.list.SetSource(rows)
	if n := rows.counted(); n > 10 {
		t.Errorf("%d rows were made for a view of 300", n)
	}
	p.list.MouseIn(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(100, 100)}})
	p.list.MouseMoved(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(100, 200)}})
	if n := rows.counted(); n > 0 {
		t.Errorf("%d rows were made for a pointer that moved", n)
	}
	p.list.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, -skin.ContactRow)})
	if n := rows.counted(); n > 3 {
		t.Errorf("%d rows were made for scrolling two rows further", n)
	}
	p.win.Canvas().Focus(p.list)
	p.key(fyne.KeyEnd)
	if n := rows.counted(); n > 10 {
		t.Errorf("%d rows were made for the end of the list", n)
	}
	if _, ok := p.texts()["Contact 4999"]; !ok {
		t.Error("the end is not in sight")
	}
	p.list.SetSource(&countedRows{n: 4990})
	if n := rows.counted(); n > 20 {
		t.Errorf("%d rows of the old source were made for a new one", n)
	}
}

func TestPlaceIsKeptAcrossSources(t *testing.T) {
	p := newListProbe(t, nil)
	p.list.SetSource(&countedRows{n: 5000})
	p.list.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, -70_000)})
	before := p.texts()
	if len(before) == 0 || before["Contact 2500"] == 0 {
		t.Fatalf("in sight are %v", before)
	}
	p.list.SetItems(append([]widgets.ListItem{{Key: "r", Kind: widgets.RequestRow, Name: "Newcomer"}}, contacts(4000)...))
	if after := p.texts()["Contact 2500"]; after != before["Contact 2500"] {
		t.Errorf("the row moved from %v to %v", before["Contact 2500"], after)
	}
}

func TestRowsStandBelowEachOtherWhateverTheirKinds(t *testing.T) {
	kinds := []widgets.RowKind{widgets.ContactRow, widgets.ChatRow, widgets.GroupRow, widgets.RequestRow, widgets.CaptionRow, widgets.MoreRow, widgets.HintRow}
	for seed := range uint64(30) {
		r := rand.New(rand.NewPCG(seed, 1))
		items := make([]widgets.ListItem, 1+r.IntN(40))
		for i := range items {
			items[i] = widgets.ListItem{Key: fmt.Sprint(i), Kind: kinds[r.IntN(len(kinds))], Name: fmt.Sprint("Row ", i)}
			if i > 0 && r.IntN(2) == 0 {
				items[i].Kind = items[i-1].Kind
			}
		}
		p := newListProbe(t, items)
		p.win.Resize(fyne.NewSize(304, 4000))
		y := float32(4)
		for i := range items {
			pos, size, ok := p.list.Place(i)
			if items[i].Kind == widgets.GroupRow && i > 0 && items[i-1].Kind != widgets.GroupRow {
				y += skin.GroupGap
			}
			if !ok || pos.Y != y {
				t.Fatalf("seed %d: row %d of %v stands at %v (%v), want %v", seed, i, items[i].Kind, pos.Y, ok, y)
			}
			p.calls = nil
			p.list.TappedSecondary(&fyne.PointEvent{Position: fyne.NewPos(100, y+size.Height-1)})
			reached := items[i].Kind != widgets.CaptionRow && items[i].Kind != widgets.HintRow
			if want := "menu " + items[i].Key; reached != (len(p.calls) == 1 && p.calls[0] == want) {
				t.Fatalf("seed %d: at the lower edge of row %d is %q", seed, i, p.calls)
			}
			y += size.Height
		}
		if first, end := p.list.InSight(); first != 0 || end != len(items) {
			t.Errorf("seed %d: in sight are %d to %d of %d", seed, first, end, len(items))
		}
	}
}

func BenchmarkSetSource5000(b *testing.B) {
	p := newListProbe(b, nil)
	p.win.Resize(fyne.NewSize(304, 650))
	b.ReportAllocs()
	for b.Loop() {
		p.list.SetSource(&countedRows{n: 5000})
	}
}
