package widgets_test

import (
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"

	"dovekie/assets"
	"dovekie/widgets"
	"dovekie/widgets/skin"
)

// themed runs the test under our theme with the embedded font.
func themed(t testing.TB, dark bool) {
	t.Helper()
	mode := skin.AlwaysLight
	if dark {
		mode = skin.AlwaysDark
	}
	test.NewTempApp(t).Settings().SetTheme(skin.NewTheme(mode, true))
}

// show puts the content on a window of its own without a border.
func show(t testing.TB, content fyne.CanvasObject, w, h float32) fyne.Window {
	t.Helper()
	win := test.NewTempWindow(t, content)
	win.SetPadded(false)
	win.Resize(fyne.NewSize(w, h))
	return win
}

// gallery writes pictures of the panels when DOVEKIE_GALLERY names a folder.
func gallery(t *testing.T, name string, w, h, scale float32, build func() fyne.CanvasObject) {
	t.Helper()
	galleryOver(t, name, w, h, scale, build, func(fyne.Canvas) {})
}

// galleryOver is gallery with something opened over the content.
func galleryOver(t *testing.T, name string, w, h, scale float32, build func() fyne.CanvasObject, open func(fyne.Canvas)) {
	t.Helper()
	dir := os.Getenv("DOVEKIE_GALLERY")
	if dir == "" {
		t.Skip("DOVEKIE_GALLERY is not set")
	}
	for _, dark := range []bool{false, true} {
		themed(t, dark)
		ground := canvas.NewRectangle(skin.Color(skin.Panel))
		win := show(t, container.NewStack(ground, build()), w, h)
		if scale != 1 {
			win.Canvas().(software.WindowlessCanvas).SetScale(scale)
		}
		open(win.Canvas())
		file := name + "-light.png"
		if dark {
			file = name + "-dark.png"
		}
		writePNG(t, filepath.Join(dir, file), win.Canvas().Capture())
	}
}

func writePNG(t *testing.T, path string, img image.Image) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, img); err != nil {
		t.Fatal(err)
	}
}

// portrait is a picture that shows what cutting and rounding did.
func portrait() image.Image {
	img := image.NewNRGBA(image.Rect(0, 0, 160, 120))
	for y := range 120 {
		for x := range 160 {
			c := color.NRGBA{0xF6, 0xC9, 0xA0, 0xFF}
			if y > 80 {
				c = color.NRGBA{0x4F, 0x9D, 0xA8, 0xFF}
			}
			if dx, dy := x-80, y-50; dx*dx+dy*dy < 500 {
				c = color.NRGBA{0xC6, 0x50, 0x40, 0xFF}
			}
			img.SetNRGBA(x, y, c)
		}
	}
	return img
}

func person(key, name, second string, p widgets.Presence) widgets.ListItem {
	return widgets.ListItem{
		Key: key, Kind: widgets.ContactRow, Name: name, Second: second, Presence: p,
		Avatar: widgets.AvatarSpec{Name: name, Address: key, Gray: p == widgets.Offline},
	}
}

func sampleContacts() []widgets.ListItem {
	badge := person("xia@example.org", "夏知秋", "今天的云很好看 🌅", widgets.Available)
	badge.Unread = 3
	pic := person("pic@example.org", "妈妈", "阳台的花开了 🌸", widgets.Available)
	pic.Avatar.Picture = portrait()
	gone := person("jiang@example.org", "江晚晴", "离线", widgets.Offline)
	gone.Avatar.Picture = portrait()
	return []widgets.ListItem{
		{Key: "g1", Kind: widgets.GroupRow, Name: "我的好友", Count: "3/5"},
		person("chen@example.org", "陈思远", "周末去礁石那边看鸟", widgets.Available),
		badge,
		person("alex@example.org", "Alex Müller", "离开 · 午饭", widgets.Away),
		person("zhou@example.org", "周子墨", "请勿打扰 · 赶稿到四点", widgets.Busy),
		gone,
		{Key: "g2", Kind: widgets.GroupRow, Name: "家人", Count: "1/2"},
		pic,
		person("ba@example.org", "爸爸", "离线 · 钓鱼去了", widgets.Offline),
		person("long@example.org", "Wolfeschlegelsteinhausenbergerdorff the Elder", "A very long signature that cannot possibly fit here", widgets.Unknown),
		person("rtl@example.org", "مرحبا بالعالم", "", widgets.Available),
		{Key: "g3", Kind: widgets.GroupRow, Name: "同事", Count: "6/18", Folded: true},
		{Key: "g4", Kind: widgets.GroupRow, Name: "观鸟", Count: "9/31", Folded: true},
	}
}

