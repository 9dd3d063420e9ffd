package xmppsvc_test

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"testing"
	"time"

	"dovekie/xmppsvc"
	"dovekie/xmppsvc/credential"
	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/xmpptest"
)

// patience is how long a test waits for what must come.
const patience = 20 * time.Second

// client is a service with one account and the record of all its events.
type client struct {
	tb       testing.TB
	svc      *xmppsvc.Service
	dir      string
	keys     credential.Store
	user     xmpptest.User
	jid      jid.JID
	events   []event.Event
	seen     int // events before it were consumed by expect
	feed     *xmppsvc.Feed
	resource string
}

// newClient opens a service of its own for the user; it is not signed in.
func newClient(tb testing.TB, srv *xmpptest.Server, user xmpptest.User) *client {
	tb.Helper()
	c := &client{
		tb: tb, dir: tb.TempDir(), user: user, jid: jid.MustParse(user.JID()), keys: credential.NewMemory(),
	}
	c.open(srv.CAPool())
	tb.Cleanup(c.close)
	return c
}

func (c *client) open(roots *x509.CertPool) {
	c.tb.Helper()
	svc, err := xmppsvc.Open(context.Background(), xmppsvc.Options{
		Dir: c.dir, Credentials: c.keys, Roots: roots, Name: "Dovekie", Version: "0.0-test",
	})
	if err != nil {
		c.tb.Fatalf("open the service: %v", err)
	}
	c.svc, c.feed = svc, svc.Subscribe()
	c.events, c.seen = nil, 0
}

func (c *client) close() {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := c.svc.Close(ctx); err != nil {
		c.tb.Errorf("close the service: %v", err)
	}
}

func (c *client) request(addr string) model.ConnectRequest {
	r := model.ConnectRequest{
		JID: c.jid, Password: model.NewSecret(c.user.Password), Address: addr, Security: model.SecurityStartTLS,
	}
	if c.resource != "" {
		r.JID = jid.MustParse(c.user.JID() + "/" + c.resource)
	}
	return r
}

// signIn connects and waits for the roster, so that what follows is not mixed with it.
func (c *client) signIn(srv *xmpptest.Server) model.Login {
	c.tb.Helper()
	login, err := c.svc.Connect(c.tb.Context(), c.request(srv.StartTLSAddr()))
	if err != nil {
		c.tb.Fatalf("sign in as %s: %v", c.jid, err)
	}
	return login
}

func (c *client) chat(with *client) model.ChatID {
	return model.ChatID{Account: c.jid, Peer: with.jid}
}

func (c *client) send(to *client, body string) model.MessageID {
	c.tb.Helper()
	id, err := c.svc.SendMessage(c.tb.Context(), c.chat(to), body, "")
	if err != nil {
		c.tb.Fatalf("send: %v", err)
	}
	return id
}

// expect waits for the next event of type T that meets the condition (nil: any), from
// where the last expect ended.
func expect[T event.Event](c *client, what string, is func(T) bool) T {
	c.tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for {
		for ; c.seen < len(c.events); c.seen++ {
			if ev, ok := c.events[c.seen].(T); ok && (is == nil || is(ev)) {
				c.seen++
				return ev
			}
		}
		if err := c.more(ctx); err != nil {
			c.tb.Fatalf("%s waits for %s: %v; all events:\n%s", c.jid, what, err, list(c.events))
		}
	}
}

func (c *client) more(ctx context.Context) error {
	batch, err := c.feed.Next(ctx)
	c.events = append(c.events, batch...)
	return err
}

// gather reads events for d and returns those of type T among all so far.
func gather[T event.Event](c *client, d time.Duration) []T {
	c.tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), d)
	defer cancel()
	for {
		if err := c.more(ctx); errors.Is(err, context.DeadlineExceeded) {
			break
		} else if err != nil {
			c.tb.Fatal(err)
		}
	}
	var out []T
	for _, ev := range c.events {
		if ev, ok := ev.(T); ok {
			out = append(out, ev)
		}
	}
	return out
}

func list(events []event.Event) string {
	var out string
	for _, ev := range events {
		out += fmt.Sprintf("  %T %+v\n", ev, ev)
	}
	return out
}

func received(body string) func(event.MessageAdded) bool {
	return func(ev event.MessageAdded) bool { return !ev.Message.Outgoing && ev.Message.Body == body }
}

// said tells a message from a gap, which a first message that comes before we have caught up
// stands behind for a moment.
func said(ev event.MessageAdded) bool { return ev.Message.Kind != model.KindGap }

func reached(id model.MessageID, d model.Delivery) func(event.MessageChanged) bool {
	return func(ev event.MessageChanged) bool { return ev.Message.ID == id && ev.Message.Delivery == d }
}

func online(ev event.ConnectionChanged) bool { return ev.Connection.State == model.Online }
