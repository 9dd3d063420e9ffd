package widgets

import (
	"strings"

	"fyne.io/fyne/v2"

	"dovekie/assets"
	"dovekie/widgets/skin"
)

// FieldSpec says what a field is for.
type FieldSpec struct {
	Icon        assets.Icon // "" for none
	Placeholder string
	Password    bool // hidden until revealed by the eye
	OnChanged   func(string)
	OnSubmit    func() // Enter
	OnMore      func() // not nil: an arrow at the right, and Down, ask for suggestions
}

// Field is a line to type into, with its own ground and edge, and room below for what is
// wrong with it.
type Field struct {
	plain

	spec    FieldSpec
	entry   *entry
	button  *IconButton // the eye, or the arrow
	err     string
	focused bool
}

// fieldErrorTop is the space above the words below the field.
const fieldErrorTop = 4

// NewField makes a field of 44.
func NewField(spec FieldSpec) *Field {
	f := &Field{spec: spec, entry: newEntry(spec.Placeholder, spec.Password)}
	f.entry.onFocus = func(on bool) {
		f.focused = on
		f.Refresh()
	}
	f.entry.onKey = f.key
	f.entry.OnChanged = func(s string) {
		f.SetError("")
		if spec.OnChanged != nil {
			spec.OnChanged(s)
		}
	}
	f.entry.OnSubmitted = func(string) {
		if spec.OnSubmit != nil {
			spec.OnSubmit()
		}
	}
	switch {
	case spec.Password:
		f.button = NewIconButton(assets.IconEye, f.toggleReveal)
	case spec.OnMore != nil:
		f.button = NewIconButton(assets.IconChevronDown, spec.OnMore)
	}
	f.ExtendBaseWidget(f)
	return f
}

func (f *Field) key(e *fyne.KeyEvent) bool {
	if e.Name == fyne.KeyDown && f.spec.OnMore != nil {
		f.spec.OnMore()
		return true
	}
	return false
}

func (f *Field) toggleReveal() {
	f.entry.Password = !f.entry.Password
	icon := assets.IconEyeOff
	if f.entry.Password {
		icon = assets.IconEye
	}
	f.button.SetIcon(icon)
	f.entry.Refresh()
}

// Text is what was typed.
func (f *Field) Text() string { return f.entry.Text }

// Shown is the text as it stands on the screen: of a password its dots.
func (f *Field) Shown() string {
	if f.spec.Password {
		return strings.Repeat("•", len([]rune(f.entry.Text)))
	}
	return f.entry.Text
}

// SetText puts the text in and tells OnChanged, as typing does.
func (f *Field) SetText(s string) {
	f.entry.SetText(s)
	f.entry.CursorColumn = len([]rune(s))
	f.entry.Refresh()
}

// SetError shows what is wrong, below the field; "" takes it away. Typing does as well.
func (f *Field) SetError(text string) {
	if f.err == text {
		return
	}
	f.err = text
	f.Refresh()
}

// ErrorText is what is shown as wrong, "" for nothing.
func (f *Field) ErrorText() string { return f.err }

// Suggest opens a menu below the field; the key of what is chosen becomes its text.
// onPick may be nil. It does nothing without suggestions or before the field is shown.
func (f *Field) Suggest(items []MenuItem, onPick func(key string)) *Menu {
	d := fyne.CurrentApp().Driver()
	c := d.CanvasForObject(f)
	if c == nil || len(items) == 0 {
		return nil
	}
	c.Focus(f.entry) // where the keyboard returns to
	at := d.AbsolutePositionForObject(f).AddXY(0, skin.LoginField+4)
	return showMenu(c, at, f.Size().Width, items, func(key string) {
		f.SetText(key)
		call(onPick, key)
	})
}

// SetEnabled says whether the field takes text.
func (f *Field) SetEnabled(on bool) {
	if on {
		f.entry.Enable()
	} else {
		f.entry.Disable()
	}
	f.Refresh()
}

// Focus puts the keyboard here. Before the field was shown Fyne does not know its
// window: then use Input with the window's canvas.
func (f *Field) Focus() {
	if c := fyne.CurrentApp().Driver().CanvasForObject(f); c != nil {
		c.Focus(f.entry)
	}
}

// Focused reports whether the keyboard is here.
func (f *Field) Focused() bool { return f.focused }

// Input is the object that takes the focus, for tests and for canvas.Focus.
func (f *Field) Input() fyne.Focusable { return f.entry }

// CreateRenderer is called by Fyne.
func (f *Field) CreateRenderer() fyne.WidgetRenderer {
	return newDrawn(f, f.draw, f.least)
}

func (f *Field) least() fyne.Size {
	h := skin.LoginField
	if f.err != "" {
		_, words := wrapObjects(f.err, skin.TextNote, skin.PitchNote, nil, f.errorWidth())
		h += fieldErrorTop + words
	}
	return fyne.NewSize(160, h)
}

// errorWidth is the width for the words below, a usual one before the first layout.
func (f *Field) errorWidth() float32 {
	if w := f.Size().Width; w > 0 {
		return w - 4
	}
	return skin.LoginWidth - 2*skin.LoginSide
}

func (f *Field) draw(size fyne.Size) []fyne.CanvasObject {
	dark := skin.Dark()
	objects := []fyne.CanvasObject{fieldGround(fyne.NewSize(size.Width, skin.LoginField), f.focused, f.err != "", dark)}
	left := float32(4)
	if f.spec.Icon != "" {
		icon := IconObject(f.spec.Icon, skin.IconBar, skin.Of(skin.Secondary, dark))
		icon.Move(fyne.NewPos(12, 12))
		objects = append(objects, icon)
		left = 36
	}
	right := size.Width - 4
	if f.button != nil {
		right = size.Width - 6 - skin.HitArea
		place(f.button, right, (skin.LoginField-skin.HitArea)/2, skin.HitArea, skin.HitArea)
	}
	h := f.entry.MinSize().Height
	place(f.entry, left, whole((skin.LoginField-h)/2), right-left, h)
	objects = append(objects, f.entry)
	if f.button != nil {
		objects = append(objects, f.button)
	}
	if f.err != "" {
		words, _ := wrapObjects(f.err, skin.TextNote, skin.PitchNote, skin.Of(skin.Error, dark), f.errorWidth())
		objects = append(objects, moveBy(words, fyne.NewPos(2, skin.LoginField+fieldErrorTop))...)
	}
	return objects
}

// fieldGround is the ground of a field with its edge: one, two of accent with the
// keyboard in it, red when something is wrong.
func fieldGround(size fyne.Size, focused, wrong, dark bool) fyne.CanvasObject {
	edge, width := skin.Edge, skin.EdgeWidth
	if focused {
		edge, width = skin.Accent, skin.FocusWidth
	}
	if wrong {
		edge = skin.Error
	}
	return edged(size, skin.Of(skin.ChatGround, dark), skin.Of(edge, dark), width, skin.RadiusField)
}
