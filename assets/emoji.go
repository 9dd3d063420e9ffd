package assets

import (
	_ "embed" // the files below
	"encoding/binary"
	"strings"
	"sync"

	"github.com/clipperhouse/uax29/v2/graphemes"
)

// pack holds a PNG of 64 pixels for each emoji. Its form: the number of pictures, then for
// each the length of its key, the key and the length of its picture, then the pictures
// in that order; numbers are big-endian.
//
//go:embed emoji/pack.bin
var pack string

//go:embed emoji/names.tsv
var emojiNames string

//go:embed emoji/picker.txt
var emojiPicker string

const (
	textSelector  = '\uFE0E'
	emojiSelector = "\uFE0F"
)

// emojiIndex maps a key to its picture inside pack; both are parts of the embedded
// string, so nothing is copied.
var emojiIndex = sync.OnceValue(func() map[string]string {
	n := be32(pack)
	index := make(map[string]string, n)
	head, body := pack[4:], 4
	for range n {
		size := int(head[0])
		body += 1 + size + 2
		head = head[1+size+2:]
	}
	head = pack[4:]
	for range n {
		size := int(head[0])
		key := head[1 : 1+size]
		length := int(head[1+size])<<8 | int(head[2+size])
		index[key] = pack[body : body+length]
		body += length
		head = head[1+size+2:]
	}
	return index
})

func be32(s string) int { return int(binary.BigEndian.Uint32([]byte(s[:4]))) }

// EmojiKey is the name of a grapheme cluster in the pack, and whether the cluster is to be
// shown as a picture. Signs that are text first (digits, ©, arrows, squares) are pictures
// only when the cluster asks for it with U+FE0F; all others unless it asks for text.
func EmojiKey(cluster string) (string, bool) {
	if len(cluster) < 2 { // one byte: ASCII, by far the commonest
		return "", false
	}
	first := firstRune(cluster)
	if first >= 0x370 && first < 0x2000 || first >= 0x3400 && first < 0x1F000 {
		return "", false // letters of all kinds: spare the look-up
	}
	key := cluster
	asked := strings.Contains(cluster, emojiSelector)
	if asked {
		key = strings.ReplaceAll(cluster, emojiSelector, "")
	} else if strings.ContainsRune(cluster, textSelector) || textFirst(cluster, first) {
		return "", false
	}
	_, ok := emojiIndex()[key]
	return key, ok
}

func firstRune(s string) rune {
	for _, r := range s {
		return r
	}
	return 0
}

// textFirst reports whether a single sign is shown as text unless asked otherwise.
func textFirst(cluster string, r rune) bool {
	if len(cluster) > len(string(r)) {
		return false // keycaps, flags, joined sequences
	}
	switch {
	case r < 0x2300, r == 0x24C2, r >= 0x25A0 && r <= 0x25FC, r >= 0x2934 && r <= 0x2935,
		r >= 0x2B05 && r <= 0x2B07, r >= 0x3000 && r < 0x3400:
		return true
	}
	return false
}

// EmojiPNG is the picture of a key that EmojiKey gave, or nil.
func EmojiPNG(key string) []byte {
	s, ok := emojiIndex()[key]
	if !ok {
		return nil
	}
	return []byte(s)
}

// EmojiName is how an emoji is called.
type EmojiName struct {
	Emoji   string // as it is typed, with its variation selector
	English string
	Chinese string
	words   string
}

var emojiTable = sync.OnceValue(func() []EmojiName {
	lines := strings.Split(strings.TrimSuffix(emojiNames, "\n"), "\n")
	list := make([]EmojiName, 0, len(lines))
	for _, l := range lines {
		f := strings.SplitN(l, "\t", 4)
		if len(f) == 4 {
			list = append(list, EmojiName{Emoji: typed(f[0]), English: f[1], Chinese: f[2],
				words: strings.ToLower(f[1]) + " " + f[2] + " " + f[3]})
		}
	}
	return list
})

// typed adds the variation selector to a sign that would be text without it, and to the
// older signs that other programs draw as text.
func typed(key string) string {
	if r := firstRune(key); key == string(r) && (r < 0x1F000 && !wideByDefault(r) || textOldPicture(r)) {
		return key + emojiSelector
	}
	return key
}

// wideByDefault lists the signs below U+1F000 that Unicode's emoji-data gives
// Emoji_Presentation; all other programs draw them in colour by themselves.
func wideByDefault(r rune) bool {
	return strings.ContainsRune("⌚⌛⏩⏪⏫⏬⏰⏳◽◾☔☕♈♉♊♋♌♍♎♏♐♑♒♓♿⚓⚡⚪⚫⚽⚾⛄⛅⛎⛔⛪⛲⛳⛵⛺⛽✅✊✋✨❌❎❓❔❕❗➕➖➗➰➿⬛⬜⭐⭕", r)
}

// textOldPicture lists the signs from U+1F000 on without Emoji_Presentation that people
// pick most.
func textOldPicture(r rune) bool {
	return strings.ContainsRune("🌤🌥🌦🌧🌨🌩🌪🌫🌬🌡🌶🍽🖐🖊🖥🖨🗑🗓🗺🕊🕷🏍🏎🏔🏖🏕🏝🏞🏟🎖🎙🎞🎟🛋🛍🛏🛠🛡🛣🛥🛳🛰", r)
}

// FindEmoji lists the emoji whose names, in either language, have every word of the query:
// a Latin one at the start of a word, a Chinese one anywhere. Those named exactly so come
// first; at most limit.
func FindEmoji(query string, limit int) []EmojiName {
	words := strings.Fields(strings.ToLower(query))
	if len(words) == 0 {
		return nil
	}
	var exact, rest []EmojiName
	for _, e := range emojiTable() {
		if !containsAll(e.words, words) {
			continue
		}
		if strings.EqualFold(e.English, query) || e.Chinese == query {
			exact = append(exact, e)
		} else if len(rest) < limit {
			rest = append(rest, e)
		}
	}
	found := append(exact, rest...)
	return found[:min(limit, len(found))]
}

func containsAll(s string, words []string) bool {
	for _, w := range words {
		if !hasWord(s, w) {
			return false
		}
	}
	return true
}

// hasWord reports whether the word stands in s, if it begins with an ASCII character at
// the start of a word there.
func hasWord(s, word string) bool {
	for from := 0; ; {
		i := strings.Index(s[from:], word)
		if i < 0 {
			return false
		}
		at := from + i
		if word[0] >= 0x80 || at == 0 || !isLatinLetter(s[at-1]) {
			return true
		}
		from = at + 1
	}
}

func isLatinLetter(b byte) bool { return b >= 'a' && b <= 'z' || b >= '0' && b <= '9' }

// EmojiGroup is a page of the picker.
type EmojiGroup struct {
	Name  string // smileys, gestures, hearts, animals, nature, food, things, places
	Emoji []string
}

// EmojiGroups are the commonest emoji, page by page.
var EmojiGroups = sync.OnceValue(func() []EmojiGroup {
	var groups []EmojiGroup
	for line := range strings.Lines(emojiPicker) {
		name, list, ok := strings.Cut(strings.TrimSpace(line), " ")
		if !ok {
			continue
		}
		g := EmojiGroup{Name: name}
		it := graphemes.FromString(list)
		for it.Next() {
			g.Emoji = append(g.Emoji, it.Value())
		}
		groups = append(groups, g)
	}
	return groups
})