func sampleChats() []widgets.ListItem {
	chat := func(key, name, second, time string, unread int, p widgets.Presence) widgets.ListItem {
		i := person(key, name, second, p)
		i.Kind, i.Time, i.Unread = widgets.ChatRow, time, unread
		i.Avatar.Square = p == widgets.NoPresence
		return i
	}
	draft := chat("zhou@example.org", "周子墨", "稿子我晚上再看一遍", "08:41", 0, widgets.Busy)
	draft.Draft = "[草稿]"
	return []widgets.ListItem{
		{Key: "cap", Kind: widgets.CaptionRow, Name: "好友申请"},
		{
			Key: "req", Kind: widgets.RequestRow, Name: "苏牧", Second: "我是观鸟群的小苏，想加你好友", Accept: "同意", Decline: "拒绝",
			Avatar: widgets.AvatarSpec{Name: "苏牧", Address: "su@example.org"},
		},
		chat("chen@example.org", "陈思远", "那就周六六点半码头见", "09:26", 2, widgets.Available),
		chat("reef@example.org", "礁石观鸟", "夏知秋：船票已经订好了 🎉 大家带好望远镜、外套和热水", "09:20", 120, widgets.NoPresence),
		draft,
		chat("alex@example.org", "Alex Müller", "See you at the harbour ☕", "星期五", 0, widgets.Away),
		{Key: "more", Kind: widgets.MoreRow, Name: "显示更多"},
		{Key: "hint", Kind: widgets.HintRow, Name: "没有更早的聊天"},
	}
}

func sampleList(items []widgets.ListItem, selected string) *widgets.FlatList {
	l := widgets.NewFlatList(widgets.ListActions{}, time.Now)
	l.SetItems(items)
	l.SetSelected(selected)
	return l
}

func TestGalleryContacts(t *testing.T) {
	gallery(t, "contacts", 304, 560, 1, func() fyne.CanvasObject { return sampleList(sampleContacts(), "chen@example.org") })
}

func TestGalleryContactsDouble(t *testing.T) {
	gallery(t, "contacts-200", 304, 380, 2, func() fyne.CanvasObject { return sampleList(sampleContacts(), "alex@example.org") })
}

func TestGalleryChats(t *testing.T) {
	gallery(t, "chats", 304, 460, 1, func() fyne.CanvasObject { return sampleList(sampleChats(), "chen@example.org") })
}

func sampleHeader() *widgets.Header {
	return widgets.NewHeader(widgets.HeaderState{
		Avatar: widgets.AvatarSpec{Name: "林小满", Address: "xiaoman@example.org", Picture: portrait()},
		Name:   "林小满", Presence: widgets.Available, Status: "在线", Signature: "在海边，慢慢来 🌊",
	}, widgets.HeaderActions{})
}

// samplePanel is the whole left panel.
func samplePanel(chosen int, items []widgets.ListItem, selected string) fyne.CanvasObject {
	tabs := widgets.NewHalfTabs("消息", "联系人", nil)
	tabs.SetTabs(widgets.HalfTab{Text: "消息", Unread: 14}, widgets.HalfTab{Text: "联系人"})
	tabs.SetChosen(chosen)
	top := widgets.NewColumn(0, sampleHeader(), widgets.NewSearch("搜索联系人和消息", widgets.SearchActions{OnAdd: func() {}}), tabs)
	return flush(top, widgets.NewColumn(0), sampleList(items, selected))
}

