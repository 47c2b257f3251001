package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// FileError says that an open database cannot be used. Its text is for the person whose file it is: what is wrong, where,
// and what to do.
type FileError struct {
	Path string
	Is   error  // one of the errors above
	Part string // of a damaged database: what is damaged
	Err  error  // SQLite's
}

// Error implements error.
func (e *FileError) Error() string {
	folder := filepath.Dir(e.Path)
	switch {
	case errors.Is(e.Is, ErrBusy):
		return fmt.Sprintf("%s is locked by another process and did not become free in time. End the process that holds it, "+
			"then try again.", e.Path)
	case errors.Is(e.Is, ErrFull):
		return fullText(e.Path)
	case errors.Is(e.Is, ErrReadOnly):
		return fmt.Sprintf("%s cannot be written any more: the file or its folder %s has become read-only for this user. "+
			"Allow writing to both, then try again.", e.Path, folder)
	case errors.Is(e.Is, ErrDamaged):
		return damagedText(e.Path, e.Part)
	}
	if errors.Is(e.Err, errMoved) || extendedCode(e.Err) == sqlite3.SQLITE_READONLY_DBMOVED {
		return fmt.Sprintf("%s is gone: the file or its folder was removed, moved or replaced while it was in use. "+
			"Put it back, then try again.", e.Path)
	}
	return fmt.Sprintf("%s cannot be read or written (SQLite's result code is %d). See whether its disk is there and sound, then try again.",
		e.Path, extendedCode(e.Err))
}

// errMoved means that another file, or none, is in the place of the one that was opened.
var errMoved = errors.New("not the file that was opened")

// Unwrap gives what it is, and the cause.
func (e *FileError) Unwrap() []error { return []error{e.Is, e.Err} }

// spaceNeeded is what SQLite's log may take beside the file before it is folded in, and some room to grow.
const spaceNeeded = "5 MB"

func fullText(path string) string {
	return fmt.Sprintf("no space is left on the disk of %s, or this user may use no more of it. Changes need about %s in the folder %s: "+
		"free it, then try again. What was accepted before is kept.", path, spaceNeeded, filepath.Dir(path))
}

func damagedText(path, part string) string {
	return fmt.Sprintf("%s is damaged in %s; nothing is written to it. Restore it from a copy. Without one, save what can still be read with "+
		"`terraform-provider-backup export --database %s > saved.jsonl`, move the file away, with those beside it that end in -wal and -shm, and put what was saved into a new one with "+
		"`terraform-provider-backup import --database %s < saved.jsonl`.", path, part, shellWord(path), shellWord(path))
}

// shellWord writes a path for a command line.
func shellWord(s string) string {
	if strings.ContainsAny(s, " \t'\"$`\\&;()<>|*?") {
		return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
	}
	return s
}

// classify makes a FileError of an error of SQLite; any other error passes unchanged. Once ctx is done, an error of SQLite
// or database/sql only tells of the cancellation.
func (s *Store) classify(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	e := &FileError{Path: s.path, Err: err}
	switch resultCode(err) {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL:
		e.Is = ErrBusy
	case sqlite3.SQLITE_FULL:
		e.Is = ErrFull
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM:
		e.Is = ErrReadOnly
		if extendedCode(err) == sqlite3.SQLITE_READONLY_DBMOVED {
			e.Is = ErrUnavailable
		}
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		e.Is, e.Part = ErrDamaged, damagedPart(ctx, s.path)
	case sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN:
		// SQLite does not say why; the folder may.
		e.Is = ErrUnavailable
		if why := folderTrouble(filepath.Dir(s.path)); why != nil {
			e.Is = why
		}
	case sqlite3.SQLITE_INTERRUPT:
		if cause := context.Cause(ctx); cause != nil {
			return fmt.Errorf("%w: %w", cause, err)
		}
		return err
	default:
		if !errors.Is(err, ErrDamaged) {
			return err
		}
		e.Is, e.Part = ErrDamaged, err.Error()
	}
	if errors.Is(e, ErrDamaged) {
		// What is written on top of damage may damage more.
		s.damaged.CompareAndSwap(nil, e)
	}
	return e
}

func extendedCode(err error) int {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code()
	}
	return sqlite3.SQLITE_OK
}

// folderTrouble finds out why nothing can be written to a folder, by writing to it, which is the only test that is right on
// every platform and file system. It is nil when all is well, or the reason is another.
func folderTrouble(folder string) error {
	f, err := os.CreateTemp(folder, ".backup-vaults-*")
	if err == nil {
		defer func() { _ = os.Remove(f.Name()) }()
		// As much as the smallest shared-memory file of SQLite.
		_, err = f.Write(make([]byte, 64<<10))
		err = errors.Join(err, f.Close())
	}
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT), errors.Is(err, syscall.EFBIG):
		return ErrFull
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return ErrReadOnly
	}
	return nil
}

// tables are what a database of ours has, and what is in them.
var tables = []struct{ name, holds string }{
	{"documents", "vaults, policies, protected VMs, jobs and groups"},
	{"operations", "what was under way, and why something failed"},
	{"stamps", "the last etag"},
}

// damagedPart finds out which tables are damaged. It only reads.
func damagedPart(ctx context.Context, path string) string {
	const patience = 20 * time.Second
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	db := pool(dsn(path, "ro", 0)+"&immutable=1", 1) // which leaves no trace
	defer func() { _ = db.Close() }()
	var parts []string
	for _, table := range tables {
		var said string
		err := db.QueryRowContext(ctx, fmt.Sprintf("PRAGMA integrity_check(%s)", table.name)).Scan(&said)
		if err != nil || said != "ok" {
			parts = append(parts, fmt.Sprintf("the table %s (%s)", table.name, table.holds))
		}
	}
	switch len(parts) {
	case 0:
		return "a part that was not found again"
	case len(tables):
		return "its first pages or its length, so that no table can be read as usual"
	}
	return strings.Join(parts, " and ")
}

// quietDamage marks an error as ErrDamaged without a word of its own.
type quietDamage struct{}

func (quietDamage) Error() string { return "" }

func (quietDamage) Is(target error) bool { return target == ErrDamaged }
