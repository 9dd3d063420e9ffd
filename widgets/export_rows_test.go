package widgets

// Lines are all wrapped lines, joined.
func (v *CodeView) Lines() string {
	s := ""
	for _, l := range v.code.wrapped {
		for _, p := range l.spans {
			s += p.Text
		}
	}
	return s
}
