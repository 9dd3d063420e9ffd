package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"dovekie/app"
	"dovekie/app/settings"
	"dovekie/app/tr"
	"dovekie/xmppsvc/demo"
	"dovekie/xmppsvc/jid"
)

// The people of the demo whom the tour meets.
var (
	tourGuide = jid.MustParse("pip@" + demo.Domain)
	tourEcho  = jid.MustParse("echo@" + demo.Domain)
	tourMaya  = jid.MustParse("maya@" + demo.Domain)
)

// walk is the tour: in English and light first, then in Chinese and dark.
func (t *tourist) walk() error {
	t.look("the login panel", 15*time.Second, has("screen", "login"))
	t.painted()
	t.say("the window is open", "")
	t.picture("login-en-light", "The login panel. Nobody has signed in here yet: one Enter tries the demo.")
	t.use("zh", settings.ThemeDark)
	t.picture("login-zh-dark", "The same panel in Chinese and dark, switched while the window is open.")
	t.use("en", settings.ThemeLight)
	t.english()
	t.chinese()
	return t.err
}

// english goes through the demo as a newcomer would.
func (t *tourist) english() {
	t.look("the button", doMost, has("login.try", "Try it"))
	t.do("tap Try it", func() bool { return t.hand.Tap("login.try") })
	read := t.look("eight contacts", doMost, contacts(8))
	t.say("eight contacts of the demo are there", read)
	t.picture("contacts-en-light", "The demo: eight contacts in three groups.")

	t.look("a message of the guide", 20*time.Second, row(tourGuide, "unread"))
	t.open(tourGuide)
	read = t.look("the guide's text", doMost, message("in", "your guide"))
	t.say("Pip, the guide, has written", read)
	t.picture("guide-en-light", "Pip says what to try, with words to click.")
	t.write("Hello, Pip")
	read = t.look("the guide's answer", 15*time.Second, message("in", "Hello to you"))
	t.say("Pip answers a greeting", read)

	t.open(tourEcho)
	word := "Echo " + strconv.FormatInt(time.Now().UnixNano()%1e6, 10) + " 你好 🐦"
	t.write(word)
	read = t.look("the echo of what was written", doMost, message("in", word))
	t.say("the echo came back as it was written", read)
	t.picture("echo-en-light", "What one writes to Echo comes back; two ticks say that it was delivered.")

	t.cut()
	t.search()
	t.request()
}

// cut drops the network and watches a message wait and go out.
func (t *tourist) cut() {
	t.menu("cut")
	t.look("the loss of the network", 15*time.Second, has("chat.strip", "No connection"))
	t.write("written without a network")
	read := t.look("the waiting message", doMost, message("out queued", "without a network"))
	t.say("the network is cut; a message waits", read)
	t.picture("cut-en-light", "No connection: presences are unknown, the message waits with a clock.")
	read = t.look("the message going out", 30*time.Second, message("in", "without a network"))
	t.say("the network is back; the message went out by itself and its echo came", read)
	read = t.look("the session that was resumed", doMost, has("login", "resumed"))
	t.say("the session went on where it was: no new one was begun", read)
	t.menu("connection")
	read = t.look("the connection page to say so", doMost, func(f map[string]app.Fact) (string, bool) {
		for key, fact := range f {
			if strings.HasPrefix(key, "conn.row") && strings.Contains(fact.Text, tr.T("conn.resumed")) {
				return fact.Text, true
			}
		}
		return "", false
	})
	t.say("the connection page says so too", read)
	t.picture("resumed-en-light", "Back: the connection page tells that the session was resumed, and why the one before had ended.")
	t.do("close the page", func() bool { return t.hand.Tap("conn.close") })
	t.look("the chat", doMost, has("chat", tourEcho.String()))
}

