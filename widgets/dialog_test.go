package widgets_test

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"dovekie/assets"
	"dovekie/widgets"
	"dovekie/widgets/skin"
)

func TestEnterInAFieldPressesTheDefaultButton(t *testing.T) {
	win := menuWindow(t, 500, 400)
	added, cancelled := "", 0
	f := widgets.NewField(widgets.FieldSpec{})
	s := widgets.ShowSheet(win.Canvas(), widgets.SheetSpec{
		Title: "Add a contact", Fields: []fyne.CanvasObject{f},
		Buttons: []widgets.SheetButton{
			{Text: "Cancel", OnTapped: func() { cancelled++ }},
			{Text: "Add", Default: true, KeepOpen: true, OnTapped: func() { added = f.Text() }},
		},
	})
	if win.Canvas().Focused() != f.Input() {
		t.Fatalf("the keyboard is at %T", win.Canvas().Focused())
	}
	typeInto(f.Input(), "pip@example.org")
	key(f.Input(), fyne.KeyReturn)
	if added != "pip@example.org" || cancelled != 0 || !s.Shown() {
		t.Errorf("added %q, cancelled %d, shown %v", added, cancelled, s.Shown())
	}
	s.SetError("There is no such address.")
	s.Button(1).SetEnabled(false)
	added = ""
	key(f.Input(), fyne.KeyReturn)
	if added != "" {
		t.Error("Enter presses a disabled button")
	}
}

func TestEscapeCancelsASheetFromAnyPlaceInIt(t *testing.T) {
	win := menuWindow(t, 500, 400)
	for range 4 {
		cancelled := 0
		f := widgets.NewField(widgets.FieldSpec{})
		s := widgets.ShowSheet(win.Canvas(), widgets.SheetSpec{
			Title: "Rename", Fields: []fyne.CanvasObject{f, widgets.NewCheckbox("All", false, nil)},
			Buttons:  []widgets.SheetButton{{Text: "Rename", Default: true}},
			OnCancel: func() { cancelled++ },
		})
		key(win.Canvas().Focused(), fyne.KeyEscape)
		if s.Shown() || cancelled != 1 || win.Canvas().Overlays().Top() != nil {
			t.Fatalf("shown %v, cancelled %d", s.Shown(), cancelled)
		}
		win.Canvas().FocusNext()
	}
}

func TestConfirmOfADangerStartsAtTheSafeButton(t *testing.T) {
	win := menuWindow(t, 500, 400)
	removed := 0
	s := widgets.Confirm(win.Canvas(), "Remove?", "The chat stays.", "Remove", "Cancel", true, func() { removed++ })
	key(win.Canvas().Focused(), fyne.KeyReturn)
	if removed != 0 || s.Shown() {
		t.Errorf("removed %d, shown %v", removed, s.Shown())
	}
	s = widgets.Confirm(win.Canvas(), "Remove?", "The chat stays.", "Remove", "Cancel", true, func() { removed++ })
	test.Tap(s.Button(1))
	if removed != 1 || s.Shown() {
		t.Errorf("removed %d, shown %v", removed, s.Shown())
	}
}

func TestSheetKeepsTapsFromTheWindowBelow(t *testing.T) {
	themed(t, false)
	n := 0
	b := widgets.NewButton("Below", widgets.PrimaryButton, func() { n++ })
	win := show(t, b, 500, 400)
	widgets.Confirm(win.Canvas(), "Sure?", "", "Yes", "No", false, nil)
	test.TapCanvas(win.Canvas(), fyne.NewPos(5, 5))
	if n != 0 {
		t.Error("a tap went through the sheet")
	}
}

func TestSheetFitsASmallWindow(t *testing.T) {
	win := menuWindow(t, 260, 300)
	s := widgets.Confirm(win.Canvas(), "A rather long title of a question", "And a body that needs several lines in a window as narrow as this.", "Yes", "No", false, nil)
	for _, o := range test.WidgetRenderer(s).Objects() {
		if o.Position().X < 0 || o.Position().X+o.Size().Width > 260 {
			t.Errorf("%T leaves the window: %v %v", o, o.Position(), o.Size())
		}
	}
}

