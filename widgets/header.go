package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"dovekie/assets"
	"dovekie/widgets/skin"
)

// HeaderState is what the header shows.
type HeaderState struct {
	Avatar    AvatarSpec
	Name      string
	Presence  Presence
	Status    string // the word on the chip
	Signature string
	Hint      string // shown where there is no signature
}

// HeaderActions are what the header calls; each may be nil.
type HeaderActions struct {
	OnStatus    func(below fyne.Position) // the chip; where a menu fits, on the canvas
	OnSignature func(text string)         // a new signature was typed
	OnAvatar    func()
}

// Header is the top of the main panel: own avatar, name, status chip and signature over
// a low swell.
type Header struct {
	plain
	HeaderActions

	state     HeaderState
	chip      *statusChip
	signature *signatureLine
	avatar    *avatarButton
	edit      *signatureEdit
}

// Places in the header.
const (
	headerTextLeft   = 82
	headerNameY      = 34
	headerSignatureY = 59
	headerChipGap    = 10
	headerRight      = 11
	headerAvatarTop  = 20
	signatureHeight  = 26
)

// NewHeader makes the header.
func NewHeader(state HeaderState, actions HeaderActions) *Header {
	h := &Header{state: state, HeaderActions: actions}
	h.chip = newStatusChip(h.openStatus)
	h.signature = newSignatureLine(h.startEdit)
	h.avatar = newAvatarButton(nil)
	h.edit = newSignatureEdit(h.endEdit)
	h.edit.Hide()
	if actions.OnAvatar != nil {
		h.avatar.OnTapped = func() { h.OnAvatar() }
	}
	h.apply()
	h.ExtendBaseWidget(h)
	return h
}

// SetState shows another state. A signature being typed stays.
func (h *Header) SetState(s HeaderState) {
	if h.state == s {
		return
	}
	h.state = s
	h.apply()
	h.Refresh()
}

func (h *Header) apply() {
	h.chip.presence, h.chip.word = h.state.Presence, h.state.Status
	h.signature.text, h.signature.hint = h.state.Signature, h.state.Hint
	h.avatar.spec = h.state.Avatar
	h.chip.Refresh()
	h.signature.Refresh()
	h.avatar.Refresh()
}

func (h *Header) openStatus() {
	if h.OnStatus == nil {
		return
	}
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(h.chip)
	h.OnStatus(at.AddXY(0, h.chip.Size().Height+4))
}

// startEdit puts a field in the place of the signature.
func (h *Header) startEdit() {
	if h.OnSignature == nil {
		return
	}
	h.signature.Hide()
	h.edit.begin(h.state.Signature)
	h.Refresh()
	// The field was never shown, so Fyne knows only the header's canvas.
	if c := fyne.CurrentApp().Driver().CanvasForObject(h); c != nil {
		c.Focus(h.edit.entry)
	}
}

func (h *Header) endEdit(text string, keep bool) {
	if h.signature.Visible() {
		return
	}
	h.edit.Hide()
	h.signature.Show()
	h.Refresh()
	if keep && text != h.state.Signature {
		h.OnSignature(text)
	}
}

// CreateRenderer is called by Fyne.
func (h *Header) CreateRenderer() fyne.WidgetRenderer {
	return newDrawn(h, h.draw, func() fyne.Size { return fyne.NewSize(200, skin.HeaderHeight) })
}

func (h *Header) draw(size fyne.Size) []fyne.CanvasObject {
	dark := skin.Dark()
	ground := canvas.NewRectangle(skin.Of(skin.HeaderGround, dark))
	ground.Resize(size)
	const swellTop = 78
	swell := swellObject(size.Width, size.Height-swellTop, skin.Of(skin.HeaderSwell, dark))
	swell.Move(fyne.NewPos(0, swellTop))
	chip := h.chip.MinSize()
	room := size.Width - headerRight - chip.Width - headerChipGap - headerTextLeft
	name, width := userLine(h.state.Name, skin.TextOwnName, true, skin.Of(skin.HeaderText, dark), room)
	moveBy(name, fyne.NewPos(headerTextLeft, headerNameY))
	x := whole(headerTextLeft + width + headerChipGap)
	place(h.chip, x, headerNameY-skin.ChipHeight/2-1, chip.Width, skin.ChipHeight)
	room = size.Width - headerRight - headerTextLeft
	place(h.signature, headerTextLeft, headerSignatureY-signatureHeight/2, room, signatureHeight)
	place(h.edit, headerTextLeft-8, headerSignatureY-signatureHeight/2, room+8, signatureHeight)
	objects := append([]fyne.CanvasObject{ground, swell}, h.face(dark)...)
	objects = append(objects, name...)
	return append(objects, h.chip, h.signature, h.edit)
}

// face is the own avatar; a picture alone where a press does nothing, so that the
// keyboard does not stop there.
func (h *Header) face(dark bool) []fyne.CanvasObject {
	if h.avatar.OnTapped == nil {
		return moveBy(AvatarObjects(h.state.Avatar, skin.OwnAvatar, dark), fyne.NewPos(skin.OwnAvatarLeft, headerAvatarTop))
	}
	place(h.avatar, skin.OwnAvatarLeft, headerAvatarTop, skin.OwnAvatar, skin.OwnAvatar)
	return []fyne.CanvasObject{h.avatar}
}

// statusChip shows the own presence and opens its menu.
type statusChip struct {
	pressable

	presence Presence
	word     string
}

