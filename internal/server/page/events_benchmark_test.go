package page_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/azurebackup/terraform-provider-backup/internal/server/page"
	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// BenchmarkLook looks for changes of 5,000 vaults, which is what an event waits for. What it takes is best compared with
// the list that a client reads.
func BenchmarkLook(b *testing.B) {
	const many = 5000
	s := start(b)
	id := s.makeVault("vault-x", "eastasia")
	err := s.store.Update(b.Context(), s.clock.Now(), func(tx *store.Tx) error {
		d, err := tx.Document(id)
		for i := 1; err == nil && i < many; i++ {
			d.ID, d.Name = strings.Replace(id, "-x", fmt.Sprintf("-%d", i), 1), fmt.Sprintf("vault-%d", i)
			err = tx.PutDocument(d)
		}
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	b.Run("look", func(b *testing.B) {
		for b.Loop() {
			if n, err := page.Look(b.Context(), s.handler); n != many || err != nil {
				b.Fatal(n, err)
			}
		}
	})
	b.Run("page", func(b *testing.B) {
		for b.Loop() {
			s.get("/").want(http.StatusOK)
		}
	})
}
