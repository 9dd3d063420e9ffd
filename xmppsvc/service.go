package xmppsvc

import (
	"context"
	"crypto/x509"
	"errors"
	"log/slog"
	"maps"
	"net"
	"slices"
	"sync"
	"time"

	"dovekie/xmppsvc/account"
	"dovekie/xmppsvc/credential"
	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/storage"
	"dovekie/xmppsvc/stream"
	"dovekie/xmppsvc/trace"
	"dovekie/xmppsvc/wake"
)

// Options are what the composition root decides.
type Options struct {
	// Dir is the data folder; the database in it is opened, and closed by Close, unless
	// Store is given.
	Dir   string
	Store *storage.Store
	// Credentials holds passwords between runs; nil keeps them in memory.
	Credentials credential.Store
	// Pipe dials the embedded server, for accounts of model.SecurityInProcess.
	Pipe func(ctx context.Context) (net.Conn, error)
	// Roots are the trust anchors; nil means the system's.
	Roots *x509.CertPool
	// Resolver replaces the look-up of SRV records.
	Resolver stream.Resolver
	Logger   *slog.Logger // nil logs nothing
	// Name and Version are what we tell about ourselves (XEP-0092).
	Name, Version string
	Lang          string           // of our streams, "" is "en"
	Clock         func() time.Time // nil is time.Now
}

// Service is the messenger without its window. All methods may be called from any
// goroutine.
type Service struct {
	opts    Options
	store   *storage.Store
	hub     *hub
	tracing tracing

	// mu guards what follows; it is never held while something is awaited.
	mu      sync.Mutex
	members map[jid.JID]*member
	refused refused
	closed  bool
	ended   chan struct{}  // closed when Close is done
	readers sync.WaitGroup // calls that use the store; Close waits for them

	stopWatch context.CancelFunc // of the goroutine that listens to the machine
	watching  sync.WaitGroup
}

// member is an account and the goroutine of its loop.
type member struct {
	*account.Account
	trace *trace.Trace
	stop  context.CancelFunc
	ended chan struct{} // closed when the loop has returned
}

// refused is the account that was new, could not sign in and was forgotten last.
type refused struct {
	account jid.JID
	trace   *trace.Trace
}

// traceLimit is how many entries of its trace an account keeps.
const traceLimit = 10_000

// Open reads what is stored, shows it to the feeds, and signs in every account that is
// Enabled and whose password is in the keychain. It does not wait for the network.
func Open(ctx context.Context, opts Options) (*Service, error) {
	opts.setDefaults()
	s := &Service{opts: opts, store: opts.Store, hub: newHub(), members: map[jid.JID]*member{}, ended: make(chan struct{})}
	if s.store == nil {
		store, err := storage.Open(ctx, opts.Dir)
		if err != nil {
			return nil, err
		}
		s.store = store
	}
	s.tracing.begin(s)
	stored, err := s.store.Accounts(ctx)
	if err != nil {
		return nil, errors.Join(err, s.Close(ctx))
	}
	if aside := s.store.Recovered(); aside != "" {
		s.hub.news = append(s.hub.news, event.NoticeRaised{Kind: event.NoticeRecovered, Detail: aside})
	}
	for _, acc := range stored {
		m, err := s.start(ctx, acc)
		if err != nil {
			return nil, errors.Join(err, s.Close(ctx))
		}
		if acc.Enabled && acc.Remember {
			m.SignIn()
		}
	}
	s.watch(ctx)
	return s, nil
}

// watch tells all accounts when the network changed or the machine slept.
func (s *Service) watch(ctx context.Context) {
	ctx, s.stopWatch = context.WithCancel(context.WithoutCancel(ctx))
	s.watching.Go(func() {
		wake.Watch(ctx, func(why wake.Reason) {
			s.mu.Lock()
			members := slices.Collect(maps.Values(s.members))
			s.mu.Unlock()
			for _, m := range members {
				m.Woken(why)
			}
		})
	})
}

