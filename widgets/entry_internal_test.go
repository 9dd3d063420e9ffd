package widgets

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"
)

// The test driver's canvas takes no shortcuts, so this test stands inside the package.
func TestOnlyShortcutsOfOursReachTheWindow(t *testing.T) {
	test.NewTempApp(t)
	c := software.NewCanvas()
	closed, pasted := 0, 0
	ctrlW := &desktop.CustomShortcut{KeyName: fyne.KeyW, Modifier: fyne.KeyModifierControl}
	c.AddShortcut(ctrlW, func(fyne.Shortcut) { closed++ })
	c.AddShortcut(&fyne.ShortcutPaste{}, func(fyne.Shortcut) { pasted++ })
	passShortcut(c, ctrlW)
	passShortcut(c, &fyne.ShortcutPaste{})
	passShortcut(nil, ctrlW)
	if closed != 1 || pasted != 0 {
		t.Errorf("closed %d, pasted %d", closed, pasted)
	}
}
