package storage_test

import (
	"fmt"
	"slices"
	"testing"

	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/storage"
)

// A reading that began anew and ended above what was here before: that is older, whatever
// places it has beside a message of ours which waited, and something may lie between.
func TestWhatANewReadingDidNotReachIsSplitOff(t *testing.T) {
	s := openStore(t)
	live := func(n int, peer int) model.ArchivedMessage {
		m := received(fmt.Sprint("live-", n), alice, fmt.Sprint(n))
		if peer > 0 {
			m = received(fmt.Sprint("live-", n), bob, fmt.Sprint(n))
		}
		m.StanzaID, m.StanzaBy = number(n), me
		return model.ArchivedMessage{Message: m}
	}
	insert(t, s, live(0, 0).Message)
	queue(t, s, written("ours", alice, "ours"), "")
	setDelivery(t, s, "ours", model.Sent)
	for n := 1; n < 5; n++ {
		insert(t, s, live(n, 0).Message)
	}
	insert(t, s, live(5, 1).Message)
	var last int64
	update(t, s, func(tx storage.Tx) (err error) {
		last, err = tx.Unsettle(me)
		return err
	})
	ours := written("ours", alice, "ours")
	ours.StanzaID, ours.StanzaBy = number(9), me
	place(t, s, model.ArchivePage{Backward: true, Messages: []model.ArchivedMessage{live(3, 0), live(4, 0), {Message: ours}}})
	insert(t, s, live(6, 0).Message) // came meanwhile
	var gaps []model.Message
	update(t, s, func(tx storage.Tx) (err error) {
		gaps, err = tx.SplitOff(me, last)
		return err
	})
	if got, want := bodies(t, s, alice), []string{"0", "1", "2", "gap open", "3", "4", "ours", "6"}; !slices.Equal(got, want) {
		t.Errorf("alice's reads %q, want %q", got, want)
	}
	if got, want := bodies(t, s, bob), []string{"5", "gap open"}; !slices.Equal(got, want) {
		t.Errorf("bob's reads %q, want %q", got, want)
	}
	if len(gaps) != 2 || gaps[0].Chat != chatWith(alice) || gaps[1].Chat != chatWith(bob) {
		t.Errorf("told of %+v", gaps)
	}
	// What lies behind the gap at the end is asked for from the archive's end.
	insert(t, s, live(7, 1).Message)
	if got, want := bodies(t, s, bob), []string{"5", "gap open", "7"}; !slices.Equal(got, want) {
		t.Errorf("bob's reads %q, want %q", got, want)
	}
}

func TestNothingIsSplitOffWhereAllWasShown(t *testing.T) {
	s := openStore(t)
	place(t, s, model.ArchivePage{Backward: true, Messages: archivedPage(0, 10)})
	var last int64
	update(t, s, func(tx storage.Tx) (err error) {
		last, err = tx.Unsettle(me)
		return err
	})
	place(t, s, model.ArchivePage{Backward: true, Messages: archivedPage(0, 10)})
	queue(t, s, written("waits", alice, "waits"), "")
	update(t, s, func(tx storage.Tx) error {
		gaps, err := tx.SplitOff(me, last)
		if len(gaps) != 0 {
			t.Errorf("%+v", gaps)
		}
		return err
	})
}

// A page may end in the midst of what came by itself, next to a message of ours which waited: at
// no time is anything that was said later shown before it.
func TestBackwardPageIsInOrderBeforeTheNextOneComes(t *testing.T) {
	s := openStore(t)
	live := func(n int) model.ArchivedMessage {
		m := received(fmt.Sprint("live-", n), alice, fmt.Sprint(n))
		m.StanzaID, m.StanzaBy = number(n), me
		return model.ArchivedMessage{Message: m}
	}
	insert(t, s, live(0).Message)
	for _, id := range []string{"ours", "unsent"} {
		queue(t, s, written(id, alice, id), "")
	}
	setDelivery(t, s, "ours", model.Acked)
	for n := 1; n < 8; n++ {
		insert(t, s, live(n).Message)
	}
	ours := written("ours", alice, "ours")
	ours.StanzaID, ours.StanzaBy = number(9), me
	place(t, s, model.ArchivePage{Backward: true, Messages: []model.ArchivedMessage{live(4), live(5), {Message: ours}, live(6)}})
	want := []string{"0", "unsent", "1", "2", "3", "4", "5", "ours", "6", "7"}
	if got := bodies(t, s, alice); !slices.Equal(got, want) {
		t.Errorf("it reads %q, want %q", got, want)
	}
	place(t, s, model.ArchivePage{Backward: true, Messages: []model.ArchivedMessage{live(2), live(3)}})
	if got := bodies(t, s, alice); !slices.Equal(got, want) {
		t.Errorf("then it reads %q, want %q", got, want)
	}
}
