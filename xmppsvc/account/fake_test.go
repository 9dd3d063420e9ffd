package account_test

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"dovekie/xmppsvc/account"
	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stanza"
	"dovekie/xmppsvc/storage"
	"dovekie/xmppsvc/stream"
)

var (
	romeo  = jid.MustParse("romeo@verona.example")
	juliet = jid.MustParse("juliet@capulet.example")
)

// fakeStream is a connection whose other end is the test.
type fakeStream struct {
	in   chan stream.Inbound
	once sync.Once

	mu      sync.Mutex
	sent    []stream.Outgoing
	handled int
	acks    int
	err     error
	aborted bool
	left    stream.Resume
	heard   time.Time
	probes  int
	mute    bool // it does not answer probes
	stale   bool // what came long ago is read right after a probe
	noSM    bool
	over    bool // it takes nothing any more, as its end is on the way
}

func (f *fakeStream) Inbound() <-chan stream.Inbound { return f.in }

func (f *fakeStream) Send(out ...stream.Outgoing) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.over {
		return model.Errorf(model.ErrNotOnline, "the connection has ended")
	}
	f.sent = append(f.sent, out...)
	return nil
}

func (f *fakeStream) Handled(n int) { f.mu.Lock(); f.handled += n; f.mu.Unlock() }
func (f *fakeStream) Ack()          { f.mu.Lock(); f.acks++; f.mu.Unlock() }

func (f *fakeStream) Err() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.err
}

func (f *fakeStream) Unacked() []stream.Unacked { return nil }

// Probe is answered at once, unless the other end is mute. Without stream management
// there is nothing to ask for.
func (f *fakeStream) Probe() (answered func() bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.probes++
	mute := f.mute
	if !mute || f.stale {
		f.heard = time.Now().Add(time.Millisecond)
	}
	if f.noSM {
		return nil
	}
	return func() bool { return !mute }
}

func (f *fakeStream) Heard() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.heard
}

// Session is never to be gone on with, unless a test says so.
func (f *fakeStream) Session() (stream.Resume, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.left, f.left.ID != ""
}

func (f *fakeStream) Close(context.Context) error { f.end(nil); return nil }

func (f *fakeStream) Abort() {
	f.mu.Lock()
	f.aborted = true
	f.mu.Unlock()
	f.end(nil)
}

func (f *fakeStream) end(err error) {
	f.once.Do(func() {
		f.mu.Lock()
		f.err = err
		f.mu.Unlock()
		close(f.in)
	})
}

// rig is an account on a fakeStream and a real storage.
type rig struct {
	tb      testing.TB
	account *account.Account
	store   *storage.Store
	stream  *fakeStream
	config  stream.Config // of the last attempt
	noSM    bool
	mute    bool
	stale   bool
	turned  time.Duration
	late    time.Duration
	login   func(stream.Config, *stream.Established) // changes how it went
	// patience is how long wait waits, if not 10 s.
	patience time.Duration

	mu     sync.Mutex
	events []event.Event
	wake   chan struct{}
	logs   strings.Builder
}

func newRig(tb testing.TB, change ...func(*rig)) *rig {
	tb.Helper()
	r := &rig{tb: tb, wake: make(chan struct{}, 1)}
	for _, c := range change {
		c(r)
	}
	store, err := storage.Open(context.Background(), filepath.Join(tb.TempDir(), "data"))
	if err != nil {
		tb.Fatal(err)
	}
	r.store = store
	a, _, err := account.New(context.Background(), account.Config{
		Account: model.Account{JID: romeo, Resource: "desk", Security: model.SecurityAuto},
		Store:   store,
		Publish: r.publish,
		Connect: r.connect,
		Password: func() (model.Secret, error) {
			return model.Secret{}, model.Errorf(model.ErrNoPassword, "no password")
		},
		Logger: slog.New(slog.NewTextHandler(&r.logs, nil)),
		Name:   "Dovekie", Version: "1", Lang: "en", Clock: r.clock, Steady: r.steady,
	})
	if err != nil {
		tb.Fatal(err)
	}
	r.account = a
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); a.Run(ctx) }()
	tb.Cleanup(func() {
		stop()
		<-ended
		_ = store.Close()
	})
	return r
}

// clock is the time of day, which turn sets.
func (r *rig) clock() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return time.Now().Add(r.turned).Round(0)
}

func (r *rig) turn(by time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.turned += by
}

// steady is the clock for waiting, which later puts forward.
func (r *rig) steady() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return time.Now().Add(r.late)
}

func (r *rig) later(by time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.late += by
}

