package widgets

import (
	"image/color"
	"testing"
)

func TestEdgeLiesOnWholePixels(t *testing.T) {
	fill, edge := color.NRGBA{10, 20, 30, 255}, color.NRGBA{200, 100, 50, 255}
	for _, line := range []int{1, 2} {
		img := drawEdged(60, 40, fill, edge, line, 10)
		for n := range 4 {
			want := fill
			if n < line {
				want = edge
			}
			for _, c := range []color.Color{img.At(n, 20), img.At(59-n, 20), img.At(30, n), img.At(30, 39-n)} {
				if c != want {
					t.Errorf("edge of %d: pixel %d is %v, want %v", line, n, c, want)
				}
			}
		}
		if _, _, _, a := img.At(0, 0).RGBA(); a != 0 {
			t.Errorf("the corner is not empty: %d", a)
		}
	}
}

func TestGroundWithoutAnEdgeIsAllFill(t *testing.T) {
	fill := color.NRGBA{10, 20, 30, 255}
	img := drawEdged(60, 40, fill, color.NRGBA{}, 0, 10)
	for _, c := range []color.Color{img.At(0, 20), img.At(30, 0), img.At(30, 20), img.At(59, 20)} {
		if c != fill {
			t.Errorf("pixel is %v", c)
		}
	}
}
