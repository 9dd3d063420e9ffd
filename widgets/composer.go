package widgets

import (
	"strings"
	"time"

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
	OnNudge  func()
}

// ComposerLabels are the words of the composer.
type ComposerLabels struct {
	Send        string
	Placeholder string
	EmojiTool   string // the names of the tools
	NudgeTool   string
	Emoji       EmojiLabels
	Edit        EditLabels
}

// EditLabels are the words of the menu of a field. Without them there is no menu.
type EditLabels struct{ Cut, Copy, Paste, SelectAll string }

// Composer is where messages are written: a row of tools, the field that grows with its
// lines, and Send. For the UI goroutine.
type Composer struct {
	plain
	ComposerActions

	labels  ComposerLabels
	entry   *composerField
	smile   *IconButton
	nudge   *IconButton
	codes   *shortcodes
	send    *Button
	hints   *Hints
	recent  []string
	focused bool
	lines   int
}

const (
	composerSide   = 16
	composerGap    = 12
	composerBottom = 14
)

// NewComposer makes an empty composer.
func NewComposer(actions ComposerActions, labels ComposerLabels) *Composer {
	c := &Composer{ComposerActions: actions, entry: newComposerField(), lines: 1}
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
	c.entry.onChanged = c.changed
	c.entry.onMenu = c.editMenu
	c.entry.taps.now = time.Now
	c.smile = NewIconButton(assets.IconSmile, c.pickEmoji)
	c.nudge = NewIconButton(assets.IconNudge, func() {
		if c.OnNudge != nil {
			c.OnNudge()
		}
	})
	c.codes = newShortcodes(c.complete)
	c.entry.onKey = c.codes.key
	c.entry.proposing = c.codes.proposing
	c.entry.onMoved = c.follow
	c.send = NewButton("", PrimaryButton, c.submit)
	c.ExtendBaseWidget(c)
	c.SetLabels(labels)
	return c
}

// SetCtrlEnter chooses what sends: Ctrl+Enter, and Enter begins a line; or Enter, and Ctrl+Enter
// or Shift+Enter begins one.
func (c *Composer) SetCtrlEnter(on bool) { c.entry.ctrlSends = on }

// SetLabels changes the words, for another language or another chat.
func (c *Composer) SetLabels(labels ComposerLabels) {
	c.labels = labels
	c.send.SetText(labels.Send)
	c.entry.placeholder = labels.Placeholder
	c.entry.Refresh()
	if c.hints != nil {
		c.hints.Name(c.smile, labels.EmojiTool)
		c.hints.Name(c.nudge, labels.NudgeTool)
	}
}

// SetHints gives the tools the layer that shows their names.
func (c *Composer) SetHints(h *Hints) {
	c.hints = h
	c.SetLabels(c.labels)
}

// Nudge is the tool that nudges, for the read-back.
func (c *Composer) Nudge() *IconButton { return c.nudge }

// Text is what stands in the field.
func (c *Composer) Text() string { return c.entry.text }

// SetText puts a draft into the field, the caret behind it. It calls nothing.
func (c *Composer) SetText(text string) {
	if text == c.entry.text {
		return
	}
	c.entry.setText(text)
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
	text := strings.TrimSpace(c.entry.text)
	c.Focus()
	if text == "" {
		return
	}
	c.SetText("")
	call(c.OnChange, "")
	call(c.OnSubmit, text)
}

func (c *Composer) changed(text string) {
	c.relay()
	call(c.OnChange, text)
}

// follow proposes emoji for the word at the caret.
func (c *Composer) follow() {
	f := c.entry
	if f.caret != f.mark {
		c.codes.end()
		return
	}
	c.codes.follow(f.text, f.caret)
}

// complete puts an emoji in the place of the word that asked for it.
func (c *Composer) complete(emoji string, from int) {
	c.codes.end()
	f := c.entry
	f.mark = from
	c.remember(emoji)
	f.insert(emoji)
	call(c.OnEmoji, emoji)
	c.Focus()
}

// relay makes the field as high as its lines need.
func (c *Composer) relay() {
	if c.Size().Width < 1 {
		return // draw will see to it
	}
	lines := min(c.entry.lines(c.fieldWidth(c.Size())), skin.ComposerLines)
	if lines == c.lines {
		return
	}
	c.lines = lines
	c.Refresh() // a new least size: the layout around it follows
}

func (c *Composer) fieldWidth(size fyne.Size) float32 {
	return size.Width - 2*composerSide - composerGap - skin.SendWidth
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
	place(c.nudge, composerSide-2+skin.HitArea, (skin.ComposerTools-skin.HitArea)/2, skin.HitArea, skin.HitArea)
	left := composerSide - 2 + 2*skin.HitArea + composerGap
	place(c.codes, left, 0, max(size.Width-left-composerSide, 0), skin.ComposerTools)
	w := c.fieldWidth(size)
	c.lines = min(c.entry.lines(w), skin.ComposerLines) // another width wraps otherwise
	h := c.fieldHeight()
	field := fieldGround(fyne.NewSize(w, h), c.focused, false, dark)
	field.Move(fyne.NewPos(composerSide, skin.ComposerTools))
	place(c.entry, composerSide, skin.ComposerTools, w, h)
	place(c.send, size.Width-composerSide-skin.SendWidth, skin.ComposerTools+h-skin.SendHeight, skin.SendWidth, skin.SendHeight)
	return []fyne.CanvasObject{ground, rule, c.smile, c.nudge, c.codes, field, c.entry, c.send}
}

// editMenu offers what the clipboard can do.
func (c *Composer) editMenu(pos fyne.Position) { editMenu(c.entry, c.labels.Edit, pos) }

func editMenu(f *composerField, l EditLabels, pos fyne.Position) {
	cv := canvasFor(f)
	if l.Paste == "" || cv == nil {
		return
	}
	none := f.selected() == ""
	ShowMenu(cv, pos, []MenuItem{
		{Key: "cut", Text: l.Cut, Disabled: none},
		{Key: "copy", Text: l.Copy, Disabled: none},
		{Key: "paste", Text: l.Paste, Disabled: fyne.CurrentApp().Clipboard().Content() == ""},
		{},
		{Key: "all", Text: l.SelectAll, Disabled: f.text == ""},
	}, func(key string) {
		switch key {
		case "cut":
			f.cut()
		case "copy":
			f.copy()
		case "paste":
			f.paste()
		case "all":
			f.selectAll()
		}
	})
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
