package widgets

import "fyne.io/fyne/v2"

// StatusChoice is a line of the status menu. One without a word is a rule.
type StatusChoice struct {
	Key      string
	Presence Presence
	Word     string
	Current  bool
}

// ShowStatusMenu opens the menu of the status chip at the place on the canvas: the
// shapes with their words, the present one ticked.
func ShowStatusMenu(c fyne.Canvas, at fyne.Position, choices []StatusChoice, onPick func(key string)) *Menu {
	items := make([]MenuItem, len(choices))
	for n, choice := range choices {
		items[n] = MenuItem{Key: choice.Key, Text: choice.Word, Presence: choice.Presence, Checked: choice.Current}
	}
	return ShowMenu(c, at, items, onPick)
}
