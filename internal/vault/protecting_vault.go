package vault

import (
	"context"
	"net/http"
	"strings"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// ProtectingVault returns the vault that protects a VM, whichever it is. region is where the VM or its vault would be. An
// item that is soft-deleted does not count; one whose protection is stopped does, since the VM stays registered.
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
