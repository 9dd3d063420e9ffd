package demo

import (
	"testing"

	"dovekie/xmppsvc/stanza"
)

func TestCountsWrapAround(t *testing.T) {
	a := acks{on: true, id: "x", in: 1<<32 - 1, sent: 1<<32 - 2, acked: 1<<32 - 2, asked: 1<<32 - 2}
	var parcels []*parcel
	for n := range 5 {
		p := &parcel{msg: stanza.NewMessage("chat", string(rune('a'+n)), "")}
		parcels = append(parcels, p)
		a.count(p.msg, p, 10)
	}
	if a.sent != 3 || !a.wantsAck() || a.bytes != 50 {
		t.Fatalf("after five: %+v", a)
	}
	if a.in++; a.in != 0 {
		t.Errorf("in is %d", a.in)
	}
	if a.confirm(4) || a.confirm(1<<32-3) || len(a.queue) != 5 {
		t.Error("a count of what was never sent is taken")
	}
	if !a.confirm(1) || len(a.queue) != 2 || a.queue[0].el != parcels[3].msg || a.bytes != 20 {
		t.Errorf("after h=1: %+v", a)
	}
	for n, p := range parcels {
		if p.got != (n < 3) {
			t.Errorf("message %d: got %v", n, p.got)
		}
	}
	if lost := a.abandon(); len(lost) != 2 || lost[0] != parcels[3] {
		t.Errorf("%d are left", len(lost))
	}
}

// A message that two sessions were given is placed anew by the last one that may have
// lost it, and only if none confirmed it.
func TestOnlyWhatNobodyHasIsPlacedAnew(t *testing.T) {
	one, two := acks{on: true}, acks{on: true}
	both, confirmed := &parcel{}, &parcel{}
	for _, p := range []*parcel{confirmed, both} {
		one.count(nil, p, 1)
		two.count(nil, p, 1)
	}
	if !one.confirm(1) {
		t.Fatal("not taken")
	}
	if lost := one.abandon(); len(lost) != 0 {
		t.Errorf("the other session still holds %d", len(lost))
	}
	if lost := two.abandon(); len(lost) != 1 || lost[0] != both {
		t.Errorf("%d are lost", len(lost))
	}
	off, p := acks{}, &parcel{}
	off.count(nil, p, 1)
	if lost := off.abandon(); len(lost) != 0 || !p.got {
		t.Error("without stream management nothing can be known to be lost")
	}
}
