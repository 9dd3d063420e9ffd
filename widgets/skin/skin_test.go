package skin_test

import (
	"image/color"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"

	"dovekie/assets"
	"dovekie/widgets/skin"
)

func TestModeDecidesTheVariantWhateverTheSystemSays(t *testing.T) {
	app := test.NewTempApp(t)
	app.Settings().SetTheme(skin.NewTheme(skin.AlwaysDark, false))
	if !skin.Dark() {
		t.Error("AlwaysDark shows the light variant")
	}
	app.Settings().SetTheme(skin.NewTheme(skin.AlwaysLight, false))
	if skin.Dark() {
		t.Error("AlwaysLight shows the dark variant")
	}
	if got := skin.Color(skin.Panel); got != skin.Of(skin.Panel, false) {
		t.Errorf("Color(Panel) = %v in the light variant", got)
	}
}

func TestASystemThatSaysNothingIsLight(t *testing.T) {
	th := skin.NewTheme(skin.FollowSystem, true)
	for _, c := range []struct {
		name string
		th   *skin.Theme
		want bool
	}{
		{"a dark system", th, true},
		{"a silent system", th.WithoutScheme(), false},
		{"a silent system, chosen again", th.WithoutScheme().WithMode(skin.FollowSystem), false},
		{"a silent system, dark by hand", th.WithoutScheme().WithMode(skin.AlwaysDark), true},
	} {
		got := c.th.Color(theme.ColorNameBackground, theme.VariantDark) == skin.Of(skin.Panel, true)
		if got != c.want {
			t.Errorf("%s is dark: %v", c.name, got)
		}
	}
}

func TestOwnHanFontStandsFirstOnlyWhenAskedFor(t *testing.T) {
	bold := fyne.TextStyle{Bold: true}
	if got := skin.NewTheme(skin.FollowSystem, true).Font(bold).Name(); got != assets.HanFontName {
		t.Errorf("font with the embedded one asked for = %q", got)
	}
	if got := skin.NewTheme(skin.FollowSystem, false).Font(bold).Name(); got == assets.HanFontName {
		t.Error("the embedded font is used though the system has one")
	}
	kept := skin.NewTheme(skin.AlwaysDark, true).WithMode(skin.AlwaysLight)
	if got := kept.Font(fyne.TextStyle{}).Name(); got != assets.HanFontName {
		t.Errorf("switching the mode lost the font: %q", got)
	}
}

func TestEveryColourNameOfFyneHasAColour(t *testing.T) {
	th := skin.NewTheme(skin.FollowSystem, false)
	for _, name := range []fyne.ThemeColorName{
		theme.ColorNameBackground, theme.ColorNameForeground, theme.ColorNameInputBackground,
		theme.ColorNamePrimary, theme.ColorNameScrollBar, theme.ColorNameSelection, theme.ColorNameInnerWindowBorder,
	} {
		for _, v := range []fyne.ThemeVariant{theme.VariantLight, theme.VariantDark} {
			if th.Color(name, v) == nil {
				t.Errorf("%s has no colour in variant %d", name, v)
			}
		}
	}
}

func TestTintChangesWhatIsTintedAlone(t *testing.T) {
	defer skin.UseTint(skin.Sea)
	all := []skin.Role{skin.Accent, skin.Selected, skin.BubbleOut, skin.QuoteOut, skin.TrackOut, skin.HeaderSwell,
		skin.Panel, skin.Ink, skin.Available, skin.Busy, skin.Badge, skin.Error, skin.BubbleIn}
	for _, dark := range []bool{false, true} {
		sea := map[skin.Role]color.NRGBA{}
		for _, r := range all {
			sea[r] = skin.Of(r, dark)
		}
		for _, tint := range skin.Tints[1:] {
			skin.UseTint(tint)
			if skin.Of(skin.Accent, dark) != tint.Color(dark) {
				t.Errorf("%s: the accent is not what was offered", tint)
			}
			for n, r := range all {
				if changed := skin.Of(r, dark) != sea[r]; changed != (n < 6) {
					t.Errorf("%s, dark %v: role %d changed: %v", tint, dark, r, changed)
				}
			}
		}
		skin.UseTint("no such tint")
		for _, r := range all {
			if skin.Of(r, dark) != sea[r] {
				t.Errorf("an unknown tint is not the sea's: role %d", r)
			}
		}
	}
}
