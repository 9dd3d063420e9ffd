package demo

import (
	"fmt"
	"strings"
	"time"

	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/stanza"
)

const (
	echoTime    = 400 * time.Millisecond
	cutTime     = 10 * time.Second
	cutNotice   = 3 * time.Second // between the guide's word and the cut
	maxComments = 6               // of the guide on presence, so that it does not chatter
	callMinutes = 3
	timeOfDay   = "15:04"
)

// topic is something the guide recognises in a text.
type topic struct {
	marks []string // lower case; one of them is in the text
	reply func(b *bot, h heard)
}

// topics in the order of looking.
func topics() []topic {
	return []topic{
		{[]string{"cut", "disconnect", "断网", "断开", "断掉"}, (*bot).announceCut},
		{[]string{"status", "signature", "状态", "签名"}, saying(sayStatus)},
		{[]string{"account", "real", "register", "账号", "正式", "注册"}, saying(sayAccount)},
		{[]string{"help", "what can", "how ", "帮助", "怎么", "什么", "能做"}, (*bot).help},
		{[]string{"thank", "谢"}, saying(sayThanks)},
		{greetings, saying(sayHello)},
	}
}

var greetings = []string{"hello", "hi", "hey", "good morning", "good evening", "你好", "您好", "嗨", "早上好", "晚上好", "哈喽"}

func saying(w words) func(*bot, heard) {
	return func(b *bot, h heard) { b.respond(h, w.in(h.lang)) }
}

// reply answers a message in the contact's way.
func (b *bot) reply(h heard) {
	if b.local == b.srv.opt.Mute {
		return
	}
	switch b.local {
	case localGuide:
		b.guide(h)
	case localEcho:
		b.say(h.from, h.text, echoTime, nil)
	case localClock:
		b.clock(h)
	default:
		b.person(h)
	}
}

// respond types and sends an answer.
func (b *bot) respond(h heard, text string) { b.say(h.from, text, typing(text), nil) }

// guide is the guide's reply.
func (b *bot) guide(h heard) {
	for _, t := range topics() {
		if mentions(h.text, t.marks) {
			t.reply(b, h)
			return
		}
	}
	b.respond(h, sayUnknown[b.turn%len(sayUnknown)].in(h.lang))
	b.turn++
}

func (b *bot) help(h heard) { b.respond(h, suggest(sayHelp.in(h.lang), h.lang)) }

// announceCut says what happens, and then it happens.
func (b *bot) announceCut(h heard) {
	text := cutText(cutTime, h.lang)
	b.say(h.from, text, typing(text), func() {
		b.srv.after(cutNotice, func() { b.srv.cut(cutTime) })
	})
}

// cutText announces a cut.
func cutText(d time.Duration, l lang) string {
	return fmt.Sprintf(sayCut.in(l), max(1, int(d.Round(time.Second)/time.Second)))
}

// mentions reports whether a text has one of the marks; a Latin one must begin a word.
func mentions(text string, marks []string) bool {
	text = strings.ToLower(text)
	for _, m := range marks {
		for at := 0; ; {
			i := strings.Index(text[at:], m)
			if i < 0 {
				break
			}
			i += at
			if m[0] > 'z' || wordAt(text, i, len(m)) {
				return true
			}
			at = i + len(m)
		}
	}
	return false
}

// wordAt reports whether text[i:i+n] begins a word, and ends it if it is as short as "hi".
func wordAt(text string, i, n int) bool {
	letter := func(c byte) bool { return c >= 'a' && c <= 'z' }
	if i > 0 && letter(text[i-1]) {
		return false
	}
	return n > 3 || i+n == len(text) || !letter(text[i+n])
}

// clock tells the time, once or for the next minutes.
func (b *bot) clock(h heard) {
	now := b.srv.opt.Now()
	switch {
	case mentions(h.text, []string{"stop", "quiet", "enough", "停", "够了", "别报"}):
		b.minutes = 0
		b.respond(h, sayStop.in(h.lang))
	case mentions(h.text, []string{"minute", "每分", "分钟"}):
		calling := b.minutes > 0
		b.minutes = callMinutes
		b.respond(h, sayCall.in(h.lang))
		if !calling {
			b.callMinute(h)
		}
	case b.turn == 0:
		b.turn++
		b.respond(h, fmt.Sprintf(sayOffer.in(h.lang), now.Format(timeOfDay)))
	default:
		b.respond(h, fmt.Sprintf(sayTime.in(h.lang), now.Format(timeOfDay)))
	}
}

// callMinute tells the next full minute, as often as was asked for.
func (b *bot) callMinute(h heard) {
	now := b.srv.opt.Now()
	b.srv.after(now.Truncate(time.Minute).Add(time.Minute).Sub(now), func() {
		if b.minutes == 0 {
			return
		}
		b.minutes--
		// The timer may be a moment early by the wall clock.
		b.tell(h.from, fmt.Sprintf(sayMinute.in(h.lang), b.srv.opt.Now().Add(time.Second).Format(timeOfDay)))
		if b.minutes > 0 {
			b.callMinute(h)
		}
	})
}

// person answers like somebody with other things to do: a line in turn, and only one
// for what comes while it is typing.
func (b *bot) person(h heard) {
	if len(b.plans) > 0 {
		return
	}
	if mentions(h.text, greetings) && b.turn == 0 && b.local != localLater {
		b.respond(h, hello.in(h.lang)+space(h.lang)+b.lines[0].in(h.lang))
	} else {
		b.respond(h, b.lines[b.turn%len(b.lines)].in(h.lang))
	}
	b.turn++
}

// space stands between two sentences.
func space(l lang) string {
	if l == chinese {
		return ""
	}
	return " "
}

// watch lets the guide comment what the owner does with the presence. The first one of
// a resource, and what a probe brought, says nothing new.
func (b *bot) watch(el *stanza.Element, from jid.JID) {
	if el.Get("type") == "unavailable" {
		delete(b.seen, from.Resource())
		return
	}
	now := phaseSeen{el.ChildText(stanza.NSClient, "show"), el.ChildText(stanza.NSClient, "status")}
	was, known := b.seen[from.Resource()]
	b.seen[from.Resource()] = now
	if !known || now == was || delayed(el) || b.comments >= maxComments {
		return
	}
	l := b.srv.script.lang
	comment, ok := sayShow[now.show]
	text := comment.in(l)
	if now.status != was.status && now.status != "" {
		text, ok = fmt.Sprintf(saySignature.in(l), shorten(now.status, 60)), true
	} else if now.show == was.show {
		return // a signature was taken away
	}
	if ok {
		b.comments++
		b.say(from, text, typing(text), nil)
	}
}

// shorten cuts a text to n characters.
func shorten(s string, n int) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + "…"
	}
	return s
}
