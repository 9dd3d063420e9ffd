package login_test

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"dovekie/app/login"
	"dovekie/app/tr"
	"dovekie/widgets/skin"
)

// stranger has not signed in here yet.
type stranger struct{ login.Actions }

func (stranger) Known() []login.Known { return nil }

func TestLastRowKeepsItsDistanceInAWindowThatNeedNotGrow(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(skin.NewTheme(skin.AlwaysLight, true))
	defer tr.Use(tr.English)
	for _, lang := range []string{tr.English, tr.Chinese} {
		tr.Use(lang)
		v := login.New(stranger{})
		test.NewTempWindow(t, v.Content()).Resize(fyne.NewSize(skin.LoginWidth, skin.LoginHeight))
		if need := skin.LoginBanner + v.Column().MinSize().Height; need > skin.LoginHeight {
			t.Errorf("%s: the panel needs %v and its window has %v", lang, need, skin.LoginHeight)
		}
		lowest := float32(0)
		for _, o := range v.Column().Objects {
			if o.Visible() {
				at := fyne.CurrentApp().Driver().AbsolutePositionForObject(o)
				lowest = max(lowest, at.Y+o.Size().Height)
			}
		}
		if room := skin.LoginHeight - lowest; room < 20 {
			t.Errorf("%s: the last row ends %v above the lower edge", lang, room)
		}
	}
}