// flush stacks top, middle and foot without Fyne's padding.
func flush(top, foot, middle fyne.CanvasObject) fyne.CanvasObject {
	return container.New(flushLayout{}, top, foot, middle)
}

type flushLayout struct{}

func (flushLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	top, foot := o[0].MinSize().Height, o[1].MinSize().Height
	o[0].Resize(fyne.NewSize(size.Width, top))
	o[1].Move(fyne.NewPos(0, size.Height-foot))
	o[1].Resize(fyne.NewSize(size.Width, foot))
	o[2].Move(fyne.NewPos(0, top))
	o[2].Resize(fyne.NewSize(size.Width, size.Height-top-foot))
}

func (flushLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(10, 10) }

func TestGalleryPanel(t *testing.T) {
	gallery(t, "panel", 304, 840, 1, func() fyne.CanvasObject { return samplePanel(1, sampleContacts(), "chen@example.org") })
}

func TestGalleryPanelMessages(t *testing.T) {
	gallery(t, "messages", 304, 640, 1, func() fyne.CanvasObject { return samplePanel(0, sampleChats(), "chen@example.org") })
}

func sampleTabs(n int) []widgets.ChatTab {
	names := []string{"陈思远", "礁石观鸟", "夏知秋", "Wolfeschlegelsteinhausen", "Alex Müller", "妈妈", "周子墨", "江晚晴", "爸爸", "苏牧"}
	tabs := make([]widgets.ChatTab, n)
	for i := range tabs {
		name := names[i%len(names)]
		tabs[i] = widgets.ChatTab{Key: name, Title: name, Avatar: widgets.AvatarSpec{Name: name, Address: name, Square: i == 1}}
	}
	tabs[1].Unread = 11
	return tabs
}

func TestGalleryChatTop(t *testing.T) {
	gallery(t, "chattop", 816, 230, 1, func() fyne.CanvasObject {
		few, many := widgets.NewTabStrip(widgets.TabActions{}), widgets.NewTabStrip(widgets.TabActions{})
		few.SetTabs(sampleTabs(3), "陈思远")
		many.SetTabs(sampleTabs(10), "Alex Müller")
		head := widgets.NewChatHead(widgets.ChatHeadState{
			Avatar: widgets.AvatarSpec{Name: "陈思远", Address: "chen@example.org"}, Presence: widgets.Available,
			Name: "陈思远", Second: "周末去礁石那边看鸟 🐦",
		}, func(fyne.Position) {}, nil)
		demo := widgets.NewStrip(assets.IconDemo, "体验模式：数据不离开本机。", "使用正式账号", nil)
		narrow := container.NewGridWrap(fyne.NewSize(304, 52), widgets.NewStrip("", "Demo: nothing leaves this computer.", "Use a real account", nil))
		return widgets.NewColumn(0, few, head, many, demo, narrow)
	})
}

func TestGalleryLogin(t *testing.T) {
	gallery(t, "login", 400, 640, 1, func() fyne.CanvasObject {
		wrong := widgets.NewField(widgets.FieldSpec{Icon: assets.IconKey, Placeholder: "密码", Password: true})
		wrong.SetText("not the one")
		wrong.SetError("无法确认对方就是 example.org，请检查 @ 后面的部分是不是写对了。密码尚未发送。")
		address := widgets.NewField(widgets.FieldSpec{Icon: assets.IconUser, Placeholder: "地址", OnMore: func() {}})
		address.SetText("xiaoman@example.org")
		buttons := widgets.NewRow(12, true, widgets.NewLoginButton("登录", widgets.PrimaryButton, nil), widgets.NewLoginButton("体验一下", widgets.SecondButton, nil))
		form := widgets.NewColumn(12, address, wrong,
			widgets.NewRow(24, false, widgets.NewCheckbox("记住密码", true, nil), widgets.NewCheckbox("自动登录", false, nil)),
			buttons,
			widgets.NewWords("体验：不用账号，自带联系人和聊天，不连网络", skin.TextNote, skin.Secondary, true),
			widgets.NewRule(),
			widgets.NewRow(0, true, widgets.NewLink("注册账号", nil), widgets.NewLink("登录遇到问题？", nil)),
			widgets.NewFoldRow("服务器选项", "自动查找", nil),
		)
		return widgets.NewColumn(0, widgets.NewLoginArt("Dovekie", "小海雀"), widgets.NewMargin(40, 28, 40, 0, form))
	})
}

