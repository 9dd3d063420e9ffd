package account

import (
	"maps"
	"slices"
	"time"

	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stanza"
	"dovekie/xmppsvc/storage"
	"dovekie/xmppsvc/stream"
	"dovekie/xmppsvc/xep"
)

// outbox is what waits to be sent, as storage has it.
type outbox struct {
	queue  []storage.Outgoing       // Queued, oldest first
	flying map[model.MessageID]bool // sent on this stream and not confirmed
	late   []model.MessageID        // confirmed, in a batch that could not be stored
}

// drain sends all that waits, oldest first. It runs at the end of each batch, so that
// what a command has just queued goes out with it. Sent is committed before the first
// byte leaves: after a crash it is better to send twice with the same id than never.
func (a *Account) drain() {
	if !a.link.up() || a.fx.err != nil || len(a.out.queue) == 0 {
		return
	}
	for _, o := range a.out.queue {
		if a.deliver(o.Message.ID, model.Sent, false) {
			a.send(stream.Outgoing{Element: a.features.messaging.Compose(o.Message), Tag: string(o.Message.ID)})
			a.out.flying[o.Message.ID] = true
		}
	}
	a.out.queue = nil
	if !a.link.sm {
		a.confirm(askLimit, func() {})
	}
}

// deliver records how far one of our messages got and tells it, if that is news.
func (a *Account) deliver(id model.MessageID, d model.Delivery, inDoubt bool) bool {
	m, changed, err := a.tx.SetDelivery(id, d, inDoubt, nil)
	if err != nil {
		a.fail(err)
		return false
	}
	if changed {
		a.emit(event.MessageChanged{Message: m, Why: event.WhyDelivery})
	}
	return changed
}

// notSent is for what never got as far as the stream: none of it can have arrived.
func (a *Account) notSent(all []stream.Outgoing) {
	for _, out := range all {
		delete(a.out.flying, model.MessageID(out.Tag))
	}
}

// acked takes the tags of what the server has handled (XEP-0198).
func (a *Account) acked(tags []string) {
	for _, tag := range tags {
		if tag != "" {
			a.confirmed(model.MessageID(tag))
		}
	}
}

func (a *Account) confirmed(id model.MessageID) {
	a.fx.acked = append(a.fx.acked, id)
	a.deliver(id, model.Acked, false)
	delete(a.out.flying, id)
}

// confirmAgain records what a lost batch would have: the server says it only once, and what
// nobody confirmed is sent again.
func (a *Account) confirmAgain() {
	late := a.out.late
	a.out.late = nil
	for _, id := range late {
		a.confirmed(id)
	}
}

// confirm asks for a sign that what is on its way has arrived, where there are no
// acknowledgements or they would come too late: a server handles a stream in order, so
// when the ping behind the messages is answered, so are they. then is called in any case.
func (a *Account) confirm(limit time.Duration, then func()) {
	before := slices.Collect(maps.Keys(a.out.flying))
	ping := stanza.NewIQ("get", "", a.self().Server().String(), xep.Ping())
	a.ask(ping, limit, func(_ *stanza.Element, err error) {
		if err == nil || model.KindOf(err) == model.ErrServerRefused {
			for _, id := range before {
				a.confirmed(id)
			}
		}
		then()
	})
}

// unsent is what follows from the end of a stream for messages that nobody confirmed.
// With acknowledgements they go back into the outbox and are sent again with the same
// id. Without, one that was written may have arrived or not: it is in doubt, and only
// the user can decide to send it again.
func (a *Account) unsent(rest []stream.Unacked) {
	unwritten := map[model.MessageID]bool{}
	for _, u := range rest {
		unwritten[model.MessageID(u.Tag)] = !u.Written
	}
	for id := range a.out.flying {
		if !a.link.sm && !unwritten[id] {
			a.deliver(id, model.Sent, true)
		}
	}
	clear(a.out.flying)
	a.requeueSent()
}

// requeueSent puts what no stream will confirm any more back, before what was queued later.
func (a *Account) requeueSent() {
	back, err := requeue(a.tx, a.self())
	if err != nil {
		a.fail(err)
		return
	}
	var again []storage.Outgoing
	for _, m := range back {
		a.emit(event.MessageChanged{Message: m, Why: event.WhyDelivery})
		again = append(again, storage.Outgoing{Message: m})
	}
	a.out.queue = append(again, a.out.queue...)
}

// requeue moves Sent messages back to Queued, but not those in doubt.
func requeue(tx storage.Tx, account jid.JID) ([]model.Message, error) {
	back, err := tx.RequeueSent(account)
	if err != nil {
		return nil, err
	}
	var out []model.Message
	for _, m := range back {
		if !m.InDoubt {
			out = append(out, m)
		} else if _, _, err := tx.SetDelivery(m.ID, model.Sent, true, nil); err != nil {
			return nil, err
		}
	}
	return out, nil
}
