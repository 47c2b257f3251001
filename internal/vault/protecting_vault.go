package vault

import (
	"context"
	"net/http"
	"strings"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// BackingUpVault returns the vault that takes backups of a VM, and so stands in the way of every other. One that only keeps earlier
// backups, since the protection was stopped or suspended, does not. region is where the VM or its vault would be.
func (c *Client) BackingUpVault(ctx context.Context, vm arm.ID, region string) (vault arm.ID, found bool, err error) {
	vault, found, err = c.ProtectingVault(ctx, vm, region)
	if err != nil || !found {
		return vault, found, err
	}
	item, err := c.readItem(ctx, NewItemID(vault, vm).String())
	if err != nil {
		// Of a vault that may not be read, what there is says that it protects the VM.
		return vault, !arm.IsNotFound(err), nil
	}
	return vault, !item.Stopped() && !item.SoftDeleted, nil
}

// ProtectingVault returns the vault that protects a VM, or keeps backups of one since its protection was stopped or suspended. The
// service prefers the one that takes backups. region is where the VM or its vault would be. An item that is soft-deleted does not
// count.
//
// It is a call for each VM. The items of the vaults that can be listed would take fewer for many VMs, but leave out the vaults of
// other subscriptions, so that the answer would depend on who asks.
func (c *Client) ProtectingVault(ctx context.Context, vm arm.ID, region string) (vault arm.ID, found bool, err error) {
	var status struct {
		ProtectionStatus string `json:"protectionStatus"`
		VaultID          string `json:"vaultId"`
	}
	err = c.arm.Do(ctx, arm.Request{
		Method: http.MethodPost,
		Path: "/subscriptions/" + vm.SubscriptionID + "/providers/" + catalog.VaultNamespace + "/locations/" +
			catalog.NormalizeRegion(region) + "/backupStatus",
		APIVersion: catalog.BackupAPIVersion,
		Body:       map[string]string{"resourceType": "VM", "resourceId": vm.String()},
	}, &status)
	if err != nil || status.VaultID == "" || strings.EqualFold(status.ProtectionStatus, "NotProtected") {
		return arm.ID{}, false, err
	}
	vault, err = ParseID(status.VaultID)
	return vault, err == nil, err
}
