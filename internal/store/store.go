// Package store keeps ARM documents and operations in one SQLite file that several processes may use at once.
package store

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	// Registers the pure Go SQLite driver under the name "sqlite".
	_ "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

const (
	// busyTimeout bounds the wait for a lock that another process holds. Writes take well under a millisecond, so a
	// lock held this long belongs to a process that hangs.
	busyTimeout = 10 * time.Second

	// idleTimeout closes handles nobody uses. Terraform ends providers without notice; with all handles closed SQLite
	// has already folded the write-ahead log into the database, and only that one file is left lying about.
	idleTimeout = 2 * time.Second

	// readers is how many reads may run beside each other.
	readers = 4
)

// Store is an open database of ARM documents. It is safe for concurrent use.
type Store struct {
	path string
	file os.FileInfo // as it was opened

	// Two pools, because database/sql fixes the kind of transaction per pool and because one single writing handle
	// makes the goroutines of this process queue in order instead of polling SQLite's lock against each other.
	reads  *sql.DB
	writes *sql.DB

	// database/sql gives a handle that becomes free to any of those that wait for it. With many clients some would wait
	// for ever; these let them pass in order.
	reading, writing turnstile

	// damaged is the first damage that was met, from when on nothing is written.
	damaged atomic.Pointer[FileError]
}

// turnstile lets as many pass at once as it has room for, in the order in which they came.
type turnstile chan struct{}

// pass waits for its turn, unless ctx ends before. The caller leaves when it is done.
func (t turnstile) pass(ctx context.Context) error {
	select {
	case t <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (t turnstile) leave() { <-t }

// Open opens the database at path and creates or migrates it as needed. The folder must exist. When the file cannot
// be used the error is an *OpenError and the file is as it was.
func Open(ctx context.Context, path string) (*Store, error) {
	return open(ctx, path, busyTimeout)
}

func open(ctx context.Context, path string, busy time.Duration) (*Store, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, &OpenError{Path: path, Reason: ReasonUnusable, Err: err}
	}

	// SQLite waits for a lock, except where waiting could be a deadlock: of two processes that turn a new file to WAL
	// at the same moment it refuses one at once. Asking again is for the caller.
	const pause = 10 * time.Millisecond
	deadline := time.Now().Add(busy)
	again := time.NewTicker(pause)
	defer again.Stop()
	for {
		s, err := attempt(ctx, abs, busy)
		if err == nil {
			return s, nil
		}
		if resultCode(err) != sqlite3.SQLITE_BUSY || time.Now().After(deadline) || ctx.Err() != nil {
			return nil, openError(ctx, abs, err)
		}
		select {
		case <-again.C:
		case <-ctx.Done():
		}
	}
}

func attempt(ctx context.Context, path string, busy time.Duration) (*Store, error) {
	if err := prepare(ctx, path, busy); err != nil {
		return nil, err
	}
	s := &Store{
		path:   path,
		reads:  pool(dsn(path, "rw", busy, connectionPragmas...), readers),
		writes: pool(dsn(path, "rw", busy, connectionPragmas...)+"&_txlock=immediate", 1),

		reading: make(turnstile, readers),
		writing: make(turnstile, 1),
	}
	err := s.verify(ctx)
	if err == nil {
		s.file, err = os.Stat(path)
	}
	if err != nil {
		_ = s.Close()
		return nil, err
	}
	return s, nil
}

// verify finds out now, rather than at the first create, that the file cannot be written or that another process has
// migrated it past us while we opened it.
func (s *Store) verify(ctx context.Context) error {
	conn, err := s.writes.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	// A file that may only be read is opened all the same, and even begins an immediate transaction.
	if err := conn.Raw(checkWritable); err != nil {
		return err
	}
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	v, err := schemaVersion(ctx, tx)
	if err != nil {
		return err
	}
	if v > len(migrations) {
		return newerError(v)
	}
	return nil
}

func checkWritable(driverConn any) error {
	c, ok := driverConn.(interface {
		IsReadOnly(schema string) (bool, error)
	})
	if !ok {
		return nil // another driver; the first write will tell
	}
	readOnly, err := c.IsReadOnly("main")
	if err == nil && readOnly {
		err = &OpenError{Reason: ReasonReadOnly}
	}
	return err
}

// checkPlace makes sure that the file is still where it was opened. SQLite goes on with one that was removed, and what is
// written to it is lost.
func (s *Store) checkPlace() error {
	if now, err := os.Stat(s.path); err != nil || !os.SameFile(s.file, now) {
		return &FileError{Path: s.path, Is: ErrUnavailable, Err: errMoved}
	}
	return nil
}

// Path is the absolute path of the database file.
func (s *Store) Path() string { return s.path }

// Close releases the file. The last process to close it leaves the database file and nothing beside it.
func (s *Store) Close() error {
	// The writing handle goes last: it is the one that may fold the log into the database.
	return errors.Join(s.reads.Close(), s.writes.Close())
}

// View runs fn in a read transaction: it sees one state of the database, and never waits for or holds up a writer.
// now is the time of the transaction; documents that are gone by then are not there.
func (s *Store) View(ctx context.Context, now time.Time, fn func(*Tx) error) error {
	if err := s.reading.pass(ctx); err != nil {
		return err
	}
	defer s.reading.leave()
	if err := s.checkPlace(); err != nil {
		return err
	}
	// ReadOnly makes the driver begin a deferred transaction.
	tx, err := s.reads.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return s.classify(ctx, err)
	}
	defer func() { _ = tx.Rollback() }()
	return s.classify(ctx, fn(&Tx{ctx: ctx, tx: tx, now: now}))
}

// Update runs fn in a write transaction, which no other one overlaps, in this process or another: what fn reads is
// still true when it writes. It is committed when fn returns nil and undone otherwise. now is as in View.
func (s *Store) Update(ctx context.Context, now time.Time, fn func(*Tx) error) error {
	if err := s.writing.pass(ctx); err != nil {
		return err
	}
	defer s.writing.leave()
	if e := s.damaged.Load(); e != nil {
		return e
	}
	if err := s.checkPlace(); err != nil {
		return err
	}
	tx, err := s.writes.BeginTx(ctx, nil)
	if err != nil {
		return s.classify(ctx, err)
	}
	defer func() { _ = tx.Rollback() }()

	t := &Tx{ctx: ctx, tx: tx, now: now}
	if err := sweep(t); err != nil {
		return s.classify(ctx, err)
	}
	if err := fn(t); err != nil {
		return s.classify(ctx, err)
	}
	return s.classify(ctx, tx.Commit())
}
