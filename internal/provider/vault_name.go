package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/tflog"
	"github.com/azurebackup/terraform-provider-backup/internal/tfvalue"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

// checkNameFree finds a vault that holds the planned name already. One that is being replaced does not count; none is
// when replaced is nil.
func (r *vaultResource) checkNameFree(ctx context.Context, plan vaultModel, replaced func(arm.ID) bool, diags *diag.Diagnostics) {
	if plan.Name.IsUnknown() || plan.SubscriptionID.IsUnknown() || diags.HasError() {
		return
	}
	found, exists, err := r.run.vaults.FindByName(ctx, plan.SubscriptionID.ValueString(), plan.Name.ValueString())
	if ctx.Err() != nil && replaced == nil { // there is no time left for the vault either
		diags.AddError("Unable to create backup vault", tfvalue.Problem(vaultLabel(plan), err, notKnown("the vault", err)))
		return
	}
	if err != nil {
		// Without an answer the service decides.
		tflog.Warn(ctx, "unable to look for a vault of the same name", map[string]any{"error": err.Error()})
		return
	}
	if exists && (replaced == nil || !replaced(found.ID)) {
		addNameTaken(diags, plan, found)
	}
}

// addNameTaken says who holds the name and, when it may be the vault that is meant, how to adopt it.
func addNameTaken(diags *diag.Diagnostics, plan vaultModel, found vault.Vault) {
	detail := fmt.Sprintf("A vault named %q exists already in this subscription: resource group %q, region %q, state %s. "+
		"Names are unique within a subscription, whatever the resource group.\n\n",
		found.ID.Name, found.ID.ResourceGroup, found.Region, found.State)
	if plan.ResourceGroupName.Same(tfvalue.ARMName.Value(found.ID.ResourceGroup)) {
		detail += fmt.Sprintf("If it is the one you mean, such as one left by an apply that was killed, adopt it: paste this block into the "+
			"configuration, with the address of this resource after \"to =\", and apply.\n\nimport {\n  to = backup_vault.example\n  id = %s\n}\n\n"+
			"If the resource was renamed in the configuration, use a moved block instead. If it is being replaced with create_before_destroy, the "+
			"old vault holds the name until the new one exists. If everything is to be destroyed, destroy with -refresh=false, which does not plan the vault first. Otherwise choose another name.", catalog.HCL(found.ARMID))
	} else {
		detail += "Choose another name, or set resource_group_name to that group and import the vault."
	}
	diags.AddAttributeError(path.Root("name"), "Backup vault name is taken", detail)
}
