package state_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"dovekie/app/state"
	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/model"
)

// pageSize is small, so that a chat has many pages.
const pageSize = 8

// store is one chat as the service keeps it, and the facts that it told.
type store struct {
	list   []model.Message // by position
	next   int
	facts  []event.Event
	unread int
}

const apart = 1000 // between two neighbours

func (w *store) new(position int64) model.Message {
	w.next++
	m := message(siyuan, w.next)
	m.Position = position
	return m
}

func (w *store) tell(evs ...event.Event) { w.facts = append(w.facts, evs...) }

func (w *store) end() int64 {
	if len(w.list) == 0 {
		return 0
	}
	return w.list[len(w.list)-1].Position
}

// live appends a message that came by itself, perhaps behind a gap.
func (w *store) live(gap, outgoing bool) {
	if gap {
		g := w.new(w.end() + apart/2)
		g.ID, g.Kind, g.Gap, g.Live = model.MessageID(fmt.Sprint("g", w.next)), model.KindGap, model.GapFilling, false
		w.list = append(w.list, g)
		w.tell(event.MessageAdded{Message: g})
	}
	m := w.new(w.end() + apart)
	if outgoing {
		m.Outgoing, m.Delivery = true, model.Queued
	} else {
		w.unread++
	}
	w.list = append(w.list, m)
	w.tell(event.MessageAdded{Message: m}, w.chat())
}

func (w *store) chat() event.Event {
	last := w.list[len(w.list)-1]
	return event.ChatChanged{Chat: model.Chat{ID: chatID(siyuan), Last: &last, Unread: w.unread, Updated: last.Time}}
}

// page weaves messages of the archive in behind the i-th one; all that follow may move.
func (w *store) page(i, n int, shift bool) {
	if shift {
		for j := i; j < len(w.list); j++ {
			w.list[j].Position += 1 << 30
		}
	}
	for k := range n {
		low, high := int64(-1<<40), int64(1<<60)
		if at := i + k; at > 0 {
			low = w.list[at-1].Position
		}
		if at := i + k; at < len(w.list) {
			high = w.list[at].Position
		}
		m := w.new(low + (high-low)/int64(n-k+1))
		if i+k == len(w.list) {
			m.Position = low + apart
		}
		m.Live = false
		w.list = slices.Insert(w.list, i+k, m)
	}
	w.unread += n
	w.tell(event.HistoryChanged{Chat: chatID(siyuan)}, w.chat())
}

func (w *store) dropGap() {
	for i, m := range w.list {
		if m.Kind == model.KindGap {
			w.list = slices.Delete(slices.Clone(w.list), i, i+1)
			w.tell(event.MessageRemoved{Chat: m.Chat, ID: m.ID})
			return
		}
	}
}

func (w *store) deliver(i int) {
	m := &w.list[i]
	if m.Outgoing && m.Delivery == model.Queued {
		m.Delivery = model.Acked
		w.tell(event.MessageChanged{Message: *m, Why: event.WhyDelivery})
	}
}

// history is Service.History: only an empty answer says that nothing older is there.
func (w *store) history(before model.MessageID, limit int) ([]model.Message, bool) {
	end := len(w.list)
	if before != "" {
		end = slices.IndexFunc(w.list, func(m model.Message) bool { return m.ID == before })
	}
	page := slices.Clone(w.list[max(end-limit, 0):end])
	return page, len(page) == 0
}

// read answers a question as the window does.
func (w *store) read(a state.Ask) ([]model.Message, bool) {
	if !a.Again {
		return w.history(a.Before, pageSize)
	}
	page, complete := w.history("", max(pageSize, a.Least))
	for !complete && a.Down != "" && !slices.ContainsFunc(page, func(m model.Message) bool { return m.ID == a.Down }) {
		var older []model.Message
		older, complete = w.history(page[0].ID, pageSize)
		page = append(older, page...)
	}
	return page, complete && len(page) == 0
}

// onScreen is a window on a store: facts reach it late and in batches, answers later still.
type onScreen struct {
	t      *testing.T
	w      *store
	s      *state.State
	seen   int // facts that were applied
	asked  []state.Ask
	answer []func() // read, and not entered yet
}

func newScreen(t *testing.T, w *store) *onScreen {
	o := &onScreen{t: t, w: w, s: state.New()}
	o.s.Choose(me)
	o.s.OpenChat(chatID(siyuan))
	o.older()
	return o
}

func (o *onScreen) older() {
	if a, ok := o.s.AskPage(chatID(siyuan), false); ok {
		o.asked = append(o.asked, a)
	}
}

