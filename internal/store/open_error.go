package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	sqlite3 "modernc.org/sqlite/lib"
)

// Reason says why a database file cannot be used.
type Reason string

// The reasons of an OpenError.
const (
	ReasonFolderMissing Reason = "folder missing"
	ReasonBelowFile     Reason = "path goes through a file"
	ReasonDirectory     Reason = "path is a directory"
	ReasonNotDatabase   Reason = "not a database"
	ReasonForeign       Reason = "another program's database"
	ReasonNewer         Reason = "written by a newer version"
	ReasonSetBack       Reason = "version set back"
	ReasonReadOnly      Reason = "read-only"
	ReasonLocked        Reason = "locked"
	ReasonDamaged       Reason = "damaged"
	ReasonMissing       Reason = "missing"
	ReasonExists        Reason = "exists"
	ReasonFull          Reason = "no space left"
	ReasonUnusable      Reason = "cannot be opened"
)

// OpenError is returned by Open. Its text is for the person who chose the file: what is wrong, where, and what to do.
type OpenError struct {
	Path   string
	Reason Reason
	Err    error // the cause, if there is one below

	part string // of a damaged one: what is damaged
}

// Error implements error.
func (e *OpenError) Error() string {
	folder := filepath.Dir(e.Path)
	switch e.Reason {
	case ReasonFolderMissing:
		return fmt.Sprintf("the folder %s of the database file does not exist. Create it, or choose another path.", folder)
	case ReasonBelowFile:
		return fmt.Sprintf("the path %s goes through the file %s, which is no folder. Choose another path.", e.Path, fileOnTheWay(e.Path))
	case ReasonDirectory:
		return fmt.Sprintf("%s is a folder, not a file. Add a file name to the path, for example %s.",
			e.Path, filepath.Join(e.Path, "backup-vaults.db"))
	case ReasonNotDatabase:
		return fmt.Sprintf("%s is not a database; it was left as it is. Choose another path, or move that file away.", e.Path)
	case ReasonForeign:
		return fmt.Sprintf("%s is a database of another program; it was left as it is. Choose another path.", e.Path)
	case ReasonNewer:
		return fmt.Sprintf("%s was written by a newer version of this program (%v); it was left as it is. "+
			"Upgrade, or choose another path.", e.Path, e.Err)
	case ReasonSetBack:
		return fmt.Sprintf("the version of the database %s was set back (%v); it was left as it is. Restore it from a copy. If nothing but "+
			"the version was changed, give it the right one: sqlite3 %q \"PRAGMA user_version = %d\". Or move it away, to begin with an empty one.",
			e.Path, e.Err, e.Path, len(migrations))
	case ReasonReadOnly:
		return fmt.Sprintf("%s cannot be written: the file or its folder %s is read-only for this user. "+
			"Allow writing to both, or choose another path.", e.Path, folder)
	case ReasonLocked:
		return fmt.Sprintf("%s is locked by another process and did not become free in time. "+
			"End the process that holds it, then try again.", e.Path)
	case ReasonDamaged:
		return damagedText(e.Path, e.part)
	case ReasonMissing:
		return fmt.Sprintf("%s does not exist.", e.Path)
	case ReasonExists:
		return fmt.Sprintf("%s exists already; it was left as it is. Choose another path, or move that file away.", e.Path)
	case ReasonFull:
		return fullText(e.Path)
	default:
		return fmt.Sprintf("%s cannot be opened: %v.", e.Path, e.Err)
	}
}

// fileOnTheWay is the file that stands where the path has a folder, "" when there is none.
func fileOnTheWay(path string) string {
	for folder := filepath.Dir(path); folder != filepath.Dir(folder); folder = filepath.Dir(folder) {
		if info, err := os.Stat(folder); err == nil {
			if info.IsDir() {
				return ""
			}
			return folder
		}
	}
	return ""
}

// Unwrap gives the cause.
func (e *OpenError) Unwrap() error { return e.Err }

func newerError(version int) error {
	return &OpenError{
		Reason: ReasonNewer,
		Err:    fmt.Errorf("its schema is version %d, the newest known here is %d", version, len(migrations)),
	}
}

func setBackError(version int) error {
	return &OpenError{
		Reason: ReasonSetBack,
		Err:    fmt.Errorf("it says that its schema is version %d, but it has the tables of a later one", version),
	}
}

// openError names the file in err, and finds the reason when the code that failed did not know one.
func openError(ctx context.Context, path string, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if e, ok := errors.AsType[*OpenError](err); ok {
		e.Path = path
		return e
	}
	e := &OpenError{Path: path, Reason: ReasonUnusable, Err: err}
	switch resultCode(err) {
	case sqlite3.SQLITE_NOTADB:
		e.Reason = ReasonNotDatabase
	case sqlite3.SQLITE_CORRUPT:
		e.Reason, e.part = ReasonDamaged, damagedPart(ctx, path)
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		e.Reason = ReasonLocked
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM:
		e.Reason = ReasonReadOnly
	case sqlite3.SQLITE_FULL:
		e.Reason = ReasonFull
	case sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR:
		// SQLite says only that it could not open or write something: the database itself, or the log beside it.
		switch trouble := folderTrouble(filepath.Dir(path)); {
		case errors.Is(trouble, ErrFull):
			e.Reason = ReasonFull
		case errors.Is(trouble, ErrReadOnly):
			e.Reason = ReasonReadOnly
		}
	}
	return e
}
