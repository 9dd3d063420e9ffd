package chat

import (
	"strconv"
	"strings"

	"fyne.io/fyne/v2"

	"dovekie/app/adapt"
	"dovekie/app/state"
	"dovekie/widgets"
	"dovekie/xmppsvc/model"
)

// factsMost is how many of the newest messages the read-back tells.
const factsMost = 12

// addFact tells one fact with its place, nowhere for a size of zero.
type addFact func(key, text string, pos fyne.Position, size fyne.Size, o fyne.CanvasObject)

// Facts tells what the chat shows, for the read-back.
func (v *View) Facts(object func(key, text string, o fyne.CanvasObject), add func(key, text string, pos fyne.Position, size fyne.Size, o fyne.CanvasObject)) {
	if v.front.Peer.IsZero() || v.state == nil {
		return
	}
	object("chat", v.front.Peer.String(), nil)
	var titles []string
	for _, tab := range v.tabs.Tabs() {
		titles = append(titles, tab.Title)
	}
	object("chat.tabs", strings.Join(titles, " | "), v.tabs)
	if words := v.hints.Text(); words != "" {
		object("tip", words, v.hints)
	}
	object("chat.head", v.state.Label(v.front.Account, v.front.Peer), v.head)
	object("composer", v.composer.Text(), v.composer)
	object("composer.nudge", "", v.composer.Nudge())
	if v.strip.Visible() {
		object("chat.strip", v.strip.Text(), v.strip)
	}
	c, t := v.state.Chats[v.front], v.timelines[v.front]
	if c == nil || t == nil {
		return
	}
	object("chat.messages", "", t)
	object("chat.place", v.placeText(c, t), nil)
	if c.Typing {
		object("chat.typing", "", nil)
	}
	if words := t.Hint(); words != "" {
		object("hint", words, nil)
	}
	lineFacts(t, edgeKey, edgeKey, add)
	var newest []string
	for i := max(len(c.Timeline.Messages)-factsMost, 0); i < len(c.Timeline.Messages); i++ {
		m := &c.Timeline.Messages[i]
		newest = append(newest, v.textOf(m))
		if m.Kind == model.KindGap {
			lineFacts(t, string(m.ID), "gap."+string(m.ID), add)
		} else {
			messageFacts(t, m, v.textOf(m), add)
		}
	}
	object("chat.newest", strings.Join(newest, "\n"), nil)
}

// textOf is what a message says.
func (v *View) textOf(m *model.Message) string {
	if text, is := adapt.Nudge(v.state, m); is {
		return text
	}
	return m.Body
}

// placeText says where in the chat the reader is: "" at its end, else the message that
// holds the place and how far above the lower edge it stands.
func (v *View) placeText(c *state.Chat, t *widgets.Timeline) string {
	place := t.Place()
	if place.Key == "" {
		return ""
	}
	text := place.Key
	for i := range c.Timeline.Messages {
		if m := &c.Timeline.Messages[i]; string(m.ID) == place.Key {
			text = m.Body
		}
	}
	return strconv.Itoa(int(place.Below)) + " below " + text
}

// lineFacts tells a centred line and where it can be clicked.
func lineFacts(t *widgets.Timeline, key, as string, add addFact) {
	if item, ok := t.Item(key); ok {
		pos, size := t.ActionPlace(key)
		add(as, item.Text, origin(t).Add(pos), size, nil)
	}
}

// messageFacts tells a message, its sign, and what failed.
func messageFacts(t *widgets.Timeline, m *model.Message, text string, add addFact) {
	key, side := string(m.ID), "in"
	if m.Outgoing {
		side = "out " + string(m.Delivery)
	}
	pos, size := t.BubblePlace(key)
	add("message."+key, side+": "+text, origin(t).Add(pos), size, nil)
	if pos, size = t.SignPlace(key); m.Outgoing && size.Width > 0 {
		add("sign."+key, "", origin(t).Add(pos), size, nil)
	}
	if item, ok := t.Item(key); ok && item.Error != "" {
		pos, size = t.RetryPlace(key)
		add("retry."+key, item.Error, origin(t).Add(pos), size, nil)
	}
}

// origin is where the messages begin in the window.
func origin(t *widgets.Timeline) fyne.Position {
	return fyne.CurrentApp().Driver().AbsolutePositionForObject(t)
}
