package demo

import (
	"regexp"
	"strings"
	"testing"
)

// texts are all that the contacts can say, with where it stands.
func texts() map[string]words {
	all := map[string]words{
		"hello": hello, "note": note, "welcome": sayWelcome, "help": sayHelp, "sayHello": sayHello, "sayStatus": sayStatus,
		"thanks": sayThanks, "account": sayAccount, "cut": sayCut, "none": sayBackNone, "one": sayBackOne, "many": sayBackMany,
		"signature": saySignature, "arrival": sayArrival, "request": sayRequest, "added": sayAdded, "time": sayTime,
		"offer": sayOffer, "call": sayCall, "minute": sayMinute, "stop": sayStop,
		"start": groupStart, "friends": groupFriends, "work": groupWork,
	}
	for i, w := range sayUnknown {
		all["unknown"+string(rune('0'+i))] = w
	}
	for show, w := range sayShow {
		all["show "+show] = w
	}
	for _, c := range contacts {
		all[c.local+" name"], all[c.local+" status"], all[c.local+" after"], all[c.local+" about"] = c.name, c.status, c.after.status, c.about
		for i, w := range c.lines {
			all[c.local+" line"+string(rune('0'+i))] = w
		}
	}
	for _, s := range suggestions {
		all["suggestion "+s.text.en], all["say "+s.say.en] = s.text, s.say
	}
	return all
}

// The rules of tone: short, no apology, no shouting, and Chinese punctuation beside
// Chinese characters.
func TestWordsKeepTheTone(t *testing.T) {
	halfWidth := regexp.MustCompile(`\p{Han}[,!?:;()."]|[,!?:;()"]\p{Han}`)
	for where, w := range texts() {
		for _, text := range []string{w.en, w.zh} {
			for _, bad := range []string{"抱歉", "对不起", "您", "sorry", "Sorry", "Oops", "!", "！"} {
				if strings.Contains(text, bad) {
					t.Errorf("%s: %q holds %q", where, text, bad)
				}
			}
			if m := halfWidth.FindString(text); m != "" {
				t.Errorf("%s: %q has %q", where, text, m)
			}
		}
		if (w.en == "") != (w.zh == "") {
			t.Errorf("%s lacks a language: %q, %q", where, w.en, w.zh)
		}
		if strings.Count(w.en, "%") != strings.Count(w.zh, "%") {
			t.Errorf("%s: %q and %q take different values", where, w.en, w.zh)
		}
	}
}

func TestEverySuggestionIsUnderstoodByTheGuide(t *testing.T) {
	for _, s := range suggestions {
		for _, say := range []string{s.say.en, s.say.zh} {
			known := false
			for _, topic := range topics() {
				known = known || mentions(say, topic.marks)
			}
			if !known {
				t.Errorf("the guide does not know what %q means", say)
			}
		}
	}
}

func TestMarksAreWords(t *testing.T) {
	for text, want := range map[string]bool{
		"hi": true, "Hi, Pip": true, "well hi": true, "this": false, "hint": false, "嗨": true, "oh, hello there": true, "they": false, "": false,
	} {
		if got := mentions(text, greetings); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
