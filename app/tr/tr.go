// Package tr gives the window its words. The language can change while the window is
// open: views ask again when they draw. For the UI goroutine.
package tr

import (
	"maps"
	"strings"
	"sync/atomic"
	"unicode"
	"unicode/utf8"

	"dovekie/assets"
)

// The languages there are.
const (
	English = "en"
	Chinese = "zh"
)

// catalogue is one language. It never changes once made.
type catalogue struct {
	lang  string
	texts map[string]string
}

// current may be read from other goroutines too, by what was started in one language.
var current atomic.Pointer[catalogue]

// Use switches the language; an unknown one is English. Texts that a language lacks are
// shown in English.
func Use(lang string) {
	if lang != Chinese {
		lang = English
	}
	texts := map[string]string{}
	for _, l := range []string{English, lang} {
		m, err := assets.Translations(l)
		if err != nil {
			panic("tr: " + err.Error()) // the catalogues are part of the binary
		}
		maps.Copy(texts, m)
	}
	current.Store(&catalogue{lang: lang, texts: texts})
}

// Lang is the language in use.
func Lang() string { return loaded().lang }

func loaded() *catalogue {
	c := current.Load()
	if c == nil {
		Use(English)
		c = current.Load()
	}
	return c
}

// Has reports whether a text of that key exists.
func Has(key string) bool { return loaded().texts[key] != "" }

// T is the text of the key; the pairs replace {name} by value. A missing text shows as
// its key, which the tests do not let through.
func T(key string, pairs ...string) string {
	text, ok := loaded().texts[key]
	if !ok {
		return key
	}
	if len(pairs) == 0 {
		return text
	}
	spaced := Lang() == Chinese
	for i := 0; i+1 < len(pairs); i += 2 {
		text = insert(text, "{"+pairs[i]+"}", pairs[i+1], spaced)
	}
	return text
}

// insert puts the value in the place of the mark. In Chinese a space parts Latin letters
// from the Han characters beside them; dates keep their figures close.
func insert(text, mark, value string, spaced bool) string {
	before, after, ok := strings.Cut(text, mark)
	if !ok {
		return text
	}
	if spaced && value != "" {
		first, _ := utf8.DecodeRuneInString(value)
		last, _ := utf8.DecodeLastRuneInString(value)
		left, _ := utf8.DecodeLastRuneInString(before)
		right, _ := utf8.DecodeRuneInString(after)
		if latin(first) && unicode.Is(unicode.Han, left) {
			value = " " + value
		}
		if latin(last) && unicode.Is(unicode.Han, right) {
			value += " "
		}
	}
	return before + value + after
}

func latin(r rune) bool {
	return unicode.IsLetter(r) && !unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul)
}

// Match is the language to use for a locale such as "zh_CN.UTF-8".
func Match(locale string) string {
	if strings.HasPrefix(strings.ToLower(locale), "zh") {
		return Chinese
	}
	return English
}
