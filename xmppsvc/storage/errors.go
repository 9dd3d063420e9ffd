package storage

import (
	"context"
	"errors"
	"io/fs"
	"syscall"

	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"dovekie/xmppsvc/model"
)

// ErrNotFound is wrapped by the error (of kind model.ErrInvalid) for a message or chat
// that is not there.
var ErrNotFound = errors.New("not found")

// typed gives err a kind; nil, contexts and errors that have one already stay.
func typed(what string, err error) error {
	var known *model.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &known), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return model.Errorf(model.ErrDiskFull, "%s: the disk is full: %w", what, err)
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return model.Errorf(model.ErrStorage, "%s: the data folder cannot be written: %w", what, err)
	}
	switch extended := resultCode(err); extended {
	case lib.SQLITE_CONSTRAINT_FOREIGNKEY:
		return model.Errorf(model.ErrUnknownAccount, "%s: no such account: %w", what, err)
	case lib.SQLITE_IOERR_SHMSIZE:
		// The shared index of the log could not grow: the disk is full.
		return model.Errorf(model.ErrDiskFull, "%s: the disk is full: %w", what, err)
	default:
		return primary(what, extended&0xff, err)
	}
}

func primary(what string, code int, err error) error {
	switch code {
	case lib.SQLITE_FULL:
		return model.Errorf(model.ErrDiskFull, "%s: the disk is full: %w", what, err)
	case lib.SQLITE_READONLY, lib.SQLITE_CANTOPEN, lib.SQLITE_PERM:
		return model.Errorf(model.ErrStorage, "%s: the data folder cannot be written: %w", what, err)
	case lib.SQLITE_CORRUPT, lib.SQLITE_NOTADB:
		return model.Errorf(model.ErrStorage, "%s: the database is damaged: %w", what, err)
	}
	return model.Errorf(model.ErrStorage, "%s: %w", what, err)
}

// resultCode is SQLite's extended result code, 0 for other errors.
func resultCode(err error) int {
	var e *sqlite.Error
	if errors.As(err, &e) {
		return e.Code()
	}
	return 0
}

// rolledBack reports the errors after which SQLite may have rolled back the transaction.
func rolledBack(err error) bool {
	switch resultCode(err) & 0xff {
	case lib.SQLITE_FULL, lib.SQLITE_IOERR, lib.SQLITE_NOMEM, lib.SQLITE_INTERRUPT, lib.SQLITE_CORRUPT:
		return true
	}
	return false
}

// damaged reports whether err says that the file is no sound database.
func damaged(err error) bool {
	switch resultCode(err) & 0xff {
	case lib.SQLITE_CORRUPT, lib.SQLITE_NOTADB:
		return true
	}
	return errors.Is(err, errUnsound)
}
