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
