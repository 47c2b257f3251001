package store

import (
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

// Words says what is wrong with the database without SQLite's own text, which stays for those who look into the error. It is
// empty for an error that is not the database's.
func Words(err error) string {
	if e, ok := errors.AsType[*FileError](err); ok {
		return e.Error()
	}
	if code := resultCode(err); code != sqlite3.SQLITE_OK {
		return fmt.Sprintf("the database refused a statement of the service, which is a bug of the service (result code %d)", code)
	}
	return ""
}

// resultCode is SQLite's primary result code of err, SQLITE_OK when err is not SQLite's.
func resultCode(err error) int {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code() & 0xff
	}
	return sqlite3.SQLITE_OK
}
