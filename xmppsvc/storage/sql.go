package storage

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"time"

	"dovekie/xmppsvc/jid"
)

// preparer is a connection or a pool.
type preparer interface {
	PrepareContext(ctx context.Context, query string) (*sql.Stmt, error)
}

// statements prepares each query once. It is safe for several goroutines.
type statements struct {
	on   preparer
	note func(error) error // sees every error
	dead error             // of a transaction (see tx): nothing runs any more
	mu   sync.Mutex
	all  map[string]*sql.Stmt
}

func newStatements(on preparer, note func(error) error) *statements {
	return &statements{on: on, note: note, all: map[string]*sql.Stmt{}}
}

func (s *statements) prepare(ctx context.Context, query string) (*sql.Stmt, error) {
	if s.dead != nil {
		return nil, s.dead
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if st := s.all[query]; st != nil {
		return st, nil
	}
	st, err := s.on.PrepareContext(ctx, query)
	if err != nil {
		return nil, s.note(err)
	}
	s.all[query] = st
	return st, nil
}

func (s *statements) exec(ctx context.Context, query string, args ...any) (sql.Result, error) {
	st, err := s.prepare(ctx, query)
	if err != nil {
		return nil, err
	}
	res, err := st.ExecContext(ctx, args...)
	return res, s.note(err)
}

// each calls scan for every row; scan reads the row with its argument.
func (s *statements) each(ctx context.Context, scan func(scanner) error, query string, args ...any) error {
	st, err := s.prepare(ctx, query)
	if err != nil {
		return err
	}
	rows, err := st.QueryContext(ctx, args...)
	if err != nil {
		return s.note(err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return s.note(rows.Err())
}

// one reads the first row, found tells whether there was any.
func (s *statements) one(ctx context.Context, query string, args []any, dest ...any) (found bool, err error) {
	st, err := s.prepare(ctx, query)
	if err != nil {
		return false, err
	}
	err = st.QueryRowContext(ctx, args...).Scan(dest...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, s.note(err)
}

func (s *statements) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, st := range s.all {
		_ = st.Close() // it was used up
	}
	s.all = nil
}

// scanner is *sql.Rows, for functions that read one row.
type scanner interface{ Scan(dest ...any) error }

// address scans a jid.JID; ” is the zero JID.
type address struct{ to *jid.JID }

// Scan implements sql.Scanner.
func (a address) Scan(v any) error {
	s, _ := v.(string)
	return a.to.UnmarshalText([]byte(s))
}

// instant scans UTC milliseconds.
type instant struct{ to *time.Time }

// Scan implements sql.Scanner.
func (i instant) Scan(v any) error {
	ms, _ := v.(int64)
	*i.to = fromMillis(ms)
	return nil
}

func fromMillis(ms int64) time.Time { return time.UnixMilli(ms).UTC() }

// tx implements Tx on the writing connection. Its methods use a background context: a
// transaction is never torn by a caller's.
//
// After some errors (the disk is full, it cannot be read) SQLite has rolled back by itself,
// and each statement behind that would be a transaction of its own: so none runs.
type tx struct {
	*statements
}

func newTx(on preparer, note func(error) error) *tx {
	t := &tx{}
	t.statements = newStatements(on, func(err error) error {
		if t.dead == nil && rolledBack(err) {
			t.dead = err
		}
		return note(err)
	})
	return t
}

var _ Tx = (*tx)(nil)

var background = context.Background()

func (t *tx) begin() error {
	t.dead = nil
	return t.do("begin immediate")
}

func (t *tx) commit() error { return t.do("commit") }

// rollback cannot report anything useful: SQLite has rolled back by itself where this
// fails.
func (t *tx) rollback() {
	t.dead = nil
	_ = t.do("rollback")
}

func (t *tx) do(query string, args ...any) error {
	_, err := t.exec(background, query, args...)
	return err
}

func (t *tx) get(query string, args []any, dest ...any) (bool, error) {
	return t.one(background, query, args, dest...)
}

// put is do with the error named and typed.
func (t *tx) put(what, query string, args ...any) error {
	return typed(what, t.do(query, args...))
}