func (t *tourist) search() {
	t.do("focus the search", func() bool { return t.hand.Tap("search") })
	t.do("type", func() bool { return t.hand.Type("tzx") })
	read := t.look("a contact found by the initials of its sound", doMost, func(f map[string]app.Fact) (string, bool) {
		return rows(f, "row.c:/")
	})
	t.say("search finds by sound: tzx", read)
	t.picture("search-en-light", "Search filters while one types; tzx finds a name by its sound.")
	t.do("end the search", func() bool { return t.hand.Key("Escape") })
}

// request accepts somebody who wants to be added.
func (t *tourist) request() {
	read := t.look("a request", 30*time.Second, row(tourMaya, "Maya"))
	t.say("somebody asks to be added", read)
	t.picture("request-en-light", "A request with a message and two buttons.")
	t.do("accept", func() bool { return t.hand.Accept(tourMaya) })
	read = t.look("the new contact", 15*time.Second, row(tourMaya, "available"))
	t.say("accepted: she is a contact, and online", read)
}

// chinese shows the same rooms in the other language and theme.
func (t *tourist) chinese() {
	t.use("zh", settings.ThemeDark)
	t.look("the Chinese panel", doMost, has("screen", "main"))
	t.picture("chat-zh-dark", "The same chat in Chinese and dark.")
	t.do("choose Messages", func() bool { return t.hand.TapAt("panel.tabs", 0.25, 0.5) })
	read := t.look("the recent chats", doMost, func(f map[string]app.Fact) (string, bool) { return rows(f, "row.m:") })
	t.say("the recent chats", read)
	t.picture("messages-zh-dark", "The Messages tab: last lines, times, unread.")
	t.do("add", func() bool { return t.hand.Tap("panel.add") })
	t.look("the sheet", doMost, has("overlay", ""))
	t.picture("add-zh-dark", "Adding a contact: address, a word with it, a group.")
	t.hand.Dismiss()
	t.use("zh", settings.ThemeLight)
	t.menu("ways")
	t.look("the sheet", doMost, has("overlay", ""))
	t.picture("ways-zh-light", "From the demo to a real account: three ways.")
	t.hand.Dismiss()
	t.menu("signout")
	t.look("the login panel", 15*time.Second, has("screen", "login"))
	t.say("signed out", "")
	t.picture("login-zh-light", "Back at the login panel.")

	t.do("tap 体验一下", func() bool { return t.hand.Tap("login.try") })
	t.look("a message of the guide", 20*time.Second, row(tourGuide, "unread"))
	t.do("choose Contacts", func() bool { return t.hand.TapAt("panel.tabs", 0.75, 0.5) })
	t.open(tourGuide)
	read = t.look("the guide's text", doMost, message("in", "我是小雀"))
	t.say("the demo in Chinese: 小雀 has written", read)
	t.write("你好，小雀")
	read = t.look("the guide's answer", 15*time.Second, message("in", "你好呀"))
	t.say("小雀 answers", read)
	t.picture("guide-zh-light", "The demo in Chinese: 小雀, the guide, with words to click.")
	t.use("zh", settings.ThemeDark)
	t.look("the panel", doMost, has("screen", "main"))
	t.picture("guide-zh-dark", "The same in dark.")
	t.menu("again")
	read = t.look("a fresh demo", 20*time.Second, func(f map[string]app.Fact) (string, bool) {
		if _, open := f["chat"]; open {
			return "", false
		}
		return row(tourGuide, "unread 1")(f)
	})
	t.say("the demo starts over", read)
}

// contacts waits until that many rows of contacts are shown.
func contacts(n int) func(map[string]app.Fact) (string, bool) {
	return func(f map[string]app.Fact) (string, bool) {
		count := 0
		for key := range f {
			if strings.HasPrefix(key, "row.c:") {
				count++
			}
		}
		return fmt.Sprint(count, " contacts"), count >= n
	}
}

// rows are the texts of the rows whose keys begin so.
func rows(f map[string]app.Fact, prefix string) (string, bool) {
	var texts []string
	for key, fact := range f {
		if strings.HasPrefix(key, prefix) {
			texts = append(texts, fact.Text)
		}
	}
	return strings.Join(texts, "; "), len(texts) > 0
}
