package account_test

import (
	"fmt"
	"testing"
	"time"

	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/stanza"
	"dovekie/xmppsvc/stream"
)

// BenchmarkInbound is a flood of messages from the stream to events, each on the disk.
func BenchmarkInbound(b *testing.B) {
	r := newRig(b)
	r.patience = time.Minute
	r.online()
	var elements []*stanza.Element
	for n := range b.N {
		el, err := stanza.Parse(fmt.Appendf(nil, `<message from='%s/b' id='m%d' type='chat'><body>message number %d, 你好</body>
			<stanza-id xmlns='urn:xmpp:sid:0' by='%s' id='s%d'/><request xmlns='urn:xmpp:receipts'/></message>`, juliet, n, n, romeo, n))
		if err != nil {
			b.Fatal(err)
		}
		elements = append(elements, el)
	}
	b.ResetTimer()
	for _, el := range elements {
		r.current().in <- stream.Inbound{Element: el, Counts: true}
	}
	r.settle()
	b.StopTimer()
	if got := len(all[event.MessageAdded](r)); got != b.N {
		b.Fatalf("%d messages, want %d", got, b.N)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
}
