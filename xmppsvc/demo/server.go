package demo

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/gofrs/flock"

	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/stanza"
	"dovekie/xmppsvc/xep"
)

// Domain is the server's; RFC 6761 reserves .test, so nobody can own it.
const Domain = "dovekie.test"

// ErrCut is what Dial returns while the network is cut.
var ErrCut = errors.New("the demo's network is cut")

var domainJID = jid.MustParse(Domain)

// Options say where and how a server runs. Only Dir is needed.
type Options struct {
	// Dir is the server's own folder, made if missing. One server runs on it at a time.
	Dir string
	// Lang is the language of the script and of the groups' names: "zh" (or "zh-…"),
	// anything else is English.
	Lang string
	// Now is the wall clock, for stamps and for the clock contact; nil is time.Now.
	Now func() time.Time
	// Password is the owner's. A zero one is replaced by a new random one at each start.
	Password model.Secret
	// Version is told to who asks (XEP-0092), "" is left out.
	Version string
	// Mute is the local part of a contact that never answers, "" for none: tests break the
	// demo with it on purpose.
	Mute string
	// Closed refuses in-band registration (XEP-0077).
	Closed bool
	// ResumeTime is how long a session waits for its client after a cut (XEP-0198); 0 is
	// five minutes.
	ResumeTime time.Duration
	// Logger hears of trouble with files; nil is silence.
	Logger *slog.Logger
}

// Server is the embedded server. Its methods may be called from any goroutine.
type Server struct {
	opt   Options
	owner jid.JID
	lock  *flock.Flock
	wg    sync.WaitGroup

	mu        sync.Mutex // guards all below and every account, session, conn and bot
	st        *state
	records   records
	bots      map[jid.JID]*bot
	conns     map[*conn]bool
	resumable map[string]*session // by XEP-0198's id
	ended     []endedSession      // that were resumable, oldest first
	timers    map[*time.Timer]bool
	interests map[xep.Caps]map[string]bool
	inbox     []letter // for contacts, handled before the mutex is released
	scratch   []byte
	listeners []net.Listener
	tls       *tls.Config
	script    *script
	saving    bool
	dirty     bool // st is not as it was saved
	closed    bool
	cutUntil  time.Time
}

// New starts a server on its folder. It opens no port. Close it when done.
func New(o Options) (*Server, error) {
	if o.Dir == "" {
		return nil, model.Errorf(model.ErrInvalid, "the demo server needs a folder")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.ResumeTime <= 0 {
		o.ResumeTime = resumeTime
	}
	if o.Password.IsZero() {
		o.Password = model.NewSecret(rand.Text())
	}
	owner, err := jid.New("me", Domain, "")
	if err != nil {
		return nil, fmt.Errorf("make the owner's address: %w", err)
	}
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, &model.Error{Kind: model.ErrStorage, Message: "the demo's folder cannot be made", Err: err}
	}
	lock := flock.New(filepath.Join(o.Dir, "server.lock"))
	if ok, err := lock.TryLock(); err != nil {
		return nil, &model.Error{Kind: model.ErrStorage, Message: "the demo's folder cannot be locked", Err: err}
	} else if !ok {
		return nil, model.Errorf(model.ErrInUse, "another program runs the demo on this folder")
	}
	s := &Server{
		opt: o, owner: owner, lock: lock, conns: map[*conn]bool{}, timers: map[*time.Timer]bool{}, resumable: map[string]*session{},
		interests: map[xep.Caps]map[string]bool{},
	}
	s.mu.Lock() // a timer may run before all is there
	defer s.mu.Unlock()
	if err := s.load(); err != nil {
		s.stopTimers()
		return nil, errors.Join(err, lock.Unlock())
	}
	return s, nil
}

// Owner is the account that the contacts know, and its password.
func (s *Server) Owner() (jid.JID, model.Secret) { return s.owner, s.opt.Password }

// Guide is the contact that shows a newcomer around, and whose messages may end with
// [Suggestions].
func (s *Server) Guide() jid.JID { return jid.MustParse(localGuide + "@" + Domain) }

// StartOver puts everything back to the beginning: accounts, rosters, requests, kept
// messages and the script. Every stream is ended first; the owner keeps the password.
// If ctx ends before the streams have, nothing but them is gone.
func (s *Server) StartOver(ctx context.Context) error {
	k, err := newCredentials(s.opt.Password.Reveal())
	if err != nil {
		return err
	}
	s.mu.Lock()
	ended := s.shutAll("reset")
	s.mu.Unlock()
	for _, c := range ended {
		if err := wait(ctx, c.gone); err != nil {
			return err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return net.ErrClosed
	}
	// Who came between the two locks met the old state.
	s.shutAll("reset")
	s.stopTimers()
	s.inbox, s.ended, s.saving, s.cutUntil = nil, nil, false, time.Time{}
	s.records = records{path: s.records.path, stale: true}
	s.begin(newState(), k)
	return s.save()
}

// Close ends every stream, stops the script, saves and waits for every goroutine.
func (s *Server) Close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	s.closed = true
	s.stopTimers()
	for _, l := range s.listeners {
		l.Close()
	}
	s.shutAll("system-shutdown")
	s.mu.Unlock()
	s.wg.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dirty = true
	return errors.Join(s.save(), s.lock.Unlock())
}

