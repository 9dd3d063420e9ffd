package widgets

import (
	"image/color"
	"testing"

	"fyne.io/fyne/v2/test"

	"dovekie/widgets/skin"
)

func TestBoldChineseWithoutABoldFaceIsDrawnTwice(t *testing.T) {
	for _, c := range []struct {
		name   string
		ownHan bool
		text   string
		bold   bool
		want   int
	}{
		{"bold Chinese in the embedded font", true, "好友", true, 2},
		{"bold Latin", true, "Friends", true, 1},
		{"plain Chinese", true, "好友", false, 1},
		{"bold Chinese in a font of the system", false, "好友", true, 1},
	} {
		test.NewTempApp(t).Settings().SetTheme(skin.NewTheme(skin.AlwaysLight, c.ownHan))
		text := lineText(c.text, 14, color.Black, c.bold)
		placeLine(text, 10, 10)
		got := strong(text)
		if len(got) != c.want {
			t.Errorf("%s: drawn %d times", c.name, len(got))
		}
		if last := got[len(got)-1]; last.Position() != text.Position() || last.Size() != text.Size() {
			t.Errorf("%s: the second one lies elsewhere", c.name)
		}
	}
}
