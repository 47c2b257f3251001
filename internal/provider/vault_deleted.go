package provider

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/tflog"
	"github.com/azurebackup/terraform-provider-backup/internal/tfvalue"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

// warnOfDeleted tells of the backups that deleted vaults of the planned name still hold: the new vault does not have them, and
// is in the way of having them back. It is no error, since no service refuses the new vault.
func (r *vaultResource) warnOfDeleted(ctx context.Context, plan vaultModel, diags *diag.Diagnostics) {
	if plan.Name.IsUnknown() || plan.SubscriptionID.IsUnknown() || diags.HasError() {
		return
	}
	kept, err := r.run.vaults.FindDeleted(ctx, plan.SubscriptionID.ValueString(), plan.Name.ValueString(), r.run.vaults.Now())
	if err != nil && !r.run.passesOver(err, diags) {
		// What the other regions said counts all the same. Azure has regions that never answer this.
		tflog.Debug(ctx, "unable to look everywhere for a deleted vault of the same name", map[string]any{"error": err.Error()})
	}
	if r.run.vaults.NamesPerGroup {
		kept = slices.DeleteFunc(kept, func(v vault.DeletedVault) bool {
			id, err := vault.ParseID(v.VaultID)
			return err == nil && !plan.ResourceGroupName.Same(tfvalue.ARMName.Value(id.ResourceGroup))
		})
	}
	if len(kept) == 0 {
		return
	}
	const shown = 3
	var lines []string
	for _, v := range kept[:min(len(kept), shown)] {
		lines = append(lines, fmt.Sprintf("  %s\n  in %s, deleted on %s; its backups are purged on %s", v.VaultID, regionLabel(v.Region), utc(v.DeletedAt), utc(v.PurgeAt)))
	}
	if more := len(kept) - shown; more > 0 {
		lines = append(lines, fmt.Sprintf("  and %d more, which were deleted before", more))
	}
	vaults, which := "A deleted vault of that name still holds", "it"
	if len(kept) > 1 {
		vaults, which = fmt.Sprintf("%d deleted vaults of that name still hold", len(kept)), "the first of them"
	}
	diags.AddAttributeWarning(path.Root("name"), "A deleted backup vault of this name holds backups", fmt.Sprintf(
		"The vault %q will be a new, empty one. %s backups:\n\n%s\n\n"+
			"To have them back, undelete %s in place of making a new vault, before this is applied: once there is a vault of that name, the undelete is refused "+
			"(UserErrorDeletedVaultUndeleteConflictingVaultPresent) until that vault is deleted. %s\n\n"+
			"Then import it, with its region and resource group in the configuration, and the address of this resource after \"to =\":\n\n"+
			"import {\n  to = backup_vault.example\n  id = %s\n}\n\n"+
			"The protected VMs in it are soft-deleted; a backup_protected_vm undeletes that of its VM.",
		plan.Name.ValueString(), vaults, strings.Join(lines, "\n"), which, r.run.service.UndeleteAdvice(kept[0]), catalog.HCL(kept[0].VaultID)))
}
