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
	queue  []storage.Outgoing         // Queued, oldest first
	flying map[model.MessageID]uint32 // sent in this session and not confirmed, with their numbers
	late   []model.MessageID          // confirmed, in a batch that could not be stored
	owed   owed
}

// nudgeLife is how long a nudge may wait for a connection: it is about now.
const nudgeLife = time.Minute

// owed is what a batch wanted to send over a stream that had ended meanwhile: none of it
// can have arrived.
type owed struct {
	messages []model.MessageID // which are Sent on the disk
	rest     []stream.Outgoing // answers, questions, receipts, our presence
}

// drain sends all that waits, oldest first, but for what is held, and what in the same
// chat comes behind that. It runs at the end of each batch, so that what a command has
// just queued goes out with it. Sent is committed before the first byte leaves: after a
// crash it is better to send twice with the same id than never.
func (a *Account) drain() {
	if !a.link.up() || a.fx.err != nil || len(a.out.queue) == 0 {
		return
	}
	var stay []storage.Outgoing
	var behind map[jid.JID]bool
	sent := false
	for _, o := range a.out.queue {
		peer := o.Message.Chat.Peer
		if o.Held || behind[peer] {
			if behind == nil {
				behind = map[jid.JID]bool{}
			}
			behind[peer] = true
			stay = append(stay, o)
			continue
		}
		if o.Message.Kind == model.KindNudge && a.now().Sub(o.Message.Time) > nudgeLife {
			a.deliver(o.Message.ID, model.Failed, false)
			continue
		}
		if a.deliver(o.Message.ID, model.Sent, false) {
			a.send(stream.Outgoing{Element: a.features.messaging.Compose(o.Message), Tag: string(o.Message.ID)})
			a.out.flying[o.Message.ID] = 0
			sent = true
		}
	}
	a.out.queue = stay
	if sent && !a.link.sm {
		a.confirm(askLimit, func() {})
	}
}

// CaughtUp lets go what was held: what the archive has shown has left the outbox, the rest
// never arrived.
func (in intake) CaughtUp() {
	a := in.a
	if err := a.tx.Release(a.self()); err != nil {
		a.fail(err)
	}
	for i := range a.out.queue {
		a.out.queue[i].Held = false
	}
	a.features.messaging.CaughtUp()
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

// notSent is for what never got as far as the stream.
func (a *Account) notSent(all []stream.Outgoing) {
	o := &a.out.owed
	for _, out := range all {
		if out.Tag == "" {
			o.rest = append(o.rest, out)
			continue
		}
		delete(a.out.flying, model.MessageID(out.Tag))
		o.messages = append(o.messages, model.MessageID(out.Tag))
	}
}

// makeUp sends what the session is still owed, behind what is sent again.
func (a *Account) makeUp() {
	rest := a.out.owed.rest
	a.out.owed.rest = nil
	for _, out := range rest {
		a.send(out)
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
	if a.deliver(id, model.Acked, false) {
		a.features.archive.Went()
	}
	if n := a.out.flying[id]; n != 0 && behind(n, a.session.Acked) {
		a.session.Acked = n
	}
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

// doubt is what follows from the end of a stream without acknowledgements for messages
// that nobody confirmed: one that was written may have arrived or not. Where no archive
// will tell either, only the user can decide to send it again.
func (a *Account) doubt(rest []stream.Unacked) {
	if a.link.sm || a.features.archive.Known() {
		return
	}
	unwritten := map[model.MessageID]bool{}
	for _, u := range rest {
		unwritten[model.MessageID(u.Tag)] = !u.Written
	}
	for id := range a.out.flying {
		if !unwritten[id] {
			a.deliver(id, model.Sent, true)
		}
	}
}

// takeBack queues again what the stream did not take.
func (a *Account) takeBack() {
	messages := a.out.owed.messages
	a.out.owed.messages = nil
	var again []storage.Outgoing
	for _, id := range messages {
		m, changed, err := a.tx.SetDelivery(id, model.Queued, false, nil)
		if err != nil {
			a.fail(err)
			return
		}
		if changed {
			a.emit(event.MessageChanged{Message: m, Why: event.WhyDelivery})
			again = append(again, storage.Outgoing{Message: m})
		}
	}
	a.out.queue = append(again, a.out.queue...)
}

// requeueSent puts what no stream will confirm any more back, before what was queued
// later. It may have arrived: where there may be an archive it is held until that was read.
func (a *Account) requeueSent() {
	back, err := requeue(a.tx, a.self(), a.features.archive.MayTell())
	if err != nil {
		a.fail(err)
		return
	}
	for _, o := range back {
		a.emit(event.MessageChanged{Message: o.Message, Why: event.WhyDelivery})
	}
	a.out.queue = append(back, a.out.queue...)
}

// requeue moves Sent messages back to Queued, but not those in doubt.
func requeue(tx storage.Tx, account jid.JID, held bool) ([]storage.Outgoing, error) {
	back, err := tx.RequeueSent(account, held)
	if err != nil {
		return nil, err
	}
	var out []storage.Outgoing
	for _, o := range back {
		if !o.Message.InDoubt {
			out = append(out, o)
		} else if _, _, err := tx.SetDelivery(o.Message.ID, model.Sent, true, nil); err != nil {
			return nil, err
		}
	}
	return out, nil
}
