package xmppsvc_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"dovekie/xmppsvc"
	"dovekie/xmppsvc/demo"
	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/model"
)

func TestCutDemoQueuesAndDeliversInOrder(t *testing.T) {
	server, err := demo.New(demo.Options{Dir: t.TempDir(), Lang: "en"})
	if err != nil {
		t.Fatal(err)
	}
	svc, err := xmppsvc.Open(t.Context(), xmppsvc.Options{Dir: t.TempDir(), Pipe: server.Dial})
	if err != nil {
		t.Fatal(err)
	}
	owner, password := server.Owner()
	c := &client{tb: t, svc: svc, jid: owner.Bare(), feed: svc.Subscribe()}
	t.Cleanup(func() {
		c.close()
		_ = server.Close()
	})
	login, err := svc.Connect(t.Context(), model.ConnectRequest{JID: owner, Password: password, Security: model.SecurityInProcess})
	if err != nil || login.TLSVersion != "" {
		t.Fatalf("login = %+v, %v", login, err)
	}
	roster := expect[event.RosterReplaced](c, "the contacts", nil)
	to := model.ChatID{Account: c.jid, Peer: roster.Contacts[0].JID}

	server.CutFor(2 * time.Second)
	expect(c, "the loss", func(ev event.ConnectionChanged) bool { return ev.Connection.State == model.Waiting })
	var sent []model.MessageID
	for n := range 3 {
		id, err := svc.SendMessage(t.Context(), to, fmt.Sprint(n), "")
		if err != nil {
			t.Fatal(err)
		}
		sent = append(sent, id)
	}
	back := time.Now()
	expect(c, "being back", online)
	if took := time.Since(back); took > 6*time.Second {
		t.Errorf("back after %s", took)
	}
	for _, id := range sent {
		expect(c, "a tick", func(ev event.MessageChanged) bool {
			return ev.Message.ID == id && (ev.Message.Delivery == model.Acked || ev.Message.Delivery == model.Delivered)
		})
	}
	if err := svc.Disconnect(context.Background(), c.jid); err != nil {
		t.Error(err)
	}
}