func (o *onScreen) reload(ids []model.ChatID) {
	if len(ids) > 0 {
		if a, ok := o.s.AskAgain(chatID(siyuan), ""); ok {
			o.asked = append(o.asked, a)
		}
	}
}

// facts applies at most n facts.
func (o *onScreen) facts(n int) {
	n = min(n, len(o.w.facts)-o.seen)
	c := state.ApplyAll(o.s, o.w.facts[o.seen:o.seen+n])
	o.seen += n
	o.reload(c.Reload)
}

// readOne reads the answer to a question, to be entered later.
func (o *onScreen) readOne(i int) {
	if len(o.asked) == 0 {
		return
	}
	a := o.asked[i%len(o.asked)]
	o.asked = slices.Delete(o.asked, i%len(o.asked), i%len(o.asked)+1)
	page, complete := o.w.read(a)
	o.answer = append(o.answer, func() { o.reload(o.s.AddPage(a, page, complete).Reload) })
}

func (o *onScreen) enterOne(i int) {
	if len(o.answer) == 0 {
		return
	}
	fn := o.answer[i%len(o.answer)]
	o.answer = slices.Delete(o.answer, i%len(o.answer), i%len(o.answer)+1)
	fn()
}

// settle lets all that is on its way arrive.
func (o *onScreen) settle() {
	for range 1000 {
		if o.seen == len(o.w.facts) && len(o.asked)+len(o.answer) == 0 {
			return
		}
		o.facts(len(o.w.facts))
		o.readOne(0)
		o.enterOne(0)
	}
	o.t.Fatal("it asks for ever")
}

func ids(list []model.Message) []string {
	out := make([]string, 0, len(list))
	for _, m := range list {
		out = append(out, fmt.Sprint(m.ID, " ", m.Delivery))
	}
	return out
}

func (o *onScreen) messages() []model.Message { return o.s.Chats[chatID(siyuan)].Timeline.Messages }

// isEndOf checks that what is loaded is the end of what is stored, without a hole.
func (o *onScreen) isEndOf(seed uint64) {
	o.t.Helper()
	got := ids(o.messages())
	want := ids(o.w.list)
	if len(got) > len(want) || len(got) == 0 && len(want) > 0 {
		o.t.Fatalf("seed %d: %d loaded of %d", seed, len(got), len(want))
	}
	if d := cmp.Diff(want[len(want)-len(got):], got); d != "" {
		o.t.Fatalf("seed %d: %s", seed, d)
	}
}

// TestWindowShowsWhatIsStoredHoweverFactsAndAnswersCome lets two windows look at one chat
// that changes in every way: one that is told at once, one that hears in random batches
// and whose pages come late, in any order, and know more or less than the facts.
func TestWindowShowsWhatIsStoredHoweverFactsAndAnswersCome(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 3))
		w := &store{}
		for range r.IntN(40) {
			w.live(false, r.IntN(3) == 0)
		}
		w.facts = nil // what was before the window was opened
		quick, slow := newScreen(t, w), newScreen(t, w)
		for range 60 {
			switch r.IntN(12) {
			case 0, 1, 2:
				w.live(r.IntN(4) == 0, r.IntN(3) == 0)
			case 3:
				if len(w.list) > 0 {
					w.page(r.IntN(len(w.list)+1), 1+r.IntN(6), r.IntN(3) == 0)
				}
			case 4:
				w.dropGap()
			case 5:
				if len(w.list) > 0 {
					w.deliver(r.IntN(len(w.list)))
				}
			case 6:
				quick.older()
				slow.older()
			case 7, 8:
				slow.facts(1 + r.IntN(5))
			case 9:
				slow.readOne(r.IntN(4))
			case 10, 11:
				slow.enterOne(r.IntN(4))
			}
			quick.settle()
			quick.isEndOf(seed)
		}
		slow.settle()
		slow.isEndOf(seed)
		for range 200 { // up to the beginning
			quick.older()
			quick.settle()
			slow.older()
			slow.settle()
		}
		if n := len(quick.messages()); n != len(w.list) || quick.s.Chats[chatID(siyuan)].Timeline.Past != state.PastNone {
			t.Fatalf("seed %d: %d of %d after reading all", seed, n, len(w.list))
		}
		// Whether a line stands above the first message tells what was shown on the way.
		if d := cmp.Diff(quick.s, slow.s, sameState, cmpopts.IgnoreFields(state.Timeline{}, "Headed")); d != "" {
			t.Fatalf("seed %d: the windows differ: %s", seed, d)
		}
	}
}
