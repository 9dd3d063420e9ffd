package storage_test

import (
	"strings"
	"testing"

	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/storage"
)

func TestSearchFindsWhatPeopleType(t *testing.T) {
	s := openStore(t)
	for id, body := range map[string]string{
		"han":      "今天天气很好，我们去公园吧",
		"mixed":    "明天用Go语言写XMPP客户端v2吧",
		"trad":     "陳先生說𠀀𫝆是罕用字",
		"english":  "The Quick brown fox, isn't it? résumé naïve Straße",
		"cyrillic": "Привет, ёлка и йод",
		"japanese": "カタカナとﾊﾝｶｸとデータ",
		"korean":   "안녕하세요 여러분",
		"thai":     "สวัสดีครับ",
		"width":    "ＦＵＬＬ１２３",
		"emoji":    "see you 👋🏽 ❤️",
		"turkish":  "İstanbul",
		"combined": "cafe\u0301",
		"quote":    `he said "so-called" OR NOT (near) a* b:c`,
	} {
		insert(t, s, received(id, alice, body))
	}
	for _, c := range []struct {
		query string
		want  string // the id, or "" for nothing
	}{
		{"园", "han"}, {"吧", "*"}, {"天气", "han"}, {"公园吧", "han"}, {"我们去公园", "han"}, {"今天天气很好", "han"},
		{"天今", ""}, {"气好", ""}, {"很好我们", ""}, {"很好，我们", "han"}, {"今天 公园", "han"}, {"公园 今天", "han"},
		{"今天 没有", ""},
		{"Go语言", "mixed"}, {"用go", "mixed"}, {"语言写xmpp客户", "mixed"}, {"XMPP", "mixed"}, {"v2吧", "mixed"}, {"言", "mixed"},
		{"陳先生", "trad"}, {"𠀀", "trad"}, {"𠀀𫝆是", "trad"}, {"𫝆", "trad"},
		{"quick", "english"}, {"QUICK BROWN", "english"}, {"fox quick", "english"}, {"bro", "english"}, {"rown", ""},
		{"resume", "english"}, {"Résumé", "english"}, {"naive", "english"}, {"strasse", "english"}, {"isn't", "english"},
		{"привет", "cyrillic"}, {"елка", "cyrillic"}, {"иод", "cyrillic"},
		{"カタカナ", "japanese"}, {"ハンカク", "japanese"}, {"データ", "japanese"}, {"テータ", ""}, {"ー", "japanese"},
		{"안녕", "korean"}, {"여러", "korean"}, {"러분", "korean"}, {"สวัสดี", "thai"}, {"ครับ", "thai"},
		{"full123", "width"}, {"👋", "emoji"}, {"❤", "emoji"}, {"istanbul", "turkish"}, {"café", "combined"},
		{`"so-called"`, "quote"}, {"OR NOT", "quote"}, {"(near)", "quote"}, {"b:c", "quote"}, {"a*", "quote"},
		{"absent", ""}, {"缺席", ""}, {"", ""}, {" \t", ""}, {"?!", ""}, {`"`, ""}, {"*", ""}, {"\x00", ""},
	} {
		found, err := s.Search(t.Context(), chatWith(alice), c.query, 20)
		if err != nil {
			t.Errorf("%q: %v", c.query, err)
			continue
		}
		got := ids(found)
		switch c.want {
		case "*":
			if len(got) < 2 {
				t.Errorf("%q finds %v, want several", c.query, got)
			}
		case "":
			if len(got) != 0 {
				t.Errorf("%q finds %v", c.query, got)
			}
		default:
			if len(got) != 1 || got[0] != model.MessageID(c.want) {
				t.Errorf("%q finds %v, want %s", c.query, got, c.want)
			}
		}
	}
}

func TestSearchStaysInItsChatAndAccount(t *testing.T) {
	s := openStore(t)
	addAccount(t, s, bob)
	insert(t, s, received("1", alice, "同一个词 word"))
	insert(t, s, received("2", room, "同一个词 word"))
	other := received("3", alice, "同一个词 word")
	other.Chat.Account = bob
	insert(t, s, other)
	for _, query := range []string{"一个词", "word"} {
		search := func(chat model.ChatID, limit int, want ...model.MessageID) {
			t.Helper()
			found, err := s.Search(t.Context(), chat, query, limit)
			if err != nil {
				t.Fatal(err)
			}
			same(t, ids(found), want)
		}
		search(chatWith(alice), 5, "1")
		search(chatWith(jid.JID{}), 5, "2", "1")
		search(model.ChatID{}, 5, "3", "2", "1")
		search(model.ChatID{}, 2, "3", "2")
		search(chatWith(bob), 5)
		search(model.ChatID{}, 0)
	}
}

func TestEncryptedAndUnusedBodiesAreNotSearched(t *testing.T) {
	s := openStore(t)
	for id, kind := range map[string]model.Kind{"1": model.KindEncrypted, "2": model.KindUnused} {
		m := received(id, alice, "fallback words")
		m.Kind = kind
		insert(t, s, m)
	}
	if found, err := s.Search(t.Context(), model.ChatID{}, "fallback", 5); len(found) != 0 || err != nil {
		t.Errorf("%v %v", ids(found), err)
	}
}

func FuzzSearch(f *testing.F) {
	s := openStore(f)
	for _, q := range []string{"你好", `a" OR b`, "*", "^x", "x AND", "NEAR(a b)", "\xff", "-", "{a}:b", "ห้อง",
		"ห้" + strings.Repeat("\x91", 1015) + "อ", "x" + strings.Repeat("か\u3099", 200)} {
		f.Add(q)
	}
	insert(f, s, received("1", alice, "你好 hello"))
	f.Fuzz(func(t *testing.T, query string) {
		if _, err := s.Search(t.Context(), chatWith(alice), query, 3); err != nil {
			t.Errorf("%q: %v", query, err)
		}
		// A text always finds itself, if there is any word in it.
		err := s.Update(t.Context(), func(tx storage.Tx) error {
			m := received("f", alice, query)
			if _, err := tx.InsertMessage(m, "", nil, false); err != nil {
				return err
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		found, err := s.Search(t.Context(), chatWith(alice), query, 3)
		if err != nil {
			t.Fatal(err)
		}
		if storage.HasWords(query) && (len(found) == 0 || found[0].ID != "f") {
			t.Errorf("%q does not find itself", query)
		}
		update(t, s, func(tx storage.Tx) error {
			if err := storage.Exec(tx, `delete from message_text where rowid = (select key from messages where id = 'f')`); err != nil {
				return err
			}
			return storage.Exec(tx, `delete from messages where id = 'f'`)
		})
	})
}
