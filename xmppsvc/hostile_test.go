package xmppsvc_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"dovekie/xmppsvc"
	"dovekie/xmppsvc/demo"
	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/storage"
)

// askingKeychain is a keychain whose question nobody answers.
type askingKeychain struct {
	asked chan bool
	end   chan bool
}

func (k askingKeychain) Get(jid.JID) (model.Secret, error) {
	k.asked <- true
	<-k.end
	return model.Secret{}, model.Errorf(model.ErrNoKeychain, "given up")
}
func (askingKeychain) Set(jid.JID, model.Secret) error { return nil }
func (askingKeychain) Delete(jid.JID) error            { return nil }

func TestClosingDoesNotWaitForTheKeychainsQuestion(t *testing.T) {
	dir := t.TempDir()
	store, err := storage.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	acc := model.Account{JID: jid.MustParse("me@example.org"), Enabled: true, Remember: true, Security: model.SecurityAuto, Resource: "x"}
	if err := store.Update(t.Context(), func(tx storage.Tx) error { return tx.PutAccount(acc) }); err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	keys := askingKeychain{make(chan bool, 1), make(chan bool)}
	defer close(keys.end)
	svc, err := xmppsvc.Open(t.Context(), xmppsvc.Options{Dir: dir, Credentials: keys})
	if err != nil {
		t.Fatal(err)
	}
	<-keys.asked
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	closed := make(chan error, 1)
	go func() { closed <- svc.Close(ctx) }()
	select {
	case err := <-closed:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(5 * time.Second):
		t.Fatal("it waits for the keychain")
	}
}

func TestEveryCloseWaitsForTheEnd(t *testing.T) {
	server, err := demo.New(demo.Options{Dir: t.TempDir(), Lang: "en"})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = server.Close() }()
	for range 20 {
		svc, err := xmppsvc.Open(t.Context(), xmppsvc.Options{Dir: t.TempDir(), Pipe: server.Dial})
		if err != nil {
			t.Fatal(err)
		}
		owner, password := server.Owner()
		if _, err := svc.Connect(t.Context(), model.ConnectRequest{JID: owner, Password: password, Security: model.SecurityInProcess}); err != nil {
			t.Fatal(err)
		}
		var both sync.WaitGroup
		for range 2 {
			both.Go(func() {
				if err := svc.Close(t.Context()); err != nil {
					t.Error(err)
				}
				if acc, err := svc.AccountStatus(t.Context(), owner.Bare()); err != nil || acc.Connection.State != model.Offline {
					t.Errorf("closed, and the account is %s, %v", acc.Connection.State, err)
				}
			})
		}
		both.Wait()
	}
}

// steps are the changes of Delivery that are promised (G6).
var steps = map[model.Delivery]string{
	model.Queued:    "sent acked delivered displayed failed",
	model.Sent:      "queued sent acked delivered displayed failed",
	model.Acked:     "delivered displayed failed",
	model.Delivered: "displayed",
	model.Failed:    "queued delivered displayed",
}

