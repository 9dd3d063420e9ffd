package demo_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"dovekie/xmppsvc/demo"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stanza"
)

// event is something that reached a client, and when.
type event struct {
	at time.Duration
	el *stanza.Element
}

// record takes all that comes within the time.
func (c *client) record(d time.Duration) []event {
	var out []event
	began, timeout := time.Now(), time.After(d)
	for {
		select {
		case el, ok := <-c.in:
			if !ok {
				return out
			}
			out = append(out, event{time.Since(began), el})
		case <-timeout:
			return out
		}
	}
}

func find(events []event, match func(*stanza.Element) bool) (time.Duration, *stanza.Element) {
	for _, e := range events {
		if match(e.el) {
			return e.at.Round(100 * time.Millisecond), e.el
		}
	}
	return -1, nil
}

func TestTheFirstMinute(t *testing.T) {
	for _, lang := range []string{"en", "zh"} {
		t.Run(lang, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := start(t, demo.Options{Lang: lang})
				c := login(t, s, "me", password, "desk")
				roster := c.ask("get", "", "<query xmlns='jabber:iq:roster'/>").First().Children()
				groups := map[string]bool{}
				for _, it := range roster {
					groups[it.First().Text()] = true
					if it.Get("subscription") != "both" || it.Get("name") == "" {
						t.Errorf("contact %v", it)
					}
				}
				if len(roster) != 8 || len(groups) != 3 {
					t.Errorf("%d contacts in %d groups", len(roster), len(groups))
				}
				c.write("<presence/>")
				events := c.record(time.Minute)
				online := 0
				for _, e := range events {
					if e.at < time.Second && e.el.Name.Local == "presence" && !sentBy(e.el, address("me")) {
						online++
						if e.el.ChildText(stanza.NSClient, "status") == "" {
							t.Errorf("no signature: %v", e.el)
						}
					}
				}
				if online != 6 {
					t.Errorf("%d contacts online at once, 6 expected", online)
				}
				checkScript(t, events)
			})
		})
	}
}

func checkScript(t *testing.T, events []event) {
	t.Helper()
	composing := func(el *stanza.Element) bool {
		return sentBy(el, address("pip")) && el.Child("http://jabber.org/protocol/chatstates", "composing") != nil
	}
	if at, _ := find(events, composing); at != 3*time.Second {
		t.Errorf("the guide types at %v", at)
	}
	at, welcome := find(events, message(address("pip"), ""))
	if at != 4500*time.Millisecond {
		t.Fatalf("the guide writes at %v", at)
	}
	text, found := demo.Suggestions(welcome.ChildText(stanza.NSClient, "body"))
	if len(found) != 3 || found[0].Action != demo.ActionSay || found[1].Action != demo.ActionStatus || found[2].Action != demo.ActionCut || strings.Contains(text, "•") || text == "" {
		t.Errorf("suggestions %v, text %q", found, text)
	}
	if at, _ := find(events, presence(address("xiaoman"), "")); at != 10*time.Second {
		t.Errorf("somebody comes online at %v", at)
	}
	if at, _ := find(events, message(address("xiaoman"), "")); at != 11500*time.Millisecond {
		t.Errorf("and writes at %v", at)
	}
	at, request := find(events, presence(address("maya"), "subscribe"))
	if at != 25*time.Second || request.ChildText(stanza.NSClient, "status") == "" || request.ChildText("http://jabber.org/protocol/nick", "nick") != "Maya Lindgren" {
		t.Errorf("a request at %v: %v", at, request)
	}
	live := func(from, status string) func(*stanza.Element) bool {
		return func(el *stanza.Element) bool {
			return presence(address(from), "")(el) && el.Child("urn:xmpp:delay", "delay") == nil && strings.Contains(el.String(), status)
		}
	}
	if at, _ := find(events, live("ben", "The build is green. Lunch?")); at != 40*time.Second {
		t.Errorf("a signature changes at %v", at)
	}
	if at, _ := find(events, live("nora", "<show>away</show>")); at != 55*time.Second {
		t.Errorf("somebody goes away at %v", at)
	}
}

