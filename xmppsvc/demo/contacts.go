package demo

import "strings"

// lang is a language that the contacts speak.
type lang string

const (
	english lang = "en"
	chinese lang = "zh"
)

// words is a text in both languages.
type words struct{ en, zh string }

func (w words) in(l lang) string {
	if l == chinese {
		return w.zh
	}
	return w.en
}

// same is for what is not translated: people's names and their own words.
func same(s string) words { return words{s, s} }

// The owner's groups.
var (
	groupStart   = words{"Start here", "从这里开始"}
	groupFriends = words{"Friends", "朋友"}
	groupWork    = words{"Work", "工作"}
)

// contact is who one of the server's contacts is, and what it says.
type contact struct {
	local  string
	name   words
	group  words // where it stands on the owner's list; empty: not on it
	show   string
	status words
	away   bool   // offline until the script or a message brings it
	step   string // the step of the script that brings or changes it
	after  phase  // how it is once that step is done
	about  words
	lines  []words // what a person answers, in turn
}

// phase is a presence.
type phase struct {
	show   string
	status words
}

// The names of the step-driven contacts' addresses.
const (
	localGuide   = "pip"
	localEcho    = "echo"
	localClock   = "clock"
	localArrival = "xiaoman"
	localReader  = "nora"
	localLater   = "yihe"
	localBuilder = "ben"
	localAsker   = "maya"
)

// contacts in the order of the list; the last one is met through its request.
var contacts = []contact{
	{
		local: localGuide, name: words{"Pip", "小雀"}, group: groupStart,
		status: words{"Ask me anything", "有问题，问我就好"},
		about:  words{"Shows you around.", "带你四处看看。"},
	},
	{
		local: localEcho, name: words{"Echo", "回声"}, group: groupStart,
		status: words{"I say what you say", "你说什么，我就说什么"},
		about:  words{"Repeats every message exactly.", "原样重复每一条消息。"},
	},
	{
		local: localClock, name: words{"Clock", "报时鸟"}, group: groupStart,
		status: words{"Tick, tock. Ask me for the time", "滴答，滴答。几点了，问我"},
		about:  words{"Tells the time of this computer.", "按这台电脑的时间报时。"},
	},
	{
		local: localArrival, name: same("林小满"), group: groupFriends,
		away: true, step: stepArrival, after: phase{"", same("第三次做提拉米苏，这次没塌")},
		about: same("喜欢烤东西，也喜欢有人来吃。"),
		lines: []words{
			{"Ha, wait, the cream needs me. Two minutes.", "哈，等我把奶油打完，两分钟。"},
			{"Come by on Saturday and try a piece?", "周六过来尝一块？"},
			{"I will save you a corner piece.", "给你留一块边角，最好吃的那种。"},
		},
	},
	{
		local: localReader, name: same("Nora Whitfield"), group: groupFriends,
		status: same("Two chapters left, no spoilers"), step: stepAway,
		after: phase{"away", same("Out with the dog, back before the rain")},
		about: same("Reads on trains and misses her stop."),
		lines: []words{
			{"Do not tell me how it ends.", "先别剧透，我还剩两章。"},
			{"For you I put the book down.", "为了你，书先放一放。"},
			{"I missed my stop again, so I have time.", "又坐过站了，正好有空聊。"},
		},
	},
	{
		local: localLater, name: same("周一禾"), group: groupFriends, away: true,
		status: same("刚下地铁"), step: stepNever, after: phase{"", same("刚下地铁")},
		about: same("路上没信号，到了就回。"),
		lines: []words{
			{"Just out of the underground and saw this. It waited for me, nice.", "刚出地铁就看到了，消息一直等着我，真好。"},
			{"I am on the next train already. Tonight?", "马上又要上车了，晚上细聊？"},
		},
	},
	{
		local: localBuilder, name: same("Ben Okafor"), group: groupWork,
		show: "dnd", status: same("In the build room until noon"), step: stepStatus,
		after: phase{"", same("The build is green. Lunch?")},
		about: same("Keeps the builds green and the kettle hot."),
		lines: []words{
			{"Let me see this build through, then I am yours.", "等这次构建跑完就来找你。"},
			{"Noodles or rice?", "吃面还是吃饭？"},
			{"Fine with me.", "我没问题。"},
		},
	},
	{
		local: "zhixia", name: same("唐知夏"), group: groupWork,
		show: "away", status: same("改图中，晚点回"),
		about: same("画图，改图，再改一版。"),
		lines: []words{
			{"Version seven is nearly there. I will show you.", "第七版马上好，给你看。"},
			{"The blue one, I think.", "我觉得蓝色那版更好。"},
		},
	},
	{
		local: localAsker, name: same("Maya Lindgren"),
		status: same("Saturday hikes, any weather"),
		about:  same("Walks, maps, thermos."),
		lines: []words{
			{"See you on Saturday then.", "那周六见。"},
			{"Bring a jacket, it is windy up there.", "带件外套，山上风大。"},
		},
	},
}

