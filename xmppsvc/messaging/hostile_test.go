package messaging_test

import (
	"fmt"
	"testing"

	"dovekie/xmppsvc/model"
)

func TestStrangersWhoTypeHaveAnEnd(t *testing.T) {
	m, s := newMessaging(t, world{subscription: model.SubscriptionBoth})
	for n := range 20_000 {
		in, ok := m.Receive(s.Parse(fmt.Sprintf(
			`<message type='chat' from='eve%d@evil.example/x'><composing xmlns='http://jabber.org/protocol/chatstates'/></message>`, n)))
		if !ok {
			t.Fatal("dropped")
		}
		m.Typing(in, false)
	}
	if n := len(s.TakeEvents()); n > 8192 {
		t.Errorf("%d strangers are remembered as typing", n)
	}
	// Those who are remembered still stop.
	in, _ := m.Receive(s.Parse(`<message type='chat' from='eve0@evil.example/x'><body>hi</body></message>`))
	m.Typing(in, true)
	if n := len(s.TakeEvents()); n != 1 {
		t.Errorf("%d events for one who stopped", n)
	}
}
