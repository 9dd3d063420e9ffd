package app_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"dovekie/xmppsvc/model"
)

// stored are the drafts that the service was told, in order.
func (b *bench) stored() []string {
	var told []string
	for _, call := range b.svc.all() {
		if text, is := strings.CutPrefix(call, "draft "); is {
			told = append(told, text)
		}
	}
	return told
}

func TestDraftIsStoredWhileTypingAndWithTheWindow(t *testing.T) {
	b := signedIn(t, "en")
	b.open(nora)
	b.typeText("hel")
	b.until("the first write", func() bool { return slices.Equal(b.stored(), []string{`nora@example.org "hel"`}) })
	b.typeText("lo")
	b.tapRow("panel.menu")
	b.tapRow("menu.quit")
	b.until("the end", func() bool { return b.svc.called("close") })
	all := b.svc.all()
	if i := slices.Index(all, `draft nora@example.org "hello"`); i < 0 || i > slices.Index(all, "close") {
		t.Errorf("what was typed last is not stored before the end: %q", all)
	}
}

func TestManyKeysAreFewWrites(t *testing.T) {
	b := signedIn(t, "en")
	b.open(nora)
	for range 40 {
		b.typeText("x")
	}
	b.until("a write", func() bool { return len(b.stored()) > 0 })
	time.Sleep(600 * time.Millisecond)
	b.drain()
	if told := b.stored(); len(told) > 2 || !strings.Contains(told[len(told)-1], strings.Repeat("x", 40)) {
		t.Errorf("stored %q", told)
	}
}

func TestSentDraftIsStoredNoMore(t *testing.T) {
	b := signedIn(t, "en")
	b.open(nora)
	b.typeText("hello")
	b.command(`draft nora@example.org "hello"`)
	b.key("Return")
	b.command(`send nora@example.org "hello"`)
	b.command(`draft nora@example.org ""`)
}

func TestDraftsOfAnEarlierRunAreThere(t *testing.T) {
	b := newBench(t, "en")
	b.svc.drafts = []model.Draft{
		{Chat: chatWith(nora), Text: "half a sen", Time: time.Now()}, {Chat: chatWith(tom), Text: "对了", Time: time.Now().Add(-time.Hour)},
	}
	signedInWith(t, b)
	b.open(nora)
	b.until("the draft", func() bool { return b.text("composer") == "half a sen" })
	b.open(tom)
	if got := b.text("composer"); got != "对了" {
		t.Errorf("the other one is %q", got)
	}
	b.typeText("，明天")
	b.open(nora)
	if got := b.text("composer"); got != "half a sen" {
		t.Errorf("%q", got)
	}
	b.command(`draft tom@example.org "对了，明天"`)
	if told := b.stored(); len(told) != 1 {
		t.Errorf("what did not change was stored: %q", told)
	}
}

func TestTextThatCouldNotBeSentIsTheDraftAgain(t *testing.T) {
	b := signedIn(t, "en")
	b.open(nora)
	b.svc.refuses(model.Errorf(model.ErrTooLarge, "too long"))
	b.typeText("hello")
	b.key("Return")
	b.until("the text back", func() bool { return b.text("composer") == "hello" })
	b.svc.refuses(nil)
	b.open(tom)
	b.open(nora)
	if got := b.text("composer"); got != "hello" {
		t.Errorf("after another chat it is %q", got)
	}
	b.until("its write", func() bool {
		told := b.stored()
		return len(told) > 0 && told[len(told)-1] == `nora@example.org "hello"`
	})

	b.svc.refuses(model.Errorf(model.ErrTooLarge, "too long"))
	b.key("Return")
	b.typeText("more")
	b.until("both", func() bool { return b.text("composer") == "hello\nmore" })
}

func TestDraftThatCouldNotBeStoredIsStoredLater(t *testing.T) {
	b := signedIn(t, "en")
	b.open(nora)
	b.svc.refuses(model.Errorf(model.ErrStorage, "disk full"))
	b.typeText("hello")
	b.command(`draft nora@example.org "hello"`)
	b.drain()
	b.svc.refuses(nil)
	before := len(b.stored())
	b.tapRow("panel.menu")
	b.tapRow("menu.quit")
	b.until("the end", func() bool { return b.svc.called("close") })
	if told := b.stored()[before:]; !slices.Equal(told, []string{`nora@example.org "hello"`}) {
		t.Errorf("stored at the end: %q", told)
	}
}
