package store_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

func TestCloseLeavesOnlyTheDatabase(t *testing.T) {
	dir := t.TempDir()
	s, err := store.Open(t.Context(), filepath.Join(dir, "backup-vaults.db"))
	if err != nil {
		t.Fatal(err)
	}
	mustUpdate(t, s, noon, put(vault("g", "v")))
	if got := names(t, s, noon, store.Query{}); len(got) != 1 {
		t.Fatal(got)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	expectFiles(t, dir, "backup-vaults.db")
}

// Terraform ends providers without notice, so handles that nobody uses must close by themselves.
func TestIdleHandlesClose(t *testing.T) {
	dir := t.TempDir()
	s := mustOpenPath(t, filepath.Join(dir, "backup-vaults.db"))
	mustUpdate(t, s, noon, put(vault("g", "v")))
	deadline := time.Now().Add(15 * time.Second)
	for {
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		if len(entries) == 1 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("still there: %v", entries)
		}
		time.Sleep(50 * time.Millisecond)
	}
	if diff := cmp.Diff([]string{"v"}, names(t, s, noon, store.Query{})); diff != "" {
		t.Errorf("after reopening: %s", diff)
	}
}

// A path is data: nothing in it may be taken for part of the address.
func TestOddPaths(t *testing.T) {
	for _, name := range []string{"a b.db", "a?mode=memory.db", "a#b.db", "a%20b.db", "ü.db", "a&b=c.db", ":memory:", "noext"} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			s, err := store.Open(t.Context(), filepath.Join(dir, name))
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			expectFiles(t, dir, name)
		})
	}
}

func expectFiles(t *testing.T, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("files: %s", diff)
	}
}
