package stream

import (
	"math"
	"slices"
	"strconv"
	"testing"

	"dovekie/xmppsvc/stanza"
)

func message(n int) Outgoing {
	id := strconv.Itoa(n)
	return Outgoing{Element: stanza.NewMessage("chat", id, "a@b.example"), Tag: id}
}

func TestAcksConfirmInOrderAndOnlyWhatWasWritten(t *testing.T) {
	l := ledger{on: true}
	for n := range 5 {
		l.push(message(n))
	}
	l.push(Outgoing{Element: stanza.New("urn:xmpp:csi:0", "active"), Tag: "does not count"})
	l.wrote(3)
	if tags, ok := l.ack(2); !ok || !slices.Equal(tags, []string{"0", "1"}) {
		t.Fatalf("h=2 confirms %v, %t", tags, ok)
	}
	if tags, ok := l.ack(2); !ok || len(tags) != 0 {
		t.Errorf("the same h again confirms %v, %t", tags, ok)
	}
	if _, ok := l.ack(4); ok {
		t.Error("h=4 was taken, but three were written")
	}
	if _, ok := l.ack(1); ok {
		t.Error("an h that goes back was taken")
	}
	if left := l.left(); len(left) != 3 || !left[0].Written || left[1].Written || left[0].N != 3 || left[2].N != 5 || l.sent() != 5 {
		t.Errorf("left: %+v", left)
	}
}

func TestCountersWrapAt32Bits(t *testing.T) {
	l := ledger{on: true, acked: math.MaxUint32 - 1, handled: math.MaxUint32, told: math.MaxUint32}
	for n := range 4 {
		l.push(message(n))
	}
	l.wrote(4)
	if tags, ok := l.ack(1); !ok || len(tags) != 3 {
		t.Errorf("over the border: %v, %t", tags, ok)
	}
	if left := l.left(); len(left) != 1 || left[0].N != 2 || l.sent() != 2 {
		t.Errorf("left: %+v", left)
	}
	if l.handle(99) || !l.handle(1) {
		t.Error("the 100th after the border is the one to tell")
	}
	if l.handled != 99 {
		t.Errorf("handled is %d", l.handled)
	}
}

func TestWithoutManagementOnlyWhatWasNotWrittenIsLeft(t *testing.T) {
	var l ledger
	for n := range 3 {
		l.push(message(n))
	}
	l.wrote(2)
	if left := l.left(); len(left) != 1 || left[0].Tag != "2" || left[0].Written || left[0].N != 0 || l.sent() != 0 {
		t.Errorf("left: %+v", left)
	}
	if l.handle(1000) {
		t.Error("there is nobody to tell")
	}
}