func TestSignatureIsEditedInPlace(t *testing.T) {
	themed(t, false)
	var got []string
	h := widgets.NewHeader(widgets.HeaderState{Name: "Lin", Signature: "old"}, widgets.HeaderActions{
		OnSignature: func(s string) { got = append(got, s) },
	})
	win := show(t, h, 304, 96)
	edit := func(end fyne.KeyName, text string) {
		test.TapCanvas(win.Canvas(), fyne.NewPos(100, 59))
		f := win.Canvas().Focused()
		if f == nil {
			t.Fatal("no field to type into")
		}
		typeInto(f, text)
		key(f, end)
	}
	edit(fyne.KeyReturn, " and new")
	edit(fyne.KeyEscape, " not kept")
	test.TapCanvas(win.Canvas(), fyne.NewPos(100, 59))
	typeInto(win.Canvas().Focused(), "!")
	win.Canvas().Unfocus()
	if len(got) != 2 || got[0] != "old and new" || got[1] != "old!" {
		t.Errorf("told %q", got)
	}
}

func TestStatusChipGivesThePlaceBelowItself(t *testing.T) {
	themed(t, false)
	var at fyne.Position
	h := widgets.NewHeader(widgets.HeaderState{Name: "Lin", Status: "Available", Presence: widgets.Available}, widgets.HeaderActions{
		OnStatus: func(p fyne.Position) { at = p },
	})
	win := show(t, h, 304, 96)
	test.TapCanvas(win.Canvas(), fyne.NewPos(140, 33))
	if at.Y < 44 || at.Y > 52 || at.X < 82 {
		t.Errorf("the menu would open at %v", at)
	}
}

func TestLongNameLeavesTheChipInTheHeader(t *testing.T) {
	themed(t, false)
	h := widgets.NewHeader(widgets.HeaderState{Name: "Wolfeschlegelsteinhausenbergerdorff", Status: "Do not disturb", Presence: widgets.Busy}, widgets.HeaderActions{})
	show(t, h, 304, 96)
	for _, o := range test.WidgetRenderer(h).Objects() {
		if o.Position().X+o.Size().Width > 304 {
			t.Errorf("%T ends at %v", o, o.Position().X+o.Size().Width)
		}
	}
}

func TestStripPutsItsLinkBelowWhereItIsNarrow(t *testing.T) {
	themed(t, false)
	used := 0
	s := widgets.NewStrip(assets.IconDemo, "Demo: nothing leaves this computer.", "Use a real account", func() { used++ })
	wide := show(t, s, 800, 60)
	s.Resize(fyne.NewSize(800, 32))
	h := s.MinSize().Height
	s.Resize(fyne.NewSize(250, 60))
	if s.MinSize().Height <= h {
		t.Errorf("height is %v on 250 and %v on 800", s.MinSize().Height, h)
	}
	_ = wide
	for _, o := range test.WidgetRenderer(s).Objects() {
		if l, ok := o.(*widgets.Link); ok {
			test.Tap(l)
		}
	}
	if used != 1 {
		t.Errorf("the link was pressed %d times", used)
	}
}

func TestToastLetsTapsThroughAndItsLinkHidesIt(t *testing.T) {
	themed(t, false)
	below, undone := 0, 0
	b := widgets.NewButton("Below", widgets.PrimaryButton, func() { below++ })
	toast := widgets.NewToast()
	win := show(t, widgets.NewColumn(0, b), 400, 200)
	win.SetContent(stacked(b, toast))
	win.Resize(fyne.NewSize(400, 200))
	toast.ShowText("Removed", "Undo", func() { undone++ })
	test.TapCanvas(win.Canvas(), fyne.NewPos(10, 10))
	for _, o := range test.WidgetRenderer(toast).Objects() {
		if l, ok := o.(*widgets.Link); ok {
			test.Tap(l)
		}
	}
	if below != 1 || undone != 1 || toast.Visible() {
		t.Errorf("below %d, undone %d, visible %v", below, undone, toast.Visible())
	}
}

func stacked(objects ...fyne.CanvasObject) fyne.CanvasObject {
	return &fyne.Container{Layout: stackAll{}, Objects: objects}
}