// note is on every profile.
var note = words{"Demo contact", "体验联系人"}

// The greetings among people, by the language in which they were greeted.
var hello = words{"Hi there.", "你好呀。"}

// What the guide says.
var (
	sayWelcome = words{
		"Hello, I am Pip, your guide. Nothing here leaves this computer, so try whatever you like. You could begin with one of these.",
		"你好，我是小雀，这里的向导。这里的一切都不会离开这台电脑，放心试。可以从这几样开始。",
	}
	sayHelp = words{
		"Try one of these, or write to Echo and Clock. Yihe is offline: write anyway, the answer comes in a while. And I love to be nudged.",
		"可以试试下面几样，也可以给回声和报时鸟写点什么。周一禾不在线，留言就好，一会儿会回你。也可以给我发个窗口抖动。",
	}
	sayHello = words{
		"Hello to you. See the mark beside your message? It says that I have got it.",
		"你好呀。看到消息旁边的标记了吗？它表示我收到了。",
	}
	sayStatus = words{
		"Choose another status next to your name, or write a new signature. I will notice.",
		"在你的名字旁边换个状态，或者改一句个性签名，我这边马上就能看到。",
	}
	sayThanks  = words{"You are welcome.", "不客气，随时喊我。"}
	sayAccount = words{
		"Everything here stays on this computer. To reach real people, choose “Use a real account”.",
		"这里的一切都留在这台电脑上。想和真人聊天，点“使用正式账号”。",
	}
	sayCut = words{
		"I am cutting the network for %d seconds. Write something to me or to Echo meanwhile; it will wait.",
		"我这就断开网络 %d 秒。趁这会儿给我或回声写点什么，消息会先存着。",
	}
	sayBackNone = words{
		"We are back. Next time write something while the line is down: it goes out by itself.",
		"网络回来了。下次断开的时候写句话试试，它会自己发出去。",
	}
	sayBackOne  = words{"We are back, and what you wrote meanwhile is here.", "网络回来了，你断开时写的那条消息也到了。"}
	sayBackMany = words{
		"We are back. All %d messages you wrote meanwhile are here, in order.",
		"网络回来了，你断开时写的 %d 条消息都到了，顺序没乱。",
	}
	sayUnknown = []words{
		{"I do not know that one yet. Write “help” and I tell you what to try.", "这个我还不会。写“帮助”，我告诉你能试什么。"},
		{"Noted. Write “help” if you want ideas.", "记下了。想知道还能试什么，就写“帮助”。"},
	}
	saySignature = words{"Your signature reads “%s” here. I like it.", "你的新签名“%s”，我这里看到了，挺好。"}
	sayShow      = map[string]words{
		"":     {"You are available again. Good to see you.", "你又在线了，真好。"},
		"chat": {"You feel like talking? So do I.", "想聊天？我一直都在。"},
		"away": {"I see that you are away now. Call me when you are back.", "看到你离开了。回来喊我。"},
		"xa":   {"Away for longer, I see. I keep watch.", "要离开久一点？我在这儿看着。"},
		"dnd":  {"Busy, understood. I will whisper.", "你在忙，明白。我小声一点。"},
	}
)

// What the others say by the script.
var (
	sayArrival = words{
		"I am home. Third try at tiramisu tonight, and it did not collapse. When do you come by?",
		"我到家啦。今晚第三次做提拉米苏，这次没塌。你哪天过来？",
	}
	sayRequest = words{
		"Hi, it is Maya from the Saturday hike. Add me?",
		"你好，我是周六徒步队的 Maya，加个好友？",
	}
	sayAdded = words{
		"Thank you. The next hike is on Saturday at nine, by the bridge.",
		"谢谢你加我。下次徒步周六早上九点，桥头见。",
	}
)

// What the clock says.
var (
	sayTime   = words{"It is %s.", "现在 %s。"}
	sayOffer  = words{"It is %s. Write “every minute” and I call the next three.", "现在 %s。写“每分钟”，接下来三分钟我都会报时。"}
	sayCall   = words{"I will call the next three minutes. Write “stop” when it is enough.", "好，接下来三分钟我会报时。不想听了就写“停”。"}
	sayMinute = words{"%s, on the minute.", "%s，整。"}
	sayStop   = words{"Quiet again.", "好，不报了。"}
)

// languageOf is the language of a text: Chinese if a Han character is in it, English
// if a Latin letter is, else the given one.
func languageOf(text string, otherwise lang) lang {
	latin := false
	for _, r := range text {
		switch {
		case r >= 0x3400 && r <= 0x9fff || r >= 0x20000 && r <= 0x323af:
			return chinese
		case r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z':
			latin = true
		}
	}
	if latin {
		return english
	}
	return otherwise
}

// language reads Options.Lang.
func language(s string) lang {
	if strings.HasPrefix(strings.ToLower(s), "zh") {
		return chinese
	}
	return english
}
