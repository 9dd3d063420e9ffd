package widgets

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"dovekie/assets"
)

// Fyne forgets the renderer of a widget that was out of sight for a minute, and later
// makes another one without laying it out.
func TestASecondRendererShowsTheWidgetWithoutALayout(t *testing.T) {
	test.NewTempApp(t)
	button := NewIconButton(assets.IconSmile, nil)
	button.Resize(fyne.NewSquareSize(32))
	if len(button.CreateRenderer().Objects()) == 0 {
		t.Error("the button is blank")
	}
	e := newEntry("address", false)
	e.Resize(fyne.NewSize(200, 24))
	seen := false
	for _, o := range e.CreateRenderer().Objects() {
		seen = seen || o.Size().Width > 100
	}
	if !seen {
		t.Error("the words of the entry have no room")
	}
}

func TestAnAvatarThatDoesNothingIsNoStopOfTheTabKey(t *testing.T) {
	test.NewTempApp(t)
	for _, tapped := range []func(){nil, func() {}} {
		h := NewHeader(HeaderState{Name: "Lin"}, HeaderActions{OnAvatar: tapped})
		h.Resize(fyne.NewSize(304, 96))
		stop := false
		for _, o := range h.CreateRenderer().Objects() {
			_, button := o.(*avatarButton)
			stop = stop || button
		}
		if stop != (tapped != nil) {
			t.Errorf("with an action %v: the avatar is a stop: %v", tapped != nil, stop)
		}
	}
}

func TestALayoutInTheSameSizeKeepsTheObjects(t *testing.T) {
	test.NewTempApp(t)
	f := newComposerField()
	f.Resize(fyne.NewSize(200, 38))
	f.setText("😀")
	r := f.CreateRenderer()
	before := r.Objects()[0]
	r.Layout(f.Size())
	if r.Objects()[0] != before {
		t.Error("the emoji is another picture after a layout in the same size")
	}
	r.Refresh()
	if r.Objects()[0] == before {
		t.Error("the emoji is the same picture after a refresh")
	}
}
