package storage

import (
	"context"
	"slices"
)

// SchemaVersion is the newest schema.
var SchemaVersion = len(migrations)

// OpenAt opens dir as the program whose newest schema was version.
func OpenAt(ctx context.Context, dir string, version int) (*Store, error) {
	return open(ctx, dir, migrations[:version])
}

// OpenWith opens dir as a later program with more schema changes.
func OpenWith(ctx context.Context, dir string, more ...string) (*Store, error) {
	list := slices.Clone(migrations)
	for _, sql := range more {
		list = append(list, migration{"later.sql", sql})
	}
	return open(ctx, dir, list)
}

// Exec runs SQL inside an Update.
func Exec(t Tx, query string, args ...any) error { return t.(*tx).put("test", query, args...) }

// One reads a number.
func One(s *Store, query string, args ...any) (n int64, err error) {
	_, err = s.read.one(context.Background(), query, args, &n)
	return n, typed("test", err)
}

// Waiting is the number of Updates in the queue.
func (s *Store) Waiting() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.queue)
}

// Closing tells whether Close was called.
func (s *Store) Closing() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closed
}

// HasWords tells whether there is anything in the text to search for.
func HasWords(text string) bool { return matching(text) != "" }