func (o *Options) setDefaults() {
	if o.Credentials == nil {
		o.Credentials = credential.NewMemory()
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Lang == "" {
		o.Lang = "en"
	}
	if o.Name == "" {
		o.Name = "Dovekie"
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
}

// Subscribe opens a feed; its first event is a Snapshot. Close the feed when done.
func (s *Service) Subscribe() *Feed { return s.hub.subscribe() }

// Close signs out cleanly, flushes, and ends every goroutine of the service; no event
// comes after it (G8). When ctx ends earlier, connections are dropped instead. A second
// call waits for the first.
func (s *Service) Close(ctx context.Context) error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		select {
		case <-s.ended:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	s.closed = true
	defer close(s.ended)
	if s.stopWatch != nil {
		s.stopWatch()
		defer s.watching.Wait()
	}
	members := s.members
	s.members = nil
	s.mu.Unlock()

	var leaving sync.WaitGroup
	for _, m := range members {
		leaving.Go(func() { m.end(ctx) })
	}
	leaving.Wait()
	s.tracing.end(s, members)
	s.hub.end()
	s.readers.Wait()
	return s.store.Close()
}

// end signs the account out and waits until its loop has returned.
func (m *member) end(ctx context.Context) {
	_ = m.Disconnect(ctx) // an account that cannot say goodbye in time is dropped
	m.stop()
	<-m.ended
}

// reading lets a call use the store until it calls done.
func (s *Service) reading() (done func(), err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, errClosed
	}
	s.readers.Add(1)
	return s.readers.Done, nil
}

// start loads an account, makes it known and runs its loop.
func (s *Service) start(ctx context.Context, acc model.Account) (*member, error) {
	done, err := s.reading()
	if err != nil {
		return nil, err
	}
	defer done()
	m := &member{trace: trace.New(traceLimit), ended: make(chan struct{})}
	a, known, err := account.New(ctx, account.Config{
		Account:  acc,
		Store:    s.store,
		Publish:  s.publishing(m.trace),
		Connect:  s.connect,
		Password: s.password(acc.JID),
		Pipe:     s.opts.Pipe,
		Roots:    s.opts.Roots,
		Resolver: s.opts.Resolver,
		Trace:    m.trace,
		Logger:   s.opts.Logger.With("account", acc.JID.String()),
		Name:     s.opts.Name,
		Version:  s.opts.Version,
		Lang:     s.opts.Lang,
		Clock:    s.opts.Clock,
	})
	if err != nil {
		return nil, err
	}
	m.Account = a
	run, stop := context.WithCancel(context.WithoutCancel(ctx))
	m.stop = stop

	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		stop()
		return nil, errClosed
	}
	if other := s.members[acc.JID]; other != nil {
		stop()
		return other, nil
	}
	s.members[acc.JID] = m
	s.hub.install(known)
	go func() {
		defer close(m.ended)
		a.Run(run)
	}()
	return m, nil
}

var errClosed = model.Errorf(model.ErrCancelled, "the service is closed")

// member finds a running account.
func (s *Service) member(acc jid.JID) (*member, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, errClosed
	}
	if m := s.members[acc.Bare()]; m != nil {
		return m, nil
	}
	return nil, model.Errorf(model.ErrUnknownAccount, "there is no account %s here", acc.Bare())
}

// password looks into the keychain, which may ask the user to unlock it.
func (s *Service) password(acc jid.JID) func() (model.Secret, error) {
	return func() (model.Secret, error) {
		secret, err := s.opts.Credentials.Get(acc)
		if err == nil && !secret.IsZero() {
			return secret, nil
		}
		if errors.Is(err, credential.ErrUnavailable) {
			return secret, model.Errorf(model.ErrNoPassword, "the keychain cannot be read: %w", err)
		}
		return secret, model.Errorf(model.ErrNoPassword, "no password for %s is stored", acc)
	}
}
