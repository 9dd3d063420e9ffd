package xep

import (
	"encoding/xml"
	"strings"

	"dovekie/xmppsvc/stanza"
)

// setLang sets xml:lang (RFC 6120 §4.7.4); "" sets nothing.
func setLang(el *stanza.Element, lang string) {
	if lang != "" {
		el.Attr = append(el.Attr, xml.Attr{Name: xml.Name{Space: stanza.NSXML, Local: "lang"}, Value: lang})
	}
}

// localized is the text of the direct child with this name that fits lang best: the
// wanted language, then its family, then a child without language, then the first one.
func localized(parent *stanza.Element, space, local, lang string) (text, of string, ok bool) {
	best := 0
	for _, el := range parent.Children() {
		if !el.Is(space, local) {
			continue
		}
		l := el.Lang()
		fit := 1
		switch {
		case l == "":
			fit = 2
			l = parent.Lang()
		case lang != "" && strings.EqualFold(l, lang):
			fit = 4
		case lang != "" && strings.EqualFold(family(l), family(lang)):
			fit = 3
		}
		if fit > best {
			best, text, of = fit, el.Text(), l
		}
	}
	return text, of, best > 0
}

func family(lang string) string {
	f, _, _ := strings.Cut(lang, "-")
	return f
}
