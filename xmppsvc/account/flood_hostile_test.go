package account_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/stanza"
	"dovekie/xmppsvc/stream"
)

func TestThousandsOfStrangersAreBorne(t *testing.T) {
	const many = 4000
	r := newRig(t).online()
	long := strings.Repeat("\u202e你", 50_000)
	start := time.Now()
	for n := range many {
		from := fmt.Sprintf("eve%d@evil.example/x", n)
		status := "hi"
		if n%400 == 0 {
			status = long
		}
		for _, el := range []*stanza.Element{
			stanza.NewPresence("subscribe", "", stanza.NewText(stanza.NSClient, "status", status)),
			stanza.NewPresence("", "", stanza.NewText(stanza.NSClient, "status", status)),
			stanza.NewMessage("chat", "1", "", stanza.NewText(stanza.NSClient, "body", status)),
		} {
			r.current().in <- stream.Inbound{Element: el.With("from", from), Counts: true}
		}
	}
	r.settle()
	if took := time.Since(start); took > 3*time.Minute { // some seconds where nobody else works
		t.Errorf("took %s", took)
	}
	requests, err := r.store.Requests(t.Context(), romeo)
	if err != nil || len(requests) == 0 || len(requests) > 1000 {
		t.Errorf("%d requests are kept, %v", len(requests), err)
	}
	for _, q := range requests {
		if len(q.Message) > 8<<10 {
			t.Errorf("a request of %d bytes", len(q.Message))
		}
	}
	if n := len(all[event.MessageAdded](r)); n != many {
		t.Errorf("%d of %d messages", n, many)
	}
	if got := all[event.PresenceChanged](r); len(got) != 0 {
		t.Errorf("%d presences of strangers were told", len(got))
	}
	for _, el := range r.out() {
		if el.Name.Local == "presence" && el.Get("type") == "subscribed" {
			t.Error("somebody was approved by nobody")
		}
	}
}