func TestSecondStartGoesOnWhereTheFirstEnded(t *testing.T) {
	bubble(t, func(t *testing.T) {
		dir := t.TempDir()
		s := start(t, demo.Options{Dir: dir})
		owner(t, s)
		time.Sleep(12 * time.Second) // welcome and arrival
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		s = start(t, demo.Options{Dir: dir})
		c := login(t, s, "me", password, "desk")
		c.write("<presence/>")
		events := c.record(time.Minute)
		if at, el := find(events, message(address("pip"), "")); el != nil {
			t.Errorf("greeted again at %v: %v", at, el)
		}
		if at, _ := find(events, presence(address("xiaoman"), "")); at != 0 {
			t.Errorf("who had arrived is online at %v", at)
		}
		if at, _ := find(events, presence(address("maya"), "subscribe")); at != 25*time.Second {
			t.Errorf("what had not happened comes at %v", at)
		}
		c.write("<presence type='subscribed' to='%s'/><presence type='subscribe' to='%s'/>", address("maya"), address("maya"))
		c.expect("the other way round", presence(address("maya"), "subscribed"))
		c.within(10*time.Second, "thanks", message(address("maya"), ""))
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		s = start(t, demo.Options{Dir: dir})
		c = owner(t, s)
		if got := c.roster()[address("maya")]; got != "both" {
			t.Errorf("the accepted contact is %q", got)
		}
		c.never(time.Minute, "anything of the script", func(el *stanza.Element) bool {
			return el.Name.Local == "message" || el.Get("type") == "subscribe"
		})
	})
}

func TestStartOverBeginsAgain(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := start(t, demo.Options{})
		c := owner(t, s)
		register(t, s, "alice", "a")
		c.ask("set", "", "<query xmlns='jabber:iq:roster'><item jid='"+address("ben")+"' subscription='remove'/></query>")
		time.Sleep(30 * time.Second)
		if err := s.StartOver(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := c.ended(); got != "reset" {
			t.Errorf("the stream ended with %q", got)
		}
		c = owner(t, s)
		if n := len(c.roster()); n != 8 {
			t.Errorf("%d contacts", n)
		}
		c.within(6*time.Second, "the welcome", message(address("pip"), ""))
	})
}

func TestStartOverHonoursItsContext(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := start(t, demo.Options{})
		dial(t, s) // reads nothing, so its stream does not end at once
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := s.StartOver(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		owner(t, s).within(6*time.Second, "the welcome all the same", message(s.Guide().String(), ""))
	})
}

// converse sends a text to a contact and returns its answer.
func (c *client) converse(to, text string) string {
	c.tb.Helper()
	c.write("<message type='chat' id='c' to='%s'><body>%s</body></message>", address(to), text)
	return c.within(30*time.Second, "an answer of "+to+" to "+text, message(address(to), "")).ChildText(stanza.NSClient, "body")
}

func TestEchoRepeatsExactlyAndInOrder(t *testing.T) {
	bubble(t, func(t *testing.T) {
		c := owner(t, start(t, demo.Options{}))
		texts := []string{"one", "  two\n spaces ", "三，<&>'\"", "👩‍🚀", "five"}
		for _, text := range texts {
			c.write("<message type='chat' to='%s'><body>%s</body></message>", address("echo"), stanza.AppendEscaped(nil, text))
		}
		for _, want := range texts {
			if got := c.expect("an echo", message(address("echo"), "")).ChildText(stanza.NSClient, "body"); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		}
	})
}

func TestClockTellsTheTimeAndCallsTheMinutes(t *testing.T) {
	bubble(t, func(t *testing.T) {
		// The bubble begins at midnight UTC.
		c := owner(t, start(t, demo.Options{Lang: "zh", Now: func() time.Time { return time.Now().UTC() }}))
		time.Sleep(90 * time.Second)
		if got := c.converse("clock", "what time is it"); !strings.Contains(got, "00:01") || !strings.Contains(got, "every minute") {
			t.Errorf("got %q", got)
		}
		if got := c.converse("clock", "几点了"); !strings.Contains(got, "现在 00:01") {
			t.Errorf("got %q", got)
		}
		c.converse("clock", "every minute please")
		for _, want := range []string{"00:02", "00:03"} {
			m := c.within(61*time.Second, "the minute", message(address("clock"), want))
			if s := time.Now().UTC().Second(); s != 0 {
				t.Errorf("%v at second %d", m, s)
			}
		}
		c.converse("clock", "停")
		c.never(3*time.Minute, "another minute", message(address("clock"), ""))
	})
}