type stackAll struct{}

func (stackAll) Layout(o []fyne.CanvasObject, size fyne.Size) {
	for _, x := range o {
		x.Resize(size)
	}
}

func (stackAll) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(1, 1) }

func TestThemeChangeRecoloursWhatIsShown(t *testing.T) {
	themed(t, false)
	l := sampleList(sampleContacts(), "")
	win := show(t, l, 304, 300)
	colour := func() (c any) {
		for _, o := range test.WidgetRenderer(l).Objects() {
			if box, ok := o.(*fyne.Container); ok {
				for _, x := range box.Objects {
					if text, ok := x.(*canvas.Text); ok && text.Text == "陈思远" {
						return text.Color
					}
				}
			}
		}
		return nil
	}
	if colour() != skin.Of(skin.Ink, false) {
		t.Fatalf("name is %v in the light theme", colour())
	}
	fyne.CurrentApp().Settings().SetTheme(skin.NewTheme(skin.AlwaysDark, true))
	test.ApplyTheme(t, fyne.CurrentApp().Settings().Theme())
	win.Canvas().Refresh(l)
	if colour() != skin.Of(skin.Ink, true) {
		t.Errorf("name is %v in the dark theme", colour())
	}
}

func TestHiddenRowsOfAColumnTakeNoRoom(t *testing.T) {
	themed(t, false)
	a, b, c := widgets.NewGap(10), widgets.NewGap(20), widgets.NewGap(30)
	col := widgets.NewColumn(5, a, b, c)
	b.Hide()
	if h := col.MinSize().Height; h != 45 {
		t.Errorf("height is %v", h)
	}
	col.Resize(fyne.NewSize(100, 100))
	if c.Position().Y != 15 {
		t.Errorf("the last is at %v", c.Position().Y)
	}
}

func TestSheetThatIsTooHighForTheWindowScrollsItsFields(t *testing.T) {
	win := menuWindow(t, 600, 480)
	var fields []fyne.CanvasObject
	for range 14 {
		fields = append(fields, widgets.NewCheckbox("One of many", false, nil))
	}
	s := widgets.ShowSheet(win.Canvas(), widgets.SheetSpec{
		Title: "Many", Fields: fields, Buttons: []widgets.SheetButton{{Text: "Close", Default: true}},
	})
	bottom := func(o fyne.CanvasObject) float32 {
		return fyne.CurrentApp().Driver().AbsolutePositionForObject(o).Y + o.Size().Height
	}
	if at := bottom(s.Button(0)); at > 480 {
		t.Errorf("the button ends at %g, below the window", at)
	}
	before := bottom(fields[13])
	test.Scroll(win.Canvas(), fyne.NewPos(300, 200), 0, -2000)
	if after := bottom(fields[13]); after >= before || after > bottom(s.Button(0)) {
		t.Errorf("the last field ended at %g, scrolled at %g", before, after)
	}
	// The keys do it too.
	win.Canvas().Focus(s.Button(0))
	last := bottom(fields[13])
	for _, k := range []struct {
		key   fyne.KeyName
		moves bool
	}{{fyne.KeyDown, false}, {fyne.KeyUp, true}, {fyne.KeyPageUp, true}, {fyne.KeyUp, false}, {fyne.KeyPageDown, true}} {
		key(win.Canvas().Focused(), k.key)
		now := bottom(fields[13])
		if (now != last) != k.moves {
			t.Errorf("%s: the last field ends at %g, before at %g", k.key, now, last)
		}
		last = now
	}
}

func TestDetailCopiesWhatItShows(t *testing.T) {
	copied := ""
	id := "3f0c9a1e-7d55-4f5b-9a57-0d7a4a6e9b11"
	d := widgets.NewDetail("Message id", id, func() { copied = id })
	menuWindow(t, 520, 200).SetContent(d)
	test.Tap(d.CopyButton().(fyne.Tappable))
	if copied != id || d.Text() != id {
		t.Errorf("copied %q of %q", copied, d.Text())
	}
	if widgets.NewDetail("When", "now", nil).CopyButton() != nil {
		t.Error("a button that copies nothing")
	}
}