// load takes the folder's state or begins a new one. A file that cannot be understood
// is put aside: nothing in a demo is worth refusing to start. The caller holds the mutex.
func (s *Server) load() error {
	st, err := loadState(s.opt.Dir)
	if err != nil {
		s.opt.Logger.Warn("the demo starts over", "cause", err.Error())
		path := filepath.Join(s.opt.Dir, stateFile)
		if err := os.Rename(path, path+".bad"); err != nil {
			return &model.Error{Kind: model.ErrStorage, Message: "the demo's state cannot be read", Err: err}
		}
	}
	if st == nil {
		st = newState()
	}
	if s.records, err = loadArchives(s.opt.Dir, st); err != nil {
		s.opt.Logger.Warn("the demo forgets a part of its past", "cause", err.Error())
		s.records.stale = true
	}
	k, err := newCredentials(s.opt.Password.Reveal())
	if err != nil {
		return err
	}
	s.begin(st, k)
	if err := s.save(); err != nil {
		return &model.Error{Kind: model.ErrStorage, Message: "the demo's folder cannot be written", Err: err}
	}
	return nil
}

// begin makes st the world: the owner with these keys, and every contact at its place.
func (s *Server) begin(st *state, k credentials) {
	s.st = st
	s.dirty = true
	fresh := st.Accounts[s.owner] == nil
	if fresh {
		st.add(s.owner, nil)
	}
	st.Accounts[s.owner].Keys = k
	s.script = newScript(s)
	s.bots = map[jid.JID]*bot{}
	for i := range contacts {
		s.addBot(&contacts[i], fresh)
	}
	if fresh {
		s.before()
	}
	s.settle()
}

// now is the wall clock, in UTC.
func (s *Server) now() time.Time { return s.opt.Now().UTC() }

// do runs fn under the mutex and then lets the contacts answer.
func (s *Server) do(fn func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	fn()
	s.settle()
}

// settle hands the contacts what came for them; what they send at once may bring more.
func (s *Server) settle() {
	for len(s.inbox) > 0 {
		l := s.inbox[0]
		s.inbox = s.inbox[1:]
		l.to.receive(l.el)
	}
}

// after runs fn under the mutex later, unless StartOver or Close come first. The
// caller holds the mutex.
func (s *Server) after(d time.Duration, fn func()) {
	if s.closed {
		return
	}
	var t *time.Timer
	t = time.AfterFunc(d, func() {
		s.do(func() {
			if !s.timers[t] {
				return
			}
			delete(s.timers, t)
			fn()
		})
	})
	s.timers[t] = true
}

func (s *Server) stopTimers() {
	for t := range s.timers {
		t.Stop()
	}
	clear(s.timers)
}

// changed has the state saved soon; several changes are saved together.
func (s *Server) changed() {
	s.dirty = true
	s.saveSoon()
}

func (s *Server) saveSoon() {
	if s.saving {
		return
	}
	s.saving = true
	s.after(saveDelay, func() {
		s.saving = false
		if err := s.save(); err != nil {
			s.opt.Logger.Error("the demo's state is not saved", "cause", err.Error())
		}
	})
}

// save writes what changed: first what was said, then the rest.
func (s *Server) save() error {
	err := s.saveArchives()
	if !s.dirty {
		return err
	}
	werr := s.st.write(s.opt.Dir)
	s.dirty = werr != nil
	return errors.Join(err, werr)
}

// shutAll ends every stream with a stream error and returns them, and every session that
// waits without one.
func (s *Server) shutAll(condition string) []*conn {
	var all []*conn
	for c := range s.conns {
		c.shut(condition)
		all = append(all, c)
	}
	s.endWaiting()
	return all
}

func wait(ctx context.Context, done <-chan struct{}) error {
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// condition is a stanza error that a handler wants answered: type and condition of
// RFC 6120 §8.3, and perhaps the namespace and name of a more exact one.
type condition struct{ kind, name, detail string }

// reply answers el with the error.
func (c *condition) reply(el *stanza.Element) *stanza.Element {
	r := el.ErrorReply(c.kind, c.name, "")
	if space, name, ok := strings.Cut(c.detail, " "); ok {
		r.Child(stanza.NSClient, "error").Add(stanza.New(space, name))
	}
	return r
}

// The conditions in use.
var (
	badRequest      = &condition{kind: "modify", name: "bad-request"}
	conflict        = &condition{kind: "cancel", name: "conflict"}
	forbidden       = &condition{kind: "auth", name: "forbidden"}
	jidMalformed    = &condition{kind: "modify", name: "jid-malformed"}
	notAcceptable   = &condition{kind: "modify", name: "not-acceptable"}
	notAllowed      = &condition{kind: "cancel", name: "not-allowed"}
	notFound        = &condition{kind: "cancel", name: "item-not-found"}
	policyViolation = &condition{kind: "modify", name: "policy-violation"}
	remoteNotFound  = &condition{kind: "cancel", name: "remote-server-not-found"}
	tooMany         = &condition{kind: "wait", name: "resource-constraint"}
	unavailable     = &condition{kind: "cancel", name: "service-unavailable"}
)

// copyOf is el with its own lists of attributes and nodes, so that it can be
// addressed anew.
func copyOf(el *stanza.Element) *stanza.Element {
	c := &stanza.Element{Name: el.Name}
	c.Attr = append(c.Attr, el.Attr...)
	c.Nodes = append(c.Nodes, el.Nodes...)
	return c
}
