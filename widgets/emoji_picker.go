package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"dovekie/assets"
	"dovekie/widgets/skin"
)

// emojiPicker is an overlay over the whole window with the panel that emoji are picked
// from: a tap outside, Escape or a choice takes it away.
type emojiPicker struct {
	plain

	grid    *emojiGrid
	entry   *entry
	at      fyne.Position // upper left corner of the button that opened it
	focused bool
	canvas  fyne.Canvas
	after   func() // once it is gone
}

// showEmojiPicker opens the picker above the object. onPick gets what was chosen, and
// after is called whenever the picker is gone.
func showEmojiPicker(above fyne.CanvasObject, labels EmojiLabels, recent []string, onPick func(string), after func()) {
	d := fyne.CurrentApp().Driver()
	c := d.CanvasForObject(above)
	if c == nil {
		return
	}
	p := &emojiPicker{entry: newEntry(labels.Search, false), at: d.AbsolutePositionForObject(above), canvas: c, after: after}
	p.grid = newEmojiGrid(labels, recent, func(emoji string) {
		p.Cancel()
		onPick(emoji)
	})
	p.entry.OnChanged = p.grid.search
	p.entry.OnSubmitted = func(string) { p.grid.pickMarked() }
	p.entry.onKey = p.key
	p.entry.onFocus = func(on bool) {
		p.focused = on
		p.Refresh()
	}
	p.ExtendBaseWidget(p)
	c.Overlays().Add(p)
	p.Resize(c.Size())
	p.grid.fill()
	c.Focus(p.entry)
}

// Cancel takes the picker away.
func (p *emojiPicker) Cancel() {
	p.canvas.Overlays().Remove(p)
	if p.after != nil {
		p.after()
	}
}

func (p *emojiPicker) key(e *fyne.KeyEvent) bool {
	switch e.Name {
	case fyne.KeyDown:
		p.grid.step(1, 0)
	case fyne.KeyUp:
		p.grid.step(-1, 0)
	case fyne.KeyRight, fyne.KeyLeft:
		if p.entry.Text != "" && p.grid.row < 0 {
			return false
		}
		by := 1
		if e.Name == fyne.KeyLeft {
			by = -1
		}
		p.grid.step(0, by)
	case fyne.KeyEscape:
		p.Cancel()
	default:
		return false
	}
	return true
}

// Tapped outside the panel closes.
func (p *emojiPicker) Tapped(e *fyne.PointEvent) {
	if pos, size := p.panel(p.Size()); !(rect{pos.X, pos.Y, size.Width, size.Height}).contains(e.Position.X, e.Position.Y) {
		p.Cancel()
	}
}

// TappedSecondary is Tapped.
func (p *emojiPicker) TappedSecondary(e *fyne.PointEvent) { p.Tapped(e) }

// panel is where the panel lies on the canvas.
func (p *emojiPicker) panel(window fyne.Size) (fyne.Position, fyne.Size) {
	size := fyne.NewSize(emojiColumns*emojiCell+2*emojiPad, emojiTop+emojiViewRows*emojiCell+emojiPad)
	size.Height = min(size.Height, window.Height-2*menuMargin)
	x := max(min(p.at.X, window.Width-size.Width-menuMargin), menuMargin)
	y := max(p.at.Y-size.Height-4, menuMargin)
	return fyne.NewPos(whole(x), whole(y)), size
}

// CreateRenderer is called by Fyne.
func (p *emojiPicker) CreateRenderer() fyne.WidgetRenderer {
	return newDrawn(p, p.draw, func() fyne.Size { return fyne.NewSize(1, 1) })
}

func (p *emojiPicker) draw(size fyne.Size) []fyne.CanvasObject {
	dark := skin.Dark()
	pos, panel := p.panel(size)
	ground := rounded(skin.Of(skin.Panel, dark), skin.RadiusField)
	ground.StrokeColor, ground.StrokeWidth = skin.Of(skin.Divider, dark), skin.EdgeWidth
	place(ground, pos.X, pos.Y, panel.Width, panel.Height)
	width := panel.Width - 2*emojiPad
	field := fieldGround(fyne.NewSize(width, skin.SearchHeight), p.focused, false, dark)
	field.Move(pos.AddXY(emojiPad, emojiPad))
	lens := IconObject(assets.IconSearch, skin.IconSearch, skin.Of(skin.Secondary, dark))
	lens.Move(pos.AddXY(emojiPad+10, emojiPad+9))
	h := p.entry.MinSize().Height
	place(p.entry, pos.X+emojiPad+30, pos.Y+emojiPad+whole((skin.SearchHeight-h)/2), width-34, h)
	place(p.grid, pos.X+emojiPad, pos.Y+emojiTop, width, panel.Height-emojiTop-emojiPad)
	shade := canvas.NewRectangle(color.Transparent)
	shade.Resize(size)
	return []fyne.CanvasObject{shade, ground, field, lens, p.entry, p.grid}
}