func TestWhoIsOfflineAnswersLater(t *testing.T) {
	bubble(t, func(t *testing.T) {
		c := owner(t, start(t, demo.Options{}))
		c.write("<message type='chat' id='m1' to='%s'><body>在吗</body><request xmlns='urn:xmpp:receipts'/></message>", address("yihe"))
		c.never(19*time.Second, "a sign of life", func(el *stanza.Element) bool { return sentBy(el, address("yihe")) })
		c.expect("coming online", presence(address("yihe"), ""))
		receipt := c.expect("a receipt", func(el *stanza.Element) bool {
			return sentBy(el, address("yihe")) && el.Child("urn:xmpp:receipts", "received") != nil
		})
		if receipt.Child("urn:xmpp:receipts", "received").Get("id") != "m1" {
			t.Error(receipt)
		}
		if got := c.expect("an answer", message(address("yihe"), "")).ChildText(stanza.NSClient, "body"); !strings.Contains(got, "地铁") {
			t.Errorf("got %q", got)
		}
		c.within(5*time.Minute, "leaving again", presence(address("yihe"), "unavailable"))
	})
}

func TestGuideAnswersInTheLanguageOfTheQuestion(t *testing.T) {
	bubble(t, func(t *testing.T) {
		c := owner(t, start(t, demo.Options{Lang: "zh"}))
		c.record(time.Minute)
		for text, want := range map[string]string{
			"Hello, Pip":                 "Hello to you",
			"你好，小雀":                      "你好呀",
			"help":                       "• Say hello",
			"帮助":                         "• 打个招呼",
			"How do I change my status?": "next to your name",
			"xyzzy":                      "help",
			"今天天气不错":                     "帮助",
			"12345":                      "帮助",
			"this is something":          "help", // not "hi"
		} {
			if got := c.converse("pip", text); !strings.Contains(got, want) {
				t.Errorf("%s: got %q, want %q", text, got, want)
			}
		}
		if got := c.converse("ben", "晚上吃什么"); !regexp.MustCompile(`\p{Han}`).MatchString(got) {
			t.Errorf("Ben answers Chinese with %q", got)
		}
	})
}

func TestGuideSeesTheStatus(t *testing.T) {
	bubble(t, func(t *testing.T) {
		c := owner(t, start(t, demo.Options{Lang: "en"}))
		time.Sleep(10 * time.Second)
		c.write("<presence><show>dnd</show></presence>")
		c.expect("a comment", message(address("pip"), "whisper"))
		c.write("<presence><show>dnd</show><status>in the rain</status></presence>")
		c.expect("a comment", message(address("pip"), "“in the rain”"))
		c.write("<presence><show>dnd</show><status>in the rain</status></presence>")
		c.never(5*time.Second, "a comment on nothing", message(address("pip"), ""))
	})
}

func TestCutReallyCuts(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := start(t, demo.Options{Lang: "en"})
		c := owner(t, s)
		time.Sleep(6 * time.Second)
		cutAt := time.Now()
		s.CutFor(10 * time.Second)
		if took := time.Since(cutAt); took > time.Second {
			t.Errorf("the call took %v", took)
		}
		c.expect("a word before", message(address("pip"), "10 seconds"))
		c.ended()
		for time.Since(cutAt) < 9*time.Second {
			if _, err := s.Dial(t.Context()); !errors.Is(err, demo.ErrCut) {
				t.Fatalf("dialling gives %v", err)
			}
			time.Sleep(time.Second)
		}
		time.Sleep(2 * time.Second)
		c = login(t, s, "me", password, "desk")
		c.write("<presence/>")
		for range 3 {
			c.write("<message type='chat' to='%s'><body>queued</body></message>", address("echo"))
		}
		c.within(10*time.Second, "a word after", message(address("pip"), "All 3 messages"))
	})
}

func TestGuideCutsWhenAsked(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := start(t, demo.Options{Lang: "zh"})
		c := owner(t, s)
		if got := c.converse("pip", "断开网络"); !strings.Contains(got, "10 秒") {
			t.Errorf("got %q", got)
		}
		c.ended()
		if _, err := s.Dial(t.Context()); !errors.Is(err, demo.ErrCut) {
			t.Errorf("dialling gives %v", err)
		}
	})
}

