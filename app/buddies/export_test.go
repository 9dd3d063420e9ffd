package buddies

import "dovekie/widgets"

// Searched is what typing into the search field does.
func (v *View) Searched(text string) { v.searched(text) }

// List is the list of the panel.
func (v *View) List() *widgets.FlatList { return v.list }

// Empty is what stands in the place of a list without rows.
func (v *View) Empty() *widgets.Empty { return v.empty }
