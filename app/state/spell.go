package state

import (
	"strings"
	"unicode"

	"github.com/mozillazg/go-pinyin"
	"golang.org/x/text/unicode/norm"
)

// spell writes a name so that it can be ordered and found by its sound: Han characters as
// pinyin, Latin without marks and capitals. The initials are those of every syllable and
// word: 陈思远 gives "chensiyuan" and "csy".
func spell(name string) (key, initials string) {
	var k, in strings.Builder
	args := pinyin.NewArgs()
	atWord := true
	for _, r := range norm.NFD.String(name) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case unicode.Is(unicode.Han, r):
			syllable := string(r)
			if p := pinyin.SinglePinyin(r, args); len(p) > 0 {
				syllable = p[0]
			}
			k.WriteString(syllable)
			in.WriteString(syllable[:1])
			atWord = true
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			r = unicode.ToLower(r)
			k.WriteRune(r)
			if atWord {
				in.WriteRune(r)
			}
			atWord = false
		default:
			k.WriteByte(' ')
			atWord = true
		}
	}
	return k.String(), in.String()
}

// fold makes text comparable for searching: no capitals, no marks.
func fold(s string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(s) {
		if !unicode.Is(unicode.Mn, r) {
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}
