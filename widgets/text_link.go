package widgets

import (
	"regexp"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"mvdan.cc/xurls/v2"
)

// linkSpan is a link in a text: its bytes, and what opens when it is clicked.
type linkSpan struct {
	start, end int
	url        string
}

var linkPattern = sync.OnceValue(func() *regexp.Regexp {
	re, err := xurls.StrictMatchingScheme(`https?://|mailto:|xmpp:|www\.`)
	if err != nil {
		panic("widgets: link pattern: " + err.Error())
	}
	return re
})

// findLinks gives the links of a text: http, https, mailto and xmpp, and names that begin
// with www. No other scheme is ever a link. Chinese follows an address without a space,
// so a link ends before the first wide character.
func findLinks(text string) []linkSpan {
	if !strings.Contains(text, ":") && !strings.Contains(text, "www.") {
		return nil
	}
	var links []linkSpan
	for _, m := range linkPattern().FindAllStringIndex(text, -1) {
		start, end := m[0], m[1]
		if cut := strings.IndexFunc(text[start:end], wideOrMark); cut >= 0 {
			end = start + len(strings.TrimRight(text[start:start+cut], ".,;:!?'\""))
		}
		before, _ := utf8.DecodeLastRuneInString(text[:start])
		if start > 0 && before < 0x2E80 && (unicode.IsLetter(before) || unicode.IsDigit(before)) {
			continue // the tail of a longer word
		}
		if url, ok := linkURL(text[start:end]); ok {
			links = append(links, linkSpan{start, end, url})
		}
	}
	return links
}

func wideOrMark(r rune) bool {
	return isWide(r) || r >= 0x3000 && r < 0x3040 || r >= 0xFF00 && r < 0xFFF0 || r >= 0x2018 && r <= 0x201F
}

// linkURL completes what was written and refuses what is only a scheme.
func linkURL(s string) (string, bool) {
	lower := strings.ToLower(s)
	for _, scheme := range []string{"http://", "https://", "mailto:", "xmpp:"} {
		if strings.HasPrefix(lower, scheme) {
			return scheme + s[len(scheme):], len(s) > len(scheme)
		}
	}
	return "https://" + s, strings.Count(s, ".") > 1
}

// linkAt is the index + 1 of the link that covers the byte, or 0. The caller asks for
// growing places and keeps next between calls.
func linkAt(links []linkSpan, at int, next *int) int {
	for *next < len(links) && links[*next].end <= at {
		*next++
	}
	if *next < len(links) && links[*next].start <= at {
		return *next + 1
	}
	return 0
}
