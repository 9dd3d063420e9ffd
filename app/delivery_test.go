package app_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"dovekie/widgets"
	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/model"
)

// sent is a message of ours that got as far as that.
func sent(id string, position int64, d model.Delivery) model.Message {
	m := received(id, position, "to nora "+id)
	m.Outgoing, m.Delivery, m.From, m.OriginID = true, d, me, id
	return m
}

var bounce = &model.StanzaError{Type: "cancel", Condition: "remote-server-not-found", Text: "no such host <b>here</b>"}

// oneOfEach are messages of ours in every state.
func oneOfEach() []model.Message {
	failed, doubt := sent("failed", 6, model.Failed), sent("doubt", 7, model.Sent)
	failed.Failure = bounce
	doubt.InDoubt = true
	return []model.Message{sent("displayed", 1, model.Displayed), sent("delivered", 2, model.Delivered), sent("acked", 3, model.Acked),
		sent("sent", 4, model.Sent), sent("queued", 5, model.Queued), failed, doubt}
}

// rest puts the pointer on the state of a message and waits for its words.
func (b *bench) rest(key string) string {
	b.t.Helper()
	tl := b.timeline()
	pos, size := tl.SignPlace(key)
	if size.Width == 0 {
		b.t.Fatalf("%s is not in sight", key)
	}
	tl.MouseMoved(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: pos.AddXY(size.Width-4, size.Height/2)}})
	b.until("the words of "+key, func() bool { return b.text("hint") != "" })
	words := b.text("hint")
	tl.MouseOut()
	return words
}

func TestEveryStateHasItsSignAndItsWords(t *testing.T) {
	signs := map[string]widgets.TickState{
		"displayed": widgets.TickRead, "delivered": widgets.TickDelivered, "acked": widgets.TickSent, "sent": widgets.TickUnderway,
		"queued": widgets.TickWaiting, "failed": widgets.TickFailed, "doubt": widgets.TickDoubt,
	}
	for lang, words := range map[string]map[string]string{
		"en": {"displayed": "Read", "delivered": "Delivered", "acked": "Received by the server", "sent": "Sent, not yet confirmed by the server",
			"queued": "Waiting to be sent", "failed": "There is no chat server at example.org. Check the part after @.", "doubt": "Not known whether it arrived"},
		"zh": {"displayed": "对方已读", "delivered": "已送达", "acked": "服务器已收到", "sent": "已发出，等待服务器确认",
			"queued": "等待发送", "failed": "找不到服务器 example.org，请检查 @ 后面的部分。", "doubt": "不确定是否送达"},
	} {
		t.Run(lang, func(t *testing.T) {
			b := signedIn(t, lang)
			b.svc.setPage(oneOfEach())
			b.open(nora)
			b.until("the messages", func() bool { return b.text("message.doubt") != "" })
			for key, sign := range signs {
				item, _ := b.timeline().Item(key)
				if item.State != sign || item.ReadWord != (key == "displayed") {
					t.Errorf("%s looks like %d, read %v", key, item.State, item.ReadWord)
				}
				if got := b.rest(key); got != words[key] {
					t.Errorf("%s says %q", key, got)
				}
			}
		})
	}
}

// menu opens the menu of a message and picks an entry.
func (b *bench) menu(key, entry string) {
	b.t.Helper()
	pos, size := b.timeline().BubblePlace(key)
	at := pos.AddXY(size.Width/2, size.Height/2)
	b.timeline().TappedSecondary(&fyne.PointEvent{Position: at, AbsolutePosition: at})
	b.drain()
	b.tapRow("menu." + entry)
}

func (b *bench) sheetTexts() string {
	var all []string
	for key, text := range b.texts() {
		if strings.HasPrefix(key, "sheet.") {
			all = append(all, key+"="+text)
		}
	}
	slices.Sort(all)
	return strings.Join(all, "\n")
}

