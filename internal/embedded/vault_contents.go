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
	if err != nil || len(items) == 0 {
		return err
	}
	live := liveItems(items, c.now)
	switch {
	case len(live) > 0 && c.since(firstDeleteWithSoftDeleted):
		return holdsItems(codeVaultNotEmpty, live)
	case len(live) > 0:
		return holdsItems(codeVaultNotEmptyBefore, live)
	case c.since(firstDeleteWithSoftDeleted):
		return nil
	}
	return &Fault{
		Code: codeSoftDeletedLeft,
		Message: fmt.Sprintf("Vault cannot be deleted as there are backup items still present in soft delete state: %s. See "+
			"https://aka.ms/undeletesoftdeleteditems, wait until they are purged, or use an API version of %s or later.",
			itemNames(items), firstDeleteWithSoftDeleted),
	}
}

// holdsItems refuses the end of a vault, or of its group, for the sake of the items that live in it.
func holdsItems(code string, items []*store.Document) *Fault {
	noun := "items"
	if len(items) == 1 {
		noun = "item"
	}
	return &Fault{
		Code: code,
		Message: fmt.Sprintf("Vault cannot be deleted as there are existing resources within the vault. It holds %d protected "+
			"%s: %s. Please ensure all containers have been unregistered from the vault and all backup data has been deleted, "+
			"then try again.", len(items), noun, itemNames(items)),
	}
}

func itemNames(items []*store.Document) string {
	return named(items, func(d *store.Document) string { return lastSegment(d.ID) })
}

// itemsByActivity are the live items that take backups, and those that only keep earlier ones, since they were stopped or
// suspended. A machine may have several of these, in different vaults.
func itemsByActivity(items []*store.Document, now time.Time) (active, kept []*store.Document, err error) {
	for _, item := range liveItems(items, now) {
		body, err := decode(item.Body)
		if err != nil {
			return nil, nil, fmt.Errorf("document %s: %w", item.ID, err)
		}
		if isRunning(lookupText(body, "properties.protectionState")) {
			active = append(active, item)
		} else {
			kept = append(kept, item)
		}
	}
	return active, kept, nil
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
