package widgets

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2/test"

	"dovekie/widgets/skin"
)

var bodyStyle = textStyle{size: skin.TextBody, pitch: skin.PitchBody}

func withTheme(t testing.TB) {
	t.Helper()
	test.NewTempApp(t).Settings().SetTheme(skin.NewTheme(skin.AlwaysLight, true))
	forgetText()
}

func lineTexts(l *textLayout) []string {
	var out []string
	for _, line := range l.lines {
		out = append(out, l.text[line.start:line.end])
	}
	return out
}

const longMessage = "船票已经订好了，周六 06:30 从东码头出发，风力三级 🎉 大家带好望远镜、外套和热水（还有“红色”的帽子），我在检票口等。Please bring your own cup, see https://example.org/a/very/long/path/that/goes/on/and/on?with=query&and=more 。"

func TestNoLineBeginsWithAClosingMarkOrEndsWithAnOpeningOne(t *testing.T) {
	withTheme(t)
	for width := float32(72); width < 500; width += 7 {
		l := layoutText(longMessage, bodyStyle, width, true)
		for i, s := range lineTexts(l) {
			first := []rune(strings.TrimSpace(s))
			if len(first) == 0 {
				continue
			}
			if i > 0 && strings.ContainsRune("，。、）”！？：；", first[0]) {
				t.Fatalf("width %g: line %q begins with a closing mark", width, s)
			}
			if strings.ContainsRune("（“《", first[len(first)-1]) {
				t.Fatalf("width %g: line %q ends with an opening mark", width, s)
			}
		}
	}
}

func TestLinesKeepEveryByteAndFitTheWidth(t *testing.T) {
	withTheme(t)
	for width := float32(30); width < 600; width += 11 {
		l := layoutText(longMessage, bodyStyle, width, true)
		if got := strings.Join(lineTexts(l), ""); got != longMessage {
			t.Fatalf("width %g: text is %q", width, got)
		}
		for i, line := range l.lines {
			if line.width > width+0.01 {
				t.Fatalf("width %g: line %q is %g wide", width, lineTexts(l)[i], line.width)
			}
		}
	}
}

func TestWordIsWholeWhereItFitsALine(t *testing.T) {
	withTheme(t)
	l := layoutText("alpha beta gamma delta epsilon", bodyStyle, 90, false)
	for _, s := range lineTexts(l) {
		for _, w := range strings.Fields(s) {
			if !strings.Contains(" alpha beta gamma delta epsilon ", " "+w+" ") {
				t.Errorf("the word was cut: %q", w)
			}
		}
	}
}

func TestEmptyTextAndBreaksHaveLines(t *testing.T) {
	withTheme(t)
	for text, want := range map[string]int{"": 1, "a": 1, "a\n": 2, "\n\n": 3, "a\r\nb": 2, "a\u2028b": 2} {
		if got := len(layoutText(text, bodyStyle, 200, true).lines); got != want {
			t.Errorf("%q has %d lines, want %d", text, got, want)
		}
	}
}

func TestOnlyFourSchemesAreLinks(t *testing.T) {
	for text, want := range map[string]string{
		"看https://example.org/dovekie看看":       "https://example.org/dovekie",
		"（https://example.org/a）":              "https://example.org/a",
		"see (https://example.org/a_(b)), yes": "https://example.org/a_(b)",
		"write to mailto:pip@example.org.":     "mailto:pip@example.org",
		"xmpp:reef@rooms.example.org?join":     "xmpp:reef@rooms.example.org?join",
		"www.example.org":                      "https://www.example.org",
		"HTTP://EXAMPLE.org":                   "http://EXAMPLE.org",
		"file:///etc/passwd":                   "",
		"javascript:alert(1)":                  "",
		"ftp://example.org":                    "",
		"12:30":                                "",
		"awww.nice.example":                    "",
		"http://":                              "",
	} {
		got := ""
		for _, l := range findLinks(text) {
			got += l.url
		}
		if got != want {
			t.Errorf("%q: link %q, want %q", text, got, want)
		}
	}
}

func TestTextThatReversesOrHidesIsHarmless(t *testing.T) {
	if got := cleanText("invoice\u202Efdp.exe"); got != "invoicefdp.exe" {
		t.Errorf("override: %q", got)
	}
	if got := cleanText("a\x00b\x1b[31mc\u200f\ufeff"); got != "a\ufffdb\ufffd[31mc" {
		t.Errorf("controls: %q", got)
	}
	if got := cleanText("bad\xffutf"); got != "bad\ufffdutf" {
		t.Errorf("invalid UTF-8: %q", got)
	}
	if s := "👩\u200d💻 क्\u200dष"; cleanText(s) != s {
		t.Errorf("joiners are lost: %q", cleanText(s))
	}
}

