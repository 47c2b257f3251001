package store_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// mainContext is for the processes that tests start, which have no test's context.
func mainContext() context.Context { return context.Background() }

// execSQL makes or changes a database as another program would.
func execSQL(t *testing.T, path, script string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), script); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

func ours(t *testing.T, path string) {
	t.Helper()
	s, err := store.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	mustUpdate(t, s, noon, put(vault("g", "v")))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestOpenErrors(t *testing.T) {
	for _, test := range []struct {
		name    string
		prepare func(t *testing.T, path string)
		path    string // below the test's folder, "x.db" unless given
		reason  store.Reason
		text    []string
	}{
		{
			name:    "folder missing",
			prepare: func(*testing.T, string) {},
			path:    "missing/x.db",
			reason:  store.ReasonFolderMissing,
			text:    []string{"missing of the database file does not exist", "Create it"},
		},
		{
			name: "folder is a file",
			prepare: func(t *testing.T, path string) {
				write(t, filepath.Dir(path), "text")
			},
			path:   "file/x.db",
			reason: store.ReasonBelowFile,
			text:   []string{"goes through the file", "which is no folder"},
		},
		{
			name: "folder is below a file",
			prepare: func(t *testing.T, path string) {
				write(t, filepath.Dir(filepath.Dir(path)), "text")
			},
			path:   "file/folder/x.db",
			reason: store.ReasonBelowFile,
			text:   []string{"goes through the file", "which is no folder"},
		},
		{
			name: "path is a folder",
			prepare: func(t *testing.T, path string) {
				if err := os.Mkdir(path, 0o700); err != nil {
					t.Fatal(err)
				}
			},
			reason: store.ReasonDirectory,
			text:   []string{"Add a file name", filepath.Join("x.db", "backup-vaults.db")},
		},
		{
			name:    "text",
			prepare: func(t *testing.T, path string) { write(t, path, strings.Repeat("Dear diary,\n", 1000)) },
			reason:  store.ReasonNotDatabase,
			text:    []string{"x.db is not a database", "Choose another path"},
		},
		{
			name:    "short text",
			prepare: func(t *testing.T, path string) { write(t, path, "x") },
			reason:  store.ReasonNotDatabase,
		},
		{
			name: "another program's database",
			prepare: func(t *testing.T, path string) {
				execSQL(t, path, "PRAGMA application_id = 7; CREATE TABLE t (x); INSERT INTO t VALUES (1)")
			},
			reason: store.ReasonForeign,
			text:   []string{"another program", "Choose another path"},
		},
		{
			name: "a database with tables and no application id, in WAL mode",
			prepare: func(t *testing.T, path string) {
				execSQL(t, path, "PRAGMA journal_mode = WAL; CREATE TABLE t (x)")
			},
			reason: store.ReasonForeign,
		},
		{
			name: "from a newer version",
			prepare: func(t *testing.T, path string) {
				ours(t, path)
				execSQL(t, path, fmt.Sprintf("PRAGMA user_version = %d", store.SchemaVersion+1))
			},
			reason: store.ReasonNewer,
			text:   []string{"newer version", fmt.Sprintf("version %d", store.SchemaVersion+1), "Upgrade"},
		},
		{
			name: "version set back",
			prepare: func(t *testing.T, path string) {
				ours(t, path)
				execSQL(t, path, "PRAGMA user_version = 0")
			},
			reason: store.ReasonSetBack,
			text:   []string{"was set back", "says that its schema is version 0", "Restore it", fmt.Sprintf("PRAGMA user_version = %d", store.SchemaVersion), "move it away"},
		},
		{
			name: "version below all", // which was a panic
			prepare: func(t *testing.T, path string) {
				ours(t, path)
				execSQL(t, path, "PRAGMA user_version = -3")
			},
			reason: store.ReasonSetBack,
			text:   []string{"says that its schema is version -3"},
		},
		{
			name: "read-only file",
			prepare: func(t *testing.T, path string) {
				ours(t, path)
				if err := os.Chmod(path, 0o400); err != nil {
					t.Fatal(err)
				}
			},
			reason: store.ReasonReadOnly,
			text:   []string{"cannot be written", "Allow writing"},
		},
		{
			name: "damaged",
			prepare: func(t *testing.T, path string) {
				ours(t, path)
				b, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				copy(b[100:], bytes.Repeat([]byte{0xff}, len(b)-100)) // the header stays
				write(t, path, string(b))
			},
			reason: store.ReasonDamaged,
			text:   []string{"damaged", "Restore"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			if test.path == "" {
				test.path = "x.db"
			}
			path := filepath.Join(dir, test.path)
			test.prepare(t, path)
			before := snapshot(t, dir)

			s, err := store.OpenWithin(t.Context(), path, 200*time.Millisecond)
			if err == nil {
				_ = s.Close()
			}
			e, ok := errors.AsType[*store.OpenError](err)
			if !ok {
				t.Fatalf("got %v", err)
			}
			if e.Reason != test.reason || e.Path != path {
				t.Errorf("got %q for %s: %v", e.Reason, e.Path, e)
			}
			for _, part := range test.text {
				if !strings.Contains(e.Error(), part) {
					t.Errorf("%q does not say %q", e, part)
				}
			}
			if diff := cmp.Diff(before, snapshot(t, dir)); diff != "" {
				t.Errorf("files changed: %s", diff)
			}
		})
	}
}

// The advice for a database whose version was set back works: it is as it was.
func TestOpenAfterTheVersionIsPutRight(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	ours(t, path)
	execSQL(t, path, "PRAGMA user_version = 0")
	if _, err := store.Open(t.Context(), path); err == nil {
		t.Fatal("it is opened")
	}
	execSQL(t, path, fmt.Sprintf("PRAGMA user_version = %d", store.SchemaVersion))
	ours(t, path)
}

func TestOpenLocked(t *testing.T) {
	for name, lock := range map[string]string{
		"written by another": "BEGIN IMMEDIATE",
		"held exclusively":   "BEGIN EXCLUSIVE",
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "x.db")
			ours(t, path)
			before := snapshot(t, filepath.Dir(path))

			db, err := sql.Open("sqlite", path)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = db.Close() }()
			conn, err := db.Conn(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if _, err := conn.ExecContext(t.Context(), lock); err != nil {
				t.Fatal(err)
			}
			_, err = store.OpenWithin(t.Context(), path, 100*time.Millisecond)
			if e, ok := errors.AsType[*store.OpenError](err); !ok || e.Reason != store.ReasonLocked {
				t.Errorf("got %v", err)
			}

			// A caller who gives up does not wait for the lock.
			ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
			defer cancel()
			start := time.Now()
			if _, err := store.Open(ctx, path); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got %v", err)
			}
			if waited := time.Since(start); waited > 5*time.Second {
				t.Errorf("waited %v", waited)
			}

			if err := errors.Join(conn.Close(), db.Close()); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(before, snapshot(t, filepath.Dir(path))); diff != "" {
				t.Errorf("files changed: %s", diff)
			}
		})
	}
}

