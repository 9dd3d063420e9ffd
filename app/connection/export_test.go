package connection

import "dovekie/widgets"

// List is the list of the console.
func (v *View) List() *widgets.RowList { return v.xml.list }
