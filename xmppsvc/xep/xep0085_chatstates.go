package xep

import (
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stanza"
)

// NSChatStates is XEP-0085.
const NSChatStates = "http://jabber.org/protocol/chatstates"

// ChatState builds the child of a message that says what we are doing.
func ChatState(s model.ChatState) *stanza.Element { return stanza.New(NSChatStates, string(s)) }

// ChatStateOf is what the sender of the message is doing. A message with several states
// says nothing (XEP-0085 §5.1: "a message stanza MUST NOT contain more than one").
func ChatStateOf(message *stanza.Element) (s model.ChatState, ok bool) {
	for _, el := range message.Children() {
		if el.Name.Space != NSChatStates {
			continue
		}
		switch c := model.ChatState(el.Name.Local); c {
		case model.ChatActive, model.ChatComposing, model.ChatPaused, model.ChatInactive, model.ChatGone:
			if ok {
				return "", false
			}
			s, ok = c, true
		}
	}
	return s, ok
}
