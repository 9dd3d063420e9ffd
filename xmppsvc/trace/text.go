package trace

import "dovekie/xmppsvc/stanza"

// text is the element as the XML console shows it.
func text(el *stanza.Element) string {
	return cut(Redact(el).Name.Local, maxXML)
}
