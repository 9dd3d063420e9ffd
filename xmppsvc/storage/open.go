package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"dovekie/xmppsvc/model"
)

const (
	fileName = "dovekie.db"
	readers  = 4 // reading connections; more would not be faster on a desktop
	// suspect is beside the database when it was found damaged while running: the next
	// start checks it.
	suspect = fileName + ".suspect"
	// A page of an archive touches a few hundred pages of the indexes. They stay in memory
	// (8 MiB), and some twenty commits share the way from the log into the file (16 MiB).
	writerCache  = "cache_size(-8192)"
	checkpointAt = "wal_autocheckpoint(4096)"
)

// errUnsound is a quick_check that found something.
var errUnsound = errors.New("the check found damage")

// makeFolder makes dir for the user alone. An existing folder is narrowed only when it
// is ours or empty: somebody may have named a shared one.
func makeFolder(dir string) error {
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return typed("make the data folder", os.MkdirAll(dir, 0o700))
	case err != nil:
		return model.Errorf(model.ErrStorage, "read the data folder: %w", err)
	}
	ours := len(entries) == 0
	for _, e := range entries {
		ours = ours || e.Name() == fileName || e.Name() == lockName
	}
	st, err := os.Stat(dir)
	if err != nil || !ours || st.Mode().Perm()&0o077 == 0 {
		return typed("read the data folder", err)
	}
	return typed("protect the data folder", os.Chmod(dir, 0o700))
}

// connect opens the file, puts it aside if it is damaged, and migrates it.
func (s *Store) connect(ctx context.Context, list []migration) error {
	err := s.tryConnect(ctx, list)
	if err == nil || !damaged(err) {
		return err
	}
	aside, renameErr := putAside(s.path)
	if renameErr != nil {
		return fmt.Errorf("put the damaged database aside: %w", renameErr)
	}
	s.recovered = aside
	if err := s.tryConnect(ctx, list); err != nil {
		return err
	}
	s.salvage(ctx, aside)
	return nil
}

func (s *Store) tryConnect(ctx context.Context, list []migration) (err error) {
	unclean := left(s.path+"-wal") || left(filepath.Join(filepath.Dir(s.path), suspect))
	if err := touch(s.path); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = s.disconnect()
		}
	}()
	if s.writeDB, err = sql.Open("sqlite", source(s.path, "journal_mode(WAL)", "secure_delete(1)", writerCache, checkpointAt)); err != nil {
		return err
	}
	s.writeDB.SetMaxOpenConns(1)
	if err := s.writeDB.PingContext(ctx); err != nil {
		return err
	}
	if unclean {
		if err := check(ctx, s.writeDB); err != nil {
			return err
		}
	}
	_ = os.Remove(filepath.Join(filepath.Dir(s.path), suspect))
	if err := migrate(ctx, s.writeDB, s.path, list); err != nil {
		return err
	}
	conn, err := s.writeDB.Conn(ctx)
	if err != nil {
		return err
	}
	s.tx = newTx(conn, s.note)
	if s.readDB, err = sql.Open("sqlite", source(s.path, "query_only(1)")); err != nil {
		return err
	}
	s.readDB.SetMaxOpenConns(readers)
	s.readDB.SetMaxIdleConns(readers)
	s.read = newStatements(s.readDB, s.note)
	return s.readDB.PingContext(ctx)
}

// disconnect closes the readers first, so that the writer as the last one empties the
// log and removes it: a log that is left says that the end was unclean.
func (s *Store) disconnect() error {
	var errs []error
	if s.readDB != nil {
		s.read.close()
		errs = append(errs, s.readDB.Close())
	}
	if s.tx != nil {
		s.tx.close()
		if conn, ok := s.tx.on.(*sql.Conn); ok {
			errs = append(errs, conn.Close())
		}
	}
	if s.writeDB != nil {
		errs = append(errs, s.writeDB.Close())
	}
	s.readDB, s.read, s.tx, s.writeDB = nil, nil, nil, nil
	return errors.Join(errs...)
}

// source is the driver's name for the file with the settings every connection has.
// synchronous=FULL: what Update acknowledged is acknowledged to the server, so it must
// survive a power cut (NORMAL may lose the last commits).
func source(path string, pragmas ...string) string {
	abs, err := filepath.Abs(path)
	if err != nil {
		abs = path
	}
	abs = filepath.ToSlash(abs)
	if !strings.HasPrefix(abs, "/") {
		abs = "/" + abs // a drive letter
	}
	q := url.Values{}
	for _, p := range append([]string{"busy_timeout(5000)", "synchronous(FULL)", "foreign_keys(1)"}, pragmas...) {
		q.Add("_pragma", p)
	}
	return (&url.URL{Scheme: "file", Path: abs, RawQuery: q.Encode()}).String()
}

// touch makes the file for the user alone before SQLite would make it with the umask;
// the log and its index take the file's mode.
func touch(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Chmod(0o600)
}

func left(path string) bool {
	st, err := os.Stat(path)
	return err == nil && st.Size() > 0
}

// check is the look at a file whose last user did not close it.
func check(ctx context.Context, db *sql.DB) error {
	var verdict string
	if err := db.QueryRowContext(ctx, "pragma quick_check(1)").Scan(&verdict); err != nil {
		return err
	}
	if verdict != "ok" {
		return fmt.Errorf("%w: %s", errUnsound, verdict)
	}
	return nil
}

// putAside renames the database and what belongs to it, and gives the new name.
func putAside(path string) (string, error) {
	base := path + ".damaged-" + time.Now().UTC().Format("20060102T150405Z")
	aside := base
	for n := 2; left(aside); n++ {
		aside = fmt.Sprintf("%s-%d", base, n)
	}
	for _, suffix := range []string{"-wal", "-shm", ""} {
		err := os.Rename(path+suffix, aside+suffix)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return "", err
		}
	}
	return aside, nil
}

// note remembers a damage that was met while running, for the next start.
func (s *Store) note(err error) error {
	if damaged(err) {
		_ = os.WriteFile(filepath.Join(filepath.Dir(s.path), suspect), []byte("check\n"), 0o600)
	}
	return err
}
