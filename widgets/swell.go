package widgets

import (
	"fmt"
	"image/color"
	"math"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// swellRise is how far the crests of the swell stand above its middle line.
const swellRise = 4

// swellObject is water of one colour with a low swell as its upper edge: crests at the
// top of the object, waves about a hundred long, filled down to its lower edge.
func swellObject(width, height float32, c color.Color) *canvas.Raster {
	width, height = max(width, 1), max(height, 2*swellRise)
	r, g, b, _ := c.RGBA()
	key := fmt.Sprintf("swell-%gx%g-%02x%02x%02x", width, height, r>>8, g>>8, b>>8)
	return svgObject(key, fyne.NewSize(width, height), func() []byte {
		return []byte(swellSVG(width, height, c))
	})
}

func swellSVG(width, height float32, c color.Color) string {
	r, g, b, _ := c.RGBA()
	waves := math.Max(1, math.Round(float64(width)/100))
	half := float64(width) / waves / 2
	// A cubic with its handles at 0.364 of the half wave follows a sine closely.
	handle := half * 0.364
	var path strings.Builder
	fmt.Fprintf(&path, "M0 %d", 2*swellRise)
	low := true
	for n := range int(2 * waves) {
		from, to := 2*swellRise, 0
		if !low {
			from, to = to, from
		}
		x := float64(n) * half
		fmt.Fprintf(&path, "C%.2f %d %.2f %d %.2f %d", x+handle, from, x+half-handle, to, x+half, to)
		low = !low
	}
	fmt.Fprintf(&path, "V%gH0Z", height)
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="%g" height="%g" viewBox="0 0 %g %g"><path fill="#%02X%02X%02X" d="%s"/></svg>`,
		width, height, width, height, r>>8, g>>8, b>>8, path.String())
}
