package chat

import (
	"time"

	"fyne.io/fyne/v2"

	"dovekie/app/tr"
	"dovekie/widgets"
	"dovekie/xmppsvc/model"
)

// How long after the last key typing counts as paused, and how often it is told again.
const (
	pausedAfter  = 5 * time.Second
	composeAgain = 20 * time.Second
)

// typingState is what the peer of the chat in front was told about us.
type typingState struct {
	told   time.Time // when composing was told last
	stop   func()    // the timer that tells paused
	active bool
}

func (v *View) makeComposer() {
	v.composer = widgets.NewComposer(widgets.ComposerActions{
		OnSubmit: v.submit,
		OnChange: v.textChanged,
		OnEscape: v.escape,
		OnPage:   v.turnPage,
		OnEmoji:  v.actions.EmojiPicked,
		OnNudge:  func() { v.actions.Do(v.front, Act{Kind: ActNudge}) },
	}, v.labels(""))
	v.composer.SetHints(v.hints)
	v.composer.SetRecentEmoji(v.actions.RecentEmoji())
	v.composer.SetCtrlEnter(v.actions.CtrlEnter())
}

// CtrlEnterChanged takes in what sends from now on.
func (v *View) CtrlEnterChanged() {
	v.composer.SetCtrlEnter(v.actions.CtrlEnter())
	v.composer.SetLabels(v.labels(v.named))
}

// labels are the words of the composer for a chat with that name.
func (v *View) labels(name string) widgets.ComposerLabels {
	placeholder := "chat.placeholder"
	if v.actions.CtrlEnter() {
		placeholder = "chat.placeholder_ctrl"
	}
	return widgets.ComposerLabels{
		Send: tr.T("chat.send"), Placeholder: tr.T(placeholder, "name", name),
		EmojiTool: tr.T("chat.emoji"), NudgeTool: tr.T("chat.nudge"),
		Edit: widgets.EditLabels{Cut: tr.T("menu.cut"), Copy: tr.T("menu.copy"), Paste: tr.T("menu.paste"), SelectAll: tr.T("menu.select_all")},
		Emoji: widgets.EmojiLabels{
			Search: tr.T("emoji.search"), None: tr.T("emoji.none"), Recent: tr.T("emoji.recent"),
			Groups: map[string]string{
				"smileys": tr.T("emoji.smileys"), "gestures": tr.T("emoji.gestures"), "hearts": tr.T("emoji.hearts"),
				"animals": tr.T("emoji.animals"), "things": tr.T("emoji.things"), "food": tr.T("emoji.food"),
				"nature": tr.T("emoji.nature"), "places": tr.T("emoji.places"),
			},
		},
	}
}

func (v *View) setPlaceholder(name string) {
	if v.named != name {
		v.named = name
		v.composer.SetLabels(v.labels(name))
	}
}

// setComposer shows the draft of the chat in front.
func (v *View) setComposer() {
	draft := ""
	if c := v.state.Chats[v.front]; c != nil {
		draft = c.Draft
	}
	v.composer.SetText(draft)
}

// DraftRestored shows the draft of the chat in front, unless something was typed already.
func (v *View) DraftRestored() {
	if !v.front.Peer.IsZero() && v.composer.Text() == "" {
		v.setComposer()
	}
}

func (v *View) submit(text string) {
	v.endTyping()
	if t := v.timelines[v.front]; t != nil {
		t.ScrollToBottom()
	}
	v.actions.Send(v.front, text)
}

// GiveBack makes a text that could not be sent the draft again, before what was typed
// meanwhile.
func (v *View) GiveBack(id model.ChatID, text string) {
	typed := ""
	if c := v.state.Chats[id]; c != nil {
		typed = c.Draft
	}
	if typed != "" {
		text += "\n" + typed
	}
	if id == v.front {
		v.composer.SetText(text)
	}
	v.actions.Draft(id, text)
}

// KeepDraft hands over what is typed, before another chat comes in front.
func (v *View) KeepDraft() {
	if !v.front.Peer.IsZero() {
		v.actions.Draft(v.front, v.composer.Text())
	}
}

// textChanged tells the peer that we type; the draft is kept with every key, so that
// nothing is lost however the chat is left.
func (v *View) textChanged(text string) {
	if v.front.Peer.IsZero() {
		return
	}
	v.actions.Draft(v.front, text)
	if text == "" {
		v.endTyping()
		return
	}
	now := v.clock.Now()
	if !v.typing.active || now.Sub(v.typing.told) > composeAgain {
		v.typing.told, v.typing.active = now, true
		v.actions.Typing(v.front, model.ChatComposing)
	}
	if v.typing.stop != nil {
		v.typing.stop()
	}
	id := v.front
	v.typing.stop = v.clock.After(pausedAfter, func() {
		if v.typing.active && v.front == id {
			v.typing.active = false
			v.actions.Typing(id, model.ChatPaused)
		}
	})
}

// endTyping tells that we no longer type, once.
func (v *View) endTyping() {
	if v.typing.stop != nil {
		v.typing.stop()
	}
	if v.typing.active {
		v.actions.Typing(v.front, model.ChatActive)
	}
	v.typing = typingState{}
}

func (v *View) escape() {
	v.KeepDraft()
	v.actions.Close(v.front)
}

// turnPage scrolls the messages from the composer.
func (v *View) turnPage(up bool) {
	t := v.timelines[v.front]
	if t == nil {
		return
	}
	key := fyne.KeyPageDown
	if up {
		key = fyne.KeyPageUp
	}
	t.TypedKey(&fyne.KeyEvent{Name: key})
}
