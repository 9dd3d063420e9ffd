package app_test

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

// point rests the pointer on what the fact names.
func (b *bench) point(key string) {
	b.t.Helper()
	r := b.app.Facts()[key].Rect
	if r == nil {
		b.t.Fatalf("%s is not shown: %v", key, b.texts())
	}
	test.MoveMouse(b.app.Window().Canvas(), fyne.NewPos(float32(r[0]+r[2]/2), float32(r[1]+r[3]/2)))
}

func TestIconsTellTheirNames(t *testing.T) {
	for lang, words := range map[string]map[string]string{
		"en": {"panel.menu": "Menu", "panel.add": "Add a contact", "panel.settings": "Settings", "composer.nudge": "Nudge"},
		"zh": {"panel.menu": "菜单", "panel.add": "添加好友", "panel.settings": "设置", "composer.nudge": "窗口抖动"},
	} {
		t.Run(lang, func(t *testing.T) {
			b := signedIn(t, lang)
			b.open(nora)
			for key, want := range words {
				b.point(key)
				b.until(want, func() bool { return b.text("tip") == want })
			}
		})
	}
}
