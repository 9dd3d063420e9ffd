package widgets

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"

	"dovekie/widgets/skin"
)

func newTestComposer(t *testing.T, actions ComposerActions) (*Composer, fyne.Window) {
	t.Helper()
	withTheme(t)
	c := NewComposer(actions, ComposerLabels{Send: "Send", Placeholder: "Message Pip", Emoji: EmojiLabels{Search: "Search", None: "None"}})
	win := test.NewTempWindow(t, container.NewBorder(nil, c, nil, nil))
	win.SetPadded(false)
	win.Resize(fyne.NewSize(800, 600))
	win.Canvas().Focus(c.entry)
	return c, win
}

func press(c *Composer, name fyne.KeyName, mods fyne.KeyModifier) {
	c.entry.mods = func() fyne.KeyModifier { return mods }
	c.entry.TypedKey(&fyne.KeyEvent{Name: name})
}

func TestEnterSendsAndEmptiesTheField(t *testing.T) {
	sent, inField := "", "?"
	var c *Composer
	c, _ = newTestComposer(t, ComposerActions{OnSubmit: func(s string) { sent, inField = s, c.Text() }})
	test.Type(c.entry, "  hello 你好 ")
	press(c, fyne.KeyReturn, 0)
	if sent != "hello 你好" || inField != "" || c.Text() != "" {
		t.Errorf("sent %q while the field held %q", sent, inField)
	}
	sent = "nothing"
	test.Type(c.entry, "   ")
	press(c, fyne.KeyEnter, 0)
	if sent != "nothing" {
		t.Errorf("space was sent: %q", sent)
	}
}

func TestShiftEnterAndCtrlEnterBreakTheLine(t *testing.T) {
	c, _ := newTestComposer(t, ComposerActions{OnSubmit: func(s string) { t.Errorf("sent %q", s) }})
	test.Type(c.entry, "a")
	press(c, fyne.KeyReturn, fyne.KeyModifierShift)
	test.Type(c.entry, "b")
	c.entry.TypedShortcut(&desktop.CustomShortcut{KeyName: fyne.KeyReturn, Modifier: fyne.KeyModifierControl})
	test.Type(c.entry, "c")
	if c.Text() != "a\nb\nc" {
		t.Errorf("the text is %q", c.Text())
	}
}

func TestFieldGrowsByALineUpToSix(t *testing.T) {
	c, _ := newTestComposer(t, ComposerActions{})
	one := c.MinSize().Height
	if one != skin.ComposerTools+skin.ComposerField+composerBottom {
		t.Errorf("one line is %g high", one)
	}
	for lines, text := range map[int]string{2: "a\nb", 3: "a\nb\nc", 6: "1\n2\n3\n4\n5\n6\n7\n8\n9"} {
		c.SetText(text)
		if got := c.MinSize().Height; got != one+float32(lines-1)*skin.PitchBody {
			t.Errorf("%q: %g high", text, got)
		}
	}
	c.SetText("")
	if got := c.MinSize().Height; got != one {
		t.Errorf("empty again it is %g high", got)
	}
}

func TestShortcutsOfTheWindowPassTheComposer(t *testing.T) {
	c, _ := newTestComposer(t, ComposerActions{})
	got := 0
	closeTab := &desktop.CustomShortcut{KeyName: fyne.KeyW, Modifier: fyne.KeyModifierControl}
	c.entry.onOther = func(s fyne.Shortcut) {
		if s == closeTab {
			got++
		}
	}
	c.entry.TypedShortcut(closeTab)
	if got != 1 {
		t.Errorf("Ctrl+W was handed on %d times", got)
	}
}

func TestEscapeAndPagesAreCalled(t *testing.T) {
	got := ""
	c, _ := newTestComposer(t, ComposerActions{
		OnEscape: func() { got += "esc " },
		OnPage: func(up bool) {
			if up {
				got += "up "
			} else {
				got += "down "
			}
		},
	})
	press(c, fyne.KeyEscape, 0)
	press(c, fyne.KeyPageUp, 0)
	press(c, fyne.KeyPageDown, 0)
	if got != "esc up down " {
		t.Errorf("called %s", got)
	}
}

func TestOnlyTypingIsAChange(t *testing.T) {
	changes := 0
	c, _ := newTestComposer(t, ComposerActions{OnChange: func(string) { changes++ }})
	c.SetText("a draft")
	if changes != 0 {
		t.Errorf("setting a draft called OnChange %d times", changes)
	}
	test.Type(c.entry, "!")
	if changes != 1 || c.Text() != "a draft!" {
		t.Errorf("%d changes, text %q", changes, c.Text())
	}
}

