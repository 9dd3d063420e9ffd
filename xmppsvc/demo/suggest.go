package demo

import (
	"strings"

	"dovekie/xmppsvc/jid"
)

// bullet begins the line of a suggestion.
const bullet = "• "

// Action is what a suggestion of the guide stands for.
type Action string

// The actions.
const (
	ActionSay    Action = "say"    // send Suggestion.Say to the guide
	ActionStatus Action = "status" // open the status chooser
	ActionCut    Action = "cut"    // Server.CutFor(10 * time.Second), or send Say
)

// Suggestion is something the guide proposes to try.
type Suggestion struct {
	Text   string // as shown
	Action Action
	Say    string // what to write to the guide; it understands this for every action
}

// suggestions in the order of the message.
var suggestions = []struct {
	action Action
	text   words
	say    words
}{
	{ActionSay, words{"Say hello", "打个招呼"}, words{"Hello, Pip", "你好，小雀"}},
	{ActionStatus, words{"Change your status", "换个状态"}, words{"How do I change my status?", "怎么换状态？"}},
	{ActionCut, words{"Cut the network", "断开网络"}, words{"Cut the network", "断开网络"}},
}

// Suggestions takes the suggestions off the end of a message's body: lines that begin
// with "• " and say one of the known texts, in either language. text is what is left.
// A body without any comes back as it is. The caller checks that the message is from
// a contact of the demo ([IsContact]).
func Suggestions(body string) (text string, found []Suggestion) {
	lines := strings.Split(body, "\n")
	n := len(lines)
	for ; n > 0; n-- {
		s, ok := suggestion(lines[n-1])
		if !ok {
			break
		}
		found = append([]Suggestion{s}, found...)
	}
	if len(found) == 0 {
		return body, nil
	}
	return strings.Join(lines[:n], "\n"), found
}

func suggestion(line string) (Suggestion, bool) {
	text, ok := strings.CutPrefix(line, bullet)
	if !ok {
		return Suggestion{}, false
	}
	for _, s := range suggestions {
		switch text {
		case s.text.en:
			return Suggestion{text, s.action, s.say.en}, true
		case s.text.zh:
			return Suggestion{text, s.action, s.say.zh}, true
		}
	}
	return Suggestion{}, false
}

// suggest ends a text with all suggestions.
func suggest(text string, l lang) string {
	for _, s := range suggestions {
		text += "\n" + bullet + s.text.in(l)
	}
	return text
}

// IsContact reports whether the address is one of the contacts that live in the server.
func IsContact(j jid.JID) bool {
	for i := range contacts {
		if j.Domain() == Domain && j.Local() == contacts[i].local {
			return true
		}
	}
	return false
}
