package connection

import (
	"math"

	"fyne.io/fyne/v2"

	"dovekie/widgets"
	"dovekie/widgets/skin"
)

// The measures of the console.
const (
	barHeight     = 56
	listShare     = 0.48 // of the width, beside the detail
	besideFrom    = 560  // narrower than this, the detail stands below the list
	detailHead    = 36
	sendSide      = 112
	sendHeight    = 132
	sendTop       = 12
	sendBottom    = 10
	countWide     = 112 // the count where it stands beside the filter
	lowFrom       = 480 // lower than this, the console saves room
	consoleMargin = skin.SearchSide
	leastMiddle   = 120
)

// flowLayout sets objects side by side and goes on in another line where they do not fit.
type flowLayout struct {
	gap   float32
	width float32 // that the height was worked out for
}

// Layout is called by Fyne.
func (l *flowLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	l.width = size.Width
	l.each(objects, size.Width, func(o fyne.CanvasObject, x, y float32) {
		o.Move(fyne.NewPos(x, y))
		o.Resize(fyne.NewSize(min(o.MinSize().Width, size.Width), o.MinSize().Height))
	})
}

// each gives the place of every object and the height of all.
func (l *flowLayout) each(objects []fyne.CanvasObject, width float32, f func(o fyne.CanvasObject, x, y float32)) float32 {
	x, y, row := float32(0), float32(0), float32(0)
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		m := o.MinSize()
		if x > 0 && x+m.Width > width {
			x, y = 0, y+row+l.gap
			row = 0
		}
		f(o, x, y)
		x += m.Width + l.gap
		row = max(row, m.Height)
	}
	return y + row
}

// MinSize is called by Fyne.
func (l *flowLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(120, l.each(objects, l.width, func(fyne.CanvasObject, float32, float32) {}))
}

// barLayout gives the filter what the buttons at the right leave.
type barLayout struct{}

// Layout is called by Fyne.
func (barLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	x := size.Width - consoleMargin + 6
	for i := len(o) - 1; i > 0; i-- {
		x -= skin.HitArea
		o[i].Move(fyne.NewPos(x, skin.SearchTop+2))
		o[i].Resize(fyne.NewSquareSize(skin.HitArea))
		x -= 4
	}
	o[0].Resize(fyne.NewSize(x+consoleMargin-4, size.Height))
}

// MinSize is called by Fyne.
func (barLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(240, barHeight) }

// detailLayout puts the title, what belongs to it and the text below each other.
type detailLayout struct{}

// Layout is called by Fyne.
func (detailLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	title, pair, button, code := o[0], o[1], o[2], o[3]
	x := size.Width - skin.HitArea - 8
	button.Move(fyne.NewPos(x, 4))
	button.Resize(fyne.NewSquareSize(skin.HitArea))
	if pair.Visible() {
		m := pair.MinSize()
		x -= m.Width + 8
		pair.Move(fyne.NewPos(x, (detailHead-m.Height)/2+2))
		pair.Resize(m)
	}
	title.Move(fyne.NewPos(14, 11))
	title.Resize(fyne.NewSize(max(x-14-8, 60), 18))
	top := max(detailHead, 11+title.MinSize().Height+6)
	code.Move(fyne.NewPos(0, top+4))
	code.Resize(fyne.NewSize(size.Width, max(size.Height-top-8, 0)))
}

// MinSize is called by Fyne.
func (detailLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(200, 120) }

// sendLayout puts the field and the two buttons beside it.
type sendLayout struct{ field *widgets.CodeField }

