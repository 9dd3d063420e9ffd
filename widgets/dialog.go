package widgets

import (
	"cmp"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"dovekie/widgets/skin"
)

// SheetButton is a button of a sheet.
type SheetButton struct {
	Text     string
	Kind     ButtonKind
	Default  bool // Enter presses it
	KeepOpen bool // the sheet stays; OnTapped hides it when it is content
	OnTapped func()
}

// SheetSpec says what a sheet holds.
type SheetSpec struct {
	Title    string
	Body     string              // may be empty
	Fields   []fyne.CanvasObject // below the body, one below the other
	Buttons  []SheetButton       // from left to right, at the right
	OnCancel func()              // Escape; may be nil
	Width    float32             // 0 for the usual one
}

// Sheet is a question or a form within the window, over a dimmed ground. Escape takes
// it away, Enter presses the default button. For the UI goroutine.
type Sheet struct {
	plain

	spec    SheetSpec
	buttons []*Button
	canvas  fyne.Canvas
	before  fyne.Focusable // what had the keyboard
	err     string
	shown   bool
	scroll  *container.Scroll // holds the fields where the window is too low for them
}

// The measures of a sheet.
const (
	sheetWidth  = 400
	sheetMargin = 16 // from the edges of the window
	sheetPad    = 24
	sheetTitle  = 24 // its line
	sheetGap    = 12
	sheetBody   = 20 // pitch of the body
	sheetFields = 80 // least height of the fields where they scroll
)

// ShowSheet opens a sheet on the canvas. The keyboard goes to the first field, or to
// the default button.
func ShowSheet(c fyne.Canvas, spec SheetSpec) *Sheet {
	s := &Sheet{spec: spec, canvas: c, before: c.Focused(), shown: true}
	s.makeButtons()
	for _, o := range spec.Fields {
		if f, ok := o.(*Field); ok && f.spec.OnSubmit == nil {
			f.spec.OnSubmit = s.Submit
			f.entry.OnSubmitted = func(string) { s.Submit() }
		}
	}
	s.ExtendBaseWidget(s)
	c.Overlays().Add(s)
	s.Resize(c.Size())
	s.focusFirst()
	return s
}

// Confirm asks one question with a button that does it and one that does not. With
// danger the keyboard is on the one that does not.
func Confirm(c fyne.Canvas, title, body, yes, no string, danger bool, onYes func()) *Sheet {
	kind := PrimaryButton
	if danger {
		kind = DangerButton
	}
	return ShowSheet(c, SheetSpec{
		Title: title, Body: body,
		Buttons: []SheetButton{
			{Text: no, Kind: QuietButton, Default: danger},
			{Text: yes, Kind: kind, Default: !danger, OnTapped: onYes},
		},
	})
}

func (s *Sheet) makeButtons() {
	s.buttons = nil
	for _, b := range s.spec.Buttons {
		s.buttons = append(s.buttons, NewButton(b.Text, b.Kind, func() { s.pressed(b) }))
	}
}

// Change shows other fields and buttons in a sheet that is open. A keyboard that was on a
// button goes to the one with the same words, or to the default one.
func (s *Sheet) Change(fields []fyne.CanvasObject, buttons []SheetButton) {
	had := ""
	for _, b := range s.buttons {
		if b.focused {
			had = b.text
		}
	}
	s.spec.Fields, s.spec.Buttons, s.scroll = fields, buttons, nil
	s.makeButtons()
	s.Refresh()
	if !s.shown || had == "" {
		return
	}
	s.focusFirst()
	for _, b := range s.buttons {
		if b.text == had {
			s.canvas.Focus(b)
		}
	}
}

func (s *Sheet) pressed(b SheetButton) {
	if !b.KeepOpen {
		s.Hide()
	}
	if b.OnTapped != nil {
		b.OnTapped()
	}
}

// Submit presses the default button, if it can be pressed.
func (s *Sheet) Submit() {
	for i, b := range s.spec.Buttons {
		if b.Default {
			s.buttons[i].press()
			return
		}
	}
}

// Cancel takes the sheet away and tells OnCancel.
func (s *Sheet) Cancel() {
	if !s.shown {
		return
	}
	s.Hide()
	if s.spec.OnCancel != nil {
		s.spec.OnCancel()
	}
}

// Hide takes the sheet away and gives the keyboard back.
func (s *Sheet) Hide() {
	if !s.shown {
		return
	}
	s.shown = false
	s.canvas.Overlays().Remove(s)
	if s.before != nil {
		s.canvas.Focus(s.before)
	}
}

// Shown reports whether the sheet is still there.
func (s *Sheet) Shown() bool { return s.shown }

// SetError shows what is wrong above the buttons; "" takes it away.
func (s *Sheet) SetError(text string) {
	s.err = text
	s.Refresh()
}

// Title is the sheet's heading.
func (s *Sheet) Title() string { return s.spec.Title }

// Body is the text below it.
func (s *Sheet) Body() string { return s.spec.Body }

// ErrorText is what stands above the buttons as wrong, "" for nothing.
func (s *Sheet) ErrorText() string { return s.err }

// Fields are what the sheet asks for, from above to below. They belong to the sheet.
func (s *Sheet) Fields() []fyne.CanvasObject { return s.spec.Fields }

// Buttons are the sheet's buttons, from left to right. They belong to the sheet.
func (s *Sheet) Buttons() []*Button { return s.buttons }

// Button is the n-th button, for disabling it.
func (s *Sheet) Button(n int) *Button { return s.buttons[n] }

