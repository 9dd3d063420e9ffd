package account_test

import (
	"context"
	"log/slog"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"dovekie/xmppsvc/account"
	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/storage"
)

// desk is romeo's account on verona, over a store that outlives it: a crash stops the loop
// without goodbye, and the next account finds what the disk has.
type desk struct {
	tb      testing.TB
	v       *verona
	store   *storage.Store
	account *account.Account
	known   event.Account // as the account found itself
	stop    context.CancelFunc
	ended   chan struct{}
	skip    time.Duration // the time of day is so far ahead
	late    time.Duration // and the steady clock

	mu     sync.Mutex
	events []event.Event
	begun  int // events of the accounts before
	wake   chan struct{}
	logs   strings.Builder
}

func newDesk(tb testing.TB, change ...func(*verona)) *desk {
	tb.Helper()
	d := &desk{tb: tb, v: newVerona(tb), wake: make(chan struct{}, 1)}
	d.v.steady = d.steady
	for _, fn := range change {
		fn(d.v)
	}
	store, err := storage.Open(context.Background(), filepath.Join(tb.TempDir(), "data"))
	if err != nil {
		tb.Fatal(err)
	}
	d.store = store
	d.open()
	tb.Cleanup(func() {
		d.crash()
		_ = store.Close()
		d.mu.Lock()
		defer d.mu.Unlock()
		if text := d.logs.String(); strings.Contains(text, "could not be handled") {
			tb.Errorf("a panic was caught: %s", text)
		}
	})
	return d
}

// open starts the account on the store.
func (d *desk) open() {
	d.tb.Helper()
	a, known, err := account.New(context.Background(), account.Config{
		Account: model.Account{JID: romeo, Resource: "desk", Security: model.SecurityAuto},
		Store:   d.store,
		Publish: d.publish,
		Connect: d.v.connect,
		Password: func() (model.Secret, error) {
			return model.NewSecret("secret"), nil
		},
		Logger: slog.New(slog.NewTextHandler(locked{d}, nil)),
		Name:   "Dovekie", Version: "1", Lang: "en", Clock: d.clock, Steady: d.steady,
	})
	if err != nil {
		d.tb.Fatal(err)
	}
	d.account, d.known, d.ended = a, known, make(chan struct{})
	d.mu.Lock()
	d.begun = len(d.events)
	d.mu.Unlock()
	ctx, stop := context.WithCancel(context.Background())
	d.stop = stop
	ended := d.ended
	go func() { defer close(ended); a.Run(ctx) }()
}

func (d *desk) clock() time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	return time.Now().Add(d.skip + d.late)
}

func (d *desk) steady() time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	return time.Now().Add(d.late)
}

// jump sets the time of day.
func (d *desk) jump(by time.Duration) {
	d.mu.Lock()
	d.skip += by
	d.mu.Unlock()
	d.barrier()
}

// later lets time pass.
func (d *desk) later(by time.Duration) {
	d.mu.Lock()
	d.late += by
	d.mu.Unlock()
	d.account.Tick()
	d.barrier()
}

type locked struct{ d *desk }

func (l locked) Write(b []byte) (int, error) {
	l.d.mu.Lock()
	defer l.d.mu.Unlock()
	return l.d.logs.Write(b)
}

func (d *desk) publish(events ...event.Event) {
	d.mu.Lock()
	d.events = append(d.events, events...)
	d.mu.Unlock()
	select {
	case d.wake <- struct{}{}:
	default:
	}
}

// crash stops the loop where it is; what it had sent and the server has not read is lost.
func (d *desk) crash() {
	d.stop()
	<-d.ended
}

// again is a crash and the next start.
func (d *desk) again() {
	d.tb.Helper()
	d.crash()
	d.open()
}

// barrier returns when the batch at hand, with all its effects, is over.
func (d *desk) barrier() {
	for range 2 {
		done := make(chan struct{})
		d.account.Post(func() { close(done) })
		select {
		case <-done:
		case <-d.ended:
			return
		}
	}
}

// hold stops the loop inside of a batch; release lets it go on, with all that came meanwhile
// as the next batch.
func (d *desk) hold() (release func()) {
	inside, gate := make(chan bool), make(chan bool)
	d.account.Post(func() {
		close(inside)
		<-gate
	})
	<-inside
	return func() { close(gate) }
}

// fate is what becomes of a batch.
type fate int

const (
	kept   fate = iota
	lost        // it cannot be stored
	undone      // nor that, but all of it was tried
)

// batch runs one batch with all that feed brings: what the stream says, and commands, each
// as a function that waits for its answer.
func (d *desk) batch(f fate, feed func(), commands ...func()) {
	d.tb.Helper()
	let := d.hold()
	feed()
	var answers sync.WaitGroup
	for _, c := range commands {
		n := d.account.Waiting()
		answers.Go(c)
		for d.account.Waiting() == n {
			runtime.Gosched()
		}
	}
	switch f {
	case kept:
	case lost:
		d.account.Post(func() { d.account.FailBatch(errFull) })
	case undone:
		d.account.Post(func() { d.account.FailBatchLate(errFull) })
	}
	let()
	answers.Wait()
	d.barrier()
}