func (r *rig) connect(_ context.Context, c stream.Config) (account.Stream, stream.Established, error) {
	full, err := c.JID.WithResource(c.Resource)
	if err != nil {
		return nil, stream.Established{}, err
	}
	st := &fakeStream{in: make(chan stream.Inbound, 64), heard: time.Now(), mute: r.mute, stale: r.stale, noSM: r.noSM}
	r.mu.Lock()
	r.stream, r.config = st, c
	r.mu.Unlock()
	est := stream.Established{SM: !r.noSM, CSI: true, Login: model.Login{JID: full, Mechanism: "fake"}}
	if r.login != nil {
		r.login(c, &est)
	}
	return st, est, nil
}

func (r *rig) publish(events ...event.Event) {
	r.mu.Lock()
	r.events = append(r.events, events...)
	r.mu.Unlock()
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// online signs in, with juliet on the roster as a friend and an account that gives
// stanza ids.
func (r *rig) online() *rig {
	r.tb.Helper()
	_, err := r.account.Connect(r.tb.Context(), model.ConnectRequest{JID: romeo, Password: model.NewSecret("secret")})
	if err != nil {
		r.tb.Fatal(err)
	}
	for _, out := range r.first() {
		payload := out.Element.First()
		id := out.Element.Get("id")
		switch {
		case payload.Is("jabber:iq:roster", "query"):
			r.says(`<iq type='result' id='%s'><query xmlns='jabber:iq:roster' ver='1'>
				<item jid='%s' subscription='both'/></query></iq>`, id, juliet)
		case payload.Is("urn:xmpp:mam:2", "query"):
			r.says(`<iq type='error' id='%s'><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>`, id)
		case payload.Is("http://jabber.org/protocol/disco#info", "query"):
			r.says(`<iq type='result' id='%s' from='%s'><query xmlns='http://jabber.org/protocol/disco#info'>
				<feature var='urn:xmpp:sid:0'/></query></iq>`, id, out.Element.Get("to"))
		}
	}
	r.settle()
	return r
}

// says lets the server send a stanza, written in the namespace jabber:client.
func (r *rig) says(format string, args ...any) {
	r.tb.Helper()
	el, err := stanza.Parse([]byte(fmt.Sprintf(format, args...)))
	if err != nil {
		r.tb.Fatalf("the test's stanza: %v", err)
	}
	r.current().in <- stream.Inbound{Element: el, Counts: true}
}

// settle waits until all that was said has been handled: a ping of our server is
// answered behind everything else.
func (r *rig) settle() {
	r.tb.Helper()
	id := fmt.Sprintf("settle-%d", time.Now().UnixNano())
	r.says(`<iq type='get' id='%s' from='verona.example'><ping xmlns='urn:xmpp:ping'/></iq>`, id)
	deadline := time.Now().Add(5 * time.Second)
	for time.Now().Before(deadline) {
		for _, el := range r.out() {
			if el.Get("id") == id {
				return
			}
		}
		time.Sleep(time.Millisecond)
	}
	r.tb.Fatal("the account does not answer a ping")
}

// out is all that was sent after bind.
func (r *rig) out() []*stanza.Element {
	st := r.current()
	st.mu.Lock()
	defer st.mu.Unlock()
	var out []*stanza.Element
	for _, o := range st.sent {
		out = append(out, o.Element)
	}
	return out
}

// all are the events of type T so far.
func all[T event.Event](r *rig) []T {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []T
	for _, ev := range r.events {
		if ev, ok := ev.(T); ok {
			out = append(out, ev)
		}
	}
	return out
}

// wait waits for an event of type T that meets the condition.
func wait[T event.Event](r *rig, what string, is func(T) bool) T {
	r.tb.Helper()
	timeout := time.After(cmp.Or(r.patience, 10*time.Second))
	for {
		for _, ev := range all[T](r) {
			if is(ev) {
				return ev
			}
		}
		select {
		case <-r.wake:
		case <-timeout:
			r.tb.Fatalf("no %s", what)
		}
	}
}

func (r *rig) chat(peer jid.JID) model.ChatID { return model.ChatID{Account: romeo, Peer: peer} }

func (r *rig) current() *fakeStream {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.stream
}

// first is what was sent right behind bind.
func (r *rig) first() []stream.Outgoing {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.config.First
}

// messages are the messages among out.
func (r *rig) messages() []*stanza.Element {
	var out []*stanza.Element
	for _, el := range r.out() {
		if el.Name.Local == "message" {
			out = append(out, el)
		}
	}
	return out
}

// acked lets the server acknowledge messages (XEP-0198).
func (r *rig) acked(ids ...model.MessageID) {
	var tags []string
	for _, id := range ids {
		tags = append(tags, string(id))
	}
	r.current().in <- stream.Inbound{Acked: tags}
}
