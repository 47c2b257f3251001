package provider

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

// warnOfContents says what a vault holds that is going to be destroyed or replaced. It is a warning, since the items may
// leave in the same plan; the service refuses otherwise. A vault that never registered a VM is not asked.
func (r *vaultResource) warnOfContents(ctx context.Context, state vaultModel, fate string, diags *diag.Diagnostics) {
	if !state.StorageRedundancyLocked.ValueBool() || r.run.applying.Load() {
		return
	}
	var names []string
	for item, err := range r.run.vaults.ProtectedVMs(ctx, state.armID()) {
		if err != nil {
			tflog.Warn(ctx, "unable to list the protected items", map[string]any{"error": err.Error()})
			return
		}
		if !item.SoftDeleted {
			names = append(names, item.VMName())
		}
	}
	if len(names) == 0 {
		return
	}
	items := "items"
	if len(names) == 1 {
		items = "item"
	}
	detail := fmt.Sprintf("%s is to be %s. It holds %d protected %s: %s.\n\n", vaultLabel(state), fate, len(names), items, listed(names))
	switch {
	case !state.ForceDestroy.ValueBool():
		detail += "The service refuses to delete it while they are there. Unless they leave in the same apply, it fails; force_destroy = true deletes them " +
			"with their backups, after an apply that sets it."
	case state.Immutability.ValueString() == vault.ImmutabilityDisabled:
		detail += "force_destroy = true: all of them are deleted with their backups."
	default:
		detail += fmt.Sprintf("force_destroy = true, but immutability is %s, and the service refuses to delete their backups before they expire.", state.Immutability.ValueString())
	}
	diags.AddWarning("Backup vault is not empty", detail)
}

// checkNameNotHeld finds a deleted vault that holds the planned name until it is purged.
func (r *vaultResource) checkNameNotHeld(ctx context.Context, plan vaultModel, diags *diag.Diagnostics) {
	if plan.Name.IsUnknown() || plan.Region.IsUnknown() || plan.SubscriptionID.IsUnknown() || diags.HasError() {
		return
	}
	held, found, err := r.run.vaults.FindDeleted(ctx, plan.SubscriptionID.ValueString(), plan.Region.ValueString(), plan.Name.ValueString(), r.run.vaults.Now())
	if err != nil {
		tflog.Warn(ctx, "unable to look for a deleted vault of the same name", map[string]any{"error": err.Error()})
		return
	}
	if found {
		diags.AddAttributeError(path.Root("name"), "Backup vault name is held by a deleted vault", fmt.Sprintf(
			"A vault named %q was deleted and holds the name until it is purged on %s.\n\nChoose another name, wait, or undelete it and import it:\n\n"+
				"  az backup deleted-vault undelete --ids %s\n", plan.Name.ValueString(), held.PurgeAt.UTC().Format(time.RFC1123), held.ARMID))
	}
}
