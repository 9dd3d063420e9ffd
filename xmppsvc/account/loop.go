package account

import (
	"context"
	"fmt"
	"time"

	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/storage"
	"dovekie/xmppsvc/stream"
)

// maxBatch is how many inputs share one transaction: a message a transaction costs ten
// times as much.
const maxBatch = 256

// effects are what a batch wants to happen once it is committed, and nothing of which
// happens if it is not.
type effects struct {
	err     error // from storage: the batch fails
	events  []event.Event
	sends   []stream.Outgoing
	replies []reply
	asked   []string // ids of the questions among sends
	acked   []model.MessageID
	handled int             // counting stanzas
	ack     bool            // the server asked for <a/>
	bound   bool            // a stream became ours
	closing bool            // the stream is to be closed
	before  session         // what memory counts if the batch is undone
	owed    owed            // and what is owed then
	told    presence        // and what the session was told then
	begun   []chan struct{} // of attempts, which wait until the batch has its outcome
	left    *stream.Resume  // of the stream that ended in this batch, without what it handled
}

// reply is a command's answer on its way to the caller.
type reply struct {
	to  chan<- error // has room for it
	err error
}

// gather waits for an input and takes all that have come, up to maxBatch; nil means
// that ctx ended.
func (a *Account) gather(ctx context.Context, timer *time.Timer) []func() {
	var work []func()
	select {
	case <-ctx.Done():
		return nil
	case fn := <-a.posts:
		work = append(work, fn)
	case in, open := <-a.link.inbound:
		work = append(work, a.input(in, open))
	case <-timer.C:
		work = append(work, a.tick)
	}
	for len(work) < maxBatch {
		select {
		case fn := <-a.posts:
			work = append(work, fn)
		case in, open := <-a.link.inbound:
			work = append(work, a.input(in, open))
		default:
			return work
		}
	}
	return work
}

// input is what to do with one thing that the stream said.
func (a *Account) input(in stream.Inbound, open bool) func() {
	if !open {
		a.link.inbound = nil // never ready again
		return a.ended
	}
	return func() { a.inbound(in) }
}

// batch runs the inputs in one transaction, commits it, and only then lets the world
// know: events, answers, stanzas, acks, in this order (G2).
func (a *Account) batch(ctx context.Context, work []func()) {
	defer func() {
		for _, begun := range a.fx.begun {
			close(begun)
		}
		a.fx.begun = nil
	}()
	a.fx = effects{before: a.session, owed: a.out.owed, told: a.own.told}
	err := a.cfg.Store.Update(context.WithoutCancel(ctx), func(tx storage.Tx) error {
		a.tx = tx
		defer func() { a.tx = nil }()
		a.confirmAgain()
		for _, fn := range work {
			a.guard(fn)
		}
		a.guard(a.drain)
		a.guard(a.count)
		return a.fx.err
	})
	fx := a.fx
	a.fx = effects{begun: fx.begun}
	if err != nil {
		a.undo(ctx, fx, err)
		return
	}
	a.cfg.Publish(fx.events...)
	fx.answer()
	a.write(fx)
	if fx.closing {
		a.hangUp()
	}
}

// write gives the stream what the batch wants to send, and what it handled. Where the
// stream has ended, in this batch or as its inbox will tell, that is for the next one.
func (a *Account) write(fx effects) {
	st := a.link.stream
	if len(fx.sends) > 0 && (st == nil || st.Send(fx.sends...) != nil) {
		a.notSent(fx.sends)
	}
	if fx.left != nil {
		fx.left.Handled += uint32(fx.handled)
	}
	if st == nil {
		return
	}
	st.Handled(fx.handled)
	if fx.ack {
		st.Ack()
	}
}

// answer gives the commands their answers.
func (fx *effects) answer() {
	for _, r := range fx.replies {
		r.to <- r.err
	}
}

// guard runs one input. Whatever a stanza does to us, it costs neither the session nor
// the process: it counts as handled, so that it does not come again and again.
func (a *Account) guard(fn func()) {
	defer func() {
		if p := recover(); p != nil {
			// The value may hold text from the stanza; its type is enough to look for it.
			a.cfg.Logger.Error("an input could not be handled", "panic", fmt.Sprintf("%T", p), "at", origin())
		}
	}()
	fn()
}

// undo is the way on when a batch could not be committed: callers hear why, what memory
// holds is read again, and if stanzas were lost with the batch the stream is dropped
// unacknowledged, so that the server keeps them.
func (a *Account) undo(ctx context.Context, fx effects, cause error) {
	a.cfg.Logger.Error("a batch could not be stored", "kind", string(model.KindOf(cause)), "error", cause)
	for n := range fx.replies {
		fx.replies[n].err = cause
	}
	fx.answer()
	left := a.session.left // of the stream, whatever the disk says
	// Answers that were lost with the batch come again, but what they answer is gone.
	fresh := a.session.fresh || fx.before.fresh || fx.handled > 0
	a.session = fx.before
	a.session.left, a.session.fresh = left, fresh
	if err := a.load(context.WithoutCancel(ctx)); err != nil {
		a.cfg.Logger.Error("the state could not be read again", "error", err)
	}
	for _, id := range fx.asked {
		a.asks.fail(id, cause) // they were not sent
	}
	for _, out := range fx.sends {
		delete(a.out.flying, model.MessageID(out.Tag)) // the disk has it as it was
	}
	a.out.owed, a.own.told = fx.owed, fx.told
	a.out.late = append(a.out.late, fx.acked...)
	a.fx.answer()
	for _, ev := range fx.events {
		if _, ok := ev.(event.ConnectionChanged); ok {
			a.cfg.Publish(ev) // true whatever the disk says
		}
	}
	if fx.handled > 0 || fx.bound {
		a.cfg.Publish(event.NoticeRaised{Account: a.self(), Kind: event.NoticeStorage, Detail: string(model.KindOf(cause))})
		a.link.abort(cause)
	}
	if fx.closing || a.fx.closing {
		a.hangUp()
	}
}

// post hands fn to the loop; false if the loop has ended.
func (a *Account) post(fn func()) bool {
	select {
	case a.posts <- fn:
		return true
	case <-a.done:
		return false
	}
}

var errEnded = model.Errorf(model.ErrCancelled, "the account is closed")

// call runs fn on the loop and waits until the batch in which it called reply is
// committed. fn must see to it that reply is called once, then or later. Ending ctx
// ends the waiting, not what fn began.
func (a *Account) call(ctx context.Context, fn func(reply func(error))) error {
	answer := make(chan error, 1)
	give := func(err error) { a.fx.replies = append(a.fx.replies, reply{to: answer, err: err}) }
	ok := a.post(func() {
		defer func() {
			if p := recover(); p != nil {
				give(model.Errorf(model.ErrProtocol, "this could not be done because of a mistake in the program"))
				panic(p)
			}
		}()
		fn(give)
	})
	if !ok {
		return errEnded
	}
	select {
	case err := <-answer:
		return err
	case <-ctx.Done():
		return ctx.Err()
	case <-a.done:
		return errEnded
	}
}

// do is call for what is answered at once.
func (a *Account) do(ctx context.Context, fn func() error) error {
	return a.call(ctx, func(reply func(error)) { reply(fn()) })
}
