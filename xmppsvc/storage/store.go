package storage

import (
	"context"
	"database/sql"
	"path/filepath"
	"sync"

	"dovekie/xmppsvc/model"
)

// Store is the data folder's database. Its methods may be called from any goroutine.
type Store struct {
	path      string
	recovered string

	writeDB *sql.DB // one connection, the writer goroutine's
	tx      *tx     // used on the writer goroutine alone
	readDB  *sql.DB
	read    *statements
	done    chan struct{} // closed when the writer goroutine has ended

	mu      sync.Mutex // guards what follows
	queue   []*job
	closed  bool
	wake    chan struct{} // holds a value when queue or closed changed
	closing sync.Once
	err     error // of the closing
}

// Open opens the database in dir, making folder and file and migrating an older schema
// as needed. A schema from a newer version is refused. A database that turns out to be
// damaged is renamed, never deleted, and a fresh one takes its place, with the accounts
// and what waited to be sent as far as they can be read: see Recovered.
// Errors are *model.Error of kind ErrStorage or ErrDiskFull.
//
// Open does not guard against a second process: hold a FolderLock on dir.
func Open(ctx context.Context, dir string) (*Store, error) {
	return open(ctx, dir, migrations)
}

func open(ctx context.Context, dir string, list []migration) (*Store, error) {
	if err := makeFolder(dir); err != nil {
		return nil, err
	}
	s := &Store{
		path: filepath.Join(dir, fileName),
		done: make(chan struct{}),
		wake: make(chan struct{}, 1),
	}
	if err := s.connect(ctx, list); err != nil {
		return nil, typed("open the database", err)
	}
	go s.write()
	return s, nil
}

// Recovered is the new name of a damaged database that Open put aside, or "".
func (s *Store) Recovered() string { return s.recovered }

// Close ends the writer after what waits and closes the file; Updates that come later
// fail. It may be called twice.
func (s *Store) Close() error {
	s.closing.Do(func() {
		s.mu.Lock()
		s.closed = true
		s.mu.Unlock()
		s.signal()
		<-s.done
		s.err = typed("close the database", s.disconnect())
	})
	return s.err
}

// errClosed is what Update gives after Close.
func errClosed() error {
	return model.Errorf(model.ErrStorage, "the database is closed")
}
