package vault

import (
	"context"
	"iter"
	"net/http"
	"net/url"
	"strings"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// ProtectedItem is a VM whose backups a vault holds.
type ProtectedItem struct {
	// ARMID is the id of the item in the vault.
	ARMID string
	// SourceVMID is the ARM id of the VM.
	SourceVMID string
	// SoftDeleted tells that the item was deleted and is kept until it expires; it does not hold up the vault's own deletion.
	SoftDeleted    bool
	RecoveryPoints int
}

// VMName is the last part of the VM's id.
func (i ProtectedItem) VMName() string {
	return i.SourceVMID[strings.LastIndexByte(i.SourceVMID, '/')+1:]
}

type wireItem struct {
	ID         string `json:"id"`
	Properties struct {
		SourceResourceID             string `json:"sourceResourceId"`
		IsScheduledForDeferredDelete bool   `json:"isScheduledForDeferredDelete"`
		ExtendedInfo                 struct {
			RecoveryPointCount int `json:"recoveryPointCount"`
		} `json:"extendedInfo"`
	} `json:"properties"`
}

// ProtectedItems yields the VMs that a vault protects, soft-deleted ones included.
func (c *Client) ProtectedItems(ctx context.Context, id arm.ID) iter.Seq2[ProtectedItem, error] {
	query := url.Values{"$filter": {"backupManagementType eq 'AzureIaasVM'"}}
	return func(yield func(ProtectedItem, error) bool) {
		for w, err := range arm.List[wireItem](ctx, c.arm, id.String()+"/backupProtectedItems", catalog.BackupAPIVersion, query) {
			item := ProtectedItem{
				ARMID: w.ID, SourceVMID: w.Properties.SourceResourceID,
				SoftDeleted: w.Properties.IsScheduledForDeferredDelete, RecoveryPoints: w.Properties.ExtendedInfo.RecoveryPointCount,
			}
			if !yield(item, err) || err != nil {
				return
			}
		}
	}
}

// DeleteItem stops protecting a VM and deletes its backups; with soft delete they are kept for a while. An item that
// does not exist is success.
func (c *Client) DeleteItem(ctx context.Context, item ProtectedItem) error {
	op, err := c.arm.Begin(ctx, arm.Request{Method: http.MethodDelete, Path: item.ARMID, APIVersion: catalog.BackupAPIVersion})
	if err == nil {
		err = op.Wait(ctx, nil, nil)
	}
	if arm.IsNotFound(err) {
		return nil
	}
	return err
}

// Usage counts what a vault holds.
type Usage struct {
	ProtectedItems int
	RecoveryPoints int
	// ByKind are the service's own counters, by its names, such as "IaaSVMProtectedItemCount".
	ByKind map[string]int64
}

// Usage reads the counters of a vault. One that has never protected anything is known to be empty, without a call.
func (c *Client) Usage(ctx context.Context, v Vault) (Usage, error) {
	usage := Usage{ByKind: map[string]int64{}}
	if !v.RedundancyLocked {
		return usage, nil
	}
	type wireUsage struct {
		Name         struct{ Value string } `json:"name"`
		CurrentValue int64                  `json:"currentValue"`
	}
	for w, err := range arm.List[wireUsage](ctx, c.arm, v.ID.String()+"/usages", catalog.VaultAPIVersion, nil) {
		if err != nil {
			return usage, err
		}
		usage.ByKind[w.Name.Value] = w.CurrentValue
	}
	for item, err := range c.ProtectedItems(ctx, v.ID) {
		if err != nil {
			return usage, err
		}
		if !item.SoftDeleted {
			usage.ProtectedItems++
		}
		usage.RecoveryPoints += item.RecoveryPoints
	}
	return usage, nil
}
