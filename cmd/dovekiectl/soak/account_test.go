//go:build soak

package soak_test

import (
	"cmp"
	"errors"
	"math/rand/v2"
	"os"
	"sync"
	"time"

	"dovekie/xmppsvc/xmpptest"
)

// account is one of the two parties of a pair: its program, started again whenever it was
// killed, on the same folder.
type account struct {
	run    *run
	name   string
	user   xmpptest.User
	peer   *account
	folder string
	login  args
	plain  bool // the stream can be read on the way
	proxy  *proxy
	record *recorder
	stderr *os.File
	shown  *ledger
	// excused are messages of the peer that its archive does not hold, so that nobody waits
	// for them at the end; used by the test's goroutine alone.
	excused map[int]bool

	// what the wire says, once the verdict asks for it
	read    sync.Once
	said    []*conversation
	saidErr error

	mu        sync.Mutex // guards all below
	proc      *process
	told      map[string]bool // ids of MessageAdded in this life
	state     string
	steady    bool // was online in this life, so it must come back by itself
	everUp    bool
	dirty     bool      // pages came that no event spelled out
	broken    time.Time // when the fault was over that the account recovers from
	brokenBy  kind
	brokenAt  int       // how many connections there had been
	waiting   time.Time // since when the account waits for its next attempt, or zero
	asking    bool      // it was told to connect: an attempt, or a session, that there was ends
	sent      []string  // ids that message.send answered, by number
	delivered map[string]string
	finished  bool // no further life
}

// live runs one life after another.
func (a *account) live() {
	r := a.run.random(a.name, 10)
	for !a.isFinished() {
		p, err := startProcess(a.run.binary, a.folder, a.stderr, a.heard, a.record.line)
		if err != nil {
			a.run.problem("%s cannot be started: %v", a.name, err)
			return
		}
		a.born(p)
		a.signIn(p, r)
		<-p.gone
		if !p.byUs() {
			a.run.crash(a, p)
		}
		time.Sleep(time.Duration(r.IntN(1000)) * time.Millisecond)
	}
}

func (a *account) born(p *process) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.proc, a.state, a.steady, a.told = p, "offline", false, map[string]bool{}
	if !a.broken.IsZero() && a.brokenBy == killed {
		a.broken = time.Now()
	}
	a.record.note("life")
	a.proxy.log.life()
}

// signIn does what a user does at the beginning: tries until it works. From then on the
// account has to come back by itself; if it gives up, it is asked again, and that counts.
// Where the program waits long because much failed before, it is told to try now.
func (a *account) signIn(p *process, r *rand.Rand) {
	for {
		select {
		case <-p.gone:
			return
		default:
		}
		if a.connection() != "offline" && !a.nudged() {
			time.Sleep(50 * time.Millisecond)
			continue
		}
		a.asks(true)
		err := p.call(2*time.Minute, "account.connect", a.login, nil)
		a.asks(false)
		var no *refusal
		if errors.As(err, &no) {
			a.run.refusedLogin(cmp.Or(no.Data.Condition, no.Data.Kind))
		}
		if err != nil {
			time.Sleep(time.Duration(100+r.IntN(500)) * time.Millisecond)
		}
	}
}

func (a *account) asks(yes bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.asking = yes
}

// nudged says that the account has waited long enough. What comes then is not its own
// doing and is not timed.
func (a *account) nudged() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.waiting.IsZero() || time.Since(a.waiting) < a.run.bounds.waits {
		return false
	}
	a.steady, a.broken, a.waiting = false, time.Time{}, time.Time{}
	a.run.count(&a.run.nudges)
	return true
}

// heard takes an event, on the reading goroutine of a process.
func (a *account) heard(ev event) {
	switch ev.Type {
	case "ConnectionChanged":
		a.connectionChanged(ev)
	case "MessageAdded":
		if isText(*ev.Message) {
			a.added(*ev.Message)
		}
	case "MessageChanged":
		if isText(*ev.Message) {
			a.shown.shown(*ev.Message)
			a.noteDelivery(*ev.Message)
		}
	case "MessageRemoved":
		a.shown.removed(ev.ID)
	case "HistoryChanged":
		a.mu.Lock()
		a.dirty = true
		a.mu.Unlock()
	case "NoticeRaised":
		a.run.notice(ev.Kind)
	}
}

func (a *account) added(m message) {
	a.shown.shown(m)
	a.noteDelivery(m)
	a.mu.Lock()
	again := a.told[m.ID]
	a.told[m.ID] = true
	a.mu.Unlock()
	if again {
		a.run.count(&a.run.retold)
	}
}

func (a *account) noteDelivery(m message) {
	if !m.Outgoing {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.delivered[m.ID] = m.Delivery
}

func (a *account) connectionChanged(ev event) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.state, a.waiting = ev.State, time.Time{}
	switch ev.State {
	case "online":
		resumed := ev.Login != nil && ev.Login.Resumed
		a.run.online(a.everUp, resumed)
		a.steady, a.everUp = true, true
		// An event that was on its way before the fault is no recovery.
		if !a.broken.IsZero() && a.proxy.connections() > a.brokenAt {
			a.run.recovered(a.brokenBy, time.Since(a.broken))
			a.broken = time.Time{}
		}
	case "offline":
		if a.steady && !a.asking && !a.finished && !a.proc.byUs() {
			a.run.gaveUp(a, ev.Cause)
		}
		a.steady = false
	case "waiting":
		a.waiting = time.Now()
		a.run.waited(ev.Cause)
	}
}

// breaks remembers when a fault was over, so that the recovery can be timed.
func (a *account) breaks(by kind) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.broken, a.brokenBy, a.brokenAt = time.Now(), by, a.proxy.connections()
}

// undisturbed forgets a recovery that another fault came into.
func (a *account) undisturbed() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.broken = time.Time{}
}

func (a *account) connection() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.state
}

func (a *account) process() *process {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.proc
}

func (a *account) wasOnline() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.everUp
}

func (a *account) isFinished() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.finished
}

// finish ends the last life in good order.
func (a *account) finish() {
	a.mu.Lock()
	before := a.finished
	a.finished = true
	p := a.proc
	a.mu.Unlock()
	if p == nil || before {
		return
	}
	if err := p.end(45 * time.Second); err != nil {
		a.run.problem("%s at its end: %v", a.name, err)
	}
}

// waitOnline waits until the account is online; false if it takes longer than limit. It
// does not wait for what no fault will follow.
func (a *account) waitOnline(limit time.Duration) bool {
	for end := time.Now().Add(limit); time.Now().Before(end); time.Sleep(30 * time.Millisecond) {
		if a.connection() == "online" || a.run.deck.over() {
			return true
		}
	}
	return false
}
