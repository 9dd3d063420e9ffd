package widgets_test

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"dovekie/assets"
	"dovekie/widgets"
	"dovekie/widgets/skin"
)

func typeInto(f fyne.Focusable, text string) {
	for _, r := range text {
		f.TypedRune(r)
	}
}

func key(f fyne.Focusable, names ...fyne.KeyName) {
	for _, n := range names {
		f.TypedKey(&fyne.KeyEvent{Name: n})
	}
}

func TestFieldTellsWhatIsTypedAndSubmits(t *testing.T) {
	themed(t, false)
	var changed string
	submitted := 0
	f := widgets.NewField(widgets.FieldSpec{Icon: assets.IconUser, OnChanged: func(s string) { changed = s }, OnSubmit: func() { submitted++ }})
	win := show(t, f, 320, 60)
	win.Canvas().Focus(f.Input())
	typeInto(f.Input(), "小满")
	key(f.Input(), fyne.KeyReturn)
	if changed != "小满" || f.Text() != "小满" || submitted != 1 {
		t.Errorf("changed %q, text %q, submitted %d", changed, f.Text(), submitted)
	}
	if !f.Focused() {
		t.Error("the field does not know that it has the keyboard")
	}
}

func TestErrorOfAFieldTakesRoomAndGoesWithTyping(t *testing.T) {
	themed(t, false)
	f := widgets.NewField(widgets.FieldSpec{})
	show(t, f, 320, 120)
	plain := f.MinSize().Height
	f.SetError("密码不正确。")
	if one := f.MinSize().Height; one <= plain {
		t.Errorf("height with an error is %v, without %v", one, plain)
	}
	one := f.MinSize().Height
	f.SetError("We cannot be sure this is really example.org. Your password was not sent to anybody.")
	if two := f.MinSize().Height; two != one+skin.PitchNote {
		t.Errorf("a long error takes %v, a short one %v", two, one)
	}
	typeInto(f.Input(), "x")
	if f.ErrorText() != "" || f.MinSize().Height != plain {
		t.Errorf("the error stays: %q", f.ErrorText())
	}
}

func TestDownAsksForSuggestions(t *testing.T) {
	themed(t, false)
	asked := 0
	f := widgets.NewField(widgets.FieldSpec{OnMore: func() { asked++ }})
	show(t, f, 320, 60)
	key(f.Input(), fyne.KeyDown)
	if asked != 1 {
		t.Errorf("asked %d times", asked)
	}
}

func TestSuggestionBecomesTheTextAndTheKeyboardReturns(t *testing.T) {
	themed(t, false)
	f := widgets.NewField(widgets.FieldSpec{})
	win := show(t, f, 320, 200)
	if f.Suggest(nil, nil) != nil {
		t.Error("a menu without suggestions")
	}
	picked := ""
	m := f.Suggest([]widgets.MenuItem{
		{Key: "a@example.org", Text: "a@example.org", Avatar: &widgets.AvatarSpec{Name: "a", Address: "a@example.org"}},
		{Key: "b@example.org", Text: "b@example.org"},
	}, func(key string) { picked = key })
	key(m, fyne.KeyDown, fyne.KeyDown, fyne.KeyReturn)
	if f.Text() != "b@example.org" || picked != "b@example.org" || win.Canvas().Focused() != f.Input() {
		t.Errorf("text %q, picked %q, keyboard at %T", f.Text(), picked, win.Canvas().Focused())
	}
}

func TestPasswordIsHiddenUntilTheEyeIsPressed(t *testing.T) {
	themed(t, false)
	f := widgets.NewField(widgets.FieldSpec{Password: true})
	win := show(t, f, 320, 44)
	f.SetText("hunter2")
	hidden := win.Canvas().Capture()
	test.TapCanvas(win.Canvas(), fyne.NewPos(320-20, 22))
	shown := win.Canvas().Capture()
	test.TapCanvas(win.Canvas(), fyne.NewPos(320-20, 22))
	test.MoveMouse(win.Canvas(), fyne.NewPos(10, 10))
	if samePixels(hidden, shown) {
		t.Error("the eye shows nothing")
	}
	if !samePixels(hidden, win.Canvas().Capture()) {
		t.Error("the second press does not hide it again")
	}
}