// taken waits until the client has taken all that was delivered.
func (d *desk) taken() {
	d.tb.Helper()
	end := time.Now().Add(20 * time.Second)
	for {
		d.v.mu.Lock()
		l := d.v.line()
		d.v.mu.Unlock()
		if l == nil || len(l.in) == 0 {
			d.barrier()
			return
		}
		if time.Now().After(end) {
			d.tb.Fatal("the account takes nothing any more")
		}
		runtime.Gosched()
	}
}

// quiet lets both sides say all they have to say.
func (d *desk) quiet() {
	d.tb.Helper()
	for range 10_000 {
		d.taken()
		read, told := d.v.hear(1<<20), d.v.deliver(1000)
		if read+told == 0 {
			d.v.ack()
			d.taken()
			if d.v.hear(1<<20) == 0 {
				return
			}
		}
	}
	d.tb.Fatal("it has no end")
}

// signIn connects and waits until it is so.
func (d *desk) signIn() {
	d.tb.Helper()
	d.account.SignIn()
	d.online()
}

// online hurries the connection and waits for it.
func (d *desk) online() {
	d.tb.Helper()
	timeout := time.After(20 * time.Second)
	for d.state() != model.Online {
		if s := d.state(); s == model.Waiting || s == model.Offline {
			if err := d.account.ConnectNow(context.Background()); err != nil {
				d.tb.Fatal(err)
			}
		}
		select {
		case <-d.wake:
		case <-time.After(20 * time.Millisecond):
		case <-timeout:
			d.tb.Fatalf("it does not get online: %s", d.logs.String())
		}
	}
}

// atTheGate begins to connect and stays before the server's door until open is called.
func (d *desk) atTheGate() (open func()) {
	d.tb.Helper()
	gate := make(chan bool)
	d.v.mu.Lock()
	d.v.gate = gate
	d.v.mu.Unlock()
	if err := d.account.ConnectNow(context.Background()); err != nil {
		d.tb.Fatal(err)
	}
	d.barrier()
	return func() {
		d.v.mu.Lock()
		d.v.gate = nil
		d.v.mu.Unlock()
		close(gate)
	}
}

// away waits until the loss of the connection was seen.
func (d *desk) away() {
	d.tb.Helper()
	timeout := time.After(20 * time.Second)
	for d.state() == model.Online {
		select {
		case <-d.wake:
		case <-timeout:
			d.tb.Fatal("it does not see that the line is cut")
		}
	}
	d.barrier()
}

// state is the connection's, as it was told last.
func (d *desk) state() model.ConnState {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, ev := range slices.Backward(d.events[d.begun:]) {
		if ev, ok := ev.(event.ConnectionChanged); ok {
			return ev.Connection.State
		}
	}
	return model.Offline
}

// send writes a message.
func (d *desk) send(peer jid.JID, body string) model.MessageID {
	d.tb.Helper()
	id, err := d.account.SendMessage(context.Background(), model.ChatID{Account: romeo, Peer: peer}, body, "")
	if err != nil {
		d.tb.Fatal(err)
	}
	return id
}

// delivery is how far one of ours got.
func (d *desk) delivery(id model.MessageID) model.Delivery {
	d.tb.Helper()
	m, err := d.store.Message(context.Background(), id)
	if err != nil {
		d.tb.Fatal(err)
	}
	return m.Delivery
}

// reads is the chat as it stands, gaps in brackets.
func (d *desk) reads(peer jid.JID) []string {
	d.tb.Helper()
	page, _, err := d.store.History(context.Background(), model.ChatID{Account: romeo, Peer: peer}, "", 1<<20)
	if err != nil {
		d.tb.Fatal(err)
	}
	var out []string
	for _, m := range page {
		if m.Kind == model.KindGap {
			out = append(out, "["+string(m.Gap)+"]")
			continue
		}
		out = append(out, m.Body)
	}
	return out
}

// want compares the chat.
func (d *desk) want(peer jid.JID, bodies ...string) {
	d.tb.Helper()
	if got := d.reads(peer); !slices.Equal(got, bodies) {
		d.tb.Errorf("%s reads %q, want %q", peer, got, bodies)
	}
}

// told are the events of type T so far.
func told[T event.Event](d *desk) []T {
	d.mu.Lock()
	defer d.mu.Unlock()
	var out []T
	for _, ev := range d.events {
		if ev, ok := ev.(T); ok {
			out = append(out, ev)
		}
	}
	return out
}

// sentOnce fails unless the server took each message once, in this order.
func (d *desk) sentOnce(ids ...model.MessageID) {
	d.tb.Helper()
	d.v.mu.Lock()
	defer d.v.mu.Unlock()
	var want []string
	for _, id := range ids {
		want = append(want, string(id))
		if n := d.v.took[string(id)]; n != 1 {
			d.tb.Errorf("%s was taken %d times", id, n)
		}
	}
	if !slices.Equal(d.v.order, want) {
		d.tb.Errorf("taken in the order %v, want %v", d.v.order, want)
	}
}
