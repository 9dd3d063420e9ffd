package app

import (
	"context"

	"fyne.io/fyne/v2"

	"dovekie/app/tr"
	"dovekie/widgets"
	"dovekie/widgets/skin"
	"dovekie/xmppsvc/model"
)

// privacyFields are the switches for what the account's contacts are told, in force at
// once; none without an account.
func (a *App) privacyFields() []fyne.CanvasObject {
	acc := a.state.Account()
	if acc == nil {
		return nil
	}
	// What was chosen here counts: the account's own value follows a moment later.
	chosen := acc.Settings.Privacy
	var boxes []fyne.CanvasObject
	add := func(key string, not *bool) {
		var box *widgets.Checkbox
		box = widgets.NewCheckbox(tr.T(key), !*not, func(on bool) {
			*not = !on
			a.setPrivacy(chosen, func() {
				*not = on
				box.SetChecked(!on)
			})
		})
		boxes = append(boxes, box)
	}
	add("privacy.receipts", &chosen.NoReceipts)
	add("privacy.markers", &chosen.NoMarkers)
	add("privacy.typing", &chosen.NoTyping)
	caption := tr.T("privacy.caption", "account", acc.Settings.JID.String())
	return []fyne.CanvasObject{
		widgets.NewGap(skin.Unit),
		widgets.NewHeading(caption),
		widgets.NewColumn(skin.Unit, boxes...),
	}
}

// setPrivacy tells the service; undo is called if it could not be kept.
func (a *App) setPrivacy(p model.Privacy, undo func()) {
	s, account := a.session, a.state.Current
	if s == nil || account.IsZero() {
		undo()
		return
	}
	s.run("set privacy", commandTimeout, func(ctx context.Context) error {
		return s.svc.SetPrivacy(ctx, account, p)
	}, func(err error) {
		if err != nil {
			undo()
			a.tell(tr.Error(err, account.Domain()))
		}
	})
}

// words are quiet words in a sheet.
func words(text string) fyne.CanvasObject {
	return widgets.NewWords(text, skin.TextNote, skin.Secondary, false)
}
