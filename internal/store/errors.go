package store

import (
	"context"
	"errors"
	"fmt"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// What View and Update may report besides the error of their function. Test with errors.Is.
var (
	// ErrNotFound means that there is no such document or operation.
	ErrNotFound = errors.New("not found")

	// ErrBusy means that another process held the database longer than a write ever takes.
	ErrBusy = errors.New("the database is locked by another process")

	// ErrFull means that the disk, or what this user may use of it, is full.
	ErrFull = errors.New("no space is left for the database")

	// ErrReadOnly means that the file or its folder has become read-only.
	ErrReadOnly = errors.New("the database is read-only")

	// ErrDamaged means that the file is no longer a sound database.
	ErrDamaged = errors.New("the database is damaged")

	// ErrUnavailable means that the file could not be read or written for another reason, such as having been removed.
	ErrUnavailable = errors.New("the database cannot be reached")
)

// Words says what is wrong with the database without SQLite's own text, which classify keeps for those who look into it. It
// is empty for an error that is not the database's.
func Words(err error) string {
	for _, is := range []error{ErrBusy, ErrFull, ErrReadOnly, ErrDamaged, ErrUnavailable} {
		if errors.Is(err, is) {
			return is.Error()
		}
	}
	if code := resultCode(err); code != sqlite3.SQLITE_OK {
		return fmt.Sprintf("the database refused a statement of the service, which is a bug of the service (result code %d)", code)
	}
	return ""
}

// classify puts one of the errors above in front of an error of SQLite; any other error passes unchanged. Once ctx is
// done, an error of SQLite or database/sql only tells of the cancellation.
func classify(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	var is error
	switch resultCode(err) {
	case sqlite3.SQLITE_OK:
		return err
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL:
		is = ErrBusy
	case sqlite3.SQLITE_FULL:
		is = ErrFull
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM:
		is = ErrReadOnly
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		is = ErrDamaged
	case sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN:
		is = ErrUnavailable
	case sqlite3.SQLITE_INTERRUPT:
		is = context.Cause(ctx)
	}
	if is == nil {
		return err
	}
	return fmt.Errorf("%w: %w", is, err)
}

// resultCode is SQLite's primary result code of err, SQLITE_OK when err is not SQLite's.
func resultCode(err error) int {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code() & 0xff
	}
	return sqlite3.SQLITE_OK
}