// Tapped keeps taps from the window below and the keyboard in the sheet.
func (s *Sheet) Tapped(*fyne.PointEvent) {
	if s.canvas.Focused() == nil {
		s.focusFirst()
	}
}

// TappedSecondary keeps them too.
func (s *Sheet) TappedSecondary(*fyne.PointEvent) {}

func (s *Sheet) focusFirst() {
	for _, o := range s.spec.Fields {
		if f, ok := o.(*Field); ok {
			s.canvas.Focus(f.entry)
			return
		}
	}
	for i, b := range s.spec.Buttons {
		if b.Default {
			s.canvas.Focus(s.buttons[i])
			return
		}
	}
	if len(s.buttons) > 0 {
		s.canvas.Focus(s.buttons[0])
	}
}

// CreateRenderer is called by Fyne.
func (s *Sheet) CreateRenderer() fyne.WidgetRenderer {
	return newDrawn(s, s.draw, func() fyne.Size { return fyne.NewSize(1, 1) })
}

func (s *Sheet) draw(size fyne.Size) []fyne.CanvasObject {
	dark := skin.Dark()
	veil := skin.Of(skin.HeaderGround, false)
	veil.A = 0x80
	scrim := canvas.NewRectangle(veil)
	scrim.Resize(size)
	width := min(cmp.Or(s.spec.Width, sheetWidth), size.Width-2*sheetMargin)
	content, height := s.content(width-2*sheetPad, size.Height-2*sheetMargin, dark)
	corner := fyne.NewPos(whole((size.Width-width)/2), max(whole((size.Height-height)/2*0.9), sheetMargin))
	ground := edged(fyne.NewSize(width, height), skin.Of(skin.Panel, dark), skin.Of(skin.Divider, dark), skin.EdgeWidth, skin.RadiusBubble)
	ground.Move(corner)
	return append([]fyne.CanvasObject{scrim, ground}, moveBy(content, corner.AddXY(sheetPad, 0))...)
}

// content places what the sheet holds, relative to the panel's padding at the left and
// to its top, and says how high the panel is: no higher than most, unless the fields would
// have no room left.
func (s *Sheet) content(width, most float32, dark bool) (objects []fyne.CanvasObject, height float32) {
	y := float32(sheetPad)
	if s.spec.Title != "" {
		title, _ := userLine(s.spec.Title, skin.TextTitle, true, skin.Of(skin.Ink, dark), width)
		objects = append(objects, moveBy(title, fyne.NewPos(0, y+sheetTitle/2))...)
		y += sheetTitle + sheetGap
	}
	if s.spec.Body != "" {
		body, h := wrapObjects(s.spec.Body, skin.TextMinor, sheetBody, skin.Of(skin.Secondary, dark), width)
		objects = append(objects, moveBy(body, fyne.NewPos(0, y))...)
		y += h + sheetGap
	}
	fields, h := s.fields(width, y, most-y-s.below(width))
	objects = append(objects, fields...)
	y += h
	if s.err != "" {
		words, h := wrapObjects(s.err, skin.TextNote, skin.PitchNote, skin.Of(skin.Error, dark), width)
		objects = append(objects, moveBy(words, fyne.NewPos(0, y))...)
		y += h + sheetGap
	}
	y += 8
	x := width
	for i := len(s.buttons) - 1; i >= 0; i-- {
		m := s.buttons[i].MinSize()
		x -= m.Width
		place(s.buttons[i], x, y, m.Width, m.Height)
		x -= sheetGap
	}
	for _, b := range s.buttons {
		objects = append(objects, b)
	}
	return objects, y + 36 + sheetPad
}

// below is the height of what stands under the fields.
func (s *Sheet) below(width float32) float32 {
	h := float32(8 + 36 + sheetPad)
	if s.err != "" {
		_, words := wrapObjects(s.err, skin.TextNote, skin.PitchNote, nil, width)
		h += words + sheetGap
	}
	return h
}

// fields places the fields from y on and says how high they are with the gap below; if that
// is more than room, they scroll.
func (s *Sheet) fields(width, y, room float32) (objects []fyne.CanvasObject, height float32) {
	for _, o := range s.spec.Fields {
		if !o.Visible() {
			continue
		}
		o.Resize(fyne.NewSize(width, o.Size().Height))
		h := o.MinSize().Height
		place(o, 0, y+height, width, h)
		objects = append(objects, o)
		height += h + sheetGap
	}
	if height <= room {
		return objects, height
	}
	if s.scroll == nil {
		s.scroll = container.NewVScroll(NewColumn(sheetGap, s.spec.Fields...))
	}
	height = max(room, sheetFields)
	place(s.scroll, 0, y, width, height-sheetGap)
	return []fyne.CanvasObject{s.scroll}, height
}

// scrollBy moves the fields, where they scroll, by a line or nearly by what is in sight.
func (s *Sheet) scrollBy(key fyne.KeyName) {
	if s.scroll == nil {
		return
	}
	by := float32(skin.HitArea)
	switch page := s.scroll.Size().Height - skin.HitArea; key {
	case fyne.KeyDown:
	case fyne.KeyUp:
		by = -by
	case fyne.KeyPageDown:
		by = page
	case fyne.KeyPageUp:
		by = -page
	default:
		return
	}
	most := max(0, s.scroll.Content.MinSize().Height-s.scroll.Size().Height)
	s.scroll.ScrollToOffset(fyne.NewPos(0, min(max(s.scroll.Offset.Y+by, 0), most)))
}
