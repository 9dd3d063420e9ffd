package chat

import (
	"time"

	"fyne.io/fyne/v2"

	"dovekie/app/adapt"
	"dovekie/app/state"
	"dovekie/app/tr"
	"dovekie/widgets"
	"dovekie/xmppsvc/model"
)

// dotsEvery is the pace of the dots of somebody typing.
const dotsEvery = 400 * time.Millisecond

// newTimeline makes the messages of a chat; it keeps its place while other tabs are in
// front.
func (v *View) newTimeline(id model.ChatID) *widgets.Timeline {
	do := func(a Act) { v.actions.Do(id, a) }
	return widgets.NewTimeline(widgets.TimelineActions{
		OnLink: func(url string) { do(Act{Kind: ActLink, Text: url}) },
		OnAction: func(key string) {
			if key == edgeKey {
				do(Act{Kind: ActOlder})
			} else {
				do(Act{Kind: ActFillGap, Key: model.MessageID(key)})
			}
		},
		OnRetry: func(key string) { do(Act{Kind: ActRetry, Key: model.MessageID(key)}) },
		OnCopy:  func(text string) { do(Act{Kind: ActCopy, Text: text}) },
		OnMenu: func(key string, pos fyne.Position) {
			do(Act{Kind: ActMessageMenu, Key: model.MessageID(key), At: pos})
		},
		OnSuggestion: func(key, text string) {
			do(Act{Kind: ActSuggestion, Key: model.MessageID(key), Text: text})
		},
		OnVisible:   func(string) { v.actions.Seen(id) },
		OnNeedOlder: func() { v.actions.Older(id) },
		OnTyped:     v.typed,
		After:       v.clock.After,
	}, widgets.TimelineLabels{Retry: tr.T("chat.retry"), Again: tr.T("chat.again"), Read: tr.T("chat.read")}, v.clock.Now)
}

// typed takes what is typed while the messages have the keyboard.
func (v *View) typed(r rune) {
	v.composer.Focus()
	v.composer.Insert(string(r))
}

func (v *View) renderTimeline() {
	c, t := v.state.Chats[v.front], v.timelines[v.front]
	if c == nil || t == nil {
		return
	}
	v.grey = adapt.PeerAvatar(v.state, v.front).Gray
	t.SetItems(v.items(c))
	if c.Timeline.Past == state.PastNone && len(c.Timeline.Messages) == 0 {
		t.SetNone(tr.T("panel.no_messages"))
	} else {
		t.SetNone("")
	}
	if v.jump != "" {
		v.jumpIn(t, &c.Timeline)
	}
	if c.Timeline.Loaded && c.Timeline.Past == state.PastUnknown && (len(c.Timeline.Messages) == 0 || t.NearTop()) {
		v.actions.Older(v.front) // the timeline asks by itself only after somebody scrolled
	}
}

// jumpIn shows the message to jump to, or gives it up where it cannot come any more.
func (v *View) jumpIn(t *widgets.Timeline, tl *state.Timeline) {
	if _, ok := t.Item(string(v.jump)); ok {
		t.ScrollTo(string(v.jump))
		v.jump = ""
	} else if tl.Past != state.PastUnknown && !tl.Asked() {
		v.jump = ""
	}
}

// JumpTo shows a message of the chat in front, once its page is here. It reports whether
// older pages are still needed.
func (v *View) JumpTo(key model.MessageID) (missing bool) {
	v.jump = key
	v.renderTimeline()
	return v.jump != ""
}

// Jumping reports whether a message to show has not come yet.
func (v *View) Jumping() bool { return v.jump != "" }

// LastSeen is the newest message in sight of the chat in front.
func (v *View) LastSeen() model.MessageID {
	t, c := v.timelines[v.front], v.state.Chats[v.front]
	if t == nil || c == nil {
		return ""
	}
	_, last := t.VisibleKeys()
	found := t.AtBottom()
	for i := len(c.Timeline.Messages) - 1; i >= 0; i-- {
		m := &c.Timeline.Messages[i]
		if string(m.ID) == last {
			found = true
		}
		if found && !m.Outgoing && m.Kind != model.KindGap {
			return m.ID
		}
	}
	return ""
}

// FirstSeen is the first message of the chat in sight, or that was in sight when another
// one came in front; "" if none is.
func (v *View) FirstSeen(id model.ChatID) model.MessageID {
	if t := v.timelines[id]; t != nil {
		return model.MessageID(t.FirstMessage())
	}
	return ""
}

// renderTyping shows who is typing, its dots in slow steps.
func (v *View) renderTyping() {
	c, t := v.state.Chats[v.front], v.timelines[v.front]
	if c == nil || t == nil {
		return
	}
	if !c.Typing {
		t.SetTyping("")
		v.stopDots()
		return
	}
	t.SetTyping(tr.T("chat.typing", "name", v.state.Label(v.front.Account, v.front.Peer)))
	if v.dots == nil {
		v.stepDots()
	}
}

func (v *View) stepDots() {
	v.dots = v.clock.After(dotsEvery, func() {
		if t := v.timelines[v.front]; t != nil && v.dots != nil {
			t.StepTyping()
			v.stepDots()
		}
	})
}

func (v *View) stopDots() {
	if v.dots != nil {
		v.dots()
		v.dots = nil
	}
}
