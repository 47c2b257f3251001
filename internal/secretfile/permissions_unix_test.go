//go:build unix

package secretfile_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/azurebackup/terraform-provider-backup/internal/secretfile"
)

func chmod(t *testing.T, path string, mode os.FileMode) {
	t.Helper()
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

// What the system says of files reaches the rules.
func TestPermissions(t *testing.T) {
	t.Parallel()
	key := func(path string) error { _, err := secretfile.Key(path); return err }
	token := func(path string) error { _, err := secretfile.Token(path); return err }
	text := func(path string) error { _, err := secretfile.Text(path); return err }
	for name, test := range map[string]struct {
		read         func(string) error
		file, folder os.FileMode
		want         string
	}{
		"token":                       {token, 0o600, 0o700, ""},
		"token to read":               {token, 0o604, 0o700, "others can read"},
		"token to write":              {token, 0o602, 0o700, "others can write to"},
		"token in an open folder":     {token, 0o600, 0o777, "others can write in the folder"},
		"token in a sticky folder":    {token, 0o600, 0o777 | os.ModeSticky, ""},
		"key":                         {key, 0o600, 0o755, ""},
		"key to read":                 {key, 0o640, 0o755, "others can read"},
		"key in an open folder":       {key, 0o600, 0o707, "others can write in the folder"},
		"provider's text":             {text, 0o644, 0o777, ""},
		"provider's text to write":    {text, 0o646, 0o700, "others can write to"},
		"the folder itself":           {func(path string) error { return secretfile.Folder(filepath.Dir(path)) }, 0o600, 0o755, ""},
		"the folder itself, to write": {func(path string) error { return secretfile.Folder(filepath.Dir(path)) }, 0o600, 0o770, "others can write in the folder"},
		"the folder itself, sticky":   {func(path string) error { return secretfile.Folder(filepath.Dir(path)) }, 0o600, 0o777 | os.ModeSticky, "chmod go-w"},
	} {
		path := write(t, "secret")
		chmod(t, path, test.file)
		chmod(t, filepath.Dir(path), test.folder)
		err := test.read(path)
		if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", name, err, test.want)
		}

		// By a link in a folder of the user's own, it is the same.
		link := filepath.Join(t.TempDir(), "link")
		if err := os.Symlink(path, link); err != nil {
			t.Fatal(err)
		}
		chmod(t, filepath.Dir(link), 0o700)
		if strings.HasPrefix(name, "the folder") {
			continue
		}
		if linked := test.read(link); (linked == nil) != (err == nil) {
			t.Errorf("%s by a link: %v", name, linked)
		}
	}
}

// The shell's <(command) is a pipe.
func TestToken_pipe(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	written := make(chan error, 1)
	go func() { written <- os.WriteFile(path, []byte("from a command\n"), 0o600) }()
	if secret, err := secretfile.Token(path); err != nil || secret != "from a command" {
		t.Errorf("%q, %v", secret, err)
	}
	if err := <-written; err != nil {
		t.Error(err)
	}
}
