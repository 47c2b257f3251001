package secretfile

import (
	"fmt"
	"io/fs"
	"strings"
	"unicode"
)

// file is what the system says of a file, a link or a folder: its permissions, and the ids of its owner and group.
type file struct {
	path         string
	mode         fs.FileMode
	owner, group uint32
}

// place is a file with the link and the folders that lead to it.
type place struct {
	file   file
	around []file
}

// root is the id of the user who can change everything anyway.
const root = 0

// rules say what others than the owner of a file may do. They may never write to it.
type rules struct {
	// unreadable are the permissions to read that nobody else may have.
	unreadable fs.FileMode
	// unreadableOfSystem are those for files of the system's, which this process's user cannot change.
	unreadableOfSystem fs.FileMode
	// owned tells that the file, its link and its folders have to be the user's own, or the system's.
	owned bool
}

func (r rules) check(p place, user uint32) error {
	f := p.file
	unreadable := r.unreadable
	if f.owner == root && user != root {
		unreadable = r.unreadableOfSystem
	}
	writers := fs.FileMode(0o022)
	if !r.owned {
		writers = f.otherWriters()
	}
	switch {
	case f.mode&fs.ModeCharDevice == 0 && f.mode&writers != 0:
		command := "chmod 600"
		if r.unreadable == 0 {
			command = "chmod go-w" // others may have to read it
		}
		return fmt.Errorf("others can write to %s (mode %04o), and so change what it holds; run: %s %s", f.path, f.mode.Perm(), command, word(f.path))
	case f.mode&unreadable != 0:
		return fmt.Errorf("others can read %s (mode %04o); run: chmod 600 %s, and use a new secret if somebody may have read it",
			f.path, f.mode.Perm(), word(f.path))
	case !r.owned:
		return nil
	}
	if err := f.checkOwner(user); err != nil {
		return err
	}
	for _, a := range p.around {
		// With the sticky bit, only the owner of a file can put another in its place.
		if a.mode.IsDir() && a.mode&fs.ModeSticky == 0 && a.mode&a.otherWriters() != 0 {
			return fmt.Errorf("others can write in the folder %s (mode %04o), and so put a file of theirs in place of %s; run: chmod go-w %s",
				a.path, a.mode.Perm(), f.path, word(a.path))
		}
		if err := a.checkOwner(user); err != nil {
			return err
		}
	}
	return nil
}

// checkOwner refuses what another user can change, who is neither the one of this process nor the system's.
func (f file) checkOwner(user uint32) error {
	if f.owner == user || f.owner == root {
		return nil
	}
	return fmt.Errorf("%s belongs to another user (id %d), who can change it; use one of your own, or give it to yours (id %d): chown -h %d %s",
		f.path, f.owner, user, user, word(f.path))
}

// otherWriters are the permissions by which others could write. A group that has its owner's id is that user's alone: where
// each user has one, it may write to all that the user makes.
func (f file) otherWriters() fs.FileMode {
	if f.owner == f.group && f.owner != root {
		return 0o002
	}
	return 0o022
}

// word writes a path for a shell.
func word(path string) string {
	if strings.ContainsFunc(path, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("/._-+,:@%=", r)
	}) {
		return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
	}
	return path
}
