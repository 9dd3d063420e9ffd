//go:build soak

package soak_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"dovekie/xmppsvc/xmpptest"
)

// run is one soak: a server, its accounts, and what is known of them.
type run struct {
	options
	t         *testing.T
	kind      string // of server
	binary    string
	folder    string
	bounds    bounds
	lookEvery time.Duration
	server    *xmpptest.Server
	version   string
	accounts  []*account
	deck      *deck
	begun     time.Time
	faults    time.Duration // how long they went on
	settled   time.Duration // how long it took to come to rest
	restarts  chan chan struct{}
	quit      chan struct{} // closed when nothing more is to be sent
	chronicle *recorder     // of faults

	tally
}

// options of the servers: an archive that keeps all, pages as large as ejabberd's.
var serverConfig = map[string]string{
	"prosody": "max_archive_query_results = 250\narchive_expires_after = \"never\"\nstorage_archive_item_limit = 10000000\n",
}

func newRun(t *testing.T, o options, kind, binary string) *run {
	t.Helper()
	r := &run{
		options: o, t: t, kind: kind, binary: binary, bounds: o.bounds(), lookEvery: 30 * time.Second,
		folder:   filepath.Join(o.dir, fmt.Sprintf("%s-%d", kind, o.seed)),
		deck:     newDeck(o.seed, o.cuts, o.archive),
		restarts: make(chan chan struct{}), quit: make(chan struct{}),
	}
	if o.brief() {
		r.lookEvery = 3 * time.Second
	}
	if err := os.RemoveAll(r.folder); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(r.folder, 0o700); err != nil {
		t.Fatal(err)
	}
	r.chronicle = newRecorder(t, filepath.Join(r.folder, "faults.txt"))
	start := map[string]func(testing.TB, xmpptest.Options) *xmpptest.Server{"prosody": xmpptest.Prosody, "ejabberd": xmpptest.Ejabberd}[kind]
	if start == nil {
		t.Fatalf("SOAK_SERVER is prosody or ejabberd, not %q", kind)
	}
	so := xmpptest.Options{TLSOptional: true, Config: serverConfig[kind], SQLArchive: o.archive}
	if !o.archive {
		so.NoModules = []string{"mam", "mod_mam"}
	}
	r.server = start(t, so)
	for i := range o.pairs {
		a, b := r.newAccount(fmt.Sprintf("a%d", i), i), r.newAccount(fmt.Sprintf("b%d", i), i+1)
		a.peer, b.peer = b, a
		for _, one := range []*account{a, b} {
			one.shown = newLedger(o.seed, one.name, one.peer.name)
			r.accounts = append(r.accounts, one)
		}
		r.server.Befriend(a.user, b.user)
	}
	var err error
	if r.version, err = serverVersion(r.server, r.accounts[0].user); err != nil {
		t.Fatalf("ask the server for its version: %v", err)
	}
	return r
}

// newAccount makes the account on the server, its network and its folder. Every other
// one uses no TLS: its stream can be read on the way, and cuts fall between any two bytes
// of XML instead of two records of TLS. Where no archive can testify, no wire is hidden, nor
// before ejabberd, whose faults have to be told from ours (docs/soak.md).
func (r *run) newAccount(name string, i int) *account {
	r.t.Helper()
	a := &account{
		run: r, name: name, user: r.server.AddUser(name, "the secret of "+name), folder: filepath.Join(r.folder, name, "folder"),
		plain: i%2 == 1 || !r.archive || r.kind == "ejabberd", state: "offline", delivered: map[string]string{},
		excused: map[int]bool{},
	}
	if err := os.MkdirAll(a.folder, 0o700); err != nil {
		r.t.Fatal(err)
	}
	security, target := "starttls", r.server.StartTLSAddr()
	switch {
	case a.plain:
		security = "plaintext"
	case i%4 == 2:
		security, target = "direct_tls", r.server.DirectTLSAddr()
	}
	a.proxy = newProxy(r.t, target, newJournal(r.t, filepath.Join(r.folder, name, "wire.log"), a.plain))
	a.login = args{
		"jid": a.user.JID(), "password": a.user.Password, "address": a.proxy.addr, "security": security, "ca_file": r.server.CAFile(),
	}
	a.record = newRecorder(r.t, filepath.Join(r.folder, name, "events.jsonl"))
	var err error
	if a.stderr, err = os.Create(filepath.Join(r.folder, name, "stderr.log")); err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() {
		_ = a.stderr.Close()
		if p := a.process(); p != nil {
			_ = p.cmd.Process.Kill()
		}
	})
	return a
}

