package app_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"dovekie/widgets"
)

func TestF1TellsTheKeysFromAnywhere(t *testing.T) {
	b := signedIn(t, "zh")
	b.open(nora)
	for _, from := range []string{"composer", "search", "nowhere"} {
		if from == "nowhere" {
			b.app.Window().Canvas().Unfocus()
		} else {
			b.focus(from)
		}
		b.key(fyne.KeyF1)
		if b.text("sheet") != "快捷键" || b.text("sheet.F2") != "修改备注名" {
			t.Fatalf("from %s: %v", from, b.texts())
		}
		b.key(fyne.KeyF1) // once is enough
		if n := len(b.app.Window().Canvas().Overlays().List()); n != 1 {
			t.Errorf("from %s: %d lists", from, n)
		}
		b.key(fyne.KeyEscape)
		if b.text("sheet") != "" {
			t.Fatalf("from %s: the list stays", from)
		}
	}
	b.tapRow("panel.menu")
	b.tapRow("menu.keys")
	if b.text("sheet") != "快捷键" {
		t.Errorf("from the menu: %v", b.texts())
	}
}

func TestF2RenamesWhoIsChosen(t *testing.T) {
	b := signedIn(t, "en")
	b.app.Window().Canvas().Unfocus()
	b.key(fyne.KeyF2)
	if b.text("sheet") != "" {
		t.Error("nobody was chosen")
	}
	b.open(nora)
	b.focus("composer")
	b.key(fyne.KeyF2)
	if !strings.HasPrefix(b.text("sheet"), "Rename ") {
		t.Fatalf("%v", b.texts())
	}
	b.key(fyne.KeyEscape)
	b.openPage()
	b.app.Window().Canvas().Unfocus()
	b.key(fyne.KeyF2)
	if b.text("sheet") != "" {
		t.Error("the chat behind the connection page is renamed")
	}
}

func TestTypingInTheListSearches(t *testing.T) {
	b := signedIn(t, "en")
	var list fyne.Focusable
	for range 12 {
		b.app.Window().Canvas().FocusNext()
		if f, ok := b.app.Window().Canvas().Focused().(*widgets.FlatList); ok {
			list = f
			break
		}
	}
	if list == nil {
		t.Fatal("Tab does not reach the list")
	}
	b.typeText("n")
	b.typeText("or") // by now into the field
	if b.text("search") != "nor" {
		t.Errorf("the search says %q", b.text("search"))
	}
	b.until("what was found", func() bool {
		texts := b.texts()
		return texts["row.c:/"+nora.String()] != "" && texts["row.c:/"+tom.String()] == ""
	})
}

func TestCtrlEnterSendsWhenThatWasChosen(t *testing.T) {
	b := signedIn(t, "en")
	b.open(nora)
	b.tapRow("panel.settings")
	b.chooseFrom("enter", "ctrl")
	b.key(fyne.KeyEscape)
	if !b.app.Settings().CtrlEnter {
		t.Fatal("the choice is not kept")
	}
	b.focus("composer")
	b.typeText("first")
	b.key(fyne.KeyReturn)
	b.typeText("second")
	field := b.app.Window().Canvas().Focused().(fyne.Shortcutable)
	field.TypedShortcut(&desktop.CustomShortcut{KeyName: fyne.KeyReturn, Modifier: fyne.KeyModifierControl | fyne.KeyModifierShift})
	b.typeText("third")
	field.TypedShortcut(&desktop.CustomShortcut{KeyName: fyne.KeyReturn, Modifier: fyne.KeyModifierControl})
	b.command(`send nora@example.org "first\nsecond\nthird"`)
	b.key(fyne.KeyF1)
	if b.text("sheet.Ctrl+Enter") != "Send the message" || b.text("sheet.Enter") != "Begin a new line" {
		t.Errorf("the list of keys says %v", b.texts())
	}
}

func TestFieldClickedRightAfterAContactKeepsTheKeyboard(t *testing.T) {
	b := signedIn(t, "en")
	r := b.app.Facts()["row.c:Friends/"+nora.String()].Rect
	test.TapCanvas(b.app.Window().Canvas(), fyne.NewPos(float32(r[0]+r[2]/2), float32(r[1]+r[3]/2)))
	time.Sleep(20 * time.Millisecond) // the window is busy: what is left of the click waits
	b.focus("search")
	b.drain()
	b.typeText("tom")
	if b.text("search") != "tom" || b.text("composer") != "" || b.text("chat") != nora.String() {
		t.Errorf("the search has %q, the composer %q, of %q", b.text("search"), b.text("composer"), b.text("chat"))
	}
}

// chooseFrom opens the choice of the sheet that has this chosen, and takes another.
func (b *bench) chooseFrom(chosen, key string) {
	b.t.Helper()
	var open func(o fyne.CanvasObject) bool
	open = func(o fyne.CanvasObject) bool {
		switch o := o.(type) {
		case *fyne.Container:
			return slices.ContainsFunc(o.Objects, open)
		case *widgets.Choice:
			if o.Chosen() == chosen {
				test.Tap(o)
				return true
			}
		}
		return false
	}
	if !slices.ContainsFunc(b.app.Window().Canvas().Overlays().Top().(*widgets.Sheet).Fields(), open) {
		b.t.Fatalf("no choice says %q", chosen)
	}
	b.tapRow("menu." + key)
}
