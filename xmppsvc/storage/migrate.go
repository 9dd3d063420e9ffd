package storage

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"os"

	"dovekie/xmppsvc/model"
)

//go:embed migrations/*.sql
var files embed.FS

// migration is the step from one schema version to the next; the n-th leads to n.
type migration struct{ name, sql string }

var migrations = mustLoad()

// mustLoad reads the embedded files in the order of their numbers; they are part of the
// program, so a failure is one of the build.
func mustLoad() []migration {
	entries, err := files.ReadDir("migrations")
	if err != nil {
		panic(err)
	}
	list := make([]migration, 0, len(entries))
	for _, e := range entries {
		b, err := files.ReadFile("migrations/" + e.Name())
		if err != nil {
			panic(err)
		}
		list = append(list, migration{e.Name(), string(b)})
	}
	return list
}

// migrate brings the schema to the last version, one transaction a step, after a copy of
// a database that has something to lose.
func migrate(ctx context.Context, db *sql.DB, path string, list []migration) error {
	var version int
	if err := db.QueryRowContext(ctx, "pragma user_version").Scan(&version); err != nil {
		return err
	}
	if version > len(list) {
		return model.Errorf(model.ErrStorage,
			"the data folder was used by a newer version of Dovekie (its schema is %d, this version knows %d): use that version or another data folder",
			version, len(list))
	}
	if version > 0 && version < len(list) {
		if err := backUp(ctx, db, fmt.Sprintf("%s.v%d.bak", path, version)); err != nil {
			return fmt.Errorf("copy the database before changing its schema: %w", err)
		}
	}
	for ; version < len(list); version++ {
		if err := step(ctx, db, list[version], version+1); err != nil {
			return fmt.Errorf("schema change %s: %w", list[version].name, err)
		}
	}
	return nil
}

func step(ctx context.Context, db *sql.DB, m migration, to int) error {
	t, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = t.Rollback() }()
	if _, err := t.ExecContext(ctx, m.sql); err != nil {
		return err
	}
	if _, err := t.ExecContext(ctx, fmt.Sprintf("pragma user_version = %d", to)); err != nil {
		return err
	}
	return t.Commit()
}

// backUp writes a sound copy (the log included) to path, for the user alone.
func backUp(ctx context.Context, db *sql.DB, path string) error {
	if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
		return err
	}
	if err := touch(path); err != nil {
		return err
	}
	_, err := db.ExecContext(ctx, "vacuum into ?", path)
	return err
}
