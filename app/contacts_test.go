package app_test

import (
	"testing"

	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/model"
)

func TestOfflineContactsAreHiddenAndShownAgain(t *testing.T) {
	b := signedIn(t, "en")
	const here, gone = "row.c:Friends/nora@example.org", "row.c:Friends/tom@example.org"
	b.until("the contacts", func() bool { return b.text(here) != "" && b.text(gone) != "" })
	b.tapRow("panel.menu")
	if b.text("menu.offline") != "Hide offline contacts" {
		t.Fatalf("%v", b.texts())
	}
	b.tapRow("menu.offline")
	b.until("only who is online", func() bool { return b.text(here) != "" && b.text(gone) == "" })
	if got := b.text("row.g:Friends"); got != "Friends |  | 1/2" || !b.app.Settings().HideOffline {
		t.Errorf("the group says %q", got)
	}
	b.svc.feed.put(event.ConnectionChanged{Account: me, Connection: model.Connection{State: model.Waiting, Cause: model.ErrUnreachable}})
	b.until("all, as nobody is known", func() bool { return b.text(gone) != "" })
	b.svc.feed.put(event.ConnectionChanged{Account: me, Connection: model.Connection{State: model.Online}})
	b.until("only who is online again", func() bool { return b.text(gone) == "" })
	m := model.Message{ID: "m1", Chat: chatWith(tom), Kind: model.KindText, From: tom, Body: "bye", Position: 1}
	b.svc.feed.put(event.MessageAdded{Message: m}, event.ChatChanged{Chat: model.Chat{ID: m.Chat, Last: &m, Unread: 1}})
	b.until("who wrote before he went", func() bool { return b.text(gone) != "" })
	b.tapRow("panel.menu")
	if b.text("menu.offline") != "Show offline contacts" {
		t.Errorf("%v", b.texts())
	}
	b.tapRow("menu.offline")
	b.until("all again", func() bool { return b.text(gone) != "" })
}
