package app_test

import (
	"image/color"
	"testing"

	"fyne.io/fyne/v2"

	"dovekie/app/settings"
	"dovekie/widgets"
	"dovekie/widgets/skin"
)

func TestTintIsInForceAtOnceAndKept(t *testing.T) {
	t.Cleanup(func() { skin.UseTint(skin.Sea) })
	b := signedIn(t, "en")
	b.open(nora)
	b.tapRow("panel.settings")
	if b.text("sheet.tint") != "sea: Sea" {
		t.Fatalf("%v", b.texts())
	}
	swatches := b.app.Facts()["sheet.tint"].Object.(*widgets.Swatches)
	swatches.Tapped(&fyne.PointEvent{Position: swatches.Place(3)})
	b.drain()
	rose := skin.Rose.Color(false)
	if b.text("sheet.tint") != "rose: Rose" || skin.Of(skin.Accent, false) != rose || b.app.Settings().Tint != "rose" {
		t.Errorf("%v", b.texts())
	}
	b.key(fyne.KeyRight) // the row has the keyboard still, in the sheet made anew
	if b.text("sheet.tint") != "moss: Moss" {
		t.Errorf("%v", b.texts())
	}
	b.key(fyne.KeyEscape)
	if b.text("sheet") != "" || b.text("chat") != nora.String() {
		t.Errorf("%v", b.texts())
	}
	if shown := b.app.Window().Canvas().Capture(); !has(shown.At, shown.Bounds().Dx(), shown.Bounds().Dy(), skin.Moss.Color(false)) {
		t.Error("nothing in the window has the colour")
	}
}

func has(at func(x, y int) color.Color, width, height int, c color.NRGBA) bool {
	for y := range height {
		for x := range width {
			if color.NRGBAModel.Convert(at(x, y)) == c {
				return true
			}
		}
	}
	return false
}

func TestSettingsStayOpenWhenTheThemeChanges(t *testing.T) {
	b := signedIn(t, "en")
	b.tapRow("panel.settings")
	b.chooseFrom(settings.ThemeFollow, settings.ThemeDark)
	if b.text("sheet") != "Settings" || b.app.Settings().Theme != settings.ThemeDark {
		t.Errorf("%v", b.texts())
	}
}