func TestGalleryEmpty(t *testing.T) {
	gallery(t, "empty", 500, 420, 1, func() fyne.CanvasObject {
		return widgets.NewEmpty("还没有打开聊天", "从左边选一位联系人，或按 Ctrl+F 搜索", skin.ChatGround)
	})
}

func TestGallerySheet(t *testing.T) {
	galleryOver(t, "sheet", 560, 420, 1, func() fyne.CanvasObject { return samplePanel(1, sampleContacts(), "") }, func(c fyne.Canvas) {
		note := widgets.NewField(widgets.FieldSpec{Placeholder: "备注名"})
		groups := widgets.NewChoice([]widgets.MenuItem{{Key: "a", Text: "我的好友"}, {Key: "b", Text: "家人"}}, "a", nil)
		s := widgets.ShowSheet(c, widgets.SheetSpec{
			Title: "添加好友", Body: "对方同意之后，你们就能看到彼此是否在线。Addresses look like e-mail: name@example.org.",
			Fields:  []fyne.CanvasObject{note, groups},
			Buttons: []widgets.SheetButton{{Text: "取消", Kind: widgets.QuietButton}, {Text: "添加", Default: true}},
		})
		s.SetError("找不到服务器 exmaple.org，请检查 @ 后面的部分。")
	})
}

func TestGalleryConfirm(t *testing.T) {
	galleryOver(t, "confirm", 480, 300, 1, func() fyne.CanvasObject { return samplePanel(1, sampleContacts(), "") }, func(c fyne.Canvas) {
		widgets.Confirm(c, "删除好友？", "陈思远会从你的列表里消失，聊天记录仍留在本机。", "删除", "取消", true, nil)
	})
}

func TestGalleryMenus(t *testing.T) {
	galleryOver(t, "status", 304, 420, 1, func() fyne.CanvasObject { return samplePanel(1, sampleContacts(), "") }, func(c fyne.Canvas) {
		m := widgets.ShowStatusMenu(c, fyne.NewPos(143, 48), []widgets.StatusChoice{
			{Key: "on", Presence: widgets.Available, Word: "在线", Current: true},
			{Key: "away", Presence: widgets.Away, Word: "离开"},
			{Key: "dnd", Presence: widgets.Busy, Word: "请勿打扰"},
			{},
			{Key: "off", Presence: widgets.Offline, Word: "离线"},
		}, nil)
		m.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	})
	galleryOver(t, "context", 304, 420, 1, func() fyne.CanvasObject { return samplePanel(1, sampleContacts(), "") }, func(c fyne.Canvas) {
		widgets.ShowMenu(c, fyne.NewPos(200, 300), []widgets.MenuItem{
			{Key: "a", Text: "发消息", Icon: assets.IconChat, Note: "Enter"},
			{Key: "b", Text: "修改备注名", Icon: assets.IconEdit},
			{Key: "c", Text: "移动到分组", Icon: assets.IconMove, Disabled: true},
			{},
			{Key: "d", Text: "删除好友", Icon: assets.IconTrash, Danger: true},
		}, nil)
	})
}

func TestGalleryToast(t *testing.T) {
	gallery(t, "toast", 480, 140, 1, func() fyne.CanvasObject {
		toast := widgets.NewToast()
		toast.ShowText("已删除与陈思远的聊天", "撤销", nil)
		return toast
	})
}
