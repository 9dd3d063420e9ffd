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
		Folded: map[string]bool{"同事": true}, Last: "lin@example.org", Contacts: true}
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

func write(t *testing.T, dir, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, settings.FileName), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