func TestEmojiComesInAtTheCaret(t *testing.T) {
	picked := ""
	c, win := newTestComposer(t, ComposerActions{OnEmoji: func(e string) { picked = e }})
	c.SetText("ab")
	c.entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyLeft})
	test.Tap(c.smile)
	p, ok := win.Canvas().Overlays().Top().(*emojiPicker)
	if !ok {
		t.Fatal("no picker opened")
	}
	test.Type(p.entry, "technologist woman")
	p.entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if c.Text() != "a👩‍💻b" || picked != "👩‍💻" {
		t.Errorf("the text is %q, picked %q", c.Text(), picked)
	}
	if win.Canvas().Overlays().Top() != nil {
		t.Error("the picker stays open")
	}
	if win.Canvas().Focused() != c.entry {
		t.Error("the keyboard is not back in the field")
	}
	test.Type(c.entry, "c")
	if c.Text() != "a👩‍💻cb" {
		t.Errorf("after the emoji the caret is elsewhere: %q", c.Text())
	}
}

func TestEscapeClosesThePickerAndRecentOnesStandFirst(t *testing.T) {
	c, win := newTestComposer(t, ComposerActions{})
	c.SetRecentEmoji([]string{"☕", "🎉"})
	test.Tap(c.smile)
	p := win.Canvas().Overlays().Top().(*emojiPicker)
	if got := p.grid.rows[0].emoji; len(got) != 2 || got[0] != "☕" {
		t.Errorf("the first row is %v", got)
	}
	p.entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	p.entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyRight})
	if p.grid.row != 0 || p.grid.column != 1 {
		t.Errorf("the keys are at %d, %d", p.grid.row, p.grid.column)
	}
	p.entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if win.Canvas().Overlays().Top() != nil || c.Text() != "" {
		t.Error("Escape did not close the picker")
	}
}

func TestSearchForNothingKnownSaysSo(t *testing.T) {
	withTheme(t)
	g := newEmojiGrid(EmojiLabels{None: "None"}, nil, func(string) {})
	g.search("zzzz")
	if len(g.rows) != 0 {
		t.Errorf("%d rows", len(g.rows))
	}
	g.search("咖啡")
	if len(g.rows) == 0 || g.rows[0].emoji[0] == "" {
		t.Error("nothing found for 咖啡")
	}
}

func TestEntryHasACaretButNoBorderOfFyne(t *testing.T) {
	withTheme(t)
	e := newEntry("", false)
	win := test.NewTempWindow(t, e)
	win.Resize(fyne.NewSize(200, 40))
	if w := e.Theme().Size(theme.SizeNameInputBorder); w < 1 {
		t.Errorf("the caret is %g wide", w)
	}
	for _, o := range test.WidgetRenderer(e).Objects() {
		if r, ok := o.(*canvas.Rectangle); ok && r.Size().Width > 100 {
			t.Errorf("a rectangle of %v covers the field", r.Size())
		}
	}
}

func TestCaretMovesByClustersWordsAndLines(t *testing.T) {
	c, _ := newTestComposer(t, ComposerActions{})
	f := c.entry
	c.SetText("a👩‍💻b two\nthree")
	press(c, fyne.KeyHome, 0)
	if f.caret != len("a👩‍💻b two\n") {
		t.Fatalf("Home: %d", f.caret)
	}
	press(c, fyne.KeyUp, 0)
	if f.caret != 0 {
		t.Errorf("Up: %d", f.caret)
	}
	press(c, fyne.KeyRight, 0)
	press(c, fyne.KeyRight, 0)
	if f.caret != len("a👩‍💻") {
		t.Errorf("two steps right: %d", f.caret)
	}
	press(c, fyne.KeyBackspace, 0)
	if c.Text() != "ab two\nthree" {
		t.Errorf("Backspace left %q", c.Text())
	}
	f.TypedShortcut(&desktop.CustomShortcut{KeyName: fyne.KeyRight, Modifier: fyne.KeyModifierControl})
	if f.caret != len("ab") {
		t.Errorf("Ctrl+Right: %d", f.caret)
	}
	f.TypedShortcut(&desktop.CustomShortcut{KeyName: fyne.KeyDelete, Modifier: fyne.KeyModifierControl})
	if c.Text() != "ab\nthree" {
		t.Errorf("Ctrl+Delete left %q", c.Text())
	}
	press(c, fyne.KeyEnd, 0)
	press(c, fyne.KeyDown, 0)
	press(c, fyne.KeyDown, 0)
	if f.caret != len(c.Text()) {
		t.Errorf("Down at the end: %d", f.caret)
	}
}

