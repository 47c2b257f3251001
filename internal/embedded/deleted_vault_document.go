package embedded

import (
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

const typeDeletedVault = catalog.VaultNamespace + "/locations/deletedVaults"

// showEmptyFor is how long a vault that held nothing is still listed. It cannot be brought back.
const showEmptyFor = 24 * time.Hour

// deletedVault is a vault that was deleted. Below its document are those of what the vault held, so that it can come
// back whole.
type deletedVault struct {
	document *store.Document
	body     object // the vault's location, the properties that clients see, and in "vault" the vault's own body
	at       time.Time
	purge    time.Time
}

// keepDeletedVault remembers a vault whose deletion ends at the given time. One that holds soft-deleted items is kept
// as long as it would have kept items deleted at that moment; an empty one is purged at once. Neither holds the name: a
// vault that is made and deleted again under one id leaves several of them.
func keepDeletedVault(tx *store.Tx, d *store.Document, at time.Time) error {
	body, err := decode(d.Body)
	if err != nil {
		return err
	}
	where, err := text(body, "location")
	if err != nil {
		return err
	}
	items, err := tx.Count(store.Query{Type: typeProtectedItem, Parent: d.ID})
	if err != nil {
		return err
	}
	purge, gone := at, at.Add(showEmptyFor)
	if items > 0 {
		purge = at.Add(retention(body))
		gone = purge
	}
	kept := &store.Document{
		ID: deletedVaultsID(d.Subscription, where) + "/" + groupName(d) + "_" + uuid.NewString(),
		// Not the name in the id: the list is in the order of the names that the vaults had.
		Name:          d.Name,
		Type:          typeDeletedVault,
		Subscription:  d.Subscription,
		ResourceGroup: d.ResourceGroup,
		Created:       d.Created,
		GoneAt:        gone,
	}
	err = save(tx, kept, object{
		"location": where,
		"vault":    body,
		"properties": object{
			"vaultId": d.ID, "vaultDeletionTime": timestamp(at), "purgeAt": timestamp(purge),
		},
	})
	if err != nil {
		return err
	}
	return tx.CopyUnder(d.ID, kept.ID, d.ResourceGroup)
}

func deletedVaultsID(subscription, region string) string {
	return "/subscriptions/" + subscription + "/providers/" + catalog.VaultNamespace + "/locations/" +
		catalog.NormalizeRegion(region) + "/deletedVaults"
}

// timestamp writes a time as the service does, to 100 ns.
func timestamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.0000000Z") }

func readDeletedVault(d *store.Document) (*deletedVault, error) {
	v := &deletedVault{document: d}
	var err error
	if v.body, err = decode(d.Body); err == nil {
		v.at, err = time.Parse(time.RFC3339, lookupText(v.body, "properties.vaultDeletionTime"))
	}
	if err == nil {
		v.purge, err = time.Parse(time.RFC3339, lookupText(v.body, "properties.purgeAt"))
	}
	if err != nil {
		return nil, fmt.Errorf("document %s: %w", d.ID, err)
	}
	return v, nil
}

func (v *deletedVault) vaultID() string { return lookupText(v.body, "properties.vaultId") }

func (v *deletedVault) render() object {
	return object{
		"id":         v.document.ID,
		"name":       lastSegment(v.document.ID),
		"type":       typeDeletedVault,
		"location":   v.body["location"],
		"properties": v.body["properties"],
	}
}