func TestEscapeInAnEntryReachesTheWindow(t *testing.T) {
	themed(t, false)
	f := widgets.NewField(widgets.FieldSpec{})
	win := show(t, f, 320, 44)
	var got fyne.KeyName
	win.Canvas().SetOnTypedKey(func(e *fyne.KeyEvent) { got = e.Name })
	win.Canvas().Focus(f.Input())
	key(f.Input(), fyne.KeyEscape)
	if got != fyne.KeyEscape {
		t.Errorf("the window got %q", got)
	}
}

func TestSearchClearsWithEscapeAndGoesDownToTheList(t *testing.T) {
	themed(t, false)
	var typed []string
	down, added := 0, 0
	s := widgets.NewSearch("Search", widgets.SearchActions{
		OnChanged: func(x string) { typed = append(typed, x) }, OnDown: func() { down++ }, OnAdd: func() { added++ },
	})
	win := show(t, s, 304, 52)
	s.Focus()
	typeInto(s.Input(), "ab")
	key(s.Input(), fyne.KeyDown, fyne.KeyEscape)
	test.TapCanvas(win.Canvas(), fyne.NewPos(268, 30))
	if len(typed) != 3 || typed[2] != "" || s.Text() != "" || down != 1 || added != 1 {
		t.Errorf("typed %q, down %d, added %d", typed, down, added)
	}
}

func TestCheckboxTicksBySpaceAndTellsOnlyTheUsersTicks(t *testing.T) {
	themed(t, false)
	var got []bool
	c := widgets.NewCheckbox("Remember me", false, func(on bool) { got = append(got, on) })
	show(t, c, 200, 32)
	c.SetChecked(true)
	test.Tap(c)
	key(c, fyne.KeySpace)
	if len(got) != 2 || got[0] || !got[1] || !c.Checked() {
		t.Errorf("told %v, checked %v", got, c.Checked())
	}
}

func TestTabWalksTheFormInOrder(t *testing.T) {
	themed(t, false)
	a, b := widgets.NewField(widgets.FieldSpec{}), widgets.NewField(widgets.FieldSpec{Password: true})
	check := widgets.NewCheckbox("Remember", false, nil)
	yes := widgets.NewLoginButton("Sign in", widgets.PrimaryButton, nil)
	link := widgets.NewLink("Help", nil)
	win := show(t, widgets.NewColumn(12, a, b, check, yes, link), 320, 400)
	c := win.Canvas()
	c.FocusNext()
	if c.Focused() != a.Input() {
		t.Fatalf("first is %T", c.Focused())
	}
	c.FocusNext()
	if c.Focused() != b.Input() {
		t.Fatalf("second is %T", c.Focused())
	}
	c.FocusNext() // the eye
	for _, want := range []fyne.Focusable{check, yes, link} {
		c.FocusNext()
		if c.Focused() != want {
			t.Fatalf("the keyboard is at %T, want %T", c.Focused(), want)
		}
	}
}

func TestButtonIsPressedByKeysUnlessDisabled(t *testing.T) {
	themed(t, false)
	n := 0
	b := widgets.NewButton("Go", widgets.PrimaryButton, func() { n++ })
	show(t, b, 100, 36)
	key(b, fyne.KeyReturn, fyne.KeySpace)
	test.Tap(b)
	b.SetEnabled(false)
	test.Tap(b)
	key(b, fyne.KeyReturn)
	if n != 3 {
		t.Errorf("pressed %d times", n)
	}
}

func TestFoldRowTellsWhatItDoes(t *testing.T) {
	themed(t, false)
	var got []bool
	f := widgets.NewFoldRow("Server options", "automatic", func(open bool) { got = append(got, open) })
	show(t, f, 300, 32)
	test.Tap(f)
	key(f, fyne.KeyReturn)
	if len(got) != 2 || !got[0] || got[1] || f.Open() {
		t.Errorf("told %v, open %v", got, f.Open())
	}
}