func TestUpAndDownKeepTheColumn(t *testing.T) {
	c, _ := newTestComposer(t, ComposerActions{})
	c.SetText("long line here\nx\nlong line here")
	press(c, fyne.KeyUp, 0)
	press(c, fyne.KeyUp, 0)
	if want := len("long line here"); c.entry.caret != want {
		t.Errorf("the caret is at %d, want %d", c.entry.caret, want)
	}
}

func TestMarkedTextIsReplacedCutAndPasted(t *testing.T) {
	c, _ := newTestComposer(t, ComposerActions{})
	f := c.entry
	c.SetText("one two")
	for range 3 {
		press(c, fyne.KeyLeft, fyne.KeyModifierShift)
	}
	if f.selected() != "two" {
		t.Fatalf("marked %q", f.selected())
	}
	f.TypedShortcut(&fyne.ShortcutCut{})
	if c.Text() != "one " || fyne.CurrentApp().Clipboard().Content() != "two" {
		t.Errorf("after cutting %q", c.Text())
	}
	f.TypedShortcut(&fyne.ShortcutPaste{Clipboard: fyne.CurrentApp().Clipboard()})
	f.TypedShortcut(&fyne.ShortcutSelectAll{})
	test.Type(f, "三")
	if c.Text() != "三" {
		t.Errorf("typing over the marked text gives %q", c.Text())
	}
}

func TestUndoGoesBackByWordsAndRedoForward(t *testing.T) {
	c, _ := newTestComposer(t, ComposerActions{})
	press(c, fyne.KeyEnd, 0)
	test.Type(c.entry, "one two")
	c.entry.TypedShortcut(&fyne.ShortcutUndo{})
	if c.Text() != "one " {
		t.Errorf("undone once: %q", c.Text())
	}
	c.entry.TypedShortcut(&fyne.ShortcutUndo{})
	c.entry.TypedShortcut(&fyne.ShortcutUndo{})
	c.entry.TypedShortcut(&fyne.ShortcutUndo{})
	if c.Text() != "" {
		t.Errorf("undone to the start: %q", c.Text())
	}
	for range 5 {
		c.entry.TypedShortcut(&fyne.ShortcutRedo{})
	}
	if c.Text() != "one two" {
		t.Errorf("done again: %q", c.Text())
	}
}

func TestClickPutsTheCaretAndASecondOneMarksTheWord(t *testing.T) {
	c, _ := newTestComposer(t, ComposerActions{})
	c.SetText("你好 world")
	x := fieldPadX + messageStyle.width("你好") + messageStyle.width(" ") + 3
	c.entry.MouseDown(mouse(x, 19))
	if c.entry.caret != len("你好 ") {
		t.Errorf("the caret is at %d", c.entry.caret)
	}
	c.entry.MouseDown(mouse(x, 19))
	if c.entry.selected() != "world" {
		t.Errorf("marked %q", c.entry.selected())
	}
	c.entry.MouseDown(mouse(x, 500))
	c.entry.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(-50, -50)}})
	if c.entry.selected() != "你好 " {
		t.Errorf("dragged over %q", c.entry.selected())
	}
}

func TestPastedControlCharactersAreHarmless(t *testing.T) {
	c, _ := newTestComposer(t, ComposerActions{})
	c.Insert("a\u202eb\r\nc")
	if c.Text() != "ab\nc" {
		t.Errorf("the text is %q", c.Text())
	}
}

func FuzzFieldKeepsCaretOnClusters(f *testing.F) {
	f.Add("a👩‍💻b\nשלום 你好", []byte{0, 1, 2, 3, 4, 5, 6, 7})
	keys := []fyne.KeyName{fyne.KeyLeft, fyne.KeyRight, fyne.KeyUp, fyne.KeyDown, fyne.KeyHome, fyne.KeyEnd, fyne.KeyBackspace, fyne.KeyDelete}
	test.NewTempApp(f).Settings().SetTheme(skin.NewTheme(skin.AlwaysLight, true))
	f.Fuzz(func(t *testing.T, text string, presses []byte) {
		c := NewComposer(ComposerActions{}, ComposerLabels{})
		c.Resize(fyne.NewSize(300, 100))
		c.entry.mods = func() fyne.KeyModifier { return 0 }
		c.SetText(text)
		c.entry.Resize(fyne.NewSize(200, 60))
		for _, p := range presses {
			c.entry.TypedKey(&fyne.KeyEvent{Name: keys[int(p)%len(keys)]})
			c.entry.layFor(200)
			if c.entry.caret < 0 || c.entry.caret > len(c.Text()) {
				t.Fatalf("caret %d of %d", c.entry.caret, len(c.Text()))
			}
		}
	})
}
