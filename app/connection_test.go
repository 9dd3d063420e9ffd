package app_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"dovekie/app"
	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stanza"
)

// openPage opens the connection page from the main menu.
func (b *bench) openPage() {
	b.t.Helper()
	b.tapRow("panel.menu")
	b.tapRow("menu.connection")
	b.until("the page", func() bool { return b.text("conn") != "" })
}

func TestTheConnectionPageIsOpenedClosedAndLeavesNothingBehind(t *testing.T) {
	b := signedIn(t, "en")
	b.open(nora)
	b.openPage()
	if b.text("composer") != "" || !b.svc.tr.Watched() {
		t.Errorf("the chat shows, or nobody listens: %v", b.texts())
	}
	b.app.Window().Canvas().Unfocus()
	b.key(fyne.KeyEscape)
	if b.text("conn") != "" || b.svc.tr.Watched() {
		t.Error("it stays open, or goes on listening")
	}
	b.until("the composer has the keyboard", func() bool { return b.app.Window().Canvas().Focused() != nil })
	b.openPage()
	b.open(tom) // a tap on a contact goes back to the chats
	if b.text("conn") != "" || b.text("chat") != tom.String() {
		t.Errorf("%v", b.texts())
	}
	b.openPage()
	b.app.CloseFront()
	if b.text("conn") != "" || b.text("chat") != tom.String() {
		t.Error("Ctrl+W closed the chat behind the page")
	}
}

func TestAMessageIsNotReadBehindTheConnectionPage(t *testing.T) {
	b := signedIn(t, "en")
	b.open(nora)
	b.openPage()
	b.arrive(received("m1", 1, "hello"), 1)
	b.until("the title", func() bool { return b.text("title") == "(1) Dovekie" })
	b.until("a notification", func() bool { return len(b.notified()) == 1 })
	time.Sleep(200 * time.Millisecond)
	b.drain()
	if b.svc.called("displayed nora@example.org m1") {
		t.Fatal("read while it was covered")
	}
	b.app.Window().Canvas().Unfocus()
	b.key(fyne.KeyEscape)
	b.command("displayed nora@example.org m1")
}

func TestTheConsoleTakesWhatTravelsOnlyWhileItIsInSight(t *testing.T) {
	b := signedIn(t, "en")
	b.openPage()
	say := func(id string) {
		b.svc.Trace(me).Stanza(false, stanza.NewMessage("chat", id, "lin@example.org", stanza.NewText(stanza.NSClient, "body", "hush")).With("from", "nora@example.org/x"))
	}
	say("one")
	b.tapRow("conn.tab2")
	b.until("the stanza of before", func() bool { return b.text("conn.count") == "1 of 1" })
	say("two")
	b.until("the next one", func() bool { return b.text("conn.count") == "2 of 2" })
	b.tapRow("conn.tab0")
	say("three")
	time.Sleep(150 * time.Millisecond)
	b.drain()
	b.tapRow("conn.tab2")
	b.until("all", func() bool { return b.text("conn.count") == "3 of 3" })
}

func TestKeepListeningOutlivesThePage(t *testing.T) {
	b := signedIn(t, "en")
	b.openPage()
	b.tapRow("conn.tab2")
	b.tapRow("conn.chip2")
	b.app.CloseFront()
	if !b.svc.tr.Watched() {
		t.Error("nobody listens")
	}
	b.openPage()
	b.tapRow("conn.chip2")
	b.app.CloseFront()
	if b.svc.tr.Watched() {
		t.Error("it goes on listening")
	}
}

func TestAStanzaWrittenByHandGoesOut(t *testing.T) {
	b := signedIn(t, "en")
	b.openPage()
	b.tapRow("conn.tab2")
	b.until("the page", func() bool { return b.text("conn.page") == "2" })
	b.focus("conn.field")
	b.typeText("<presence/>")
	b.key(fyne.KeyReturn)
	b.command("xml lin@example.org <presence/>")
	b.until("the empty field", func() bool { return b.text("conn.field") == "" })
}

func TestTheStripLeadsToTheConnectionPage(t *testing.T) {
	b := signedIn(t, "zh")
	b.svc.feed.put(event.ConnectionChanged{Account: me, Connection: model.Connection{State: model.Waiting, Cause: model.ErrUnreachable, RetryAt: time.Now().Add(8 * time.Second)}})
	b.until("the way there", func() bool { return b.text("strip.more") == "原因" })
	b.tapRow("strip.more")
	b.until("the page says why", func() bool {
		return strings.Contains(b.text("conn"), "example.org 现在无法连接") || strings.Contains(b.text("conn"), "example.org")
	})
	b.tapRow("conn.now")
	b.command("connect now lin@example.org")
}

func TestThePageSurvivesAnotherLanguageAndTheme(t *testing.T) {
	b := signedIn(t, "en")
	b.openPage()
	b.tapRow("conn.tab1")
	set := b.app.Settings()
	set.Lang, set.Theme = "zh", "dark"
	b.app.UseSettings(set)
	b.until("the same page in Chinese", func() bool { return b.text("conn.page") == "1" && b.text("conn.tab1") == "流量" })
	b.app.SignOut()
	b.until("the login panel", func() bool { return b.text("screen") == "login" && b.text("conn") == "" })
	if b.svc.tr.Watched() {
		t.Error("it goes on listening")
	}
}

func TestAReportIsWrittenWhereItSays(t *testing.T) {
	dir := t.TempDir()
	b := signedInWith(t, newBenchWith(t, "en", app.Start{}, time.Now, dir))
	b.svc.Trace(me).Stanza(false, stanza.NewMessage("chat", "m", "lin@example.org", stanza.NewText(stanza.NSClient, "body", "HUSH")).With("from", "nora@example.org/x"))
	b.svc.feed.put(event.NoticeRaised{Account: me, Kind: event.NoticeBindingLost})
	b.svc.feed.put(event.NoticeRaised{Kind: event.NoticeRecovered, Detail: "/home/lin/dovekie.db.damaged"})
	b.until("the notice", func() bool { return b.text("toast") != "" })
	b.openPage()
	b.tapRow("conn.report")
	b.until("the question", func() bool { return b.text("sheet") == "Create a report" })
	b.tapRow("sheet.button1")
	b.until("the answer", func() bool { return b.text("sheet") == "The report is ready" })
	files, err := filepath.Glob(filepath.Join(dir, "reports", "dovekie-*.txt"))
	if err != nil || len(files) != 1 {
		t.Fatalf("%v, %v", files, err)
	}
	text, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"binding_lost", "in  message", "person1@domain1", "test-version", "dovekie.db.damaged"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if strings.Contains(string(text), "/home/lin") || strings.Contains(string(text), "HUSH") || strings.Contains(string(text), "nora") {
		t.Errorf("it says too much:\n%s", text)
	}
	if st, err := os.Stat(files[0]); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", st.Mode(), err)
	}
	b.app.Wait()
}
