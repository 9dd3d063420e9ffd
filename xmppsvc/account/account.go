package account

import (
	"context"
	"crypto/x509"
	"log/slog"
	"net"
	"sync"
	"time"

	"dovekie/xmppsvc/event"
	"dovekie/xmppsvc/jid"
	"dovekie/xmppsvc/model"
	"dovekie/xmppsvc/storage"
	"dovekie/xmppsvc/stream"
	"dovekie/xmppsvc/trace"
)

// Config is what an account is built from. Nothing in it changes later.
type Config struct {
	Account model.Account
	Store   *storage.Store
	// Publish gives committed events to the feeds; it returns at once.
	Publish func(...event.Event)
	// Password reads the keychain; it may take long and is called off the loop.
	Password func() (model.Secret, error)
	// Connect makes a stream; nil is stream.Connect. Tests put a stream of their own here.
	Connect func(context.Context, stream.Config) (Stream, stream.Established, error)
	// Pipe dials the embedded server, for model.SecurityInProcess.
	Pipe     func(ctx context.Context) (net.Conn, error)
	Roots    *x509.CertPool
	Resolver stream.Resolver
	Trace    *trace.Trace
	Logger   *slog.Logger
	Name     string // of the program, with Version, for XEP-0092
	Version  string
	Lang     string
	Clock    func() time.Time // the time of day
	Steady   func() time.Time // for waiting; nil is time.Now
}

// Stream is what an account needs of a connection; *stream.Stream says what each does.
type Stream interface {
	Inbound() <-chan stream.Inbound
	Send(out ...stream.Outgoing) error
	Handled(n int)
	Ack()
	Err() error
	Unacked() []stream.Unacked
	Probe() (answered func() bool)
	Heard() time.Time
	// Session is what may be resumed after the end; false when nothing can be.
	Session() (stream.Resume, bool)
	Close(ctx context.Context) error
	Abort()
}

// connect is Config.Connect of the real thing.
func connect(ctx context.Context, c stream.Config) (Stream, stream.Established, error) {
	st, est, err := stream.Connect(ctx, c)
	if err != nil {
		return nil, est, err
	}
	return st, est, nil
}

// Account is one of our logins while the service runs. Everything below is owned by the
// goroutine of Run; other goroutines speak to it through post alone.
type Account struct {
	cfg      Config
	settings model.Account
	own      own
	link     link
	session  session
	asks     asks
	out      outbox
	features features

	tx storage.Tx // of the batch at hand
	fx effects    // of the batch at hand

	posts   chan func()    // inputs from other goroutines
	done    chan struct{}  // closed when Run has returned
	workers sync.WaitGroup // connecting and closing, each on a goroutine
}

// New reads what is stored of the account. known is how a feed's snapshot shows it.
// The account does nothing until Run.
func New(ctx context.Context, cfg Config) (a *Account, known event.Account, err error) {
	if cfg.Connect == nil {
		cfg.Connect = connect
	}
	if cfg.Steady == nil {
		cfg.Steady = time.Now
	}
	a = &Account{
		cfg:      cfg,
		settings: cfg.Account,
		asks:     asks{},
		out:      outbox{flying: map[model.MessageID]uint32{}},
		posts:    make(chan func(), maxBatch),
		done:     make(chan struct{}),
	}
	a.link.state.State = model.Offline
	if err := a.cfg.Store.Update(ctx, func(tx storage.Tx) error { return tx.PutAccount(a.settings) }); err != nil {
		return nil, known, err
	}
	a.features = a.newFeatures()
	if err := a.load(ctx); err != nil {
		return nil, known, err
	}
	if err := a.remember(ctx); err != nil {
		return nil, known, err
	}
	requests, err := cfg.Store.Requests(ctx, a.self())
	if err != nil {
		return nil, known, err
	}
	chats, err := cfg.Store.Chats(ctx, a.self())
	return a, event.Account{
		Account:    a.settings,
		Connection: a.link.state,
		Show:       a.own.show,
		Status:     a.own.status,
		Contacts:   a.features.roster.Contacts(),
		Requests:   requests,
		Chats:      chats,
	}, err
}

// remember looks what an earlier run has left: a session to go on with after a crash, or
// messages that it had written and never saw confirmed.
func (a *Account) remember(ctx context.Context) error {
	known, err := a.cfg.Store.StreamState(ctx, a.self())
	if err != nil {
		return err
	}
	// One that crashed before our account had said whose ids are to be believed would bring
	// messages that could not be told from their copies in the archive.
	if known.Session.ID != "" && a.features.disco.Known() {
		sent, err := a.cfg.Store.Sent(ctx, a.self())
		if err != nil || a.resumable(known.Session, sent) {
			return err
		}
	}
	err = a.cfg.Store.Update(ctx, func(tx storage.Tx) error {
		_, err := requeue(tx, a.self(), a.features.archive.MayTell())
		return err
	})
	if err == nil {
		a.out.queue, err = a.cfg.Store.Outbox(ctx, a.self())
	}
	return err
}

// load reads state from storage: at the start, and after a batch was undone.
func (a *Account) load(ctx context.Context) error {
	var err error
	if a.own.show, a.own.status, a.own.name, err = a.cfg.Store.OwnPresence(ctx, a.self()); err != nil {
		return err
	}
	if a.own.show == "" {
		a.own.show = model.ShowAvailable
	}
	if a.out.queue, err = a.cfg.Store.Outbox(ctx, a.self()); err != nil {
		return err
	}
	return a.features.load()
}

// self is our bare JID.
func (a *Account) self() jid.JID { return a.settings.JID }

// steady is the clock for waiting: it goes on evenly when the time of day is set.
func (a *Account) steady() time.Time { return a.cfg.Steady() }

// now is the time of day in the resolution that is stored.
func (a *Account) now() time.Time { return a.cfg.Clock().UTC().Truncate(time.Millisecond) }

// Run is the account's loop; it returns after ctx has ended, with the connection
// dropped and no goroutine of the account left.
func (a *Account) Run(ctx context.Context) {
	defer close(a.done)
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		timer.Reset(a.untilNext())
		work := a.gather(ctx, timer)
		if work == nil {
			break
		}
		a.batch(ctx, work)
	}
	a.link.drop()
	a.workers.Wait()
}
