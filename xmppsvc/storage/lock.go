package storage

import (
	"path/filepath"

	"github.com/gofrs/flock"

	"dovekie/xmppsvc/model"
)

const lockName = "lock"

// FolderLock is the right of one process to use a data folder. The system gives it back
// when the process ends, however it ends.
type FolderLock struct{ f *flock.Flock }

// Lock takes the lock of dir, making the folder as needed, and does not wait: while
// another process (or another FolderLock of this one) has it, the error is of kind ErrInUse.
func Lock(dir string) (*FolderLock, error) {
	if err := makeFolder(dir); err != nil {
		return nil, err
	}
	f := flock.New(filepath.Join(dir, lockName), flock.SetPermissions(0o600))
	got, err := f.TryLock()
	if err != nil {
		return nil, typed("lock the data folder", err)
	}
	if !got {
		return nil, model.Errorf(model.ErrInUse, "the data folder %s is used by another Dovekie", dir)
	}
	return &FolderLock{f}, nil
}

// Release gives the folder free; a second call does nothing.
func (l *FolderLock) Release() error { return typed("unlock the data folder", l.f.Unlock()) }
