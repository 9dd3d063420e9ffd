package widgets

import (
	"fyne.io/fyne/v2"

	"dovekie/assets"
	"dovekie/widgets/skin"
)

// StepKind says what became of a step.
type StepKind int

// The kinds of steps; each has a sign of its own.
const (
	StepKept     StepKind = iota // on this computer
	StepOpen                     // not yet, or never
	StepWaiting                  // to be sent
	StepUnderway                 // sent, and not confirmed
	StepServer                   // the server has it; this and the next two as a bubble shows them
	StepArrived
	StepRead
	StepFailed
	StepDoubt
)

// Step is one step of something on its way: a sign and words.
type Step struct {
	plain

	text string
	kind StepKind
}

// The measures of a step and of a detail.
const (
	stepHigh      = 24
	stepText      = 26
	detailCaption = 112 // width of the captions
	detailPad     = 7   // above and below the text
)

// NewStep makes a step.
func NewStep(text string, kind StepKind) *Step {
	s := &Step{text: text, kind: kind}
	s.ExtendBaseWidget(s)
	return s
}

// Text is what it says.
func (s *Step) Text() string { return s.text }

// CreateRenderer is called by Fyne.
func (s *Step) CreateRenderer() fyne.WidgetRenderer {
	return newDrawn(s, s.draw, func() fyne.Size { return fyne.NewSize(120, stepHigh) })
}

func (s *Step) draw(size fyne.Size) []fyne.CanvasObject {
	dark := skin.Dark()
	sign, words := skin.Accent, skin.Ink
	icon := assets.IconTick
	switch s.kind {
	case StepOpen:
		icon, sign, words = assets.IconRing, skin.Secondary, skin.Secondary
	case StepKept:
		icon = assets.IconDevice
	case StepWaiting:
		icon, sign = assets.IconClock, skin.Secondary
	case StepUnderway:
		icon, sign = assets.IconArrowUp, skin.Secondary
	case StepFailed:
		icon, sign, words = assets.IconAlert, skin.Error, skin.Error
	case StepDoubt:
		icon, sign = assets.IconQuestion, skin.Secondary
	case StepServer:
		sign = skin.Secondary
	case StepArrived:
		icon, sign = assets.IconTicks, skin.Secondary
	case StepRead:
		icon = assets.IconTicks
	}
	o := IconObject(icon, skin.IconSearch, skin.Of(sign, dark))
	o.Move(fyne.NewPos(0, (stepHigh-skin.IconSearch)/2))
	text := lineText(elide(s.text, skin.TextMinor, false, size.Width-stepText), skin.TextMinor, skin.Of(words, dark), false)
	placeLine(text, stepText, stepHigh/2)
	return []fyne.CanvasObject{o, text}
}

// Detail is something small to look up: a caption, a text that wraps, and where it can be
// copied a button for that.
type Detail struct {
	plain

	caption, text string
	button        *IconButton // nil where nothing is copied
}

// NewDetail makes a detail. The text may be somebody's; onCopy may be nil.
func NewDetail(caption, text string, onCopy func()) *Detail {
	d := &Detail{caption: caption, text: text}
	if onCopy != nil {
		d.button = NewIconButton(assets.IconCopy, onCopy)
		d.button.side = skin.IconRow
	}
	d.ExtendBaseWidget(d)
	return d
}

// Caption is what the text is.
func (d *Detail) Caption() string { return d.caption }

// Text is the text itself.
func (d *Detail) Text() string { return d.text }

// CopyButton copies the text, nil where nothing does.
func (d *Detail) CopyButton() fyne.CanvasObject {
	if d.button == nil {
		return nil
	}
	return d.button
}

// CreateRenderer is called by Fyne.
func (d *Detail) CreateRenderer() fyne.WidgetRenderer {
	return newDrawn(d, d.draw, func() fyne.Size {
		width := d.Size().Width
		if width <= 0 {
			width = sheetWidth - 2*sheetPad
		}
		return fyne.NewSize(200, max(d.lay(width).height()+2*detailPad, skin.HitArea))
	})
}

func (d *Detail) lay(width float32) *textLayout {
	room := width - detailCaption
	if d.button != nil {
		room -= skin.HitArea + 4
	}
	return layoutText(d.text, textStyle{size: skin.TextMinor, pitch: skin.PitchNote}, room, false)
}

func (d *Detail) draw(size fyne.Size) []fyne.CanvasObject {
	dark := skin.Dark()
	ink := skin.Of(skin.Ink, dark)
	caption := lineText(elide(d.caption, skin.TextNote, false, detailCaption-8), skin.TextNote, skin.Of(skin.Secondary, dark), false)
	placeLine(caption, 0, detailPad+skin.PitchNote/2)
	objects := d.lay(size.Width).paint([]fyne.CanvasObject{caption}, fyne.NewPos(detailCaption, detailPad), ink, ink)
	if d.button != nil {
		place(d.button, size.Width-skin.HitArea, 0, skin.HitArea, skin.HitArea)
		objects = append(objects, d.button)
	}
	return objects
}
