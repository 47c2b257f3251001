package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	sqlite3 "modernc.org/sqlite/lib"
)

// Salvage gives every document that can still be read of a database, however damaged it is, and counts those that are known
// to be there and cannot be read; of more there may be no trace. It works on a copy, so that the file stays as it is. No
// other process should use the file meanwhile.
func Salvage(ctx context.Context, path string, keep func(*Document) error) (lost int, err error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return 0, &OpenError{Path: path, Reason: ReasonUnusable, Err: err}
	}
	if exists, err := examine(abs); err != nil || !exists {
		// A file that may only be read can be copied all the same.
		if e, ok := errors.AsType[*OpenError](err); err == nil || !ok || e.Reason != ReasonReadOnly {
			if err == nil {
				err = &OpenError{Path: abs, Reason: ReasonMissing}
			}
			return 0, openError(ctx, abs, err)
		}
	}
	folder, err := os.MkdirTemp("", "backup-vaults-*")
	if err != nil {
		return 0, err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	copied := filepath.Join(folder, "copy.db")
	for _, end := range []string{"", "-wal"} {
		if err := copyFile(abs+end, copied+end); err != nil && (end == "" || !errors.Is(err, fs.ErrNotExist)) {
			return 0, err
		}
	}
	// Only then does SQLite open a file that is shorter than it should be.
	db := pool(dsn(copied, "rw", busyTimeout, "writable_schema(ON)"), 1)
	defer func() { _ = db.Close() }()
	lost, err = salvage(ctx, db, keep)
	if resultCode(err) != sqlite3.SQLITE_OK && ctx.Err() == nil {
		err = fmt.Errorf("of %s nothing can be read any more (%w); restore it from a copy, or begin with a new file", abs, err)
	}
	return lost, err
}

func copyFile(from, to string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	_, err = io.Copy(out, in)
	return err
}

// rowWays are the ways to the numbers of the rows: the table and its indexes, each from both ends. Where one breaks off
// another goes on.
var rowWays = []string{
	`NOT INDEXED ORDER BY rowid`,
	`NOT INDEXED ORDER BY rowid DESC`,
	`INDEXED BY documents_in_subscription ORDER BY subscription, type, name, key`,
	`INDEXED BY documents_in_subscription ORDER BY subscription DESC, type DESC, name DESC, key DESC`,
	`INDEXED BY documents_in_group WHERE resource_group >= '' ORDER BY subscription, resource_group, type, name, key`,
	`INDEXED BY sqlite_autoindex_documents_1 ORDER BY key`,
	`INDEXED BY sqlite_autoindex_documents_1 ORDER BY key DESC`,
}

func salvage(ctx context.Context, db *sql.DB, keep func(*Document) error) (lost int, err error) {
	var version int
	if err := db.QueryRowContext(ctx, `SELECT user_version FROM pragma_user_version`).Scan(&version); err != nil {
		return 0, err
	}
	known := map[int64]bool{}
	for _, way := range rowWays {
		readRows(ctx, db, way, known)
	}
	numbers := slices.Sorted(maps.Keys(known))
	withoutOperation := `d.id, d.type, d.subscription, d.resource_group, d.parent, d.name, d.etag, d.created_at, d.updated_at, d.gone_at,
		NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM documents d`
	for _, n := range numbers {
		const one = ` NOT INDEXED WHERE d.rowid = ?`
		d, err := scanDocument(db.QueryRowContext(ctx, `SELECT d.body, `+withoutOperation+one, n))
		switch {
		case ctx.Err() != nil:
			return lost, ctx.Err()
		case err != nil:
			lost++
			continue
		}
		d.Operation = salvageOperation(ctx, db, n)
		if err := keep(d); err != nil {
			return lost, err
		}
	}
	return lost, nil
}

// readRows notes the numbers of the rows that one way leads to, until it breaks off.
func readRows(ctx context.Context, db *sql.DB, way string, known map[int64]bool) {
	rows, err := db.QueryContext(ctx, `SELECT rowid FROM documents `+way)
	if err != nil {
		return
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var n int64
		if err := rows.Scan(&n); err != nil {
			return
		}
		known[n] = true
	}
	_ = rows.Err() // the end of the way
}

// salvageOperation is the operation of a document, nil when it has none or it cannot be read: then it has ended well.
func salvageOperation(ctx context.Context, db *sql.DB, row int64) *Operation {
	var o Operation
	var started, ready int64
	err := db.QueryRowContext(ctx, `SELECT o.id, o.resource, o.kind, o.started_at, o.ready_at, o.code, o.message
		FROM documents d NOT INDEXED JOIN operations o ON o.id = d.operation WHERE d.rowid = ?`, row).
		Scan(&o.ID, &o.Resource, &o.Kind, &started, &ready, &o.Code, &o.Message)
	if err != nil {
		return nil
	}
	o.Started, o.Ready = time.Unix(0, started).UTC(), time.Unix(0, ready).UTC()
	return &o
}

// Restore puts documents into a new database, as they are; next returns io.EOF after the last. When it fails there is no new
// file.
func Restore(ctx context.Context, path string, next func() (*Document, error)) (n int, err error) {
	// SQLite would take the log of another database for one of the new file.
	for _, end := range []string{"", "-wal", "-shm", "-journal"} {
		if _, err := os.Lstat(path + end); err == nil {
			return 0, &OpenError{Path: path + end, Reason: ReasonExists}
		}
	}
	s, err := Open(ctx, path)
	if err != nil {
		return 0, err
	}
	defer func() {
		err = errors.Join(err, s.Close())
		if err != nil {
			_ = os.Remove(s.path)
		}
	}()
	operations := map[string]bool{}
	err = s.Update(ctx, time.Now(), func(tx *Tx) error {
		for {
			d, err := next()
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return err
			}
			if o := d.Operation; o != nil && !operations[o.ID] {
				operations[o.ID] = true
				if err := tx.PutOperation(o); err != nil {
					return err
				}
			}
			if err := tx.PutDocument(d); err != nil {
				return err
			}
			n++
		}
	})
	return n, err
}
