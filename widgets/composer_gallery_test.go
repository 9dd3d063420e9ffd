package widgets_test

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"dovekie/widgets"
)

var zhComposer = widgets.ComposerLabels{
	Send: "发送", Placeholder: "发消息给陈思远，Enter 发送",
	Emoji: widgets.EmojiLabels{
		Search: "搜索表情", None: "没有找到表情", Recent: "最近使用",
		Groups: map[string]string{"smileys": "表情", "gestures": "手势", "hearts": "爱心与祝福", "animals": "动物"},
	},
}

// chatSide is a chat with its composer, the composer holding a text.
func chatSide(text string) (fyne.CanvasObject, *widgets.Composer, *widgets.Timeline) {
	tl := widgets.NewTimeline(widgets.TimelineActions{}, zhLabels, time.Now)
	tl.SetItems(chineseChat())
	c := widgets.NewComposer(widgets.ComposerActions{}, zhComposer)
	c.SetText(text)
	return container.NewBorder(nil, c, nil, nil, tl), c, tl
}

func TestGalleryComposer(t *testing.T) {
	gallery(t, "composer", 815, 742, 1, func() fyne.CanvasObject {
		o, _, _ := chatSide("")
		return o
	})
	gallery(t, "composer-lines", 815, 500, 1, func() fyne.CanvasObject {
		o, _, _ := chatSide("第一行\n第二行 with some English\n第三行")
		return o
	})
}

func TestGalleryEmojiPicker(t *testing.T) {
	build := func() fyne.CanvasObject {
		o, c, _ := chatSide("你好")
		c.SetRecentEmoji([]string{"😊", "☕", "🎉"})
		return o
	}
	galleryOver(t, "emoji-picker", 815, 742, 1, build, func(c fyne.Canvas) {
		test.TapCanvas(c, fyne.NewPos(30, 742-96+22))
	})
}
