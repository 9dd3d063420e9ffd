package app_test

import (
	"context"
	"testing"
	"time"

	"dovekie/app"
	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
)

// fakeDemo is a demo whose server is the fake service.
type fakeDemo struct{ svc *fakeService }

func (d fakeDemo) Service() app.Service { return d.svc }
func (fakeDemo) Request() model.ConnectRequest {
	return model.ConnectRequest{JID: me, Security: model.SecurityInProcess}
}
func (fakeDemo) Suggest(_ jid.JID, body string) (string, []app.Suggestion) { return body, nil }
func (fakeDemo) CutNetwork(time.Duration)                                  {}
func (d fakeDemo) StartOver(context.Context) error                         { return d.svc.note("start over") }
func (fakeDemo) Close(context.Context) error                               { return nil }

// TestDemoThatStartsOverIsShownHoweverLateItsEventsAre: the command may be answered before
// the account was seen to go and come.
func TestDemoThatStartsOverIsShownHoweverLateItsEventsAre(t *testing.T) {
	b := newBenchFor(t, "en", app.Start{Demo: true})
	b.svc.feed.put(event.Snapshot{Accounts: []event.Account{{
		Account: model.Account{JID: me, Security: model.SecurityInProcess}, Connection: model.Connection{State: model.Online},
		Contacts: []model.Contact{contact(nora, "Nora", model.ShowAvailable)},
	}}})
	b.until("the list", func() bool { return b.text("row.c:Friends/nora@example.org") != "" })
	b.open(nora)
	b.tapRow("panel.menu")
	b.tapRow("menu.again")
	b.command("start over")
	b.until("the chat to close", func() bool { return b.text("chat") == "" })
	time.Sleep(20 * time.Millisecond)
	b.drain() // the answer
	b.svc.feed.put(event.AccountRemoved{Account: me})
	b.until("the account to go", func() bool { return b.text("account") == "" })
	b.svc.feed.put(event.AccountChanged{Account: model.Account{JID: me, Security: model.SecurityInProcess}},
		event.RosterReplaced{Account: me, Contacts: []model.Contact{contact(tom, "Tom", model.ShowAvailable)}},
		event.ConnectionChanged{Account: me, Connection: model.Connection{State: model.Online}})
	b.until("the list of the fresh demo", func() bool { return b.text("row.c:Friends/tom@example.org") != "" })
}
