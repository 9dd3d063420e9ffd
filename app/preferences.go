package app

import (
	"cmp"
	"strconv"

	"fyne.io/fyne/v2"

	"dovekie/app/settings"
	"dovekie/app/state"
	"dovekie/app/tr"
	"dovekie/widgets"
	"dovekie/widgets/skin"
)

// showSettings opens the settings: what is chosen is in force at once.
func (a *App) showSettings() {
	choice := func(prefix, chosen string, keys []string, set func(string)) fyne.CanvasObject {
		var items []widgets.MenuItem
		for _, k := range keys {
			items = append(items, widgets.MenuItem{Key: k, Text: tr.T(prefix + k)})
		}
		return widgets.NewChoice(items, chosen, set)
	}
	caption := func(key string) fyne.CanvasObject {
		return widgets.NewWords(tr.T(key), skin.TextNote, skin.Secondary, false)
	}
	theme := choice("settings.theme.", cmp.Or(a.deps.Start.Theme, a.settings.Theme), []string{settings.ThemeFollow, settings.ThemeLight, settings.ThemeDark}, func(k string) {
		a.settings.Theme, a.deps.Start.Theme = k, ""
		a.restyleInSettings()
	})
	lang := choice("settings.lang.", cmp.Or(a.deps.Start.Lang, a.settings.Lang), []string{settings.LangFollow, "en", "zh"}, func(k string) {
		a.settings.Lang, a.deps.Start.Lang = k, ""
		a.restyleInSettings()
	})
	sends := "enter"
	if a.settings.CtrlEnter {
		sends = "ctrl"
	}
	send := choice("settings.send.", sends, []string{"enter", "ctrl"}, func(k string) {
		a.settings.CtrlEnter = k == "ctrl"
		a.save()
		a.views.chat.CtrlEnterChanged()
	})
	shake := widgets.NewCheckbox(tr.T("settings.shake"), !a.settings.NoShake, func(on bool) {
		a.settings.NoShake = !on
		a.save()
	})
	fields := []fyne.CanvasObject{caption("settings.theme"), theme, caption("settings.tint"), a.tints(), caption("settings.lang"), lang,
		caption("settings.text"), a.textSize(), caption("settings.restart"), caption("settings.send"), send, shake}
	a.sheet(widgets.SheetSpec{
		Title:   tr.T("settings.title"),
		Fields:  append(fields, a.privacyFields()...),
		Buttons: []widgets.SheetButton{{Text: tr.T("sheet.close"), Kind: widgets.PrimaryButton, Default: true}},
	})
}

// textSize offers the sizes of text; Fyne takes another one only when it starts.
func (a *App) textSize() fyne.CanvasObject {
	sizes := make([]widgets.MenuItem, 0, 5)
	for _, n := range []int{80, 100, 120, 140, 160} {
		sizes = append(sizes, widgets.MenuItem{Key: strconv.Itoa(n), Text: strconv.Itoa(n) + " %"})
	}
	return widgets.NewChoice(sizes, strconv.Itoa(a.settings.Text), func(k string) {
		if n, err := strconv.Atoi(k); err == nil {
			a.settings.Text = n
			a.save()
		}
	})
}

// tints offers the accents.
func (a *App) tints() *widgets.Swatches {
	names := make([]string, 0, len(skin.Tints))
	for _, t := range skin.Tints {
		names = append(names, tr.T("settings.tint."+string(t)))
	}
	return widgets.NewSwatches(skin.Tints, names, skin.Tint(a.settings.Tint).OrSea(), func(t skin.Tint) {
		a.settings.Tint = string(t)
		a.restyleInSettings()
		if sheet, ok := a.win.Canvas().Overlays().Top().(*widgets.Sheet); ok {
			for _, f := range sheet.Fields() {
				if again, ok := f.(*widgets.Swatches); ok {
					a.win.Canvas().Focus(again) // the arrows go on
				}
			}
		}
	})
}

// restyleInSettings is restyle with the settings still open.
func (a *App) restyleInSettings() {
	a.restyle()
	a.showSettings()
}

// restyle puts language and look into force: all views are made anew and filled.
func (a *App) restyle() {
	a.save()
	for o := a.win.Canvas().Overlays().Top(); o != nil; o = a.win.Canvas().Overlays().Top() {
		a.win.Canvas().Overlays().Remove(o)
	}
	a.views.chat.KeepDraft()
	tab := a.views.buddies.Chosen()
	a.useSettings()
	a.makeViews()
	a.views.buddies.Choose(tab)
	a.show(a.screen)
	if a.screen == screenLogin {
		a.fillLogin()
	}
	a.changed(state.Everything())
}