// random is a source of chance that depends on the seed, a name and a purpose alone.
func (r *run) random(name string, purpose uint64) *rand.Rand {
	h := r.seed
	for _, b := range []byte(name) {
		h = h*1099511628211 + uint64(b)
	}
	return rand.New(rand.NewPCG(h, purpose))
}

// share is how many messages one sender has to send.
func (r *run) share() int { return r.messages / (2 * r.pairs) }

// allowed is how many of them may be sent by now: as many as faults have happened, in
// proportion, and a few ahead.
func (r *run) allowed(*account) int {
	_, done := r.deck.progress()
	if r.cuts == 0 || r.deck.over() && !r.cutShort() {
		return r.share()
	}
	return min(r.share(), 20+r.share()*done/r.cuts)
}

// cutShort says that the time was over before the faults were.
func (r *run) cutShort() bool {
	r.deck.mu.Lock()
	defer r.deck.mu.Unlock()
	return r.deck.closed
}

func (r *run) stopped() bool {
	select {
	case <-r.quit:
		return true
	default:
		return false
	}
}

// restartServer asks the test's goroutine, which alone may, and waits until it is done.
func (r *run) restartServer() {
	done := make(chan struct{})
	select {
	case r.restarts <- done:
		<-done
	case <-r.quit:
	}
}

// storm lets everything happen until the faults are used up or time is, and all that may
// be sent is sent.
func (r *run) storm() {
	r.begun = time.Now()
	var lives, senders, faults, looks sync.WaitGroup
	for _, a := range r.accounts {
		lives.Go(a.live)
		senders.Go(a.send)
		faults.Go(a.suffer)
		looks.Go(a.look)
	}
	r.t.Cleanup(func() {
		r.stop()
		r.finish()
		lives.Wait()
	})
	r.attend(&faults, r.seconds, r.deck.close)
	r.faults = time.Since(r.begun)
	for _, a := range r.accounts {
		a.proxy.heal()
	}
	r.attend(&senders, 4*r.settle, r.stop) // the rest of what was promised may be much
	r.stop()
	senders.Wait()
	looks.Wait()
}

// finish ends all programs in good order.
func (r *run) finish() {
	var all sync.WaitGroup
	for _, a := range r.accounts {
		all.Go(a.finish)
	}
	all.Wait()
}

// attend restarts the server when asked to and tells how far the run is, until all of
// the group have returned; after limit it calls enough, which makes them.
func (r *run) attend(group *sync.WaitGroup, limit time.Duration, enough func()) {
	over := make(chan struct{})
	go func() {
		group.Wait()
		close(over)
	}()
	tick := time.NewTicker(10 * time.Second)
	defer tick.Stop()
	late := time.After(limit)
	for {
		select {
		case <-over:
			return
		case <-late:
			enough()
		case <-tick.C:
			r.tell()
		case done := <-r.restarts:
			r.startAgain()
			close(done)
		}
	}
}

// startAgain ends the server in good order and starts it with the same data.
func (r *run) startAgain() {
	begun := time.Now()
	r.server.Stop()
	stopped := time.Now()
	r.server.Start()
	for _, a := range r.accounts {
		a.breaks(restart)
	}
	down := stopped.Sub(begun)
	r.chronicle.note("the server restarted: %v to stop, %v to start", ms(down), ms(time.Since(stopped)))
	if down > 9*time.Second {
		r.count(&r.rough) // it was killed after ten seconds, which is no good order
	}
}

func (r *run) stop() {
	select {
	case <-r.quit:
	default:
		close(r.quit)
	}
}

// tell prints a line of progress.
func (r *run) tell() {
	byKind, all := r.deck.progress()
	var kinds []string
	for k, n := range byKind {
		kinds = append(kinds, fmt.Sprintf("%s %d", kind(k), n))
	}
	asked, seen, online := 0, 0, 0
	for _, a := range r.accounts {
		asked += len(a.answered())
		seen += a.shown.reached(peers)
		if a.connection() == "online" {
			online++
		}
	}
	say("%5.0f s  faults %d (%s)  messages %d, seen up to %d  online %d of %d  %s",
		time.Since(r.begun).Seconds(), all, strings.Join(kinds, ", "), asked, seen, online, len(r.accounts), r.line())
}

func say(format string, args ...any) { fmt.Fprintf(os.Stdout, "soak: "+format+"\n", args...) }
