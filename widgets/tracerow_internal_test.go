package widgets

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// Names and attributes of a stanza are as somebody sent them.
func TestRowsOfTheConsoleCannotBeReversedOrBroken(t *testing.T) {
	withTheme(t)
	const evil = "a\u202Ec\nd\x01"
	rows := map[string][]fyne.CanvasObject{
		"stanza": StanzaRow{Kind: evil, What: evil, Peer: evil}.Draw(900, false),
		"step":   StepRow{Name: "TLS", Detail: evil}.Draw(900, false),
	}
	for name, objects := range rows {
		told := 0
		for _, o := range objects {
			if text, ok := o.(*canvas.Text); ok && strings.Contains(text.Text, "d") {
				told++
				if text.Text != "ac d\ufffd" {
					t.Errorf("%s: %q", name, text.Text)
				}
			}
		}
		if told == 0 {
			t.Errorf("%s: it is not drawn", name)
		}
	}
}