func TestArabicParagraphIsRightAlignedAndOrderedByRuns(t *testing.T) {
	withTheme(t)
	l := layoutText("مرحبا hello عالم", bodyStyle, 400, false)
	if !l.rtl {
		t.Fatal("the paragraph is taken for left-to-right")
	}
	var order []string
	for _, p := range l.lines[0].pieces {
		if s := strings.TrimSpace(l.text[p.start:p.end]); s != "" {
			order = append(order, s)
		}
	}
	if got := strings.Join(order, "|"); got != "عالم|hello|مرحبا" {
		t.Errorf("from left to right: %s", got)
	}
	two := layoutText("مرحبا\nمرحبا hello عالم", bodyStyle, 400, false)
	if a, b := two.lines[0], two.lines[1]; a.x+a.width != b.x+b.width {
		t.Errorf("right edges %g and %g", a.x+a.width, b.x+b.width)
	}
}

func TestNumberKeepsItsOrderInsideHebrew(t *testing.T) {
	withTheme(t)
	l := layoutText("שלום 123 חבר", bodyStyle, 400, false)
	var order []string
	for _, p := range l.lines[0].pieces {
		if s := strings.TrimSpace(l.text[p.start:p.end]); s != "" {
			order = append(order, s)
		}
	}
	if got := strings.Join(order, "|"); got != "חבר|123|שלום" {
		t.Errorf("from left to right: %s", got)
	}
}

func TestMarksStandAtTheLeftOfRightToLeftWords(t *testing.T) {
	withTheme(t)
	for text, want := range map[string]string{
		"שלום, (עולם)!":      "!|(|עולם|)|,|שלום", // the brackets are drawn mirrored
		"abc שלום!":          "abc|שלום|!",
		"עולם 12:30!":        "!|12:30|עולם",
		"ראה https://a.b/c.": ".|https://a.b/c|ראה",
	} {
		l := layoutText(text, bodyStyle, 400, true)
		var order []string
		for _, p := range l.lines[0].pieces {
			s := l.text[p.start:p.end]
			if p.rtl {
				s = mirrored(s)
			}
			if strings.TrimSpace(s) != "" {
				order = append(order, s)
			}
		}
		if got := strings.Join(order, "|"); got != want {
			t.Errorf("%s from left to right: %s, want %s", text, got, want)
		}
	}
}

func TestEmojiIsOnePieceAndOneStepOfTheSelection(t *testing.T) {
	withTheme(t)
	l := layoutText("好👩\u200d💻的", bodyStyle, 400, false)
	if n := len(l.lines[0].pieces); n != 3 {
		t.Fatalf("%d pieces", n)
	}
	p := l.lines[0].pieces[1]
	if !p.emoji || l.text[p.start:p.end] != "👩\u200d💻" {
		t.Fatalf("the middle piece is %q", l.text[p.start:p.end])
	}
	if got := l.offsetAt(p.x+1, 5); got != p.start {
		t.Errorf("left half of the emoji is offset %d, want %d", got, p.start)
	}
	if got := l.offsetAt(p.x+p.width-1, 5); got != p.end {
		t.Errorf("right half of the emoji is offset %d, want %d", got, p.end)
	}
}

func TestSelectionCoversWholeClusters(t *testing.T) {
	withTheme(t)
	l := layoutText("你好 world\nsecond", bodyStyle, 400, false)
	spans := l.selectionSpans(3, len("你好 world\nsec"))
	if len(spans) != 2 {
		t.Fatalf("%d spans", len(spans))
	}
	if want := bodyStyle.width("你"); spans[0].x < want-0.5 || spans[0].x > want+0.5 {
		t.Errorf("the first span begins at %g, want %g", spans[0].x, want)
	}
	from, to := l.wordAt(len("你好 wo"))
	if got := l.text[from:to]; got != "world" {
		t.Errorf("the word is %q", got)
	}
}

func BenchmarkLayoutAverageMessageWarm(b *testing.B) {
	withTheme(b)
	messages := []string{
		"早！上周说的安装包打好了吗？",
		"打好了 🎉 Linux 和 Windows 都有，先看这里 https://example.org/dovekie",
		"Beautiful! Harbour at half past six then?",
		"船票已经订好了，周六 06:30 从东码头出发，风力三级 🎉 大家带好望远镜、外套和热水，我在检票口等。",
		"ok",
	}
	for _, m := range messages {
		layoutText(m, bodyStyle, 480, true)
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		layoutText(messages[i%len(messages)], bodyStyle, 480, true)
	}
}

func BenchmarkEmojiPictureCold(b *testing.B) {
	for b.Loop() {
		clear(emojiPictures)
		emojiPicture("😀", 36)
	}
}

func BenchmarkLayoutAverageMessageCold(b *testing.B) {
	withTheme(b)
	for b.Loop() {
		clear(widths)
		layoutText(longMessage, bodyStyle, 480, true)
	}
}