func TestContactsAnswerAsClientsDo(t *testing.T) {
	s := start(t, demo.Options{Lang: "zh"})
	c := owner(t, s)
	full := address("ben") + "/demo"
	if el := c.ask("get", full, "<query xmlns='http://jabber.org/protocol/disco#info'/>"); !strings.Contains(el.String(), "urn:xmpp:receipts") {
		t.Error(el)
	}
	if el := c.ask("get", full, "<query xmlns='jabber:iq:version'/>"); el.First().ChildText("jabber:iq:version", "name") == "" {
		t.Error(el)
	}
	if el := c.ask("get", full, "<ping xmlns='urn:xmpp:ping'/>"); el.Get("type") != "result" {
		t.Error(el)
	}
	if el := c.ask("set", full, "<query xmlns='jabber:iq:roster'/>"); condition(el) != "service-unavailable" {
		t.Error(el)
	}
	for _, local := range []string{"pip", "echo", "clock", "xiaoman", "nora", "yihe", "ben", "zhixia", "maya"} {
		el := c.ask("get", address(local), "<vCard xmlns='vcard-temp'/>")
		if el.First().ChildText("vcard-temp", "NOTE") != "体验联系人" || el.First().ChildText("vcard-temp", "FN") == "" {
			t.Errorf("%s: %v", local, el)
		}
		if !demo.IsContact(jid.MustParse(address(local))) {
			t.Errorf("%s is no contact", local)
		}
	}
	c.write("<message type='chat' id='m1' to='%s'><body>x</body><request xmlns='urn:xmpp:receipts'/><markable xmlns='urn:xmpp:chat-markers:0'/></message>", address("ben"))
	for _, ns := range []string{"urn:xmpp:receipts", "urn:xmpp:chat-markers:0"} {
		c.expect("a confirmation", func(el *stanza.Element) bool {
			return sentBy(el, address("ben")) && el.First() != nil && el.First().Name.Space == ns && el.First().Get("id") == "m1"
		})
	}
}

func TestRegisteredAccountMeetsTheContacts(t *testing.T) {
	bubble(t, func(t *testing.T) {
		c := register(t, start(t, demo.Options{}), "alice", "a")
		if got := c.converse("echo", "anyone"); got != "anyone" {
			t.Errorf("got %q", got)
		}
		c.write("<presence type='subscribe' to='%s'/>", address("nora"))
		c.expect("the approval", presence(address("nora"), "subscribed"))
		c.expect("a request in return", presence(address("nora"), "subscribe"))
		c.write("<presence type='subscribed' to='%s'/>", address("nora"))
		time.Sleep(time.Second)
		if got := c.roster()[address("nora")]; got != "both" {
			t.Errorf("got %q", got)
		}
		c.never(time.Minute, "the script", message(address("pip"), ""))
	})
}

func TestPasswordIsOnlyKeptSalted(t *testing.T) {
	dir := t.TempDir()
	s := start(t, demo.Options{Dir: dir, Password: model.NewSecret("correct horse")})
	register(t, s, "alice", "a")
	if _, p := s.Owner(); p.Reveal() != "correct horse" {
		t.Error("the owner's password is another")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(dir, "server.json"))
	if err != nil || strings.Contains(string(b), "correct horse") || strings.Contains(string(b), password) {
		t.Errorf("%v, %s", err, b)
	}
}

func TestOneServerPerFolder(t *testing.T) {
	dir := t.TempDir()
	start(t, demo.Options{Dir: dir})
	if _, err := demo.New(demo.Options{Dir: dir}); model.KindOf(err) != model.ErrInUse {
		t.Errorf("got %v", err)
	}
}

func TestUnreadableStateIsPutAside(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "server.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	owner(t, start(t, demo.Options{Dir: dir}))
	if _, err := os.Stat(filepath.Join(dir, "server.json.bad")); err != nil {
		t.Error(err)
	}
}

func TestSuggestionsOfOrdinaryTexts(t *testing.T) {
	for _, body := range []string{"", "plain", "• milk\n• bread", "• Say hello\nand more"} {
		if text, found := demo.Suggestions(body); text != body || found != nil {
			t.Errorf("%q: %q, %v", body, text, found)
		}
	}
}

func TestNoGoroutineStaysBehind(t *testing.T) {
	// A bubble does not end before every goroutine has.
	synctest.Test(t, func(t *testing.T) {
		s, err := demo.New(demo.Options{Dir: t.TempDir(), Password: model.NewSecret(password)})
		if err != nil {
			t.Fatal(err)
		}
		owner(t, s)
		time.Sleep(5 * time.Second)
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}
