package skin

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"dovekie/assets"
)

// Mode says which variant of the palette is on.
type Mode int

// The modes of the theme.
const (
	FollowSystem Mode = iota
	AlwaysLight
	AlwaysDark
)

// Theme is the look as Fyne wants it. It is a value that never changes: to switch, set
// another one on the app's settings.
type Theme struct {
	mode    Mode
	hanFont fyne.Resource // nil where the system has a Han font
	silent  bool          // the system does not say whether it is dark
}

var _ fyne.Theme = (*Theme)(nil)

// NewTheme makes the theme. With ownHan the embedded Chinese font stands first, for a
// system without one (see SystemHasHan); Latin falls through to Fyne's own font.
func NewTheme(mode Mode, ownHan bool) *Theme {
	t := &Theme{mode: mode}
	if ownHan {
		t.hanFont = fyne.NewStaticResource(assets.HanFontName, assets.HanFont())
	}
	return t
}

// WithMode is the same theme, fonts kept, in another mode.
func (t *Theme) WithMode(mode Mode) *Theme {
	return &Theme{mode: mode, hanFont: t.hanFont, silent: t.silent}
}

// WithoutScheme is the same theme on a system that does not say whether it is light or
// dark: Fyne takes such a one for dark, we take it for light.
func (t *Theme) WithoutScheme() *Theme {
	return &Theme{mode: t.mode, hanFont: t.hanFont, silent: true}
}

// Mode is what the theme was made with.
func (t *Theme) Mode() Mode { return t.mode }

func (t *Theme) dark(system fyne.ThemeVariant) bool {
	switch t.mode {
	case AlwaysLight:
		return false
	case AlwaysDark:
		return true
	case FollowSystem:
	}
	return system == theme.VariantDark && !t.silent
}

// Dark reports whether the running app shows the dark variant. For the UI goroutine.
func Dark() bool {
	s := fyne.CurrentApp().Settings()
	if t, ok := s.Theme().(*Theme); ok {
		return t.dark(s.ThemeVariant())
	}
	return s.ThemeVariant() == theme.VariantDark
}

// RegularHan reports whether bold Chinese is drawn in the regular face, for want of a
// bold one. For the UI goroutine.
func RegularHan() bool {
	t, ok := fyne.CurrentApp().Settings().Theme().(*Theme)
	return ok && t.hanFont != nil
}

// Color is the role's colour in the variant that is on. For the UI goroutine.
func Color(r Role) color.NRGBA { return Of(r, Dark()) }

// roleNames says which of our roles a colour name of Fyne's own widgets gets.
var roleNames = map[fyne.ThemeColorName]Role{
	theme.ColorNameBackground:          Panel,
	theme.ColorNameButton:              ChatGround,
	theme.ColorNameDisabledButton:      ChatGround,
	theme.ColorNameDisabled:            Secondary,
	theme.ColorNameError:               Error,
	theme.ColorNameForeground:          Ink,
	theme.ColorNameForegroundOnPrimary: OnAccent,
	theme.ColorNameHeaderBackground:    Panel,
	theme.ColorNameHover:               Hovered,
	theme.ColorNameHyperlink:           Accent,
	theme.ColorNameMenuBackground:      Panel,
	theme.ColorNameOverlayBackground:   Panel,
	theme.ColorNamePlaceHolder:         Secondary,
	theme.ColorNamePressed:             Selected,
	theme.ColorNamePrimary:             Accent,
	theme.ColorNameSeparator:           Divider,
	theme.ColorNameSuccess:             Available,
	theme.ColorNameWarning:             Away,
}

// Color answers Fyne's own widgets. Fields are transparent: who uses an Entry draws its
// ground and its edge, so that all fields look the same.
func (t *Theme) Color(name fyne.ThemeColorName, system fyne.ThemeVariant) color.Color {
	dark := t.dark(system)
	if r, ok := roleNames[name]; ok {
		return Of(r, dark)
	}
	switch name {
	case theme.ColorNameInputBackground, theme.ColorNameInputBorder, theme.ColorNameScrollBarBackground,
		theme.ColorNameScrollBar, theme.ColorNameShadow: // else every field with a long text has both
		return color.Transparent
	case theme.ColorNameFocus, theme.ColorNameSelection:
		return alpha(Of(Accent, dark), 0x50)
	}
	v := theme.VariantLight
	if dark {
		v = theme.VariantDark
	}
	return theme.DefaultTheme().Color(name, v)
}

func alpha(c color.NRGBA, a uint8) color.NRGBA {
	c.A = a
	return c
}

// Font puts the embedded Chinese font first where the system has none. Bold Chinese is
// then drawn in the regular face; bold Latin stays bold, since the font has no Latin.
func (t *Theme) Font(style fyne.TextStyle) fyne.Resource {
	if t.hanFont != nil && !style.Monospace && !style.Symbol {
		return t.hanFont
	}
	return theme.DefaultTheme().Font(style)
}

// Icon leaves Fyne's own icons to the few widgets of its own that we show.
func (t *Theme) Icon(name fyne.ThemeIconName) fyne.Resource {
	return theme.DefaultTheme().Icon(name)
}

// Size sets type and corners; the rest is Fyne's.
func (t *Theme) Size(name fyne.ThemeSizeName) float32 {
	switch name {
	case theme.SizeNameText:
		return TextBody
	case theme.SizeNameCaptionText:
		return TextNote
	case theme.SizeNameHeadingText:
		return TextWordmark
	case theme.SizeNameSubHeadingText:
		return TextTitle
	case theme.SizeNameInputBorder:
		return CaretWidth // Fyne's caret is as wide as its border
	case theme.SizeNameInputRadius, theme.SizeNameButtonRadius, theme.SizeNameMenuRadius, theme.SizeNamePopupRadius:
		return RadiusField
	case theme.SizeNamePadding:
		return 0 // the parts of the window touch; distances are theirs
	case theme.SizeNameSeparatorThickness:
		return EdgeWidth
	case theme.SizeNameScrollBar:
		return 8
	}
	return theme.DefaultTheme().Size(name)
}