func TestUpdateBusy(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	s, err := store.OpenWithin(t.Context(), path, 100*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	other := mustOpenPath(t, path)
	mustUpdate(t, other, noon, func(*store.Tx) error {
		if err := s.Update(t.Context(), noon, put(vault("g", "v"))); !errors.Is(err, store.ErrBusy) {
			t.Errorf("got %v", err)
		}
		return nil
	})
}

func TestRemovedFileIsNotRecreated(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "x.db")
	s := mustOpenPath(t, path)
	for {
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		if len(entries) == 1 {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := s.Update(t.Context(), noon, put(vault("g", "v"))); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("got %v", err)
	}
	expectFiles(t, dir)
}

// Other stores of this process hold POSIX locks on the file, which any careless close of it would drop.
func TestOpeningAgainKeepsTheLocks(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	s := mustOpenPath(t, path)
	mustUpdate(t, s, noon, func(*store.Tx) error {
		if second, err := store.OpenWithin(t.Context(), path, 10*time.Millisecond); err == nil {
			_ = second.Close()
			t.Error("opened for writing inside a write")
		}
		out, err := command(t, "open", path).CombinedOutput()
		if err != nil || !strings.Contains(string(out), "locked by another process") {
			t.Errorf("another process: %v, %s", err, out)
		}
		return nil
	})
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// snapshot is the content of every file in dir.
func snapshot(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.IsDir() {
			files[e.Name()] = "folder"
			continue
		}
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		files[e.Name()] = string(b)
	}
	return files
}
