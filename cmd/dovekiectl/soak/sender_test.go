//go:build soak

package soak_test

import (
	"errors"
	"fmt"
	"time"
)

// mostOnTheWay is how many messages of one sender may be asked for and not yet seen by
// the peer: how the rate adapts to what the machine carries.
const mostOnTheWay = 200

// send asks for all messages of the account, in order, each exactly once: whatever was not
// answered is asked for again with the same key.
func (a *account) send() {
	r := a.run.random(a.name, 11)
	for !a.wasOnline() {
		if a.run.stopped() {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	for {
		next := len(a.answered()) + 1
		allowed := a.run.allowed(a)
		if a.run.stopped() || next > a.run.share() || a.run.deck.over() && a.run.cutShort() && next > allowed {
			return
		}
		if next > allowed || next-a.peer.shown.reached(peers) > mostOnTheWay {
			time.Sleep(50 * time.Millisecond)
			continue
		}
		burst := 1
		if r.IntN(4) == 0 {
			burst += r.IntN(15)
		}
		a.ask(next, min(next+burst, allowed+1))
		if r.IntN(3) == 0 {
			time.Sleep(time.Duration(r.IntN(150)) * time.Millisecond)
		}
	}
}

// ask requests the messages from number first on, all at once, up to before end.
func (a *account) ask(first, end int) {
	p := a.process()
	var replies []<-chan reply
	for n := first; n < end; n++ {
		replies = append(replies, p.begin("message.send", args{
			"to": a.peer.user.JID(), "body": bodyOf(a.run.seed, a.name, n), "key": fmt.Sprintf("%s-%d", a.name, n),
		}))
	}
	for i, ch := range replies {
		var result struct{ ID string }
		err := wait(ch, 2*time.Minute, &result)
		if err != nil {
			var no *refusal
			if errors.As(err, &no) || errors.Is(err, errLate) {
				a.run.problem("message.send of %s %d: %v", a.name, first+i, err)
				time.Sleep(time.Second)
			} else {
				time.Sleep(20 * time.Millisecond)
			}
			return
		}
		a.mu.Lock()
		a.sent = append(a.sent, result.ID)
		a.mu.Unlock()
	}
}

// answered are the ids of what message.send has promised, by number less one.
func (a *account) answered() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.sent
}

// look reads the newest page now and then, as a window would, and marks it as read.
func (a *account) look() {
	r := a.run.random(a.name, 12)
	last := time.Now()
	for !a.run.stopped() {
		time.Sleep(200 * time.Millisecond)
		a.mu.Lock()
		due := a.everUp && (a.dirty && time.Since(last) > 2*time.Second || time.Since(last) > a.run.lookEvery)
		p := a.proc
		if due {
			a.dirty = false
		}
		a.mu.Unlock()
		if !due {
			continue
		}
		last = time.Now()
		var pg page
		if p.call(30*time.Second, "history.page", args{"chat": a.peer.user.JID(), "limit": 120}, &pg) != nil {
			continue // killed meanwhile
		}
		a.shown.page(pg.Messages, last)
		a.run.count(&a.run.looks)
		for i := len(pg.Messages) - 1; i >= 0 && r.IntN(2) == 0; i-- {
			if m := pg.Messages[i]; !m.Outgoing && isText(m) {
				p.begin("chat.mark_displayed", args{"chat": a.peer.user.JID(), "id": m.ID})
				break
			}
		}
	}
}
