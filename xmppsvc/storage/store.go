package storage

import "context"

// Store is the data folder's database.
type Store struct{}

// Open opens the database in dir, making and migrating it as needed.
func Open(ctx context.Context, dir string) (*Store, error)

// Update runs fn in one transaction on the writer's goroutine; when it returned nil and
// the commit is on the disk, Update returns nil.
func (s *Store) Update(ctx context.Context, fn func(Tx) error) error

// Close ends the writer after what waits.
func (s *Store) Close() error