// TestThePromisesHoldUnderFire gives commands from many goroutines while the network is cut
// again and again, and then compares what was told with what is stored.
func TestThePromisesHoldUnderFire(t *testing.T) {
	before := runtime.NumGoroutine()
	server, err := demo.New(demo.Options{Dir: t.TempDir(), Lang: "en"})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	svc, err := xmppsvc.Open(t.Context(), xmppsvc.Options{Dir: dir, Pipe: server.Dial})
	if err != nil {
		t.Fatal(err)
	}
	owner, password := server.Owner()
	me := owner.Bare()
	feed := svc.Subscribe()
	var told []event.Event
	read := make(chan bool)
	go func() {
		defer close(read)
		for {
			batch, err := feed.Next(context.Background())
			if err != nil {
				return
			}
			for _, ev := range batch { // G2
				// A gap is gone when it is filled.
				if ev, ok := ev.(event.MessageAdded); ok && ev.Message.Kind != model.KindGap {
					if _, err := svc.Message(context.Background(), ev.Message.ID); err != nil && model.KindOf(err) != model.ErrCancelled {
						t.Errorf("told of a message that cannot be read: %v", err)
					}
				}
			}
			told = append(told, batch...)
		}
	}()
	if _, err := svc.Connect(t.Context(), model.ConnectRequest{JID: owner, Password: password, Security: model.SecurityInProcess}); err != nil {
		t.Fatal(err)
	}
	peers := []jid.JID{jid.MustParse("echo@" + demo.Domain), jid.MustParse("clock@" + demo.Domain), jid.MustParse("nobody@" + demo.Domain), jid.MustParse("x@elsewhere.example")}

	begin := time.Now().Truncate(time.Millisecond) // as times are stored
	end := begin.Add(4 * time.Second)
	var all sync.WaitGroup
	var mu sync.Mutex
	sent := map[jid.JID][]model.MessageID{}
	for n, peer := range peers {
		all.Go(func() {
			for i := 0; time.Now().Before(end); i++ {
				id, err := svc.SendMessage(t.Context(), model.ChatID{Account: me, Peer: peer}, fmt.Sprint(i), "")
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				sent[peer] = append(sent[peer], id)
				mu.Unlock()
				time.Sleep(time.Duration(rand.IntN(10*(n+1))) * time.Millisecond)
			}
		})
	}
	some := func(fn func()) {
		all.Go(func() {
			for time.Now().Before(end) {
				fn()
				time.Sleep(time.Duration(rand.IntN(150)) * time.Millisecond)
			}
		})
	}
	some(func() { server.CutFor(time.Duration(rand.IntN(100)) * time.Millisecond) })
	some(func() { _ = svc.ConnectNow(t.Context(), me) })
	some(func() { _ = svc.Disconnect(t.Context(), me); _ = svc.ConnectNow(t.Context(), me) })
	some(func() {
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(rand.IntN(20))*time.Millisecond)
		defer cancel()
		_, _ = svc.Connect(ctx, model.ConnectRequest{JID: owner, Password: password, Security: model.SecurityInProcess})
	})
	some(func() { _ = svc.SetPresence(t.Context(), me, model.ShowAway, fmt.Sprint(time.Now())) })
	some(func() { _ = svc.SetTyping(t.Context(), model.ChatID{Account: me, Peer: peers[0]}, model.ChatComposing) })
	some(func() { f := svc.Subscribe(); _, _ = f.Next(t.Context()); f.Close() })
	some(func() { _, _ = svc.Search(t.Context(), model.ChatID{Account: me}, "1", 10) })
	all.Wait()

	// What waits goes out when the line is good again.
	deadline := time.Now().Add(20 * time.Second)
	for waits := true; waits && time.Now().Before(deadline); {
		_ = svc.ConnectNow(t.Context(), me)
		time.Sleep(100 * time.Millisecond)
		waits = false
		for _, ids := range sent {
			m, err := svc.Message(t.Context(), ids[len(ids)-1])
			waits = waits || err != nil || m.Delivery == model.Queued || m.Delivery == model.Sent
		}
	}
	for peer, ids := range sent {
		page, _, err := svc.History(t.Context(), model.ChatID{Account: me, Peer: peer}, "", 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, m := range page {
			if !m.Outgoing || m.Time.Before(begin) {
				continue
			}
			if n < len(ids) && m.ID != ids[n] { // G5
				t.Errorf("%s: message %d is %s, want %s", peer, n, m.ID, ids[n])
			}
			if m.InDoubt || m.Delivery == model.Queued || m.Delivery == model.Sent {
				t.Errorf("%s: message %d is %s, in doubt %t", peer, n, m.Delivery, m.InDoubt)
			}
			n++
		}
		if n != len(ids) {
			t.Errorf("%s: %d messages of %d", peer, n, len(ids))
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := svc.Close(ctx); err != nil {
		t.Error(err)
	}
	<-read
	if err := server.Close(); err != nil {
		t.Error(err)
	}
	checkTold(t, told, begin)
	for i := 0; runtime.NumGoroutine() > before && i < 50; i++ { // G8
		time.Sleep(20 * time.Millisecond)
	}
	if n := runtime.NumGoroutine(); n > before {
		stacks := make([]byte, 1<<16)
		t.Errorf("%d goroutines more than before: %s", n-before, stacks[:runtime.Stack(stacks, true)])
	}
}

// checkTold holds the events against G3 and G6. What was written before begin comes from the
// archive, in bulk: nobody is told that it was added.
func checkTold(t *testing.T, told []event.Event, begin time.Time) {
	t.Helper()
	if _, ok := told[0].(event.Snapshot); !ok {
		t.Errorf("the first event is %T", told[0])
	}
	at := map[model.MessageID]model.Delivery{}
	place := map[model.ChatID]int64{}
	for _, ev := range told {
		switch ev := ev.(type) {
		case event.MessageAdded:
			if ev.Message.Kind == model.KindGap {
				continue
			}
			if _, again := at[ev.Message.ID]; again {
				t.Errorf("%s was added twice", ev.Message.ID)
			}
			at[ev.Message.ID] = ev.Message.Delivery
			// What waited at the server may have come from the archive before.
			if ev.Message.Live && ev.Message.Position <= place[ev.Message.Chat] {
				t.Errorf("%s came before what was there", ev.Message.ID)
			}
			place[ev.Message.Chat] = ev.Message.Position
		case event.HistoryChanged:
			delete(place, ev.Chat) // the archive's order may be another
		case event.MessageChanged:
			was, known := at[ev.Message.ID]
			if !known && ev.Message.Time.Before(begin) {
				continue
			}
			if !known || was != ev.Message.Delivery && !strings.Contains(steps[was], string(ev.Message.Delivery)) {
				t.Errorf("%s went from %q to %q", ev.Message.ID, was, ev.Message.Delivery)
			}
			at[ev.Message.ID] = ev.Message.Delivery
		}
	}
}
