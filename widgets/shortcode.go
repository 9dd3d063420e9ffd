package widgets

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"dovekie/assets"
	"dovekie/widgets/skin"
)

const (
	shortcodeMost  = 8  // emoji that are proposed
	shortcodeRunes = 30 // a longer word is none
	shortcodeCell  = 32
	shortcodeSide  = 22
	shortcodeGap   = 8
)

// shortcode is the word behind a colon that the caret stands at the end of, such as
// ":smi": where it begins, with its colon, and what it asks for. A colon in a word (12:30,
// https://) begins none.
func shortcode(text string, caret int) (query string, from int, ok bool) {
	at, runes, han := caret, 0, false
	for at > 0 {
		r, size := utf8.DecodeLastRuneInString(text[:at])
		if isColon(r) {
			if insideWord(text[:at-size]) || !han && runes < 2 {
				return "", 0, false
			}
			return strings.ReplaceAll(text[at:caret], "_", " "), at - size, true
		}
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("_-+", r) {
			return "", 0, false
		}
		han = han || unicode.Is(unicode.Han, r)
		if runes++; runes > shortcodeRunes {
			return "", 0, false
		}
		at -= size
	}
	return "", 0, false
}

// insideWord reports whether a colon behind the text belongs to what stands before it.
func insideWord(before string) bool {
	r, size := utf8.DecodeLastRuneInString(before)
	return size > 0 && (unicode.IsDigit(r) || unicode.Is(unicode.Latin, r) || isColon(r))
}

// isColon takes the wide one as well, which Chinese input methods write.
func isColon(r rune) bool { return r == ':' || r == '：' }

// closed is the emoji whose whole name stands between two colons before the caret, and
// where that begins; "" if there is none.
func closed(text string, caret int) (emoji string, from int) {
	r, size := utf8.DecodeLastRuneInString(text[:caret])
	if !isColon(r) {
		return "", 0
	}
	query, from, ok := shortcode(text, caret-size)
	if !ok {
		return "", 0
	}
	if found := assets.FindEmoji(query, 1); len(found) > 0 &&
		(strings.EqualFold(found[0].English, query) || found[0].Chinese == query) {
		return found[0].Emoji, from
	}
	return "", 0
}

// shortcodes proposes emoji for the word at the caret, in the row of tools: Tab takes the
// marked one, Up and Down mark another, a click takes the one under it. The keyboard stays
// in the field.
type shortcodes struct {
	plain

	found  []assets.EmojiName
	marked int
	from   int // of the word in the text
	han    bool
	onPick func(emoji string, from int)
}

var _ desktop.Cursorable = (*shortcodes)(nil)

func newShortcodes(onPick func(emoji string, from int)) *shortcodes {
	s := &shortcodes{onPick: onPick}
	s.ExtendBaseWidget(s)
	s.Hide()
	return s
}

// follow looks at the word before the caret.
func (s *shortcodes) follow(text string, caret int) {
	query, from, ok := shortcode(text, caret)
	if !ok {
		s.end()
		return
	}
	s.han = strings.ContainsFunc(query, func(r rune) bool { return unicode.Is(unicode.Han, r) })
	s.found, s.from, s.marked = assets.FindEmoji(query, shortcodeMost), from, 0
	if len(s.found) == 0 {
		s.end()
		return
	}
	s.Show()
	s.Refresh()
}

func (s *shortcodes) end() {
	s.found = nil
	s.Hide()
}

func (s *shortcodes) proposing() bool { return len(s.found) > 0 }

// key reports whether the proposals had a use for the key.
func (s *shortcodes) key(name fyne.KeyName) bool {
	if !s.proposing() {
		return false
	}
	switch n := len(s.found); name {
	case fyne.KeyTab:
		s.onPick(s.found[s.marked].Emoji, s.from)
	case fyne.KeyDown:
		s.mark((s.marked + 1) % n)
	case fyne.KeyUp:
		s.mark((s.marked + n - 1) % n)
	case fyne.KeyEscape:
		s.end()
	default:
		return false
	}
	return true
}

func (s *shortcodes) mark(i int) {
	s.marked = i
	s.Refresh()
}

// Tapped is called by Fyne.
func (s *shortcodes) Tapped(e *fyne.PointEvent) {
	if i := int(e.Position.X / shortcodeCell); e.Position.X >= 0 && i < len(s.found) {
		s.onPick(s.found[i].Emoji, s.from)
	}
}

// Cursor is called by Fyne.
func (s *shortcodes) Cursor() desktop.Cursor { return desktop.PointerCursor }

// CreateRenderer is called by Fyne.
func (s *shortcodes) CreateRenderer() fyne.WidgetRenderer {
	return newDrawn(s, s.draw, func() fyne.Size { return fyne.NewSquareSize(shortcodeCell) })
}

func (s *shortcodes) draw(size fyne.Size) []fyne.CanvasObject {
	dark := skin.Dark()
	var objects []fyne.CanvasObject
	x, y := float32(0), whole((size.Height-shortcodeCell)/2)
	for i, e := range s.found {
		if x+shortcodeCell > size.Width {
			break
		}
		if i == s.marked {
			ground := rounded(skin.Of(skin.Selected, dark), 8)
			place(ground, x, y, shortcodeCell, shortcodeCell)
			objects = append(objects, ground)
		}
		key, _ := assets.EmojiKey(e.Emoji)
		picture := newEmoji(key, shortcodeSide)
		picture.Move(fyne.NewPos(x+(shortcodeCell-shortcodeSide)/2, y+(shortcodeCell-shortcodeSide)/2))
		objects = append(objects, picture)
		x += shortcodeCell
	}
	if room := size.Width - x - shortcodeGap; s.marked < len(s.found) && room > 4*skin.TextNote {
		words := lineText(elide(s.name()+"  Tab", skin.TextNote, false, room), skin.TextNote, skin.Of(skin.Secondary, dark), false)
		placeLine(words, x+shortcodeGap, size.Height/2)
		objects = append(objects, words)
	}
	return objects
}

// name is the marked emoji's, in the language that it was asked for.
func (s *shortcodes) name() string {
	e := s.found[s.marked]
	if s.han {
		return e.Chinese
	}
	return e.English
}
