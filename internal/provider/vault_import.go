package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

// ImportState takes an ARM id or an identity. It reads the vault at once, so that a vault that does not exist is said
// to be missing, and so that state has the service's spelling.
func (r *vaultResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	model := emptyVaultModel(ctx)
	if req.ID != "" {
		id, err := vault.ParseID(req.ID)
		if err != nil {
			resp.Diagnostics.AddError("Invalid backup vault id", sentence(err.Error())+"\n\nWrite /subscriptions/<uuid>/resourceGroups/<group>/"+
				"providers/Microsoft.RecoveryServices/vaults/<name>; letter case does not matter.")
			return
		}
		resp.Diagnostics.Append(r.importVault(ctx, id, model, resp)...)
		return
	}
	var identity vaultIdentity
	resp.Diagnostics.Append(req.Identity.Get(ctx, &identity)...)
	if resp.Diagnostics.HasError() {
		return
	}
	model.Name = armNameType.value(identity.Name.ValueString())
	model.SubscriptionID.StringValue = identity.SubscriptionID
	model.ResourceGroupName.StringValue = identity.ResourceGroupName
	r.run.fillDefaults(&model, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(r.importVault(ctx, model.armID(), model, resp)...)
}

func (r *vaultResource) importVault(ctx context.Context, id arm.ID, model vaultModel, resp *resource.ImportStateResponse) (diags diag.Diagnostics) {
	v, err := r.run.vaults.Get(ctx, id)
	if arm.IsNotFound(err) {
		diags.AddError("Backup vault to import does not exist", fmt.Sprintf("There is no vault %s in the environment %q.", id, r.run.environment))
		return diags
	}
	if err != nil {
		diags.AddError("Unable to import backup vault", problem(id.String(), err, ""))
		return diags
	}
	r.save(ctx, model, v, &resp.State, resp.Identity, &diags)
	return diags
}
