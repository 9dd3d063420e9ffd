package widgets

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"dovekie/assets"
	"dovekie/widgets/skin"
)

// ComposerActions are what the composer calls; each may be nil. All are called on the UI
// goroutine.
type ComposerActions struct {
	OnSubmit func(text string) // the text without space around it, never empty; the field is empty by then
	OnChange func(text string) // by typing, pasting or sending, not by SetText
	OnEscape func()
	OnPage   func(up bool)      // PageUp and PageDown, for the chat above
	OnEmoji  func(emoji string) // was picked, for the list of recent ones
}

// ComposerLabels are the words of the composer.
type ComposerLabels struct {
	Send        string
	Placeholder string
	Emoji       EmojiLabels
}

// Composer is where messages are written: a row of tools, the field that grows with its
// lines, and Send. For the UI goroutine.
type Composer struct {
	plain
	ComposerActions

	labels  ComposerLabels
	entry   *composerEntry
	smile   *IconButton
	send    *Button
	recent  []string
	focused bool
	silent  bool // the text is being set, not typed
	lines   int
}

const (
	composerSide   = 16
	composerGap    = 12
	composerBottom = 14
	composerInset  = 2 // of the entry in its field
)

// NewComposer makes an empty composer.
func NewComposer(actions ComposerActions, labels ComposerLabels) *Composer {
	c := &Composer{ComposerActions: actions, entry: newComposerEntry(), lines: 1}
	c.entry.onFocus = func(on bool) {
		c.focused = on
		c.Refresh()
	}
	c.entry.onSend = c.submit
	c.entry.onEscape = func() {
		if c.OnEscape != nil {
			c.OnEscape()
		}
	}
	c.entry.onPage = func(up bool) {
		if c.OnPage != nil {
			c.OnPage(up)
		}
	}
	c.entry.OnChanged = c.changed
	c.smile = NewIconButton(assets.IconSmile, c.pickEmoji)
	c.send = NewButton("", PrimaryButton, c.submit)
	c.ExtendBaseWidget(c)
	c.SetLabels(labels)
	return c
}

// SetLabels changes the words, for another language or another chat.
func (c *Composer) SetLabels(labels ComposerLabels) {
	c.labels = labels
	c.send.SetText(labels.Send)
	c.entry.SetPlaceHolder(labels.Placeholder)
}

// Text is what stands in the field.
func (c *Composer) Text() string { return c.entry.Text }

// SetText puts a draft into the field, the caret behind it. It calls nothing.
func (c *Composer) SetText(text string) {
	if text == c.entry.Text {
		return
	}
	c.silent = true
	c.entry.SetText("")
	if text != "" {
		c.entry.insert(text)
	}
	c.silent = false
	c.relay()
}

// Insert puts text at the caret, as if typed.
func (c *Composer) Insert(text string) { c.entry.insert(text) }

// SetRecentEmoji says which emoji stand first in the picker.
func (c *Composer) SetRecentEmoji(emoji []string) { c.recent = append([]string(nil), emoji...) }

// Focus puts the keyboard here.
func (c *Composer) Focus() {
	if cv := canvasFor(c.entry); cv != nil {
		cv.Focus(c.entry)
	}
}

// Focused reports whether the keyboard is here.
func (c *Composer) Focused() bool { return c.focused }

// Input is the object that takes the focus, for tests and for canvas.Focus.
func (c *Composer) Input() fyne.Focusable { return c.entry }

func (c *Composer) submit() {
	text := strings.TrimSpace(c.entry.Text)
	c.Focus()
	if text == "" {
		return
	}
	c.SetText("")
	call(c.OnChange, "")
	call(c.OnSubmit, text)
}

func (c *Composer) changed(text string) {
	if c.silent {
		return
	}
	c.relay()
	call(c.OnChange, text)
}

// relay makes the field as high as its lines need.
func (c *Composer) relay() {
	lines := min(c.entry.lines(), skin.ComposerLines)
	if lines == c.lines {
		return
	}
	c.lines = lines
	c.Refresh() // a new least size: the layout around it follows
}

func (c *Composer) fieldHeight() float32 {
	return skin.ComposerField + float32(c.lines-1)*skin.PitchBody
}

// CreateRenderer is called by Fyne.
func (c *Composer) CreateRenderer() fyne.WidgetRenderer {
	return newDrawn(c, c.draw, func() fyne.Size {
		return fyne.NewSize(320, skin.ComposerTools+c.fieldHeight()+composerBottom)
	})
}

func (c *Composer) draw(size fyne.Size) []fyne.CanvasObject {
	dark := skin.Dark()
	ground := canvas.NewRectangle(skin.Of(skin.Panel, dark))
	ground.Resize(size)
	rule := canvas.NewRectangle(skin.Of(skin.Divider, dark))
	rule.Resize(fyne.NewSize(size.Width, 1))
	place(c.smile, composerSide-2, (skin.ComposerTools-skin.HitArea)/2, skin.HitArea, skin.HitArea)
	h := c.fieldHeight()
	w := size.Width - 2*composerSide - composerGap - skin.SendWidth
	field := fieldGround(fyne.NewSize(w, h), c.focused, false, dark)
	field.Move(fyne.NewPos(composerSide, skin.ComposerTools))
	c.placeEntry(w, h)
	if n := min(c.entry.lines(), skin.ComposerLines); n != c.lines {
		c.lines = n // the other width wraps otherwise
		return c.draw(size)
	}
	place(c.send, size.Width-composerSide-skin.SendWidth, skin.ComposerTools+h-skin.SendHeight, skin.SendWidth, skin.SendHeight)
	return []fyne.CanvasObject{ground, rule, c.smile, field, c.entry, c.send}
}

// placeEntry puts the lines into the middle of the field.
func (c *Composer) placeEntry(w, h float32) {
	content := float32(c.lines-1)*c.entry.lineHeight() + skin.ComposerField
	place(c.entry, composerSide+composerInset, skin.ComposerTools+whole((h-content)/2), w-2*composerInset, max(content, h))
}

func (c *Composer) pickEmoji() {
	showEmojiPicker(c.smile, c.labels.Emoji, c.recent, func(emoji string) {
		c.remember(emoji)
		c.Insert(emoji)
		call(c.OnEmoji, emoji)
	}, c.Focus)
}

// remember puts the emoji to the front of the recent ones.
func (c *Composer) remember(emoji string) {
	list := []string{emoji}
	for _, e := range c.recent {
		if e != emoji && len(list) < emojiRecentMax {
			list = append(list, e)
		}
	}
	c.recent = list
}
