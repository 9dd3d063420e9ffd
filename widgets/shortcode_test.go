package widgets

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

func TestWhatIsAShortcode(t *testing.T) {
	for text, want := range map[string]string{
		":smi": "smi", "hi :thumbs_up": "thumbs up", "好:笑": "笑", "好：笑脸": "笑脸", "(:heart": "heart", "a\n:ok": "ok",
		":s": "", ":": "", "::smi": "", "12:30": "", "https://": "", "https:ab": "", "note:this": "", "a: bc": "", ":a b": "", "": "", "smile": "",
		":averyveryveryveryverylongwordthatisnone": "", ":)": "", ":-)": "",
	} {
		query, from, ok := shortcode(text, len(text))
		if query != want || ok != (want != "") {
			t.Errorf("%q asks for %q, %v; want %q", text, query, ok, want)
		}
		if ok && !isColon([]rune(text[from:])[0]) {
			t.Errorf("%q: it begins at %q", text, text[from:])
		}
	}
}

func TestShortcodeIsCompletedByTabClickAndColon(t *testing.T) {
	var picked []string
	c, win := newTestComposer(t, ComposerActions{OnEmoji: func(e string) { picked = append(picked, e) }})
	test.Type(c.entry, "so :red_hea")
	if !c.codes.proposing() || !c.entry.AcceptsTab() || !c.codes.Visible() {
		t.Fatal("nothing is proposed")
	}
	press(c, fyne.KeyTab, 0)
	if c.Text() != "so ❤️" || c.codes.Visible() || c.entry.AcceptsTab() {
		t.Errorf("Tab gives %q", c.Text())
	}
	c.SetText("")
	test.Type(c.entry, ":heart")
	second := c.codes.found[1].Emoji
	press(c, fyne.KeyDown, 0)
	press(c, fyne.KeyTab, 0)
	if c.Text() != second {
		t.Errorf("the second one is %q, want %q", c.Text(), second)
	}
	test.Type(c.entry, ":heart")
	third := c.codes.found[2].Emoji
	test.TapAt(c.codes, fyne.NewPos(2.5*shortcodeCell, 20))
	if c.Text() != second+third || win.Canvas().Focused() != c.entry {
		t.Errorf("a click gives %q, the keyboard is at %v", c.Text(), win.Canvas().Focused())
	}
	c.SetText("")
	for _, text := range []string{":thumbs_up:", "：红心："} {
		test.Type(c.entry, text)
	}
	if c.Text() != "👍❤️" {
		t.Errorf("closing colons give %q", c.Text())
	}
	if len(picked) != 3 {
		t.Errorf("picked %q", picked)
	}
}

func TestProposalsGoAndNothingIsSentInstead(t *testing.T) {
	sent := ""
	c, _ := newTestComposer(t, ComposerActions{OnSubmit: func(s string) { sent = s }, OnEscape: func() { t.Error("the chat is closed") }})
	test.Type(c.entry, ":smile")
	press(c, fyne.KeyEscape, 0)
	if c.codes.proposing() {
		t.Error("Escape leaves them")
	}
	test.Type(c.entry, "y")
	press(c, fyne.KeyReturn, 0)
	if sent != ":smiley" || c.codes.proposing() {
		t.Errorf("Enter sends %q", sent)
	}
	test.Type(c.entry, "see :smile")
	press(c, fyne.KeyLeft, 0)
	press(c, fyne.KeyLeft, 0)
	press(c, fyne.KeyHome, 0)
	if c.codes.proposing() {
		t.Error("they stay when the caret goes elsewhere")
	}
	press(c, fyne.KeyEnd, 0)
	for range ":smile" {
		press(c, fyne.KeyBackspace, 0)
	}
	if c.codes.proposing() || c.Text() != "see " {
		t.Errorf("%q", c.Text())
	}
	test.Type(c.entry, ":zzqqxx")
	if c.codes.proposing() {
		t.Error("proposals for a word that no emoji has")
	}
}

func BenchmarkShortcode(b *testing.B) {
	c := newShortcodes(func(string, int) {})
	for b.Loop() {
		c.follow("hello :smi", 10)
	}
}
