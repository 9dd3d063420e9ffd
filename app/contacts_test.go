package app_test

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/jid"
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

func TestDraggedContactChangesItsGroup(t *testing.T) {
	b := signedIn(t, "en")
	ida := jid.MustParse("ida@example.org")
	b.svc.feed.put(event.ContactChanged{Account: me, Contact: model.Contact{RosterItem: model.RosterItem{JID: ida, Groups: []string{"Family", "Work"}}}})
	const row = "row.c:Family/ida@example.org"
	b.until("the groups", func() bool { return b.text(row) != "" && b.text("row.g:Work") != "" })
	b.drag(row, "row.g:Friends")
	b.command(`set contact ida@example.org "" [Work Friends]`)
	b.drag(row, "row.c:Work/ida@example.org") // is there already: that place alone stays
	b.command(`set contact ida@example.org "" [Work]`)
}

// drag takes what the one fact names to the middle of the other.
func (b *bench) drag(from, to string) {
	b.t.Helper()
	middle := func(key string) fyne.Position {
		r := b.app.Facts()[key].Rect
		if r == nil {
			b.t.Fatalf("%s is not shown: %v", key, b.texts())
		}
		return fyne.NewPos(float32(r[0]+r[2]/2), float32(r[1]+r[3]/2))
	}
	start, end := middle(from), middle(to)
	test.Drag(b.app.Window().Canvas(), end, end.X-start.X, end.Y-start.Y)
	b.drain()
}
