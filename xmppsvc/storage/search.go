package storage

import (
	"context"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"dovekie/xmppsvc/model"
)

// Full text. SQLite's tokenizers know no words in a text without spaces, and its trigram
// one finds nothing for a word of two characters, which most Chinese words are. So the
// text is cut here, before it is stored and before it is asked for: a run of such a
// script becomes its overlapping pairs and its last character ("你好吗" is 你好 好吗 吗),
// other words stay whole; all folded, so that case, width and accents do not count.

// unspaced are the scripts whose words no space separates (Hangul's carry endings).
var unspaced = []*unicode.RangeTable{
	unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Bopomofo, unicode.Hangul,
	unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar,
}

// accented are the scripts whose combining marks are dropped; in others (が, й in none)
// a mark makes another letter.
var accented = []*unicode.RangeTable{unicode.Latin, unicode.Greek, unicode.Cyrillic}

// cut calls word for each token of the text, in order.
func cut(text string, word func(string)) {
	var run []rune // of unspaced characters
	var w strings.Builder
	flushRun := func() {
		for i := range run {
			word(string(run[i:min(i+2, len(run))]))
		}
		run = run[:0]
	}
	flushWord := func() {
		if w.Len() > 0 {
			word(w.String())
			w.Reset()
		}
	}
	for _, r := range fold(text) {
		switch {
		case isUnspaced(r):
			flushWord()
			run = append(run, r)
		case unicode.In(r, unicode.L, unicode.N, unicode.M, unicode.Co):
			flushRun()
			w.WriteRune(r)
		case unicode.Is(unicode.So, r): // an emoji is a word
			flushRun()
			flushWord()
			word(string(r))
		default:
			flushRun()
			flushWord()
		}
	}
	flushRun()
	flushWord()
}

func isUnspaced(r rune) bool {
	return r >= 0x0e00 && (unicode.In(r, unspaced...) || r == 'ー')
}

// fold makes texts equal that people type for the same word: lower case, one width, no
// accents. Joiners and variation selectors are dropped.
func fold(text string) string {
	if isASCII(text) {
		return strings.ToLower(text)
	}
	var b strings.Builder
	b.Grow(len(text))
	plain := false // the letter before is of a script whose accents are dropped
	for _, r := range norm.NFKD.String(text) {
		switch {
		case r < 0x80:
			plain = unicode.IsLetter(r)
			b.WriteRune(unicode.ToLower(r))
		case unicode.Is(unicode.Cf, r), unicode.Is(unicode.Variation_Selector, r):
		case unicode.Is(unicode.Mn, r):
			if !plain {
				b.WriteRune(r)
			}
		case r == 'ß' || r == 'ẞ':
			b.WriteString("ss")
		default:
			plain = unicode.In(r, accented...)
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return norm.NFC.String(b.String())
}

func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= 0x80 {
			return false
		}
	}
	return true
}

// indexed is what message_text holds for a body.
func indexed(body string) string {
	var b strings.Builder
	cut(body, func(w string) {
		b.WriteString(w)
		b.WriteByte(' ')
	})
	return b.String()
}

// maxQuery is as much of a query as is used, in bytes: a page of text would keep a reading
// connection busy for half a minute.
const maxQuery = 1024

// matching is the FTS5 query for what a person typed, "" when it has no word. Parts
// between spaces may stand anywhere; inside a part the words stand side by side, the last
// one may go on (who types "hel" means hello). Of a text that somebody pasted only the
// beginning is looked for.
func matching(query string) string {
	if len(query) > maxQuery { // a character with its marks is not cut in two
		query = query[:max(0, norm.NFC.LastBoundary([]byte(query[:maxQuery])))]
	}
	var parts []string
	for _, field := range strings.Fields(query) {
		if p := phrase(field); p != "" {
			parts = append(parts, p)
		}
	}
	return strings.Join(parts, " AND ")
}

func phrase(field string) string {
	var words []string
	cut(field, func(w string) { words = append(words, w) })
	if len(words) == 0 {
		return ""
	}
	// The last character of a run of two or more stands in the pair before it; where
	// the text goes on, it is no token of its own.
	if n := len(words); n > 1 && isPair(words[n-2]) && strings.HasSuffix(words[n-2], words[n-1]) {
		words = words[:n-1]
	}
	// Tokens are letters, digits, marks and symbols: no quote can be among them.
	p := `"` + strings.Join(words, " ") + `"`
	if isPair(words[len(words)-1]) {
		return p // no token goes on after two; a prefix would only be slow
	}
	return p + ` *`
}

// isPair tells whether the token is two characters of an unspaced script.
func isPair(word string) bool {
	r := []rune(word)
	return len(r) == 2 && isUnspaced(r[0]) && isUnspaced(r[1])
}

// forget takes the messages of these keys out of the index. A deletion only marks them
// there; the words themselves go when the index is written anew, which takes some 0.4 s
// for 100,000 messages and is what somebody expects who removes a chat.
func (t *tx) forget(keys string, args ...any) error {
	if err := t.do(`delete from message_text where rowid in (`+keys+`)`, args...); err != nil {
		return err
	}
	return t.do(`insert into message_text (message_text) values ('optimize')`)
}

// Search finds texts that contain the query, the newest first. A zero chat searches
// everything, one without a peer the whole account.
func (s *Store) Search(ctx context.Context, chat model.ChatID, query string, limit int) ([]model.Message, error) {
	match := matching(query)
	if match == "" || limit <= 0 {
		return nil, nil
	}
	where, args := ``, []any{match}
	if !chat.Account.IsZero() {
		where, args = where+` and m.account = ?`, append(args, chat.Account.String())
	}
	if !chat.Peer.IsZero() {
		where += ` and m.chat = (select id from chats where account = ? and peer = ?)`
		args = append(args, chat.Account.String(), chat.Peer.String())
	}
	var out []model.Message
	err := s.read.each(ctx, func(row scanner) error {
		out = append(out, model.Message{})
		return scanMessage(row, &out[len(out)-1])
	}, `select `+messageColumns+` from message_text cross join messages m on m.key = message_text.rowid
		join chats c on c.id = m.chat
		where message_text match ?`+where+` order by message_text.rowid desc limit ?`, append(args, limit)...)
	return out, typed("search", err)
}