func newStatusChip(tapped func()) *statusChip {
	c := &statusChip{}
	c.OnTapped = tapped
	c.own(c)
	return c
}

func (c *statusChip) CreateRenderer() fyne.WidgetRenderer {
	return newDrawn(c, c.draw, c.least)
}

func (c *statusChip) least() fyne.Size {
	w := fyne.MeasureText(c.word, skin.TextNote, fyne.TextStyle{}).Width
	return fyne.NewSize(whole(w+0.5)+23+22, skin.ChipHeight)
}

func (c *statusChip) draw(size fyne.Size) []fyne.CanvasObject {
	dark := skin.Dark()
	fill := skin.Of(skin.HeaderSwell, dark)
	if c.hovered {
		fill = blended(fill, skin.Of(skin.HeaderText, dark), 0.12)
	}
	ground := rounded(fill, size.Height/2)
	ground.Resize(size)
	objects := []fyne.CanvasObject{ground}
	// The header is dark in both themes, so are the colours of the shapes on it.
	shape := presenceShape(c.presence, fill, true)
	objects = append(objects, moveBy(shape, fyne.NewPos(5, 3))...)
	t := lineText(c.word, skin.TextNote, skin.Of(skin.HeaderText, dark), false)
	placeLine(t, 23, size.Height/2)
	arrow := IconObject(assets.IconChevronDown, skin.IconChip, skin.Of(skin.HeaderSecond, dark))
	arrow.Move(fyne.NewPos(size.Width-20, 4))
	objects = append(objects, t, arrow)
	if c.focused {
		objects = append(objects, headerRing(size, size.Height/2))
	}
	return objects
}

// headerRing is the ring of the keyboard on the header, in the accent of the dark theme.
func headerRing(size fyne.Size, radius float32) fyne.CanvasObject {
	return focusRing(fyne.NewPos(-3, -3), size.AddWidthHeight(6, 6), radius+3, true)
}

// signatureLine shows the signature and turns into a field when pressed.
type signatureLine struct {
	pressable

	text, hint string
}

func newSignatureLine(tapped func()) *signatureLine {
	s := &signatureLine{}
	s.OnTapped = tapped
	s.own(s)
	return s
}

func (s *signatureLine) CreateRenderer() fyne.WidgetRenderer {
	return newDrawn(s, s.draw, func() fyne.Size { return fyne.NewSize(40, signatureHeight) })
}

func (s *signatureLine) draw(size fyne.Size) []fyne.CanvasObject {
	dark := skin.Dark()
	ink := skin.Of(skin.HeaderSecond, dark)
	words := s.text
	if words == "" {
		words = s.hint
	}
	if s.hovered {
		ink = skin.Of(skin.HeaderText, dark)
	}
	line := noteLine(words, ink, size.Width)
	objects := moveBy(line, fyne.NewPos(0, size.Height/2))
	if s.focused {
		objects = append(objects, headerRing(size, skin.RadiusQuote))
	}
	return objects
}

// signatureEdit is the field in the place of the signature.
type signatureEdit struct {
	plain

	entry *entry
	field *fyne.Container
	done  func(text string, keep bool)
}

func newSignatureEdit(done func(string, bool)) *signatureEdit {
	e := &signatureEdit{entry: newEntry("", false), done: done}
	e.field = smallEntry(e.entry)
	e.entry.OnSubmitted = func(s string) { e.done(s, true) }
	e.entry.onFocus = func(on bool) {
		if !on {
			e.done(e.entry.Text, true)
		}
	}
	e.entry.onKey = func(k *fyne.KeyEvent) bool {
		if k.Name == fyne.KeyEscape {
			e.done("", false)
			return true
		}
		return false
	}
	e.ExtendBaseWidget(e)
	return e
}

func (e *signatureEdit) begin(text string) {
	e.entry.SetText(text)
	e.entry.CursorColumn = len([]rune(text))
	e.Show()
}

func (e *signatureEdit) CreateRenderer() fyne.WidgetRenderer {
	return newDrawn(e, e.draw, func() fyne.Size { return fyne.NewSize(40, signatureHeight) })
}

func (e *signatureEdit) draw(size fyne.Size) []fyne.CanvasObject {
	dark := skin.Dark()
	ground := edged(size, skin.Of(skin.ChatGround, dark), skin.Of(skin.Accent, dark), skin.FocusWidth, skin.RadiusQuote)
	h := e.field.MinSize().Height
	place(e.field, 0, whole((size.Height-h)/2), size.Width, h)
	return []fyne.CanvasObject{ground, e.field}
}

// avatarButton is an avatar that can be pressed.
type avatarButton struct {
	pressable

	spec AvatarSpec
}

func newAvatarButton(tapped func()) *avatarButton {
	a := &avatarButton{}
	a.OnTapped = tapped
	a.own(a)
	return a
}

func (a *avatarButton) CreateRenderer() fyne.WidgetRenderer {
	return newDrawn(a, a.draw, func() fyne.Size { return fyne.NewSquareSize(skin.OwnAvatar) })
}

func (a *avatarButton) draw(size fyne.Size) []fyne.CanvasObject {
	objects := AvatarObjects(a.spec, size.Width, skin.Dark())
	if a.focused && a.OnTapped != nil {
		objects = append(objects, headerRing(size, size.Width/2))
	}
	return objects
}
