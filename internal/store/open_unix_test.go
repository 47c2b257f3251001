//go:build unix

package store_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Permissions bind only ordinary users, so when root runs the tests another process of user nobody opens the files.
func TestOpenWithoutPermission(t *testing.T) {
	const nobody = 65534
	for _, test := range []struct {
		name   string
		exists bool
		file   os.FileMode
		folder os.FileMode
	}{
		{"new file in a read-only folder", false, 0, 0o555},
		{"file in a read-only folder", true, 0o666, 0o555},
		{"file of another user", true, 0o444, 0o777},
		{"file that only its owner may write", true, 0o644, 0o777},
	} {
		t.Run(test.name, func(t *testing.T) {
			if os.Geteuid() != 0 && test.file&0o200 != 0 && test.folder&0o200 != 0 {
				t.Skip("needs root, to make a file of another user")
			}
			dir := openTempDir(t)
			t.Cleanup(func() { _ = os.Chmod(dir, 0o700) }) // so that it can be removed
			path := filepath.Join(dir, "x.db")
			if test.exists {
				ours(t, path)
				if err := os.Chmod(path, test.file); err != nil {
					t.Fatal(err)
				}
			}
			if err := os.Chmod(dir, test.folder); err != nil {
				t.Fatal(err)
			}
			before := databaseOnly(snapshot(t, dir))

			cmd := command(t, "open", path)
			if os.Geteuid() == 0 {
				cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
				cmd.Path = copyExecutable(t, cmd.Path)
				cmd.Dir = "/"
			}
			out, err := cmd.CombinedOutput()
			if err != nil || !strings.Contains(string(out), "cannot be written") {
				t.Errorf("got %v, %s", err, out)
			}
			if diff := cmp.Diff(before, databaseOnly(snapshot(t, dir))); diff != "" {
				t.Errorf("files changed: %s", diff)
			}
		})
	}
}

// databaseOnly leaves out SQLite's side files: where the folder may be written, SQLite makes an empty log before it
// finds that it may not write the database, and then may not remove it.
func databaseOnly(files map[string]string) map[string]string {
	for name := range files {
		if strings.HasSuffix(name, "-shm") || strings.HasSuffix(name, "-wal") && files[name] == "" {
			delete(files, name)
		}
	}
	return files
}

// copyExecutable puts the test program where every user can run it: go test builds it in a closed folder.
func copyExecutable(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(openTempDir(t), "store.test")
	if err := os.WriteFile(copied, b, 0o755); err != nil {
		t.Fatal(err)
	}
	return copied
}

// openTempDir is t.TempDir, whose parent is closed to other users, opened.
func openTempDir(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Chmod(filepath.Dir(dir), 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}
