package account_test

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"dovekie/xmppsvc/account"
	"dovekie/xmppsvc/demo"
	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stanza"
	"dovekie/xmppsvc/storage"
	"dovekie/xmppsvc/stream"
)

// TestAFullDiskLosesAndDoublesNothing lets batches fail while somebody writes and we write,
// on a real stream.
func TestAFullDiskLosesAndDoublesNothing(t *testing.T) {
	const many = 600
	server, err := demo.New(demo.Options{Dir: t.TempDir(), Lang: "en"})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = server.Close() }()
	store, err := storage.Open(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	owner, password := server.Owner()
	var mu sync.Mutex
	lost := 0 // batches with stanzas
	added := map[model.MessageID]bool{}
	eve := jid.MustParse("eve@" + demo.Domain)
	a, _, err := account.New(t.Context(), account.Config{
		Account: model.Account{JID: owner.Bare(), Resource: "desk", Security: model.SecurityInProcess},
		Store:   store, Pipe: server.Dial, Logger: slog.New(slog.DiscardHandler), Clock: time.Now,
		Password: func() (model.Secret, error) { return password, nil },
		Publish: func(events ...event.Event) {
			mu.Lock()
			defer mu.Unlock()
			for _, ev := range events {
				if ev, ok := ev.(event.NoticeRaised); ok && ev.Kind == event.NoticeStorage {
					lost++
				}
				if ev, ok := ev.(event.MessageAdded); ok && ev.Message.From.Bare() == eve {
					if added[ev.Message.ID] {
						t.Errorf("%q was told twice", ev.Message.Body)
					}
					added[ev.Message.ID] = true
				}
			}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan bool)
	go func() { defer close(ended); a.Run(ctx) }()
	defer func() { stop(); <-ended }()
	a.SignIn()

	cfg := stream.Config{
		JID: eve, Resource: "x", Password: model.NewSecret("secret"), Security: model.SecurityInProcess,
		Dial: account.PipeDialer(model.SecurityInProcess, server.Dial),
	}
	if err := stream.Register(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	s, _, err := stream.Connect(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Abort()
	// What eve gets, once for each id as a receiver does that honours ids.
	seen := map[string]bool{}
	var ours []string
	go func() {
		for in := range s.Inbound() {
			el := in.Element
			if el == nil || el.Name.Local != "message" || seen[el.Get("id")] {
				continue
			}
			mu.Lock()
			seen[el.Get("id")] = true
			if body := el.ChildText("jabber:client", "body"); body != "" {
				ours = append(ours, body)
			}
			mu.Unlock()
		}
	}()
	send(t, s, `<presence/>`)
	var writing sync.WaitGroup
	defer writing.Wait()
	writing.Go(func() {
		chat := model.ChatID{Account: owner.Bare(), Peer: eve}
		for n := range many / 3 {
			for try := 0; ; try++ {
				// One that shares a batch which fails is not kept, so it is tried again.
				_, err := a.SendMessage(t.Context(), chat, fmt.Sprint(n), fmt.Sprint("key", n))
				if err == nil {
					break
				}
				if model.KindOf(err) != model.ErrDiskFull || try > 100 {
					t.Error(err)
					return
				}
			}
			time.Sleep(3 * time.Millisecond)
		}
	})
	for n := range many {
		send(t, s, fmt.Sprintf(`<message to='%s' type='chat' id='%d'><body>%d</body></message>`, owner.Bare(), n, n))
		time.Sleep(time.Millisecond)
		switch {
		case n%50 == 40:
			a.Post(func() { time.Sleep(5 * time.Millisecond) }) // stanzas gather meanwhile
			a.Post(func() { a.FailBatch(errFull); time.Sleep(5 * time.Millisecond) })
		case n%20 == 10:
			go func() { _ = a.ConnectNow(t.Context()) }()
		}
	}
	// What the archive brought was told in bulk, so what counts is what is stored; its order is
	// certain when the archive was read to its end.
	stored := func() (theirs []string) {
		page, _, err := store.History(t.Context(), model.ChatID{Account: owner.Bare(), Peer: eve}, "", 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range page {
			if !m.Outgoing && m.Kind == model.KindText {
				theirs = append(theirs, m.Body)
			}
		}
		return theirs
	}
	complete := func() bool {
		mu.Lock()
		defer mu.Unlock()
		theirs := stored()
		return len(theirs) >= many && slices.IsSortedFunc(theirs, byNumber) && len(ours) >= many/3
	}
	writing.Wait() // a busy disk takes its time
	for end := time.Now().Add(2 * time.Minute); !complete() && time.Now().Before(end); {
		_ = a.ConnectNow(t.Context())
		time.Sleep(50 * time.Millisecond)
	}
	time.Sleep(100 * time.Millisecond) // for what comes twice
	mu.Lock()
	defer mu.Unlock()
	if lost == 0 {
		t.Error("no batch with stanzas failed")
	}
	inOrder(t, "what eve wrote", stored(), many)
	inOrder(t, "what we wrote", ours, many/3)
}

func send(t *testing.T, s *stream.Stream, xml string) {
	t.Helper()
	el, err := stanza.Parse([]byte(xml))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Send(stream.Outgoing{Element: el}); err != nil {
		t.Fatal(err)
	}
}

// byNumber compares bodies, which are numbers.
func byNumber(x, y string) int { return cmp.Or(cmp.Compare(len(x), len(y)), strings.Compare(x, y)) }

// inOrder fails unless got counts from 0 to below n.
func inOrder(t *testing.T, what string, got []string, n int) {
	t.Helper()
	if len(got) != n {
		t.Errorf("%s: %d of %d", what, len(got), n)
	}
	for i, body := range got {
		if body != fmt.Sprint(i) {
			t.Errorf("%s: at %d stands %s", what, i, body)
			return
		}
	}
}
