package settings_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dovekie/app/settings"
)

func TestSettingsComeBackAsTheyWereSaved(t *testing.T) {
	dir := t.TempDir()
	want := settings.Settings{Width: 900, Height: 700, Theme: settings.ThemeDark, Lang: "zh", Text: 120,
		Folded: map[string]bool{"同事": true}, Last: "lin@example.org", Contacts: true, Emoji: []string{"😀", "👍"}}
	if err := want.Save(dir); err != nil {
		t.Fatal(err)
	}
	got, err := settings.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestBrokenSettingsGiveTheDefaultsAndAReason(t *testing.T) {
	dir := t.TempDir()
	if got, err := settings.Load(dir); err != nil || got.Width != 1120 {
		t.Errorf("no file: %v, %v", got, err)
	}
	write(t, dir, `{"width": 3, "theme": "pink", "text": 9000, "lang": "xx"}`)
	got, err := settings.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(settings.Default(), got); d != "" {
		t.Error(d)
	}
	write(t, dir, `{"width": `)
	if got, err := settings.Load(dir); err == nil || got.Width != 1120 {
		t.Errorf("half a file: %v, %v", got, err)
	}
}

func TestPickedEmojiAreKeptOnceTheLastFirst(t *testing.T) {
	var s settings.Settings
	for _, e := range []string{"a", "b", "a"} {
		s.PickEmoji(e)
	}
	if d := cmp.Diff([]string{"a", "b"}, s.Emoji); d != "" {
		t.Error(d)
	}
	for i := range 40 {
		s.PickEmoji(string(rune('A' + i)))
	}
	if len(s.Emoji) != 18 || s.Emoji[0] != "h" {
		t.Errorf("after forty more: %d, first %q", len(s.Emoji), s.Emoji[0])
	}
}

func write(t *testing.T, dir, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, settings.FileName), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
