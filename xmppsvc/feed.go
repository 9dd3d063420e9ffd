package xmppsvc

import (
	"context"
	"slices"
	"sync"

	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
)

// Feed is one subscriber's ordered queue of events. Its first event is a Snapshot, and
// nothing between that and the next event is lost (G3). A slow reader delays only
// itself (G4): the queue has no bound, but a PresenceChanged or TypingChanged that waits
// gives way to a newer one about the same. One goroutine may call Next at a time.
type Feed struct {
	hub *hub

	mu      sync.Mutex
	pending []event.Event
	latest  map[any]int // place in pending of what may be superseded
	wake    chan struct{}
	closed  bool
}

// Next waits for at least one event and returns all that are pending, in order. After
// Close, of the feed or the service, it returns what is left and then ErrCancelled.
func (f *Feed) Next(ctx context.Context) ([]event.Event, error) {
	for {
		if batch, closed := f.take(); len(batch) > 0 {
			return batch, nil
		} else if closed {
			return nil, model.Errorf(model.ErrCancelled, "the feed is closed")
		}
		select {
		case <-f.wake:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// Close ends the feed; it may be called more than once.
func (f *Feed) Close() {
	f.hub.drop(f)
	f.end()
}

func (f *Feed) end() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
	f.signal()
}

func (f *Feed) take() ([]event.Event, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	batch := f.pending
	f.pending = nil
	clear(f.latest)
	return slices.DeleteFunc(batch, func(ev event.Event) bool { return ev == nil }), f.closed
}

// add appends events. A superseded one is taken out of its place and the new one goes
// to the end, so that it never stands before something it came after.
func (f *Feed) add(events ...event.Event) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return
	}
	for _, ev := range events {
		if key := supersededBy(ev); key != nil {
			if at, waits := f.latest[key]; waits {
				f.pending[at] = nil
			}
			f.latest[key] = len(f.pending)
		}
		f.pending = append(f.pending, ev)
	}
	f.signal()
}

// signal wakes Next; f.mu is held.
func (f *Feed) signal() {
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

type (
	presenceKey struct{ account, contact jid.JID }
	typingKey   struct {
		chat model.ChatID
		from jid.JID
	}
)

// supersededBy is what a newer event must agree in to replace ev while it waits; nil if
// ev must be seen in any case.
func supersededBy(ev event.Event) any {
	switch ev := ev.(type) {
	case event.PresenceChanged:
		return presenceKey{ev.Account, ev.JID}
	case event.TypingChanged:
		return typingKey{ev.Chat, ev.From}
	default:
		return nil
	}
}

// hub gives every event to every feed and keeps the view that a new feed starts with.
type hub struct {
	mu    sync.Mutex
	view  view
	feeds []*Feed
	news  []event.Event // of before the first feed, which gets them
	ended bool
}

func newHub() *hub { return &hub{view: view{}} }

// publish is called by the account loops after each commit.
func (h *hub) publish(events ...event.Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ended {
		return
	}
	for _, ev := range events {
		h.view.Apply(ev)
	}
	for _, f := range h.feeds {
		f.add(events...)
	}
}

// install makes a whole account known, as it was read from storage.
func (h *hub) install(a event.Account) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.view.put(a)
}

// subscribe opens a feed; the snapshot and the place in the order of events are taken
// under one lock.
func (h *hub) subscribe() *Feed {
	f := &Feed{hub: h, latest: map[any]int{}, wake: make(chan struct{}, 1)}
	h.mu.Lock()
	defer h.mu.Unlock()
	f.add(event.Snapshot{Accounts: h.view.accounts()})
	f.add(h.news...)
	h.news = nil
	if h.ended {
		f.closed = true
		return f
	}
	h.feeds = append(h.feeds, f)
	return f
}

func (h *hub) drop(f *Feed) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.feeds = slices.DeleteFunc(h.feeds, func(other *Feed) bool { return other == f })
}

// end closes all feeds; nothing is published after it (G8).
func (h *hub) end() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ended = true
	for _, f := range h.feeds {
		f.end()
	}
	h.feeds = nil
}

// account is a copy of what is published of one account.
func (h *hub) account(account jid.JID) (event.Account, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.view.account(account)
}

// accounts are copies of all, by address.
func (h *hub) accounts() []event.Account {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.view.accounts()
}
