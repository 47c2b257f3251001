// Package secretfile reads files that hold a secret, and refuses those that others can change or know: what is in them may be
// somebody else's, or no secret any more. Its errors say what to do.
package secretfile

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// longestText is how many bytes a secret may have. The longest there are, identity providers' tokens, have some thousand.
	longestText = 16 << 10
	// longestKey is how many bytes a key may have, with certificates in the same file.
	longestKey = 1 << 20
)

// Token reads a secret text of this machine's own. Others may read the file only by its group's permission, unless it is the
// system's: everybody in a container can read what it gets of its secrets.
func Token(path string) (string, error) {
	return readText(path, rules{unreadable: 0o004, owned: true})
}

// Text reads a secret text that something else on this machine, such as Kubernetes, may have put there for all to read.
func Text(path string) (string, error) { return readText(path, rules{}) }

// Key reads a private key of this machine's own. Nobody but the owner of the file may read it, and a group only a key of the
// system's, since that is how services get theirs.
func Key(path string) ([]byte, error) {
	return read(path, longestKey, rules{unreadable: 0o044, unreadableOfSystem: 0o004, owned: true})
}

// Certificate reads a certificate, with its key or without, that something else on this machine may have put there.
func Certificate(path string) ([]byte, error) { return read(path, longestKey, rules{}) }

// Folder checks a folder that keeps secrets: nobody but its owner may write in it.
func Folder(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	folder := fileOf(path, info)
	if folder.mode&0o022 != 0 {
		return fmt.Errorf("others can write in the folder %s (mode %04o), and so put files of theirs in place of those in it; run: chmod go-w %s",
			path, folder.mode.Perm(), word(path))
	}
	return folder.checkOwner(currentUser())
}

func readText(path string, r rules) (string, error) {
	content, err := read(path, longestText, r)
	if err != nil {
		return "", err
	}
	secret := strings.TrimSpace(string(content))
	switch i := strings.IndexFunc(secret, func(r rune) bool { return !unicode.IsGraphic(r) }); {
	case !utf8.ValidString(secret):
		return "", fmt.Errorf("%s is not a text in UTF-8; it has to hold the secret alone", path)
	case i >= 0 && strings.ContainsAny(secret[i:i+1], "\r\n"):
		return "", fmt.Errorf("%s has more than one line; it has to hold the secret alone", path)
	case i >= 0:
		r, _ := utf8.DecodeRuneInString(secret[i:])
		return "", fmt.Errorf("%s holds %U, which cannot be seen and belongs to no secret; it has to hold the secret alone", path, r)
	}
	return secret, nil
}

// read reads a file that keeps to the rules.
func read(path string, most int64, r rules) ([]byte, error) {
	opened, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = opened.Close() }()
	// Of what is open, so that nothing else can be put in its place after the look.
	info, err := opened.Stat()
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return nil, fmt.Errorf("%s is a folder; it has to be a file", path)
	}
	p := place{file: fileOf(path, info)}
	if r.owned && info.Mode().IsRegular() {
		if p.around, err = around(path); err != nil {
			return nil, err
		}
	}
	if err := r.check(p, currentUser()); err != nil {
		return nil, err
	}
	content, err := io.ReadAll(io.LimitReader(opened, most+1))
	if err != nil {
		return nil, err
	}
	if int64(len(content)) > most {
		return nil, fmt.Errorf("%s has more than %d characters; it has to hold the secret alone", path, most)
	}
	return content, nil
}

// around are the links and folders that lead to a file: the one of the path, and that of what the path leads to.
func around(path string) ([]file, error) {
	target, err := filepath.EvalSymlinks(path)
	if err != nil {
		return nil, err
	}
	link, err := os.Lstat(path)
	if err != nil {
		return nil, err
	}
	files := []file{fileOf(path, link)}
	for _, folder := range []string{filepath.Dir(path), filepath.Dir(target)} {
		info, err := os.Stat(folder)
		if err != nil {
			return nil, err
		}
		files = append(files, fileOf(folder, info))
	}
	return files, nil
}
