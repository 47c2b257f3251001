package vault

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// Usage counts what a vault holds.
type Usage struct {
	ProtectedItems int
	// RecoveryPoints is nil when there are some, and the service does not say how many.
	RecoveryPoints *int
	// ByKind are the service's own counters, by its names, such as "IaaSVMProtectedItemCount".
	ByKind map[string]int64
}

// Usage reads the counters of a vault. One that has never protected anything is known to be empty, without a call.
func (c *Client) Usage(ctx context.Context, v Vault) (Usage, error) {
	usage := Usage{ByKind: map[string]int64{}, RecoveryPoints: new(0)}
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
		usage.ByKind[orZero(said(w.Name.Value, countItems, countVMs, countAgents))] = w.CurrentValue
	}
	// What is read of these VMs after this is in the same list.
	items, unreadable, err := c.items.all(ctx, v.ID.String())
	if err != nil {
		return usage, err
	}
	usage.ProtectedItems = len(unreadable) // as many as there may be
	for _, item := range items {
		if !item.SoftDeleted {
			usage.ProtectedItems++
		}
		if points := item.RecoveryPoints; points == nil || usage.RecoveryPoints == nil {
			usage.RecoveryPoints = nil
		} else {
			*usage.RecoveryPoints += *points
		}
	}
	return usage, nil
}

// Contents are what a vault holds.
type Contents struct {
	Vault Vault
	// Protected are the VMs with live backups, also when the protection was stopped or suspended.
	Protected []ProtectedVM
	// SoftDeleted are those whose backups were deleted and are kept for a while.
	SoftDeleted []ProtectedVM
	// Unreadable are the ids of those that cannot be understood, as far as they can be read. They may have live backups.
	Unreadable []string
	// Others is how many items there are that are no VMs, such as databases and file shares, and agents. They are counted when
	// no VM is protected.
	Others int
}

// Empty tells whether the vault holds no backups, not even deleted ones.
func (c Contents) Empty() bool {
	return len(c.Protected)+len(c.SoftDeleted)+len(c.Unreadable)+c.Others == 0
}

// The service's counters of Usage.ByKind that tell of other items than VMs.
const (
	countItems  = "ProtectedItemCount"
	countVMs    = "IaaSVMProtectedItemCount"
	countAgents = "MABContainersCount"
)

// Contents asks what a vault holds. One that has never protected anything, or is known to exist no longer, holds nothing.
func (c *Client) Contents(ctx context.Context, id arm.ID) (Contents, error) {
	v, err := c.VaultOrGone(ctx, id)
	if IsGone(err) {
		return Contents{}, nil
	}
	if err != nil || !v.RedundancyLocked {
		return Contents{Vault: v}, err
	}
	items, unreadable, err := c.items.all(ctx, id.String())
	if err != nil {
		return Contents{}, err
	}
	contents := Contents{Vault: v}
	for _, e := range unreadable {
		contents.Unreadable = append(contents.Unreadable, cmp.Or(e.ID, "one without an id that can be read"))
	}
	for _, key := range slices.Sorted(maps.Keys(items)) {
		if item := items[key]; item.SoftDeleted {
			contents.SoftDeleted = append(contents.SoftDeleted, item)
		} else {
			contents.Protected = append(contents.Protected, item)
		}
	}
	if len(contents.Protected) > 0 {
		return contents, nil
	}
	usage, err := c.Usage(ctx, v)
	contents.Others = int(max(0, usage.ByKind[countItems]-usage.ByKind[countVMs]) + usage.ByKind[countAgents])
	return contents, err
}
