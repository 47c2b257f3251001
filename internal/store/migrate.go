package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	sqlite3 "modernc.org/sqlite/lib"
)

// applicationID marks a SQLite file as ours, in the header field SQLite has for it: "BKUP" in ASCII.
const applicationID = 0x424b5550

// smallestDatabase is one page of the smallest size. SQLite itself takes a file of one byte for an empty database.
const smallestDatabase = 512

//go:embed migrations/*.sql
var migrationFiles embed.FS

// migrations holds the scripts in order; the version of a file is how many of them it has seen.
var migrations = mustReadMigrations()

func mustReadMigrations() []string {
	names, err := fs.Glob(migrationFiles, "migrations/*.sql") // sorted, and numbered from 0001
	if err != nil {
		panic(err)
	}
	var scripts []string
	for _, name := range names {
		script, err := migrationFiles.ReadFile(name)
		if err != nil {
			panic(err)
		}
		scripts = append(scripts, string(script))
	}
	return scripts
}

// header is what tells whose file it is.
type header struct {
	applicationID int
	version       int
	tables        int
}

func (h header) check() error {
	switch {
	case h.applicationID == 0 && h.version == 0 && h.tables == 0:
		return nil // empty: ours to fill
	case h.applicationID != applicationID:
		return &OpenError{Reason: ReasonForeign}
	case h.version > len(migrations):
		return newerError(h.version)
	case h.version < 0, h.version == 0 && h.tables > 0:
		return setBackError(h.version)
	}
	return nil
}

func (h header) current() bool {
	return h.applicationID == applicationID && h.version == len(migrations)
}

// prepare makes the file at path one of ours at the newest version, or says why it will not touch it.
func prepare(ctx context.Context, path string, busy time.Duration) error {
	exists, err := examine(path)
	if err != nil {
		return err
	}
	if exists {
		h, err := peek(ctx, path)
		switch {
		case resultCode(err) == sqlite3.SQLITE_CORRUPT:
			// A process that ends while the log is folded in leaves a header that runs ahead of the file. With the log
			// it is sound, and peek does not read the log: migrate decides.
		case err != nil:
			return err
		case h.current():
			return nil
		}
	}
	return migrate(ctx, path, busy)
}

// examine looks at the path without opening the file.
func examine(path string) (exists bool, err error) {
	info, err := os.Stat(path)
	if err != nil {
		// First the folder: what the path goes through may be a file, and then the error is not ErrNotExist.
		if fileOnTheWay(path) != "" {
			return false, &OpenError{Reason: ReasonBelowFile, Err: err}
		}
		if _, err := os.Stat(filepath.Dir(path)); errors.Is(err, fs.ErrNotExist) {
			return false, &OpenError{Reason: ReasonFolderMissing, Err: err}
		}
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err != nil:
		return false, &OpenError{Reason: ReasonUnusable, Err: err}
	case info.IsDir():
		return false, &OpenError{Reason: ReasonDirectory}
	case !info.Mode().IsRegular(), 0 < info.Size() && info.Size() < smallestDatabase:
		return false, &OpenError{Reason: ReasonNotDatabase}
	case info.Mode().Perm()&0o222 == 0:
		// Said here and not left to the system, for which root may write to anything.
		return false, &OpenError{Reason: ReasonReadOnly}
	}
	return true, nil
}

// peek reads the header of the file and leaves no trace. SQLite's immutable mode takes no lock, and makes no log or
// shared-memory file next to a database that may be another program's. Reading the bytes with package os would do
// the same, but closing that file would drop the POSIX locks another Store of this process holds on it.
func peek(ctx context.Context, path string) (header, error) {
	const attempts, pause = 5, 20 * time.Millisecond
	for attempt := 1; ; attempt++ {
		h, err := peekOnce(ctx, path)
		if err == nil {
			err = h.check()
		}
		if err == nil || attempt == attempts {
			return h, err
		}
		// Without locks a bad answer may be half of what another process is writing at this moment.
		select {
		case <-ctx.Done():
			return h, ctx.Err()
		case <-time.After(pause):
		}
	}
}

func peekOnce(ctx context.Context, path string) (header, error) {
	db := pool(dsn(path, "ro", 0)+"&immutable=1", 1)
	defer func() { _ = db.Close() }()
	tx, err := db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return header{}, err
	}
	defer func() { _ = tx.Rollback() }()
	return readHeader(ctx, tx)
}

// migrate brings the file up to date. Several processes may do so at the same time; the lock lets one pass, and the
// others find the work done.
func migrate(ctx context.Context, path string, busy time.Duration) error {
	// Not yet in WAL mode: the first transaction goes straight to the file, so that from the start its header says
	// whose it is, also to peek.
	db := pool(dsn(path, "rwc", busy)+"&_txlock=immediate", 1)
	defer func() { _ = db.Close() }()

	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	h, err := readHeader(ctx, tx)
	if err != nil {
		return err
	}
	if err := h.check(); err != nil {
		return err
	}
	if !h.current() {
		for _, script := range migrations[h.version:] {
			_, err := tx.ExecContext(ctx, script)
			if resultCode(err) == sqlite3.SQLITE_ERROR {
				return setBackError(h.version) // what the script makes is there
			}
			if err != nil {
				return err
			}
		}
		// A pragma takes no parameters.
		stamp := fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d", applicationID, len(migrations))
		if _, err := tx.ExecContext(ctx, stamp); err != nil {
			return err
		}
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, "PRAGMA journal_mode = WAL")
	return err
}

func readHeader(ctx context.Context, tx *sql.Tx) (header, error) {
	var h header
	err := tx.QueryRowContext(ctx, `
		SELECT (SELECT application_id FROM pragma_application_id),
		       (SELECT user_version FROM pragma_user_version),
		       (SELECT count(*) FROM sqlite_schema)`,
	).Scan(&h.applicationID, &h.version, &h.tables)
	return h, err
}

func schemaVersion(ctx context.Context, tx *sql.Tx) (int, error) {
	var v int
	err := tx.QueryRowContext(ctx, "PRAGMA user_version").Scan(&v)
	return v, err
}