func TestDetailsTellTheWayTheIdsAndTheReason(t *testing.T) {
	b := signedIn(t, "en")
	list := oneOfEach()
	list[0].StanzaID = "archive-id-1"
	b.svc.setPage(list)
	b.open(nora)
	b.until("the messages", func() bool { return b.text("message.doubt") != "" })

	b.menu("displayed", "details")
	for _, want := range []string{"Saved on this computer", "Received by the server", "Delivered", "Read", "sheet.Message ID=displayed",
		"sheet.Server's ID=archive-id-1", "sheet.To=nora@example.org"} {
		if !strings.Contains(b.sheetTexts(), want) {
			t.Errorf("of a read message it lacks %q:\n%s", want, b.sheetTexts())
		}
	}
	b.tapRow("sheet.copy.Server's ID")
	if got := fyne.CurrentApp().Clipboard().Content(); got != "archive-id-1" {
		t.Errorf("copied %q", got)
	}
	b.key(fyne.KeyEscape)

	b.menu("failed", "details")
	texts := b.sheetTexts()
	for _, want := range []string{"Not delivered", "sheet.Why=There is no chat server at example.org.", "sheet.Server's answer=no such host <b>here</b>"} {
		if !strings.Contains(texts, want) {
			t.Errorf("of a failed message it lacks %q:\n%s", want, texts)
		}
	}
	b.tapRow("sheet.button0")
	if got := fyne.CurrentApp().Clipboard().Content(); !strings.Contains(got, "Message ID: failed") || !strings.Contains(got, "Why: ") {
		t.Errorf("all of it is %q", got)
	}
	b.tapRow("sheet.button1")
	b.command("retry failed")

	b.menu("doubt", "details")
	if texts := b.sheetTexts(); !strings.Contains(texts, "not known whether it arrived") || !strings.Contains(texts, "=Send again") {
		t.Errorf("of a message in doubt:\n%s", texts)
	}
	b.tapRow("sheet.button1")
	b.command("retry doubt")
}

func TestReasonThatIsNotKnownIsNamed(t *testing.T) {
	b := signedIn(t, "zh")
	m := sent("m", 1, model.Failed)
	m.Failure = &model.StanzaError{Type: "cancel", Condition: "moon-in-the-wrong-phase"}
	b.svc.setPage([]model.Message{m})
	b.open(nora)
	b.until("the message", func() bool { return b.text("retry.m") == "未送达：被退回，原因小海雀还不认识" })
	b.menu("m", "details")
	if got := b.text("sheet.原因"); !strings.Contains(got, "moon-in-the-wrong-phase") {
		t.Errorf("it says %q", got)
	}
}

func TestReceivedMessageHasDetailsWithoutAWay(t *testing.T) {
	b := signedIn(t, "en")
	b.open(nora)
	b.arrive(received("m1", 1, "hello"), 1)
	b.until("the message", func() bool { return b.text("message.m1") != "" })
	b.menu("m1", "details")
	texts := b.sheetTexts()
	if strings.Contains(texts, "sheet.step") || !strings.Contains(texts, "sheet.From=nora@example.org") || !strings.Contains(texts, "sheet.Message ID=m1") {
		t.Errorf("it says\n%s", texts)
	}
}

func TestSwitchesForWhatContactsAreTold(t *testing.T) {
	for lang, words := range map[string][3]string{
		"en": {"Tell contacts that their messages arrived", "Tell contacts that I have read their messages", "Tell contacts that I am typing"},
		"zh": {"让联系人知道消息已送达", "让联系人知道我已读消息", "让联系人知道我正在输入"},
	} {
		t.Run(lang, func(t *testing.T) {
			b := signedIn(t, lang)
			b.svc.feed.put(event.AccountChanged{Account: model.Account{JID: me, Privacy: model.Privacy{NoTyping: true}}})
			b.arrive(received("m1", 1, "after that"), 1)
			b.until("the account", func() bool { return strings.HasPrefix(b.text("title"), "(1)") })
			b.tapRow("panel.settings")
			b.until("the switches", func() bool {
				return b.text("sheet.box1") == "on: "+words[0] && b.text("sheet.box2") == "on: "+words[1] && b.text("sheet.box3") == "off: "+words[2]
			})
			b.tapRow("sheet.box2")
			b.command("privacy lin@example.org receipts=true markers=false typing=false")
			b.tapRow("sheet.box3")
			b.command("privacy lin@example.org receipts=true markers=false typing=true")
			b.svc.mu.Lock()
			b.svc.refuse = errors.New("the disk is full")
			b.svc.mu.Unlock()
			b.tapRow("sheet.box1")
			b.until("it goes back", func() bool { return b.text("sheet.box1") == "on: "+words[0] && b.text("toast") != "" })
		})
	}
}

// missed are unread messages that the archive brought.
func (b *bench) missed(peer model.ChatID, n int) {
	last := received("x", 1, "from the archive")
	last.Chat, last.Live = peer, false
	b.svc.feed.put(event.HistoryChanged{Chat: peer}, event.ChatChanged{Chat: model.Chat{ID: peer, Unread: n, Last: &last, Updated: last.Time}})
}

