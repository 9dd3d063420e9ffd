package assets_test

import (
	"bytes"
	"image/color"
	"image/png"
	"slices"
	"strings"
	"testing"

	"github.com/go-text/typesetting/font"

	"dovekie/assets"
)

func TestEveryIconExistsAndTakesItsColour(t *testing.T) {
	for _, n := range []assets.Icon{
		assets.IconMenu, assets.IconAddPerson, assets.IconSliders, assets.IconKeyboard, assets.IconSearch, assets.IconPlus,
		assets.IconClose, assets.IconChevronDown, assets.IconChevronRight,
		assets.IconChevronLeft, assets.IconArrowDown, assets.IconSmile, assets.IconNudge, assets.IconPin, assets.IconBellOff, assets.IconCheck, assets.IconTick,
		assets.IconTicks, assets.IconDevice, assets.IconRing, assets.IconClock, assets.IconAlert, assets.IconRetry, assets.IconCopy, assets.IconEye,
		assets.IconEyeOff, assets.IconUser, assets.IconKey, assets.IconServer,
		assets.IconDots, assets.IconTrash, assets.IconEdit, assets.IconFolder, assets.IconMove, assets.IconChat,
		assets.IconSignOut, assets.IconQuit, assets.IconFile, assets.IconHistory,
		assets.IconQuestion, assets.IconNoNetwork,
		assets.IconDemo,
	} {
		svg := string(assets.IconSVG(n, 20, 1.45, color.NRGBA{0x12, 0x34, 0x56, 0xFF}))
		if !strings.Contains(svg, `stroke="#123456"`) || strings.Contains(svg, "#000000") {
			t.Errorf("icon %s: %q", n, svg)
		}
	}
	if assets.IconSVG("no-such-icon", 20, 1, color.Black) != nil {
		t.Error("an unknown name gives an icon")
	}
}

func TestIconIsStrokedAlikeAtEverySize(t *testing.T) {
	for size, width := range map[float32]string{24: `"1.450"`, 16: `"2.175"`, 20: `"1.740"`} {
		svg := string(assets.IconSVG(assets.IconSearch, size, 1.45, color.Black))
		if !strings.Contains(svg, "stroke-width="+width) {
			t.Errorf("icon of %g px: %s", size, svg)
		}
	}
}

func TestSleepingBirdTakesTheColoursOfTheTheme(t *testing.T) {
	svg := string(assets.MarkAsleep(color.NRGBA{1, 2, 3, 255}, color.NRGBA{4, 5, 6, 255}, color.NRGBA{7, 8, 9, 255}))
	for _, c := range []string{"#010203", "#040506", "#070809"} {
		if !strings.Contains(svg, c) {
			t.Errorf("%s is missing", c)
		}
	}
}

func TestHanFontDrawsNamesButNoLatin(t *testing.T) {
	f, err := font.ParseTTF(bytes.NewReader(assets.HanFont()))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range "海雀玥喆堃陳龍あカ。，！\u3000\u0020\u00a0→" {
		if _, ok := f.NominalGlyph(r); !ok {
			t.Errorf("%q has no glyph", r)
		}
	}
	for _, r := range "aZ0é’“" {
		if _, ok := f.NominalGlyph(r); ok {
			t.Errorf("%q is drawn by the Chinese font", r)
		}
	}
}

func TestWhichClustersAreEmoji(t *testing.T) {
	for cluster, want := range map[string]bool{
		"😀": true, "👍🏽": true, "👩‍💻": true, "👨‍👩‍👧": true, "🇨🇳": true, "🏴‍☠️": true, "1️⃣": true, "❤": true, "❤️": true,
		"☕": true, "🥹": true, "©️": true, "🏴󠁧󠁢󠁥󠁮󠁧󠁿": true,
		"1": false, "#": false, "a": false, "海": false, "©": false, "→": false, "■": false, "❤\ufe0e": false, "ñ": false, "": false,
	} {
		key, ok := assets.EmojiKey(cluster)
		if ok != want {
			t.Errorf("EmojiKey(%q) = %q, %v", cluster, key, ok)
		}
		if ok && assets.EmojiPNG(key) == nil {
			t.Errorf("%q has no picture", key)
		}
	}
}

func TestEveryEmojiOfThePickerHasAPictureOf64Pixels(t *testing.T) {
	n := 0
	for _, g := range assets.EmojiGroups() {
		for _, e := range g.Emoji {
			key, ok := assets.EmojiKey(e)
			if !ok {
				t.Errorf("%s %q is not in the pack", g.Name, e)
				continue
			}
			img, err := png.Decode(bytes.NewReader(assets.EmojiPNG(key)))
			if err != nil {
				t.Fatal(err)
			}
			if img.Bounds().Dx() != 64 || img.Bounds().Dy() != 64 {
				t.Errorf("%q is %v", e, img.Bounds())
			}
			n++
		}
	}
	if n < 200 {
		t.Errorf("the picker has %d emoji", n)
	}
}

func TestEmojiAreFoundInBothLanguages(t *testing.T) {
	for query, want := range map[string]string{"thumbs up": "👍", "咖啡": "☕", "HEART RED": "❤️", "crying": "😢", "中国": "🇨🇳"} {
		found := assets.FindEmoji(query, 40)
		if !slices.ContainsFunc(found, func(e assets.EmojiName) bool { return e.Emoji == want }) {
			t.Errorf("%q does not find %s", query, want)
		}
	}
	for _, e := range assets.FindEmoji("cat", 60) {
		if e.English == "multiply" {
			t.Error("a word is found inside another one")
		}
	}
	if got := assets.FindEmoji("face", 7); len(got) != 7 {
		t.Errorf("limit 7 gives %d", len(got))
	}
	if got := assets.FindEmoji("  ", 7); len(got) != 0 {
		t.Errorf("an empty query finds %d", len(got))
	}
}

func TestCataloguesHaveTheSameKeys(t *testing.T) {
	en, err := assets.Translations("en")
	if err != nil {
		t.Fatal(err)
	}
	zh, err := assets.Translations("zh")
	if err != nil {
		t.Fatal(err)
	}
	for k := range en {
		if zh[k] == "" {
			t.Errorf("zh lacks %q", k)
		}
	}
	for k := range zh {
		if en[k] == "" {
			t.Errorf("en lacks %q", k)
		}
	}
	if _, err := assets.Translations("xx"); err == nil {
		t.Error("an unknown language has a catalogue")
	}
}
