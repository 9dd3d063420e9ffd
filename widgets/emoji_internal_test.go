package widgets

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"dovekie/assets"
)

func TestOneDrawingOfThePickerMakesOnlyAPortionOfItsPictures(t *testing.T) {
	test.NewTempApp(t)
	g := newEmojiGrid(EmojiLabels{}, nil, nil)
	g.Resize(fyne.NewSize(emojiColumns*emojiCell, emojiViewRows*emojiCell))
	if len(g.cells) > emojiAtOnce || !g.late {
		t.Errorf("the first drawing made %d pictures", len(g.cells))
	}
	for range 4 {
		g.Refresh()
	}
	if most := emojiColumns * (emojiViewRows - 1); len(g.cells) < most || g.late {
		t.Errorf("%d pictures after five drawings, want %d", len(g.cells), most)
	}
	g.search("heart")
	for range 8 {
		g.Refresh()
	}
	for _, e := range assets.FindEmoji("heart", emojiColumns) {
		if g.cells[e.Emoji] == nil {
			t.Errorf("%s was found but not drawn", e.Emoji)
		}
	}
}
