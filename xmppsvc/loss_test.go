package xmppsvc_test

import (
	"fmt"
	"testing"
	"time"

	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/xmpptest"
)

// TestCutsLoseNothingAndKeepTheOrder cuts the sender's connection again and again while
// it writes. Without resumption and archive a message may come twice (with the same id),
// but each comes, each is confirmed, and each comes first in its turn.
func TestCutsLoseNothingAndKeepTheOrder(t *testing.T) {
	srv := xmpptest.SharedProsody(t)
	romeo, juliet := friends(t, srv)
	juliet.signIn(srv)
	proxy := xmpptest.DelayProxy(t, srv.StartTLSAddr(), time.Millisecond)
	if _, err := romeo.svc.Connect(t.Context(), romeo.request(proxy.Addr())); err != nil {
		t.Fatal(err)
	}
	const many = 80
	var ids []model.MessageID
	for n := range many {
		ids = append(ids, romeo.send(juliet, fmt.Sprint(n)))
		if n%20 == 10 {
			proxy.CutAll()
		}
		if n%20 == 15 {
			if err := romeo.svc.ConnectNow(t.Context(), romeo.jid); err != nil {
				t.Fatal(err)
			}
		}
	}
	want, twice := 0, 0
	for want < many {
		got := expect(juliet, fmt.Sprintf("message %d", want), said).Message
		var n int
		if _, err := fmt.Sscan(got.Body, &n); err != nil {
			t.Fatal(err)
		}
		switch {
		case n == want:
			want++
		case n < want:
			twice++
			if got.OriginID != string(ids[n]) {
				t.Errorf("message %d came again with the id %s, was %s", n, got.OriginID, ids[n])
			}
		default:
			t.Fatalf("message %d came before message %d", n, want)
		}
	}
	t.Logf("%d of %d came twice", twice, many)
	deadline := time.Now().Add(patience)
	for {
		page, _, err := romeo.svc.History(t.Context(), romeo.chat(juliet), "", 2*many)
		if err != nil {
			t.Fatal(err)
		}
		open := 0
		for n, m := range page {
			if m.ID != ids[n] {
				t.Fatalf("the history has %s at place %d, want %s", m.ID, n, ids[n])
			}
			if m.Delivery != model.Acked && m.Delivery != model.Delivered {
				open++
			}
		}
		if open == 0 && len(page) == many {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d of %d are not confirmed", open, len(page))
		}
		time.Sleep(50 * time.Millisecond)
	}
}

func TestHalfOpenConnectionIsLeftByCommand(t *testing.T) {
	srv := xmpptest.SharedProsody(t)
	romeo := newClient(t, srv, srv.NewUser("romeo"))
	proxy := xmpptest.DelayProxy(t, srv.StartTLSAddr(), time.Millisecond)
	if _, err := romeo.svc.Connect(t.Context(), romeo.request(proxy.Addr())); err != nil {
		t.Fatal(err)
	}
	proxy.Stall()
	start := time.Now()
	if err := romeo.svc.Disconnect(t.Context(), romeo.jid); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("signing out of a dead line took %s", took)
	}
	proxy.Resume()
}