func TestCatchUpRingsOnceAndCountsRight(t *testing.T) {
	b := signedIn(t, "en")
	for n := 50; n <= 300; n += 50 {
		b.missed(chatWith(nora), n)
		b.drain()
	}
	b.missed(chatWith(tom), 2)
	b.until("the title", func() bool { return b.text("title") == "(302) Dovekie" })
	if got := b.notified(); len(got) != 0 {
		t.Errorf("it rings while pages come: %q", got)
	}
	b.until("the news", func() bool { return len(b.notified()) > 0 })
	time.Sleep(100 * time.Millisecond)
	b.drain()
	if got := b.notified(); len(got) != 1 || got[0] != "missed|Dovekie|2 chats have new messages" {
		t.Errorf("notified %q", got)
	}
}

func TestCatchUpOfOneChatNamesIt(t *testing.T) {
	b := signedIn(t, "zh")
	b.missed(chatWith(nora), 3)
	b.until("the news", func() bool { return len(b.notified()) > 0 })
	if got := b.notified(); len(got) != 1 || got[0] != "missed|Nora|3 条新消息" {
		t.Errorf("notified %q", got)
	}
}

func TestCatchUpThatWasReadMeanwhileOrDisturbsIsNotTold(t *testing.T) {
	b := signedIn(t, "en")
	b.missed(chatWith(nora), 3)
	b.drain()
	b.missed(chatWith(nora), 0) // read on another device
	b.svc.feed.put(event.SelfChanged{Account: me, Show: model.ShowDND})
	b.missed(chatWith(tom), 1)
	time.Sleep(2300 * time.Millisecond)
	b.drain()
	time.Sleep(50 * time.Millisecond)
	if got := b.notified(); len(got) != 0 {
		t.Errorf("notified %q", got)
	}
}

// TestDetailsTellWhatBecomesOfTheMessage while they are open.
func TestDetailsTellWhatBecomesOfTheMessage(t *testing.T) {
	b := signedIn(t, "en")
	b.svc.setPage([]model.Message{sent("m", 1, model.Queued)})
	b.open(nora)
	b.until("the message", func() bool { return b.text("message.m") != "" })
	b.menu("m", "details")
	if got := b.sheetTexts(); !strings.Contains(got, "sheet.step1=Waiting to be sent") {
		t.Fatalf("of a message that waits:\n%s", got)
	}
	b.key(fyne.KeyTab) // to the button before Close
	for _, step := range []struct {
		d    model.Delivery
		want string
	}{{model.Acked, "sheet.step1=Received by the server"}, {model.Delivered, "sheet.step2=Delivered"}} {
		m := sent("m", 1, step.d)
		m.StanzaID = "at-" + string(step.d)
		b.svc.feed.put(event.MessageChanged{Message: m, Why: event.WhyDelivery})
		b.until(step.want, func() bool {
			return strings.Contains(b.sheetTexts(), step.want) && strings.Contains(b.sheetTexts(), "at-"+string(step.d))
		})
	}
	m := sent("m", 1, model.Failed)
	m.Failure = bounce
	b.svc.feed.put(event.MessageChanged{Message: m, Why: event.WhyDelivery})
	b.until("the reason and the way to retry", func() bool {
		return strings.Contains(b.sheetTexts(), "Not delivered") && b.text("sheet.button1") == "Retry"
	})
	if f, ok := b.app.Window().Canvas().Focused().(*widgets.Button); !ok || !strings.Contains(b.sheetTexts(), f.Text()) {
		t.Error("the keyboard was lost")
	}
	b.tapRow("sheet.button1")
	b.command("retry m")
	m.Delivery, m.Failure = model.Queued, nil
	b.svc.feed.put(event.MessageChanged{Message: m, Why: event.WhyDelivery})
	b.until("the message to wait", func() bool { return b.text("message.m") == "out queued: to nora m" })
	if _, open := b.app.Facts()["sheet"]; open {
		t.Error("the panel came back by itself")
	}
}

func TestAvatarBesideMessagesFollowsThePresence(t *testing.T) {
	b := signedIn(t, "en")
	b.open(nora)
	b.arrive(received("m1", 1, "hello"), 1)
	grey := func() bool {
		item, _ := b.timeline().Item("m1")
		return item.Avatar.Gray
	}
	if grey() {
		t.Fatal("somebody online has no colour")
	}
	b.svc.feed.put(event.PresenceChanged{Account: me, JID: nora})
	b.until("no colour", grey)
	b.svc.feed.put(event.PresenceChanged{Account: me, JID: nora, Presence: []model.Presence{{Show: model.ShowAway}}})
	b.until("colour", func() bool { return !grey() })
}
