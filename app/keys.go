package app

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"dovekie/app/tr"
	"dovekie/widgets"
)

// addShortcuts makes the keys of the window work wherever the keyboard is.
func (a *App) addShortcuts() {
	c := a.win.Canvas()
	on := func(key fyne.KeyName, mod fyne.KeyModifier, fn func()) {
		c.AddShortcut(&desktop.CustomShortcut{KeyName: key, Modifier: mod}, func(fyne.Shortcut) {
			if a.screen == screenMain {
				a.ui("shortcut", fn)
			}
		})
	}
	on(fyne.KeyTab, fyne.KeyModifierControl, func() { a.nextTab(1) })
	on(fyne.KeyTab, fyne.KeyModifierControl|fyne.KeyModifierShift, func() { a.nextTab(-1) })
	on(fyne.KeyW, fyne.KeyModifierControl, func() { a.closeFront() })
	on(fyne.KeyF, fyne.KeyModifierControl, a.find)
	c.AddShortcut(&desktop.CustomShortcut{KeyName: fyne.KeyQ, Modifier: fyne.KeyModifierControl}, func(fyne.Shortcut) { a.quit() })
	c.SetOnTypedKey(a.typed)
}

// typed gets the keys that nothing with the keyboard had a use for.
func (a *App) typed(e *fyne.KeyEvent) {
	c := a.win.Canvas()
	switch {
	case e.Name == fyne.KeyF1 && c.Overlays().Top() == nil && a.screen == screenMain:
		a.ui("keys", a.showKeys)
	case e.Name == fyne.KeyF2 && c.Overlays().Top() == nil && a.screen == screenMain && !a.conn.open && !a.state.Front.Peer.IsZero():
		a.ui("rename", func() { a.rename(a.state.Front.Peer) })
	case e.Name == fyne.KeyEscape:
		// A click that puts the keyboard nowhere leaves an overlay without it.
		if top, ok := c.Overlays().Top().(interface{ Cancel() }); ok {
			a.ui("escape", top.Cancel)
		} else if a.screen == screenMain {
			a.ui("escape", a.escape)
		}
	}
}

// keySheet are the keys that F1 tells of, and the words for what they do.
var keySheet = [][2]string{
	{"Enter", "keys.send"},
	{"Shift+Enter", "keys.break"},
	{"Page Up", "keys.scroll"},
	{"Ctrl+F", "keys.search"},
	{"A\u2026Z", "keys.type"},
	{"\u2191 \u2193 Enter", "keys.open"},
	{"F2", "keys.rename"},
	{"Ctrl+Tab", "keys.next"},
	{"Ctrl+W", "keys.close"},
	{"Tab", "keys.tab"},
	{"F1", "keys.this"},
	{"Ctrl+Q", "keys.quit"},
}

// showKeys is the list of the keys.
func (a *App) showKeys() {
	var rows []fyne.CanvasObject
	for _, k := range keySheet {
		if a.settings.CtrlEnter && k[1] == "keys.send" {
			k[0] = "Ctrl+Enter"
		} else if a.settings.CtrlEnter && k[1] == "keys.break" {
			k[0] = "Enter"
		}
		rows = append(rows, widgets.NewDetail(k[0], tr.T(k[1]), nil))
	}
	a.sheet(widgets.SheetSpec{
		Title:   tr.T("keys.title"),
		Fields:  []fyne.CanvasObject{widgets.NewColumn(0, rows...)},
		Buttons: []widgets.SheetButton{{Text: tr.T("sheet.close"), Kind: widgets.PrimaryButton, Default: true}},
	})
}
