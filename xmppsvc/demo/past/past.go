// Package past holds what the owner of the demo and its contacts wrote to each other
// before the owner signed in here for the first time: so that there is a history to read,
// to search and to page through. It is text and a clock; the demo server makes messages of
// it, which are in the archive only.
//
// A conversation is written as people read it. A line "@ 12 20:15" begins a run of
// messages twelve days ago at a quarter past eight in the evening of whoever looks;
// "< " is what the contact wrote, "> " what the owner did.
package past

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Message is one message of a conversation.
type Message struct {
	At   time.Time
	Mine bool // of the owner
	Text string
}

// Conversation is what one contact and the owner wrote, oldest first.
type Conversation struct {
	Local    string // of the contact's address
	Messages []Message
}

// scripts by the local part of the contact's address.
var scripts = []struct{ local, text string }{
	{"xiaoman", xiaomanLoaves + xiaomanOven}, {"nora", nora}, {"yihe", yihe}, {"ben", ben}, {"zhixia", zhixia},
}

// All are the conversations as they look now, in the zone of now. All of their messages
// are older than now.
func All(now time.Time) []Conversation {
	var all []Conversation
	for _, s := range scripts {
		all = append(all, Conversation{s.local, read(s.text, now)})
	}
	return all
}

// read makes messages of a script. What is no line of it says nothing.
func read(script string, now time.Time) []Message {
	var all []Message
	var at time.Time
	for line := range strings.Lines(script) {
		line = strings.TrimSuffix(line, "\n")
		kind, text, _ := strings.Cut(line, " ")
		switch kind {
		case "@":
			at = moment(text, now)
		case "<", ">":
			all = append(all, Message{at, kind == ">", text})
			at = at.Add(pause(text, len(all)))
		}
	}
	return all
}

// moment is "12 20:15": so many days ago, by the clock on the wall. In the first night
// hours yesterday evening may be less than a day ago; it is always before now.
func moment(s string, now time.Time) time.Time {
	days, clock, _ := strings.Cut(s, " ")
	hour, minute, _ := strings.Cut(clock, ":")
	n := [3]int{}
	for i, part := range [...]string{days, hour, minute} {
		n[i], _ = strconv.Atoi(part) // a test reads every line
	}
	y, m, d := now.Date()
	return time.Date(y, m, d-n[0], n[1], n[2], 0, 0, now.Location())
}

// pause is how long it takes until the next message: it is read, and one of its length is
// typed. The odd part is for looks.
func pause(text string, nth int) time.Duration {
	return 7*time.Second + time.Duration(utf8.RuneCountInString(text))*1500*time.Millisecond + time.Duration(nth*37%29)*time.Second
}
