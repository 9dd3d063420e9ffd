package login

import "fyne.io/fyne/v2"

// Column holds the rows of the panel.
func (v *View) Column() *fyne.Container { return v.column }
