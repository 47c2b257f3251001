//go:build unix

package store_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// TestFolderIsGone removes the folder of an open database. What would be written to it is lost with it.
func TestFolderIsGone(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "data")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	s := mustOpenPath(t, filepath.Join(folder, "vaults.db"))
	if err := os.RemoveAll(folder); err != nil {
		t.Fatal(err)
	}
	write := s.Update(t.Context(), time.Now(), func(tx *store.Tx) error {
		return tx.PutDocument(&store.Document{ID: "/d", Type: "t", Body: []byte(`{}`)})
	})
	read := s.View(t.Context(), time.Now(), func(*store.Tx) error { return nil })
	for _, err := range []error{write, read} {
		if !errors.Is(err, store.ErrUnavailable) || !strings.Contains(err.Error(), s.Path()+" is gone") {
			t.Errorf("got %v", err)
		}
	}
}
