package storage_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/storage"
)

func TestFailedUpdateLeavesNothing(t *testing.T) {
	s := openStore(t)
	mine := errors.New("mine")
	err := s.Update(t.Context(), func(tx storage.Tx) error {
		if _, err := tx.InsertMessage(received("1", alice, "word"), "", nil, false); err != nil {
			return err
		}
		return mine
	})
	if err != mine { //nolint:errorlint // the very error is promised
		t.Errorf("err = %v", err)
	}
	if got := history(t, s, chatWith(alice)); len(got) != 0 {
		t.Errorf("kept: %v", got)
	}
	if in := insert(t, s, received("1", alice, "word")); in.Known {
		t.Error("the second try is known")
	}
}

func TestPanicRollsBackAndReachesTheCaller(t *testing.T) {
	s := openStore(t)
	func() {
		defer func() {
			if p := recover(); p != "boom" {
				t.Errorf("recovered %v", p)
			}
		}()
		_ = s.Update(context.Background(), func(tx storage.Tx) error {
			if _, err := tx.InsertMessage(received("1", alice, "x"), "", nil, false); err != nil {
				return err
			}
			panic("boom")
		})
	}()
	if in := insert(t, s, received("1", alice, "x")); in.Known {
		t.Error("the message of the panicked update was kept")
	}
}

func TestUpdatesRunInTheOrderOfTheCalls(t *testing.T) {
	s := openStore(t)
	hold, entered := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		update(t, s, func(storage.Tx) error {
			close(entered)
			<-hold
			return nil
		})
	})
	<-entered
	var order []int // touched on the writer's goroutine alone
	for i := range 50 {
		queued := make(chan struct{})
		wg.Go(func() {
			close(queued)
			update(t, s, func(storage.Tx) error {
				order = append(order, i)
				return nil
			})
		})
		<-queued
		for s.Waiting() != i+1 {
		}
	}
	close(hold)
	wg.Wait()
	for i, got := range order {
		if got != i {
			t.Fatalf("order %v", order)
		}
	}
}

func TestCancelledUpdateRunsWhollyOrNotAtAll(t *testing.T) {
	s := openStore(t)
	hold, entered := make(chan struct{}), make(chan struct{})
	ctx, cancel := context.WithCancel(t.Context())
	running := make(chan error, 1)
	go func() {
		running <- s.Update(ctx, func(tx storage.Tx) error {
			close(entered)
			<-hold
			_, err := tx.InsertMessage(received("1", alice, "x"), "", nil, false)
			return err
		})
	}()
	<-entered
	waiting := make(chan error, 1)
	go func() {
		waiting <- s.Update(ctx, func(storage.Tx) error {
			t.Error("an update ran that was cancelled before its turn")
			return nil
		})
	}()
	for s.Waiting() != 1 {
	}
	cancel()
	if err := <-waiting; !errors.Is(err, context.Canceled) {
		t.Errorf("waiting: %v", err)
	}
	close(hold)
	if err := <-running; err != nil {
		t.Errorf("running: %v", err)
	}
	same(t, history(t, s, chatWith(alice)), []model.MessageID{"1"})
}

func TestCloseFinishesWhatWaitsAndRefusesTheRest(t *testing.T) {
	dir := t.TempDir()
	s := reopen(t, dir)
	addAccount(t, s, me)
	hold, entered := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		update(t, s, func(storage.Tx) error {
			close(entered)
			<-hold
			return nil
		})
	})
	<-entered
	for i := range 5 {
		wg.Go(func() { insert(t, s, received(number(i), alice, "x")) })
	}
	for s.Waiting() != 5 {
	}
	closed := make(chan error, 1)
	go func() { closed <- s.Close() }()
	for !s.Closing() {
	}
	if err := s.Update(t.Context(), func(storage.Tx) error { return nil }); model.KindOf(err) != model.ErrStorage {
		t.Errorf("after Close: %v", err)
	}
	close(hold)
	wg.Wait()
	if err := <-closed; err != nil {
		t.Error(err)
	}
	if got := history(t, reopen(t, dir), chatWith(alice)); len(got) != 5 {
		t.Errorf("kept %v", got)
	}
}

func TestReadersSeeWhatUpdateAcknowledged(t *testing.T) {
	s := openStore(t)
	const writers, each = 4, 40
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				id := fmt.Sprintf("%d-%d", w, i)
				m := received(id, alice, "word "+id)
				err := s.Update(t.Context(), func(tx storage.Tx) error {
					_, err := tx.InsertMessage(m, "", nil, false)
					return err
				})
				if err != nil {
					t.Error(err)
					return
				}
				if _, err = s.Message(t.Context(), m.ID); err != nil {
					t.Errorf("%s: %v", id, err)
				}
				if _, err = s.Search(t.Context(), m.Chat, "word", 5); err != nil {
					t.Error(err)
				}
				if _, _, err = s.History(t.Context(), m.Chat, "", 5); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if got := history(t, s, chatWith(alice)); len(got) != writers*each {
		t.Errorf("%d messages", len(got))
	}
	chats, err := s.Chats(t.Context(), me)
	if err != nil || chats[0].Unread != writers*each {
		t.Errorf("%+v %v", chats, err)
	}
}
