package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"fyne.io/fyne/v2/theme"

	"dovekie/assets"
	"dovekie/widgets/skin"
)

// SearchActions are what the search row calls; each may be nil.
type SearchActions struct {
	OnChanged func(text string)
	OnDown    func() // Down: to the list of what was found
	OnSubmit  func() // Enter
	OnAdd     func() // the plus; nil leaves it out
}

// searchBottom is the space between the field and the tabs below it.
const searchBottom = 4

// Search is the row below the header: the field of 36 and the plus at its right.
type Search struct {
	plain
	SearchActions

	entry   *entry
	field   *fyne.Container // the entry in its own size of type
	clear   *IconButton
	add     *IconButton
	focused bool
}

// NameAdd gives the plus its name.
func (s *Search) NameAdd(h *Hints, name string) { h.Name(s.add, name) }

// NewSearch makes an empty search row.
func NewSearch(placeholder string, actions SearchActions) *Search {
	s := &Search{SearchActions: actions, entry: newEntry(placeholder, false)}
	s.field = smallEntry(s.entry)
	s.clear = NewIconButton(assets.IconClose, s.Clear)
	s.clear.side = skin.IconRow
	s.clear.Hide()
	if actions.OnAdd != nil {
		s.add = NewIconButton(assets.IconPlus, func() { s.OnAdd() })
	}
	s.entry.onFocus = func(on bool) {
		s.focused = on
		s.Refresh()
	}
	s.entry.onKey = s.key
	s.entry.OnChanged = s.changed
	s.entry.OnSubmitted = func(string) {
		if s.OnSubmit != nil {
			s.OnSubmit()
		}
	}
	s.ExtendBaseWidget(s)
	return s
}

func (s *Search) changed(text string) {
	if text == "" {
		s.clear.Hide()
	} else {
		s.clear.Show()
	}
	s.Refresh()
	if s.OnChanged != nil {
		s.OnChanged(text)
	}
}

func (s *Search) key(e *fyne.KeyEvent) bool {
	switch {
	case e.Name == fyne.KeyEscape && s.entry.Text != "":
		s.Clear()
		return true
	case e.Name == fyne.KeyDown && s.OnDown != nil:
		s.OnDown()
		return true
	}
	return false
}

// Text is what is looked for.
func (s *Search) Text() string { return s.entry.Text }

// Clear empties the field and tells OnChanged.
func (s *Search) Clear() { s.entry.SetText("") }

// Type puts the keyboard here and goes on with a character that was typed elsewhere.
func (s *Search) Type(r rune) {
	s.Focus()
	s.entry.TypedRune(r)
}

// Focus puts the keyboard here.
func (s *Search) Focus() {
	if c := fyne.CurrentApp().Driver().CanvasForObject(s); c != nil {
		c.Focus(s.entry)
	}
}

// Input is the object that takes the focus.
func (s *Search) Input() fyne.Focusable { return s.entry }

// CreateRenderer is called by Fyne.
func (s *Search) CreateRenderer() fyne.WidgetRenderer {
	return newDrawn(s, s.draw, func() fyne.Size {
		return fyne.NewSize(160, skin.SearchTop+skin.SearchHeight+searchBottom)
	})
}

func (s *Search) draw(size fyne.Size) []fyne.CanvasObject {
	dark := skin.Dark()
	end := size.Width - skin.SearchSide
	if s.add != nil {
		end = size.Width - 60
		place(s.add, end+8, skin.SearchTop+(skin.SearchHeight-skin.HitArea)/2, skin.HitArea, skin.HitArea)
	}
	ground := fieldGround(fyne.NewSize(end-skin.SearchSide, skin.SearchHeight), s.focused, false, dark)
	ground.Move(fyne.NewPos(skin.SearchSide, skin.SearchTop))
	lens := IconObject(assets.IconSearch, skin.IconSearch, skin.Of(skin.Secondary, dark))
	lens.Move(fyne.NewPos(skin.SearchSide+10, skin.SearchTop+9))
	left, right := skin.SearchSide+28, end-4
	if s.clear.Visible() {
		right = end - 2 - skin.HitArea
		place(s.clear, right, skin.SearchTop+2, skin.HitArea, skin.HitArea)
	}
	h := s.field.MinSize().Height
	place(s.field, left, skin.SearchTop+whole((skin.SearchHeight-h)/2), right-left, h)
	objects := []fyne.CanvasObject{ground, lens, s.field, s.clear}
	if s.add != nil {
		objects = append(objects, s.add)
	}
	return objects
}

// smallEntry sets the entry's text in 13.
func smallEntry(e *entry) *fyne.Container {
	return container.NewStack(container.NewThemeOverride(e, smallType{}))
}

// smallType is our theme with its text set in 13.
type smallType struct{}

// current is the theme of the app; asked for each time, since it may be changed.
func (smallType) current() fyne.Theme { return fyne.CurrentApp().Settings().Theme() }

func (t smallType) Font(s fyne.TextStyle) fyne.Resource { return t.current().Font(s) }

func (t smallType) Icon(n fyne.ThemeIconName) fyne.Resource { return t.current().Icon(n) }

func (t smallType) Size(n fyne.ThemeSizeName) float32 {
	if n == theme.SizeNameText {
		return skin.TextMinor
	}
	return t.current().Size(n)
}

func (t smallType) Color(n fyne.ThemeColorName, v fyne.ThemeVariant) color.Color {
	return t.current().Color(n, v)
}
