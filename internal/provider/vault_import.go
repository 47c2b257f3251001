package provider

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/tfvalue"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

// importForms tells what an import takes.
const importForms = `Write one of:
  the ARM id, in any letter case: /subscriptions/<uuid>/resourceGroups/<group>/providers/Microsoft.RecoveryServices/vaults/<name>
  the link to the vault in the Azure portal, as the browser shows it
  <resource group>/<name>, in the provider's subscription`

// ImportState takes an id in one of importForms, or an identity. It reads the vault at once, so that a vault that does
// not exist is said to be missing. State gets the service's spelling, but of an identity the user's, since Terraform
// refuses an identity that changes.
func (r *vaultResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	model := emptyVaultModel(ctx)
	if req.ID == "" {
		var identity vaultIdentity
		resp.Diagnostics.Append(req.Identity.Get(ctx, &identity)...)
		if resp.Diagnostics.HasError() {
			return
		}
		id := r.resolve(identity, &resp.Diagnostics)
		model.SubscriptionID, model.ResourceGroupName, model.Name = tfvalue.ARMName.Value(id.SubscriptionID), tfvalue.ARMName.Value(id.ResourceGroup), tfvalue.ARMName.Value(id.Name)
		r.importVault(ctx, id, model, resp)
		return
	}
	identity, err := parseImportID(req.ID)
	if err != nil {
		resp.Diagnostics.AddError("Invalid backup vault id", tfvalue.Sentence(err.Error())+"\n\n"+importForms)
		return
	}
	r.importVault(ctx, r.resolve(identity, &resp.Diagnostics), model, resp)
}

// resolve gives an identity the provider's subscription and resource group where it names none.
func (r *vaultResource) resolve(identity vaultIdentity, diags *diag.Diagnostics) arm.ID {
	var m vaultModel
	m.SubscriptionID.StringValue, m.ResourceGroupName.StringValue, m.Name.StringValue = identity.SubscriptionID, identity.ResourceGroupName, identity.Name
	r.run.fillDefaults(&m, func(name string) bool {
		return name == "subscription_id" && m.SubscriptionID.IsNull() || name == "resource_group_name" && m.ResourceGroupName.IsNull()
	}, diags)
	for name, value := range map[string]tfvalue.EqualText{"subscription_id": m.SubscriptionID, "resource_group_name": m.ResourceGroupName} {
		if value.IsUnknown() {
			addNotKnownYet(diags, name, path.Root(name), "Write an id or an identity that names it")
		}
	}
	return m.armID()
}

func (r *vaultResource) importVault(ctx context.Context, id arm.ID, model vaultModel, resp *resource.ImportStateResponse) {
	if resp.Diagnostics.HasError() {
		return
	}
	v, err := r.run.vaults.VaultOrGone(ctx, id)
	if vault.IsGone(err) {
		resp.Diagnostics.AddError("Backup vault to import does not exist", fmt.Sprintf("There is no vault %s in the environment %q.", id, r.run.environment))
		return
	}
	if err != nil {
		resp.Diagnostics.AddError("Unable to import backup vault", tfvalue.Problem(id.String(), err, ""))
		return
	}
	if v, err = r.run.vaults.WithGuard(ctx, v); err != nil {
		resp.Diagnostics.AddError("Unable to import backup vault", tfvalue.Problem(id.String(), err, ""))
		return
	}
	resp.Diagnostics.Append(markOwner(ctx, resp.Private)...)
	r.save(ctx, model, v, &resp.State, resp.Identity, &resp.Diagnostics)
}

// parseImportID reads an id in one of importForms. The subscription is null when the form names none.
func parseImportID(s string) (vaultIdentity, error) {
	s = strings.TrimSpace(s)
	if arm.IsLink(s) {
		id, err := arm.ParseLink(s, catalog.VaultType)
		return identityOf(id), err
	}
	group, name, _ := strings.Cut(s, "/")
	if group == "" || name == "" || strings.Contains(name, "/") {
		id, err := vault.ParseID(s)
		return identityOf(id), err
	}
	if err := catalog.CheckResourceGroupName(group); err != nil {
		return vaultIdentity{}, fmt.Errorf("%q is not a resource group and the name of a vault: %w", s, err)
	}
	if err := catalog.CheckVaultName(name); err != nil {
		return vaultIdentity{}, fmt.Errorf("%q is not a resource group and the name of a vault: %w", s, err)
	}
	return vaultIdentity{SubscriptionID: types.StringNull(), ResourceGroupName: types.StringValue(group), Name: types.StringValue(name)}, nil
}

func identityOf(id arm.ID) vaultIdentity {
	return vaultIdentity{
		SubscriptionID: types.StringValue(id.SubscriptionID), ResourceGroupName: types.StringValue(id.ResourceGroup), Name: types.StringValue(id.Name),
	}
}
