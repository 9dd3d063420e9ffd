package widgets

import (
	"image"
	"image/color"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"dovekie/widgets/skin"
)

// BarChartSpec is what a chart shows: two series of the same length, one above the line
// and one below it, on one scale.
type BarChartSpec struct {
	Up, Down         []float64
	UpName, DownName string
	Most             string // what the highest bar stands for
	From, To         string // the ends of the time shown
}

// BarChart draws two series of bars. It never moves by itself: SetSpec draws it anew.
type BarChart struct {
	plain

	spec BarChartSpec
}

// The measures of a chart.
const (
	chartHeight = 196
	chartTop    = 30 // the legend
	chartFoot   = 22
	chartScale  = 76 // the words at the right
	chartSquare = 10
	barLeast    = 2 // of a second with little: no hair line
)

// NewBarChart makes an empty chart.
func NewBarChart() *BarChart {
	c := &BarChart{}
	c.ExtendBaseWidget(c)
	return c
}

// SetSpec shows other values.
func (c *BarChart) SetSpec(s BarChartSpec) {
	c.spec = s
	c.Refresh()
}

// CreateRenderer is called by Fyne.
func (c *BarChart) CreateRenderer() fyne.WidgetRenderer {
	return newDrawn(c, c.draw, func() fyne.Size { return fyne.NewSize(200, chartHeight) })
}

func (c *BarChart) draw(size fyne.Size) []fyne.CanvasObject {
	dark := skin.Dark()
	up, down, quiet := skin.Of(skin.Accent, dark), skin.Of(skin.Secondary, dark), skin.Of(skin.Secondary, dark)
	objects := c.legend(up, down, dark)
	top, bottom := float32(chartTop), size.Height-chartFoot
	width := size.Width - chartScale
	middle := whole((top + bottom) / 2)
	for _, y := range []float32{top, middle, bottom} {
		line := canvas.NewRectangle(skin.Of(skin.Divider, dark))
		place(line, 0, y, width, 1)
		objects = append(objects, line)
	}
	spec := c.spec
	bars := canvas.NewRaster(func(w, h int) image.Image { return drawBars(w, h, spec, up, down) })
	place(bars, 0, top, width, bottom-top)
	objects = append(objects, bars)
	for _, y := range []float32{top, bottom} {
		most := lineText(spec.Most, skin.TextStamp, quiet, false)
		placeLine(most, width+10, y)
		objects = append(objects, most)
	}
	from := lineText(spec.From, skin.TextStamp, quiet, false)
	placeLine(from, 0, bottom+chartFoot/2+2)
	to := lineText(spec.To, skin.TextStamp, quiet, false)
	placeLineEnd(to, width, bottom+chartFoot/2+2)
	return append(objects, from, to)
}

func (c *BarChart) legend(up, down color.NRGBA, dark bool) []fyne.CanvasObject {
	var objects []fyne.CanvasObject
	x := float32(0)
	for _, s := range []struct {
		name string
		c    color.NRGBA
	}{{c.spec.UpName, up}, {c.spec.DownName, down}} {
		square := rounded(s.c, 2)
		place(square, x, 4, chartSquare, chartSquare)
		name := lineText(s.name, skin.TextNote, skin.Of(skin.Ink, dark), false)
		placeLine(name, x+chartSquare+6, 9)
		objects = append(objects, square, name)
		x = name.Position().X + whole(name.Size().Width) + 20
	}
	return objects
}

// drawBars draws both series on whole pixels, the same gap between all bars.
func drawBars(w, h int, s BarChartSpec, up, down color.NRGBA) image.Image {
	img := image.NewNRGBA(image.Rect(0, 0, max(w, 1), max(h, 1)))
	most := 0.0
	for _, series := range [][]float64{s.Up, s.Down} {
		for _, v := range series {
			most = math.Max(most, v)
		}
	}
	if most <= 0 {
		return img
	}
	half := h / 2
	for n, series := range [][]float64{s.Up, s.Down} {
		ink := up
		if n == 1 {
			ink = down
		}
		for i, v := range series {
			if v <= 0 {
				continue
			}
			left, right := i*w/len(series), (i+1)*w/len(series)
			if right-left > 3 {
				right -= max((right-left)/5, 1)
			}
			high := max(int(math.Round(v/most*float64(half-1))), barLeast)
			from, to := half-high, half
			if n == 1 {
				from, to = half, half+high
			}
			for y := max(from, 0); y < min(to, h); y++ {
				for x := left; x < right; x++ {
					img.SetNRGBA(x, y, ink)
				}
			}
		}
	}
	return img
}
