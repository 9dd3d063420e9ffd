package app_test

import (
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"dovekie/app"
	"dovekie/app/settings"
	"dovekie/widgets"
	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/model"
)

// nudge is one of nora's.
func nudge(id string) model.Message {
	m := received(id, 1, "")
	m.Kind = model.KindNudge
	return m
}

// left is where the chat begins.
func (b *bench) left() int { return b.app.Facts()["composer"].Rect[0] }

// shaken reports whether the chat was out of its place within the time.
func (b *bench) shaken(at int, within time.Duration) bool {
	b.t.Helper()
	for end := time.Now().Add(within); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		b.drain()
		if b.left() != at {
			b.until("the end of it", func() bool { return b.left() == at })
			return true
		}
	}
	return false
}

func (b *bench) refuse(err error) {
	b.svc.mu.Lock()
	defer b.svc.mu.Unlock()
	b.svc.refuse = err
}

func TestNudgeGoesToThePeerAndShakesTheChat(t *testing.T) {
	b := signedIn(t, "en")
	b.open(nora)
	at := b.left()
	b.tapRow("composer.nudge")
	b.command("nudge nora@example.org")
	if !b.shaken(at, time.Second) {
		t.Error("whoever nudges sees nothing of it")
	}
	b.drain()
	if b.app.Window().Canvas().Focused() != b.app.Facts()["composer"].Object.(*widgets.Composer).Input() {
		t.Error("the keyboard is not in the composer")
	}
}

func TestNudgeThatIsRefusedSaysWhy(t *testing.T) {
	for lang, words := range map[string][4]string{
		"en": {"You are offline.", "once every ten seconds", "Tom is not online", "Nora uses an app"},
		"zh": {"你现在不在线", "每十秒只能抖动一次", "Tom 不在线", "Nora 用的应用不支持"},
	} {
		t.Run(lang, func(t *testing.T) {
			b := signedIn(t, lang)
			b.open(nora)
			at := b.left()
			try := func(kind model.ErrorKind, want string) {
				t.Helper()
				b.refuse(model.Errorf(kind, "no"))
				b.tapRow("composer.nudge")
				b.until(want, func() bool { return strings.Contains(b.text("toast"), want) })
			}
			try(model.ErrNotOnline, words[0])
			try(model.ErrInvalid, words[1])
			try(model.ErrUnsupported, words[3])
			b.open(tom)
			try(model.ErrUnsupported, words[2])
			if b.shaken(at, 100*time.Millisecond) {
				t.Error("it shakes all the same")
			}
		})
	}
}

func TestBeingNudgedIsALineAndShakesWhatIsLookedAt(t *testing.T) {
	b := signedIn(t, "en")
	b.open(nora)
	at := b.left()
	b.arrive(nudge("n1"), 0)
	b.svc.feed.put(event.Nudged{Chat: chatWith(nora)})
	if !b.shaken(at, 5*time.Second) {
		t.Error("the chat stays still")
	}
	b.until("the line", func() bool { return b.text("message.n1") == "in: Nora nudged you" })
	if row := b.text("row.c:Friends/nora@example.org"); strings.Contains(row, "unread") {
		t.Errorf("looked at, and still %q", row)
	}

	b.app.SetFocused(false)
	b.arrive(nudge("n2"), 1)
	b.svc.feed.put(event.Nudged{Chat: chatWith(nora)})
	b.until("the notification", func() bool { return len(b.notified()) == 1 })
	if got := b.notified()[0]; got != "nora@example.org|Nora|Nora nudged you" {
		t.Errorf("notified: %q", got)
	}
	if b.shaken(at, 200*time.Millisecond) {
		t.Error("it shakes where nobody looks")
	}
}

func TestShakingCanBeSwitchedOff(t *testing.T) {
	dir := t.TempDir()
	b := signedInWith(t, newBenchWith(t, "en", app.Start{}, time.Now, dir))
	b.tapRow("panel.settings")
	if got := b.text("sheet.box0"); got != "on: Shake the chat when someone nudges me" {
		t.Fatalf("the switch says %q", got)
	}
	b.tapRow("sheet.box0")
	b.key(fyne.KeyEscape)
	b.open(nora)
	at := b.left()
	b.svc.feed.put(event.Nudged{Chat: chatWith(nora)})
	if b.shaken(at, 200*time.Millisecond) {
		t.Error("it shakes")
	}
	b.until("the setting on the disk", func() bool {
		set, err := settings.Load(dir)
		return err == nil && set.NoShake
	})
}
