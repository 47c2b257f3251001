package provider_test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// A database that cannot be used is a provider error while planning, and is left as it is.
func TestAccDatabase_unusable(t *testing.T) {
	for name, test := range map[string]struct {
		// make puts something into an empty folder and returns the path for the attribute database.
		make func(t *testing.T, folder string) string
		want []string // in the message, besides the path
	}{
		"text": {
			make: func(t *testing.T, folder string) string {
				return write(t, folder, "notes.db", bytes.Repeat([]byte("Not a database, but somebody's notes.\n"), 100))
			},
			want: []string{"is not a database; it was left as it is"},
		},
		"one byte": { // which SQLite takes for an empty database
			make: func(t *testing.T, folder string) string { return write(t, folder, "notes.db", []byte("\n")) },
			want: []string{"is not a database; it was left as it is"},
		},
		"newer version": {
			make: func(t *testing.T, folder string) string { return newerDatabase(t, filepath.Join(folder, "vaults.db")) },
			want: []string{"was written by a newer version", "schema is version 9999", "it was left as it is", "Upgrade, or choose another path"},
		},
		"another program's database": {
			make: func(t *testing.T, folder string) string {
				path := filepath.Join(folder, "songs.db")
				change(t, path, "CREATE TABLE songs (title TEXT)")
				return path
			},
			want: []string{"is a database of another program; it was left as it is"},
		},
		"damaged": {
			make: func(t *testing.T, folder string) string {
				path := ownDatabase(t, filepath.Join(folder, "vaults.db"))
				content, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				// Behind the header, so that the file still says whose it is.
				return write(t, folder, "vaults.db", append(content[:100], bytes.Repeat([]byte{0xa5}, len(content)-100)...))
			},
			want: []string{"is damaged", "nothing is written to it"},
		},
		"read-only": {
			// A file that nobody may write to is refused even when the user is root, who may.
			make: func(t *testing.T, folder string) string {
				path := ownDatabase(t, filepath.Join(folder, "vaults.db"))
				if err := os.Chmod(path, 0o400); err != nil {
					t.Fatal(err)
				}
				return path
			},
			want: []string{"cannot be written", "read-only", "Allow writing"},
		},
		"folder missing": {
			make: func(_ *testing.T, folder string) string { return filepath.Join(folder, "missing", "vaults.db") },
			want: []string{"The folder", "does not exist", "Create it, or choose another path"},
		},
		"file for a folder": {
			make: func(t *testing.T, folder string) string {
				return filepath.Join(write(t, folder, "notes.txt", []byte("some notes")), "vaults.db")
			},
			want: []string{"goes through the file", "which is no folder", "Choose another path"},
		},
		"folder": {
			make: func(_ *testing.T, folder string) string { return folder },
			want: []string{"is a folder, not a file", "Add a file name to the path"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			path := test.make(t, folder)
			before := content(t, folder)

			w := acctest.NewWorkspace(t, fmt.Sprintf(`terraform {
  required_providers { backup = { source = "azurebackup/backup" } }
}
provider "backup" {
  environment = "embedded"
  embedded = {
    database = %q
  }
}
`+productionVault, filepath.ToSlash(path)))
			named := path
			if name == "folder missing" {
				named = filepath.Dir(path) // what is wrong is the folder
			}
			for _, command := range [][]string{{"plan"}, {"plan", "-refresh=false"}, {"apply", "-auto-approve"}} {
				r := w.Run(command...)
				if r.ExitCode != 1 {
					t.Errorf("%v: exit code %d, want 1", command, r.ExitCode)
				}
				wantOutput(t, r, append(test.want, named, "Error: Unable to open the vault database", `in provider "backup"`,
					"comes from the provider's attribute embedded.database.")...)
			}
			if diff := cmp.Diff(before, content(t, folder)); diff != "" {
				t.Errorf("the folder was changed (-before +after):\n%s", diff)
			}
			wantStates(t, w, map[string]string{})

			// Nothing is opened, so nothing can be wrong with it.
			w.MustRun("validate")
		})
	}
}

// The database comes from a variable of the environment as well, and is relative to the working directory.
func TestAccDatabase_fromTheEnvironment(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorkspace(t, slowVaults("0s", productionVault))
	w.Setenv("BACKUP_DATABASE", "missing/vaults.db")
	r := w.Run("plan")
	wantOutput(t, r, "Error: Unable to open the vault database", filepath.Join(w.Folder, "missing"), "does not exist",
		"comes from the environment variable BACKUP_DATABASE.")

	if err := os.Mkdir(filepath.Join(w.Folder, "missing"), 0o700); err != nil {
		t.Fatal(err)
	}
	w.MustRun("apply", "-auto-approve")
	if vaults := created(t, filepath.Join(w.Folder, "missing", "vaults.db")); len(vaults) != 1 {
		t.Errorf("vaults: %v", vaults)
	}
	if _, err := os.Stat(databaseOf(w)); err == nil {
		t.Error("there is a database at the default path, too")
	}
}

// A run leaves one file behind, with nothing beside it.
func TestAccDatabase_isOneFile(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorkspace(t, slowVaults("0s", productionVault))
	w.MustRun("apply", "-auto-approve")
	w.MustPlanNothing()
	w.MustRun("destroy", "-auto-approve")
	files, err := filepath.Glob(databaseOf(w) + "*")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{databaseOf(w)}, files); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

func write(t *testing.T, folder, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(folder, name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// ownDatabase makes a database of the embedded service.
func ownDatabase(t *testing.T, path string) string {
	t.Helper()
	s, err := store.Open(context.Background(), path)
	if err == nil {
		err = s.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// newerDatabase is one that a later version of the provider has migrated.
func newerDatabase(t *testing.T, path string) string {
	t.Helper()
	change(t, ownDatabase(t, path), "PRAGMA user_version = 9999")
	return path
}

// change runs a statement on a database file, without the store.
func change(t *testing.T, path, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}()
	if _, err := db.ExecContext(context.Background(), statement); err != nil {
		t.Fatal(err)
	}
}

// content is every file and folder in a folder, with the mode and the bytes of each.
func content(t *testing.T, folder string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		var bytes []byte
		if entry.Type().IsRegular() {
			bytes, err = os.ReadFile(path)
		}
		found[path] = fmt.Sprintf("%s %x", info.Mode(), bytes)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
