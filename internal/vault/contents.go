package vault

import (
	"context"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

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
	// What is read of these VMs after this is in the same list.
	items, err := c.items.all(ctx, v.ID.String())
	if err != nil {
		return usage, err
	}
	for _, item := range items {
		if !item.SoftDeleted {
			usage.ProtectedItems++
		}
		usage.RecoveryPoints += item.RecoveryPoints
	}
	return usage, nil
}
