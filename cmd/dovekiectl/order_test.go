package main_test

import (
	"fmt"
	"os/exec"
	"slices"
	"testing"
	"time"

	"dovekie/xmppsvc/xmpptest"
)

func command(t *testing.T, args ...string) *exec.Cmd {
	return exec.CommandContext(t.Context(), binary, args...)
}

// history reads a whole chat, page by page.
func (c *ctl) history(chat string) []fact {
	c.tb.Helper()
	var out []fact
	before := ""
	for {
		page := c.call("history.page", args{"chat": chat, "before": before, "limit": 500})
		var ms []fact
		for _, m := range page["messages"].([]any) {
			ms = append(ms, m.(map[string]any))
		}
		out = slices.Concat(ms, out)
		if page["complete"] == true {
			return out
		}
		before = ms[0]["id"].(string)
	}
}

// TestFiveThousandMessagesInOrder: two programs and a real server between them; none is
// lost, none doubled, all in order, and the ids are the same after a restart.
func TestFiveThousandMessagesInOrder(t *testing.T) {
	const n = 5000
	srv := xmpptest.SharedProsody(t)
	ua, ub := srv.NewUser("kate"), srv.NewUser("liam")
	srv.Befriend(ua, ub)
	dirA, dirB := t.TempDir(), t.TempDir()
	a, b := start(t, dirA), start(t, dirB)
	a.call("account.connect", login(srv, ua))
	b.call("account.connect", login(srv, ub))

	begin := time.Now()
	replies := make([]<-chan answer, n)
	for i := range n {
		replies[i] = a.begin("message.send", args{"to": ub.JID(), "body": fmt.Sprintf("message %d 消息", i)})
	}
	ids := make([]string, n)
	for i, r := range replies {
		reply := a.wait("message.send", r)
		if reply.Error != nil {
			t.Fatal(reply.Error.Message)
		}
		var f struct{ ID string }
		decode(t, reply.Result, &f)
		ids[i] = f.ID
	}
	stored := time.Since(begin)
	isIncoming := func(f fact) bool { return f.is("MessageAdded") && f.sub("message")["outgoing"] == false }
	// How fast they come is the machine's and the server's; that they go on coming is ours.
	for last, since := 0, time.Now(); last < n && time.Since(since) < time.Minute; time.Sleep(50 * time.Millisecond) {
		if now := len(b.all(isIncoming)); now > last {
			last, since = now, time.Now()
		}
	}
	arrived := time.Since(begin)
	got := b.all(isIncoming)
	if len(got) != n {
		t.Fatalf("%d of %d arrived", len(got), n)
	}
	for i, f := range got {
		if want := fmt.Sprintf("message %d 消息", i); f.sub("message")["body"] != want {
			t.Fatalf("in place %d came %v", i, f.sub("message")["body"])
		}
	}
	a.event("the last ack", delivery(ids[n-1], "acked", "delivered"))
	t.Logf("%d messages: in the outbox after %v, all arrived after %v", n, stored, arrived)
	a.end()
	b.end()

	a, b = start(t, dirA), start(t, dirB)
	sent, received := a.history(ub.JID()), b.history(ua.JID())
	if len(sent) != n || len(received) != n {
		t.Fatalf("after a restart %d and %d are kept", len(sent), len(received))
	}
	for i := range n {
		if sent[i]["id"] != ids[i] {
			t.Fatalf("message %d is %v now and was %v", i, sent[i]["id"], ids[i])
		}
		if received[i]["id"] != got[i].sub("message")["id"] || received[i]["origin_id"] != ids[i] {
			t.Fatalf("received message %d changed: %v", i, received[i])
		}
		if d := sent[i]["delivery"]; d != "acked" && d != "delivered" {
			t.Fatalf("message %d is %v", i, d)
		}
	}
	a.end()
	b.end()
}

// TestOutboxSurvivesACrash: what message.send answered is sent after kill -9.
func TestOutboxSurvivesACrash(t *testing.T) {
	srv := xmpptest.SharedProsody(t)
	ua, ub := srv.NewUser("mona"), srv.NewUser("nils")
	srv.Befriend(ua, ub)
	dir := t.TempDir()
	a := start(t, dir)
	a.call("account.connect", login(srv, ua))
	a.call("account.disconnect", args{})
	var ids []any
	for i := range 20 {
		ids = append(ids, a.call("message.send", args{"to": ub.JID(), "body": fmt.Sprint("offline ", i)})["id"])
	}
	a.kill()

	b := start(t, t.TempDir())
	b.call("account.connect", login(srv, ub))
	a = start(t, dir)
	a.call("account.connect", login(srv, ua))
	b.event("the last one", incoming("offline 19"))
	a.event("the last ack", delivery(ids[19], "acked", "delivered"))
	got := b.all(func(f fact) bool { return f.is("MessageAdded") })
	if len(got) != 20 {
		t.Fatalf("%d came", len(got))
	}
	for i, f := range got {
		if m := f.sub("message"); m["body"] != fmt.Sprint("offline ", i) || m["origin_id"] != ids[i] {
			t.Errorf("in place %d came %v", i, m)
		}
	}
	a.end()
	b.end()
}
