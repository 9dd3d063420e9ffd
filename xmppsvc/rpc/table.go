package rpc

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"reflect"
)

// method is one row of the contract.
type method struct {
	Name    string
	Params  reflect.Type
	Result  reflect.Type
	Ordered bool // takes effect in the order of the lines
	Doc     string
	call    func(ctx context.Context, s *server, params json.RawMessage) (any, error)
}

// row makes a method of a function with typed parameters.
func row[P, R any](name, doc string, ordered bool, f func(*server, context.Context, P) (R, error)) *method {
	return &method{
		Name: name, Doc: doc, Ordered: ordered,
		Params: reflect.TypeFor[P](), Result: reflect.TypeFor[R](),
		call: func(ctx context.Context, s *server, raw json.RawMessage) (any, error) {
			var p P
			if err := decodeParams(raw, &p); err != nil {
				return nil, err
			}
			return f(s, ctx, p)
		},
	}
}

// decodeParams takes parameters by name and refuses names that it does not know, so
// that a misspelt one is not silently ignored.
func decodeParams(raw json.RawMessage, p any) error {
	if len(raw) == 0 || string(raw) == "null" {
		return nil
	}
	if raw[0] != '{' {
		return &paramsError{"The parameters must be an object, by name."}
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(p); err != nil {
		return &paramsError{"The parameters do not fit: " + err.Error()}
	}
	if _, err := d.Token(); err != io.EOF {
		return &paramsError{"Something follows the parameters."}
	}
	return nil
}

func find(name string) *method {
	for _, m := range methods {
		if m.Name == name {
			return m
		}
	}
	return nil
}

// methods is the contract. It is filled by init because the rows refer to functions that
// refer to it.
var methods []*method

func init() {
	methods = []*method{
		row("account.connect", "Adds the account if it is new, signs in and answers when it is online.", false, (*server).connect),
		row("account.list", "All accounts.", false, (*server).list),
		row("account.disconnect", "Signs out; the account stays.", false, (*server).disconnect),
		row("account.remove", "Signs out and removes the account with all that is kept of it here.", false, (*server).remove),
		row("account.status", "How far the connection is.", false, (*server).status),
		row("account.register", "Makes the account on its server (XEP-0077), then connects.", false, (*server).register),
		row("account.trust", "Accepts the certificate that was rejected: for the next login, or remembered.", false, (*server).trust),
		row("account.privacy", "What contacts who may see our presence are told: that a message arrived, that it was displayed, that we type.", true, (*server).privacy),
		row("roster.list", "All contacts with the presence of every resource.", false, (*server).rosterList),
		row("roster.set", "Adds or changes a contact; answers once the server confirmed.", true, (*server).rosterSet),
		row("roster.remove", "Removes a contact; answers once the server confirmed.", true, (*server).rosterRemove),
		row("contact.subscribe", "Asks to see the contact's presence.", true, (*server).subscribe),
		row("contact.approve", "Lets the contact see our presence.", true, (*server).approve),
		row("contact.deny", "Refuses, or takes back, that the contact sees our presence.", true, (*server).deny),
		row("contact.unsubscribe", "Gives up seeing the contact's presence.", true, (*server).unsubscribe),
		row("presence.set", "Sets our show and status; also kept for the next login.", true, (*server).presenceSet),
		row("message.send", "Answers as soon as the message is safe in the outbox, online or not.", true, (*server).messageSend),
		row("message.retry", "Sends a failed message again.", true, (*server).messageRetry),
		row("message.nudge", "Asks a contact who is there for attention; at most every ten seconds.", true, (*server).messageNudge),
		row("history.page", "A page of a chat, oldest first.", false, (*server).historyPage),
		row("history.search", "Finds messages by text, newest first.", false, (*server).historySearch),
		row("chat.mark_displayed", "Moves the read position.", true, (*server).markDisplayed),
		row("connection.trace", "Every connection of this run with its certificates, the steps since the last call's `next`, and the counters.", false, (*server).connectionTrace),
		row("connection.traffic", "Bytes and stanzas of this run, this month and the last minute, and what an hour of idling costs.", false, (*server).connectionTraffic),
	}
}
