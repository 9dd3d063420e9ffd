package stanza_test

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"dovekie/xmppsvc/stanza"
)

// corpus is a mix as a client sees it: presences with caps, chat messages with the usual
// extensions, receipts, carbons, archive results and a roster.
func corpus(n int) string {
	var b strings.Builder
	for i := range n {
		switch i % 10 {
		case 0, 1, 2:
			fmt.Fprintf(&b, `<presence from='contact%d@example.org/phone' to='me@example.org/dovekie'><show>away</show><status>海边，慢慢来</status><priority>5</priority><c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='https://dino.im' ver='q07IKJEyjvHSyhy//CH0CxmKi8w='/><delay xmlns='urn:xmpp:delay' from='example.org' stamp='2026-11-22T09:00:00Z'/></presence>`, i)
		case 3, 4, 5:
			fmt.Fprintf(&b, `<message from='contact%d@example.org/phone' to='me@example.org/dovekie' type='chat' id='m%d'><body>See you at the harbour &amp; bring the map, 六点半码头见</body><request xmlns='urn:xmpp:receipts'/><active xmlns='http://jabber.org/protocol/chatstates'/><origin-id xmlns='urn:xmpp:sid:0' id='m%d'/><stanza-id xmlns='urn:xmpp:sid:0' by='me@example.org' id='s%d'/></message>`, i, i, i, i)
		case 6:
			fmt.Fprintf(&b, `<message from='contact%d@example.org/phone' to='me@example.org/dovekie' id='r%d'><received xmlns='urn:xmpp:receipts' id='m%d'/></message>`, i, i, i)
		case 7:
			fmt.Fprintf(&b, `<message from='me@example.org' to='me@example.org/dovekie' type='chat'><sent xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' from='me@example.org/phone' to='a@example.org' type='chat' id='c%d'><body>on my way</body></message></forwarded></sent></message>`, i)
		case 8:
			fmt.Fprintf(&b, `<message to='me@example.org/dovekie' from='me@example.org'><result xmlns='urn:xmpp:mam:2' queryid='q1' id='a%d'><forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='2026-11-20T09:00:00Z'/><message xmlns='jabber:client' from='a@example.org/x' to='me@example.org' type='chat' id='o%d'><body>打好了 🎉 Linux 和 Windows 都有，先看这里 https://example.org/dovekie</body></message></forwarded></result></message>`, i, i)
		case 9:
			b.WriteString(`<iq type='result' id='ro1' to='me@example.org/dovekie'><query xmlns='jabber:iq:roster' ver='7'>`)
			for j := range 8 {
				fmt.Fprintf(&b, `<item jid='contact%d@example.org' name='陈思远 %d' subscription='both'><group>我的好友</group></item>`, j, j)
			}
			b.WriteString(`</query></iq>`)
		}
	}
	return b.String()
}

func benchmarkReader(b *testing.B, l stanza.Limits) {
	const n = 2000
	in := header + corpus(n)
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	for b.Loop() {
		r := stanza.NewReader(strings.NewReader(in), l)
		if _, err := r.Open(); err != nil {
			b.Fatal(err)
		}
		got := 0
		for {
			_, err := r.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				b.Fatal(err)
			}
			got++
		}
		if got != n {
			b.Fatalf("%d stanzas", got)
		}
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "stanzas/s")
}

func BenchmarkReader(b *testing.B) {
	b.Run("limits", func(b *testing.B) { benchmarkReader(b, stanza.Limits{}) })
	const none = 1 << 50
	b.Run("no-limits", func(b *testing.B) {
		benchmarkReader(b, stanza.Limits{StanzaBytes: none, HardBytes: none, Depth: none, Children: none})
	})
	// The floor of the library that most Go programs use: its tokens without a tree.
	b.Run("encoding-xml-raw-tokens", func(b *testing.B) {
		const n = 2000
		in := header + corpus(n)
		b.SetBytes(int64(len(in)))
		b.ReportAllocs()
		for b.Loop() {
			d := xml.NewDecoder(strings.NewReader(in))
			for {
				if _, err := d.RawToken(); errors.Is(err, io.EOF) {
					break
				} else if err != nil {
					b.Fatal(err)
				}
			}
		}
		b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "stanzas/s")
	})
}

func BenchmarkAppend(b *testing.B) {
	e, err := stanza.Parse([]byte(corpus(4)[strings.Index(corpus(4), "<message"):]))
	if err != nil {
		b.Fatal(err)
	}
	var dst []byte
	b.ReportAllocs()
	for b.Loop() {
		dst = e.Append(dst[:0], stanza.NSClient)
	}
}
