package storage_test

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/storage"
)

func TestNoQueryBreaksTheSearch(t *testing.T) {
	s := openStore(t)
	insert(t, s, received("1", alice, `hello "world" NEAR(body) 你好 * OR x`))
	for name, query := range map[string]string{
		"quotes":      `"`,
		"phrase":      `"hello" OR "x"`,
		"operators":   `hello AND OR NOT NEAR(`,
		"column":      `body : hello`,
		"prefix":      `*`,
		"caret":       `^hello`,
		"brackets":    `{body}: ((((`,
		"sql":         `'; drop table messages; --`,
		"NUL":         "a\x00b",
		"broken":      "\xff\xfe\xfd",
		"surrogate":   "\xed\xa0\x80",
		"bidi":        "\u202ehello\u2066",
		"marks":       strings.Repeat("e\u0301", 1000),
		"only marks":  strings.Repeat("\u0301", 1000),
		"many words":  strings.Repeat("hello ", 100_000),
		"words apart": words(20_000),
		"long word":   strings.Repeat("x", 1<<20),
		"long run":    strings.Repeat("你", 1<<18),
		"emoji":       strings.Repeat("🙂", 20_000),
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			if _, err := s.Search(context.Background(), model.ChatID{Account: me}, query, math.MaxInt); err != nil {
				t.Errorf("%.200v", err)
			}
			if took := time.Since(start); took > 2*time.Second {
				t.Errorf("took %s", took)
			}
		})
	}
	if n, err := storage.One(s, "select count(*) from messages"); err != nil || n != 1 {
		t.Errorf("%d messages left, %v", n, err)
	}
}

func words(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "w%d ", i)
	}
	return b.String()
}

func TestHugeLimitsAreLimits(t *testing.T) {
	s := openStore(t)
	for n := range 3 {
		insert(t, s, received(fmt.Sprint(n), alice, "hello"))
	}
	page, complete, err := s.History(context.Background(), chatWith(alice), "", math.MaxInt)
	if err != nil || !complete || len(page) != 3 {
		t.Errorf("%d messages, complete %t, %v", len(page), complete, err)
	}
	found, err := s.Search(context.Background(), chatWith(alice), "hello", math.MaxInt)
	if err != nil || len(found) != 3 {
		t.Errorf("found %d, %v", len(found), err)
	}
}

func TestHostileStringsComeBackAsTheyWere(t *testing.T) {
	s := openStore(t)
	for n, text := range []string{
		"'; drop table messages; --", "a\x00b", "\u202e\u2066\u200f", strings.Repeat("🙂", 300_000),
		"%s%d%n", "{{.}}", "\\u0000", "</body>", "\ufeff", "line\r\nend",
	} {
		m := received(fmt.Sprintf("id-%d", n), alice, text)
		m.Lang, m.OriginID = text[:1], text
		insert(t, s, m)
		got, err := s.Message(context.Background(), m.ID)
		if err != nil || got.Body != text || got.OriginID != text {
			t.Errorf("%.40q came back as %.40q, %v", text, got.Body, err)
		}
	}
	item := model.RosterItem{JID: jid.MustParse("x@y"), Name: "'\"\x00\u202e", Groups: []string{"a\x00", "\"],[\"", "\u2028"}}
	update(t, s, func(tx storage.Tx) error { return tx.PutRosterItem(me, "'v", item) })
	items, version, err := s.Roster(context.Background(), me)
	if err != nil || version != "'v" || len(items) != 1 || items[0].Name != item.Name || len(items[0].Groups) != 3 || items[0].Groups[0] != "a\x00" {
		t.Errorf("%+v %q %v", items, version, err)
	}
}

func TestAChatOfAStrangerIsSmallWhateverWasWritten(t *testing.T) {
	s := openStore(t)
	body := strings.Repeat("你", 350_000)
	if in := insert(t, s, received("1", alice, body)); len(in.Chat.Last.Body) > 8<<10 || in.Message.Body != body {
		t.Errorf("the chat holds %d bytes, the message %d", len(in.Chat.Last.Body), len(in.Message.Body))
	}
	chats, err := s.Chats(context.Background(), me)
	if err != nil || len(chats) != 1 || len(chats[0].Last.Body) > 8<<10 || !strings.HasPrefix(body, strings.TrimSuffix(chats[0].Last.Body, "…")) {
		t.Errorf("the chat holds %d bytes, %v", len(chats[0].Last.Body), err)
	}
	if m, err := s.Message(context.Background(), "1"); err != nil || m.Body != body {
		t.Errorf("the message has %d bytes, %v", len(m.Body), err)
	}
}
