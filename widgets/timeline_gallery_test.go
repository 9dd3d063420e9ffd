package widgets_test

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"dovekie/widgets"
)

var (
	zhLabels = widgets.TimelineLabels{Retry: "重试", Read: "已读"}
	enLabels = widgets.TimelineLabels{Retry: "Retry", Read: "Read"}
)

func englishChat() []widgets.TimelineItem {
	nora := widgets.AvatarSpec{Name: "Nora Lindqvist", Address: "nora@example.org"}
	pip := widgets.AvatarSpec{Name: "Pip", Address: "pip@example.org"}
	return []widgets.TimelineItem{
		{Key: "d", Kind: widgets.TimelineDate, Text: "Sunday 22 November"},
		{Key: "1", Text: "Morning! Is the package from last week ready?", Time: "09:12", Avatar: nora},
		{Key: "2", Outgoing: true, Text: "Done 🎉 Linux and Windows, have a look:\nhttps://example.org/dovekie", Time: "09:15", State: widgets.TickRead, ReadWord: true},
		{Key: "3", Kind: widgets.TimelineNotice, Text: "Nora Lindqvist recalled a message"},
		{Key: "4", Unreadable: true, Text: "End-to-end encrypted: this device cannot read it", Time: "09:23", Avatar: nora},
		{Key: "n", Kind: widgets.TimelineNew, Text: "New messages"},
		{Key: "5", Text: "A rather long answer that goes on over several lines, so that we see how words wrap in a bubble that is sixty percent of the chat, and a-hyphenated-word too 👩‍💻👍🏽🇨🇳.", Time: "09:24", Avatar: nora},
		{Key: "6", Text: "Short", Time: "09:24", Avatar: nora},
		{Key: "7", Outgoing: true, Text: "Beautiful! Harbour at half past six then?", Time: "09:26", State: widgets.TickFailed, Error: "Not sent: no answer from the server"},
		{Key: "8", Text: "Hello, I am Pip. Try one of these:", Time: "09:27", Avatar: pip, Suggestions: []string{"Say hello", "Change your status", "Cut the network"}},
	}
}

func chineseChat() []widgets.TimelineItem {
	chen := widgets.AvatarSpec{Name: "陈思远", Address: "chen@example.org"}
	pip := widgets.AvatarSpec{Name: "小雀", Address: "pip@example.org"}
	return []widgets.TimelineItem{
		{Key: "d", Kind: widgets.TimelineDate, Text: "11月22日 星期日"},
		{Key: "1", Text: "早！上周说的安装包打好了吗？", Time: "09:12", Avatar: chen},
		{Key: "2", Outgoing: true, Text: "打好了 🎉 Linux 和 Windows 都有，先看这里\nhttps://example.org/dovekie", Time: "09:15", State: widgets.TickDelivered},
		{Key: "3", Outgoing: true, Text: "周六还去礁石吗？", Time: "09:16", State: widgets.TickRead, ReadWord: true},
		{Key: "4", Kind: widgets.TimelineNotice, Text: "陈思远撤回了一条消息"},
		{Key: "n", Kind: widgets.TimelineNew, Text: "以下是新消息"},
		{Key: "5", Text: "船票已经订好了，周六 06:30 从东码头出发，风力三级 🎉 大家带好望远镜、外套和热水，我在检票口等。", Time: "09:20", Avatar: chen},
		{Key: "6", Text: "上次拍的，六点半码头见 😊", Time: "09:26", Avatar: chen},
		{Key: "7", Unreadable: true, Text: "端到端加密的消息，这台设备无法读取", Time: "09:22", Avatar: chen},
		{Key: "8", Outgoing: true, Text: "太好了，我带热茶 ☕", Time: "09:21", State: widgets.TickSent},
		{Key: "9", Outgoing: true, Text: "那我在路口等，谢谢！", Time: "09:26", State: widgets.TickFailed, Error: "未发出：服务器没有回应"},
		{Key: "10", Outgoing: true, Text: "在路上", Time: "09:27", State: widgets.TickWaiting},
		{Key: "11", Text: "你好，我是小雀。可以试试：", Time: "09:28", Avatar: pip, Suggestions: []string{"打个招呼", "换个状态", "断开网络"}},
	}
}

func TestGalleryTimelineChinese(t *testing.T) {
	gallery(t, "timeline-zh", 815, 760, 1, func() fyne.CanvasObject {
		tl := widgets.NewTimeline(widgets.TimelineActions{}, zhLabels, time.Now)
		tl.SetItems(chineseChat())
		tl.SetTyping("陈思远正在输入")
		return tl
	})
}

func TestGalleryTimelineEnglish(t *testing.T) {
	gallery(t, "timeline-en", 815, 647, 1, func() fyne.CanvasObject {
		tl := widgets.NewTimeline(widgets.TimelineActions{}, enLabels, time.Now)
		tl.SetItems(englishChat())
		tl.SetTyping("Nora Lindqvist is typing")
		return tl
	})
}
