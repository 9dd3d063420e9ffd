package storage_test

import (
	"fmt"
	"strings"
	"testing"

	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/storage"
)

// text is the body of the i-th message: Chinese and English, with rarer and rarer words.
func text(i int) string {
	words := []string{"今天天气很好", "我们去公园吧", "hello there", "明天开会讨论项目", "ok", "晚上一起吃饭吗", "see you"}
	var b strings.Builder
	for n := range 2 + i%5 {
		b.WriteString(words[(i*7+n*3)%len(words)])
		b.WriteByte(' ')
	}
	if i%2000 == 0 {
		b.WriteString("罕见的词语 serendipity")
	}
	return b.String()
}

// fill inserts n messages into 100 chats, batch of them a transaction.
func fill(tb testing.TB, s *storage.Store, n, batch int) {
	peers := make([]jid.JID, 100)
	for i := range peers {
		peers[i] = jid.MustParse(fmt.Sprintf("peer%d@example.org", i))
	}
	raw := []byte(`<message xmlns='jabber:client' type='chat' from='peer@example.org/phone'><body>text</body></message>`)
	for at := 0; at < n; at += batch {
		update(tb, s, func(tx storage.Tx) error {
			for i := at; i < min(at+batch, n); i++ {
				m := received(number(i), peers[i%len(peers)], text(i))
				m.StanzaID, m.StanzaBy = number(i), me
				if _, err := tx.InsertMessage(m, number(i), raw, false); err != nil {
					return err
				}
			}
			return nil
		})
	}
}

// BenchmarkInsert is the road of incoming messages: one with its index an operation.
func BenchmarkInsert(b *testing.B) {
	for _, batch := range []int{1, 256} {
		b.Run(fmt.Sprintf("batch=%d", batch), func(b *testing.B) {
			s := openStore(b)
			b.ResetTimer()
			fill(b, s, b.N, batch)
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
		})
	}
}

// BenchmarkRead asks a store of 100,000 messages.
func BenchmarkRead(b *testing.B) {
	s := openStore(b)
	fill(b, s, 100_000, 1000)
	everywhere := model.ChatID{}
	one := chatWith(jid.MustParse("peer20@example.org"))
	for _, q := range []struct {
		name, query string
		chat        model.ChatID
		found       bool
	}{
		{"common", "天气", everywhere, true}, {"rare", "罕见", everywhere, true}, {"absent", "缺席", everywhere, false},
		{"one_character", "园", everywhere, true}, {"phrase", "讨论项目", everywhere, true}, {"in_one_chat", "天气", one, true},
	} {
		b.Run("search/"+q.name, func(b *testing.B) {
			for b.Loop() {
				got, err := s.Search(b.Context(), q.chat, q.query, 50)
				if err != nil || (len(got) > 0) != q.found {
					b.Fatal(len(got), err)
				}
			}
		})
	}
	b.Run("history", func(b *testing.B) {
		for b.Loop() {
			if got, _, err := s.History(b.Context(), one, "", 200); err != nil || len(got) != 200 {
				b.Fatal(len(got), err)
			}
		}
	})
	b.Run("chats", func(b *testing.B) {
		for b.Loop() {
			if got, err := s.Chats(b.Context(), me); err != nil || len(got) != 100 {
				b.Fatal(len(got), err)
			}
		}
	})
}

// BenchmarkRoster stores and reads a list of 5,000 contacts.
func BenchmarkRoster(b *testing.B) {
	s := openStore(b)
	items := make([]model.RosterItem, 5000)
	for i := range items {
		items[i] = model.RosterItem{
			JID: jid.MustParse(fmt.Sprintf("contact%d@example.org", i)), Name: "联系人", Groups: []string{"朋友"},
			Subscription: model.SubscriptionBoth,
		}
	}
	b.Run("replace", func(b *testing.B) {
		for b.Loop() {
			update(b, s, func(tx storage.Tx) error { return tx.ReplaceRoster(me, "v", items) })
		}
	})
	b.Run("read", func(b *testing.B) {
		for b.Loop() {
			if got, _, err := s.Roster(b.Context(), me); err != nil || len(got) != len(items) {
				b.Fatal(len(got), err)
			}
		}
	})
}
