package store_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// TestFullDisk has a database that may not grow for a while, which SQLite reports as it does a full disk.
func TestFullDisk(t *testing.T) {
	s := MustOpen(t)
	put := func(i int) error {
		return s.Update(t.Context(), time.Now(), func(tx *store.Tx) error {
			return tx.PutDocument(&store.Document{ID: fmt.Sprintf("/d/%d", i), Type: "t", Body: []byte(`{"a":"` + strings.Repeat("x", 2000) + `"}`)})
		})
	}
	if err := store.LimitPages(t.Context(), s, 5); err != nil {
		t.Fatal(err)
	}
	kept := 0
	var err error
	for ; err == nil; kept++ {
		err = put(kept)
	}
	kept--
	if !errors.Is(err, store.ErrFull) {
		t.Fatalf("got %v", err)
	}
	for _, part := range []string{"no space is left on the disk of " + s.Path(), "5 MB", "What was accepted before is kept"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q does not say %q", err, part)
		}
	}
	if err := store.LimitPages(t.Context(), s, 1000); err != nil {
		t.Fatal(err)
	}
	if err := put(kept); err != nil {
		t.Errorf("with space again: %v", err)
	}
	err = s.View(t.Context(), time.Now(), func(tx *store.Tx) error {
		n, err := tx.Count(store.Query{Type: "t"})
		if n != kept+1 {
			t.Errorf("%d documents, not %d", n, kept+1)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
