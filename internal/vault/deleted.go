package vault

import (
	"context"
	"strings"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// DeletedVault is a vault that was deleted and still holds its name.
type DeletedVault struct {
	// ARMID is the id of the deleted vault's own resource, which an undelete names.
	ARMID string
	// VaultID is the id that the vault had.
	VaultID string
	// PurgeAt is when the vault is gone for good and its name free again.
	PurgeAt time.Time
}

// FindDeleted looks for a deleted vault of a region that holds a name beyond now; found is false when none does. The
// service is asked once per run, subscription and region.
func (c *Client) FindDeleted(ctx context.Context, subscriptionID, region, name string, now time.Time) (v DeletedVault, found bool, err error) {
	path := "/subscriptions/" + subscriptionID + "/providers/" + catalog.VaultNamespace + "/locations/" + catalog.NormalizeRegion(region) + "/deletedVaults"
	all, err := c.deleted.get(ctx, strings.ToLower(path), func(ctx context.Context) ([]DeletedVault, error) {
		type wireDeleted struct {
			ID         string `json:"id"`
			Properties struct {
				VaultID string    `json:"vaultId"`
				PurgeAt time.Time `json:"purgeAt"`
			} `json:"properties"`
		}
		var all []DeletedVault
		for w, err := range arm.List[wireDeleted](ctx, c.arm, path, catalog.VaultAPIVersion, nil) {
			if err != nil {
				return nil, err
			}
			all = append(all, DeletedVault{ARMID: w.ID, VaultID: w.Properties.VaultID, PurgeAt: w.Properties.PurgeAt})
		}
		return all, nil
	})
	for _, v := range all {
		if id, err := ParseID(v.VaultID); err == nil && strings.EqualFold(id.Name, name) && v.PurgeAt.After(now) {
			return v, true, nil
		}
	}
	return DeletedVault{}, false, err
}
