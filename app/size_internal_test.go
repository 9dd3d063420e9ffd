package app

import (
	"testing"

	"fyne.io/fyne/v2"
)

func TestTheWindowIsNotLargerThanTheDisplay(t *testing.T) {
	want := fyne.NewSize(1120, 840)
	for _, c := range []struct {
		name    string
		display fyne.Size
		scale   float32
		fits    fyne.Size
	}{
		{"large enough", fyne.NewSize(1920, 1040), 1, want},
		{"a small laptop", fyne.NewSize(1366, 728), 1, fyne.NewSize(1120, 728-titleBar)},
		{"twice the pixels", fyne.NewSize(1440, 1000), 2, fyne.NewSize(720, 500-titleBar)},
		{"not known", fyne.Size{}, 1, want},
	} {
		if got := within(want, c.display, c.scale); got != c.fits {
			t.Errorf("%s: %v, want %v", c.name, got, c.fits)
		}
	}
}

func TestOnlyAChosenSizeIsRemembered(t *testing.T) {
	for _, c := range []struct {
		name                  string
		old, given, now, want float32
	}{
		{"untouched", 840, 840, 840, 840},
		{"cut by the display", 840, 680, 680, 840},
		{"cut, and rounded to pixels", 840, 680, 679.5, 840},
		{"made smaller", 840, 840, 600, 600},
		{"made larger after a cut", 840, 680, 700, 700},
	} {
		if got := chosen(c.old, c.given, c.now); got != c.want {
			t.Errorf("%s: %g, want %g", c.name, got, c.want)
		}
	}
}
