package embedded

import (
	"fmt"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// firstDeleteWithSoftDeleted is the first API version that deletes a vault in which only soft-deleted items are left.
const firstDeleteWithSoftDeleted = "2024-09-30"

// maxNamed is how many items a refusal names.
const maxNamed = 10

// checkEmpty refuses to delete a vault that holds backups.
func checkEmpty(tx *store.Tx, c *call, d *store.Document) error {
	items, err := tx.Documents(store.Query{Type: typeProtectedItem, Parent: d.ID})
	if err != nil {
		return err
	}
	if c.since(firstDeleteWithSoftDeleted) {
		items = liveItems(items, c.now)
	}
	if len(items) == 0 {
		return nil
	}
	noun := "items"
	if len(items) == 1 {
		noun = "item"
	}
	return &Fault{
		Code: codeNotEmpty,
		Message: fmt.Sprintf("Vault cannot be deleted as there are existing resources within the vault. It holds %d protected "+
			"%s: %s. Please ensure all containers have been unregistered from the vault and all backup data has been deleted, "+
			"then try again.", len(items), noun, named(items, func(d *store.Document) string { return lastSegment(d.ID) })),
	}
}

// liveItems are those that are not soft-deleted. One that is being deleted still lives.
func liveItems(items []*store.Document, now time.Time) []*store.Document {
	var live []*store.Document
	for _, item := range items {
		if !softDeleted(item, now) {
			live = append(live, item)
		}
	}
	return live
}