// Layout is called by Fyne.
func (l sendLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	rule, preset, send := o[0], o[2], o[3]
	rule.Resize(fyne.NewSize(size.Width, skin.EdgeWidth))
	low := size.Height < sendHeight
	side := max(sendSide, preset.MinSize().Width, send.MinSize().Width)
	x := size.Width - consoleMargin - side
	top := float32(sendTop)
	below := fyne.NewPos(x, top+46)
	lines := sendLines
	if low {
		side = max(preset.MinSize().Width, send.MinSize().Width)
		x = size.Width - consoleMargin - 2*side - 8
		top = size.Height - sendBottom - skin.ComposerField + 1 // they stay where they are while the field grows
		below = fyne.NewPos(x+side+8, top)
		lines = fewLines(l.field)
	}
	l.field.SetLines(lines)
	l.field.Move(fyne.NewPos(consoleMargin, sendTop))
	l.field.Resize(fyne.NewSize(x-12-consoleMargin, l.field.MinSize().Height))
	preset.Move(fyne.NewPos(x, top))
	preset.Resize(fyne.NewSize(side, 36))
	send.Move(below)
	send.Resize(fyne.NewSize(side, 36))
}

// fewLines is how many lines the field has where there is little room.
func fewLines(f *widgets.CodeField) int {
	if f.Used() {
		return sendLines - 1
	}
	return 1
}

// MinSize is called by Fyne.
func (sendLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(320, sendHeight) }

// consoleLayout puts filters above, sending below, and list and detail between them:
// side by side where there is room.
type consoleLayout struct {
	field  *widgets.CodeField
	footed float32 // the height of what is below list and detail
}

// foot is the height of what is below list and detail.
func (l *consoleLayout) foot(size fyne.Size) float32 {
	if size.Height >= lowFrom {
		return sendHeight
	}
	return sendTop + l.field.HeightOf(fewLines(l.field)) + sendBottom
}

// Layout is called by Fyne.
func (l *consoleLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	bar, chips, count, keep, rule, list, detail, send := o[0], o[1], o[2], o[3], o[4], o[5], o[6], o[7]
	y := float32(barHeight)
	width := size.Width - 2*consoleMargin
	chips.Move(fyne.NewPos(consoleMargin, y))
	chips.Resize(fyne.NewSize(width, chips.Size().Height))
	high := chips.MinSize().Height
	chips.Resize(fyne.NewSize(width, high))
	y += high + 6
	m := keep.MinSize()
	end := size.Width - consoleMargin - m.Width
	keep.Resize(m)
	if size.Height < lowFrom && size.Width >= besideFrom { // beside the filter
		keep.Move(fyne.NewPos(end, skin.SearchTop+4))
		count.Move(fyne.NewPos(end-8-countWide, skin.SearchTop+9))
		count.Resize(fyne.NewSize(countWide, 18))
		bar.Resize(fyne.NewSize(end-countWide+consoleMargin-24, barHeight))
	} else {
		bar.Resize(fyne.NewSize(size.Width, barHeight))
		count.Move(fyne.NewPos(consoleMargin, y+5))
		count.Resize(fyne.NewSize(max(width-m.Width-8, 60), 18))
		keep.Move(fyne.NewPos(end, y))
		y += m.Height + 8
	}
	rule.Move(fyne.NewPos(0, y))
	rule.Resize(fyne.NewSize(size.Width, skin.EdgeWidth))
	y++
	foot := l.foot(size)
	l.footed = foot
	bottom := size.Height - foot
	send.Move(fyne.NewPos(0, bottom))
	send.Resize(fyne.NewSize(size.Width, foot))
	middle := max(bottom-y, 0)
	list.Move(fyne.NewPos(0, y))
	if size.Width >= besideFrom {
		left := float32(math.Round(float64(size.Width) * listShare))
		list.Resize(fyne.NewSize(left, middle))
		detail.Move(fyne.NewPos(left, y))
		detail.Resize(fyne.NewSize(size.Width-left, middle))
		return
	}
	half := float32(math.Round(float64(middle) * 0.5))
	list.Resize(fyne.NewSize(size.Width, half))
	detail.Move(fyne.NewPos(0, y+half))
	detail.Resize(fyne.NewSize(size.Width, middle-half))
}

// MinSize is called by Fyne.
func (*consoleLayout) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(320, barHeight+28+42+leastMiddle+sendTop+skin.ComposerField+sendBottom)
}
