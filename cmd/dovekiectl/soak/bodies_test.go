//go:build soak

package soak_test

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"strconv"
	"strings"
)

// trimmings are what the texts are made of beside sender and number: what XML, UTF-8 and
// the search index might stumble over.
var trimmings = []string{
	"plain words", "你好，世界", "晚上去看海吗？", "陳龍 喆堃", "👍", "👨‍👩‍👧‍👦🏳️‍🌈", "<b>not markup</b>", "a & b &amp; c &#x41;",
	`"double" and 'single'`, "]]>", "<!-- no comment -->", "<?xml version='1.0'?>", "</message>", "<body/>", "line one\nline two\n\nline four",
	"tab\tand  two spaces", "עברית‎ mixed", "é vs é", "\u200bzero width\u200b", "https://example.org/?a=1&b=<2>", "%s %d \\n",
}

// bodyOf is the text of message n of a sender: unique, and the same whenever it is asked for.
func bodyOf(seed uint64, sender string, n int) string {
	h := fnv.New64a()
	fmt.Fprintf(h, "%d %s %d", seed, sender, n)
	r := rand.New(rand.NewPCG(h.Sum64(), 2))
	var b strings.Builder
	fmt.Fprintf(&b, "%s %d ", sender, n)
	for range 1 + r.IntN(3) {
		b.WriteString(trimmings[r.IntN(len(trimmings))])
		b.WriteByte(' ')
	}
	if r.IntN(100) == 0 { // a long one now and then
		for size := 1000 << r.IntN(5); b.Len() < size; {
			b.WriteString(trimmings[r.IntN(len(trimmings))])
		}
	}
	b.WriteByte('.')
	return b.String()
}

// nameOf reads sender and number from a text, without believing the rest.
func nameOf(body string) (sender string, n int, ok bool) {
	words := strings.SplitN(body, " ", 3)
	if len(words) < 3 {
		return "", 0, false
	}
	n, err := strconv.Atoi(words[1])
	return words[0], n, err == nil
}
