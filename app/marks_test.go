package app_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"dovekie/widgets"
	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
)

// chatIs tells what a chat is now.
func (b *bench) chatIs(peer jid.JID, unread int, at time.Time, marks model.ChatMarks) {
	last := received("last-"+peer.Local(), 1, "the last word")
	last.Chat, last.From, last.Time, last.Live = chatWith(peer), peer, at, false
	b.svc.feed.put(event.ChatChanged{Chat: model.Chat{ID: chatWith(peer), Last: &last, Unread: unread, Updated: at, ChatMarks: marks}})
}

// rows are the addresses of the chats, from top to bottom.
func (b *bench) rows() []string {
	type row struct {
		peer string
		y    int
	}
	var all []row
	for key, f := range b.app.Facts() {
		if peer, is := strings.CutPrefix(key, "row.m:"); is && f.Rect != nil {
			all = append(all, row{peer, f.Rect[1]})
		}
	}
	slices.SortFunc(all, func(x, y row) int { return x.y - y.y })
	var out []string
	for _, r := range all {
		out = append(out, r.peer)
	}
	return out
}

// showMessages taps the left half of the switch.
func (b *bench) showMessages() {
	b.t.Helper()
	r := b.app.Facts()["panel.tabs"].Rect
	test.TapCanvas(b.app.Window().Canvas(), fyne.NewPos(float32(r[0]+r[2]/4), float32(r[1]+r[3]/2)))
	b.drain()
}

// secondary opens the menu of a row.
func (b *bench) secondary(key string) {
	b.t.Helper()
	r := b.app.Facts()[key].Rect
	if r == nil {
		b.t.Fatalf("%s is not shown: %v", key, b.texts())
	}
	for _, o := range test.LaidOutObjects(b.app.Window().Content()) {
		if list, is := o.(*widgets.FlatList); is {
			at := fyne.NewPos(float32(r[0]+r[2]/2), float32(r[1]+r[3]/2))
			place := fyne.CurrentApp().Driver().AbsolutePositionForObject(list)
			list.TappedSecondary(&fyne.PointEvent{Position: at.Subtract(place), AbsolutePosition: at})
		}
	}
	b.drain()
}

func TestPinnedChatStandsAboveTheNewest(t *testing.T) {
	b := signedIn(t, "en")
	b.showMessages()
	now := time.Now()
	b.chatIs(nora, 0, now.Add(-time.Hour), model.ChatMarks{})
	b.chatIs(tom, 0, now, model.ChatMarks{})
	b.until("the newest on top", func() bool { return slices.Equal(b.rows(), []string{tom.String(), nora.String()}) })
	b.secondary("row.m:" + nora.String())
	if got := b.text("menu.pin"); got != "Pin to the top" {
		t.Fatalf("the menu offers %q", got)
	}
	b.tapRow("menu.pin")
	b.command("mark nora@example.org pinned=true muted=false")
	b.chatIs(nora, 0, now.Add(-time.Hour), model.ChatMarks{Pinned: true})
	b.until("the pinned one on top", func() bool { return slices.Equal(b.rows(), []string{nora.String(), tom.String()}) })
	b.secondary("row.m:" + nora.String())
	if got := b.text("menu.pin"); got != "Unpin" {
		t.Errorf("the menu offers %q", got)
	}
	b.tapRow("menu.pin")
	b.command("mark nora@example.org pinned=false muted=false")
}

func TestMutedChatNeitherRingsNorCounts(t *testing.T) {
	b := signedIn(t, "zh")
	b.app.SetFocused(false)
	b.chatIs(nora, 3, time.Now(), model.ChatMarks{Muted: true})
	b.chatIs(tom, 2, time.Now(), model.ChatMarks{})
	b.until("the count without it", func() bool { return b.text("title") == "(2) 小海雀" })
	m := received("m9", 9, "psst")
	b.svc.feed.put(event.MessageAdded{Message: m}, event.ChatChanged{Chat: model.Chat{ID: m.Chat, Last: &m, Unread: 4, Updated: m.Time, ChatMarks: model.ChatMarks{Muted: true}}})
	other := received("m10", 10, "hello")
	other.Chat, other.From = chatWith(tom), tom
	b.arrive(other, 3)
	b.until("the other one", func() bool { return b.text("title") == "(3) 小海雀" && len(b.notified()) == 1 })
	if got := b.notified(); !strings.Contains(got[0], "hello") {
		t.Errorf("notified: %q", got)
	}
	time.Sleep(2300 * time.Millisecond) // what was missed is told later
	b.drain()
	for _, n := range b.notified() {
		if strings.Contains(n, "Nora") {
			t.Errorf("notified: %q", n)
		}
	}
}

func TestMarksOfAChatWithoutMessagesStay(t *testing.T) {
	b := signedIn(t, "en")
	b.open(nora)
	b.svc.feed.put(event.ChatChanged{Chat: model.Chat{ID: chatWith(nora), Updated: time.Now(), ChatMarks: model.ChatMarks{Pinned: true, Muted: true}}})
	b.key("Escape")
	b.showMessages()
	b.until("the pinned chat", func() bool { return slices.Contains(b.rows(), nora.String()) })
	b.secondary("row.m:" + nora.String())
	if pin, mute := b.text("menu.pin"), b.text("menu.mute"); pin != "Unpin" || mute != "Unmute" {
		t.Errorf("the menu offers %q and %q", pin, mute)
	}
}
