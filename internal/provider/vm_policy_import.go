package provider

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/tfvalue"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

// policyImportForms tells what an import of a policy takes.
const policyImportForms = `Write one of:
  the ARM id, in any letter case: /subscriptions/<uuid>/resourceGroups/<group>/providers/Microsoft.RecoveryServices/vaults/<vault>/backupPolicies/<name>
  a link to the policy in the Azure portal that holds that id
  <resource group>/<vault>/<name>, in the provider's subscription`

// ImportState takes an id in one of policyImportForms, or an identity, and reads the policy at once. State gets the
// service's spelling, but of an identity the user's, since Terraform refuses an identity that changes.
func (r *vmPolicyResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	model := emptyVMPolicyModel(ctx)
	if req.ID == "" {
		var identity vmPolicyIdentity
		resp.Diagnostics.Append(req.Identity.Get(ctx, &identity)...)
		if resp.Diagnostics.HasError() {
			return
		}
		id := r.resolve(identity, &resp.Diagnostics)
		model.VaultID, model.Name = tfvalue.ARMName.Value(id.Vault.String()), tfvalue.ARMName.Value(id.Name)
		r.importPolicy(ctx, id, model, resp)
		return
	}
	id, err := r.parseImportID(req.ID, &resp.Diagnostics)
	if err != nil {
		resp.Diagnostics.AddError("Invalid backup policy id", tfvalue.Sentence(err.Error())+"\n\n"+policyImportForms)
		return
	}
	r.importPolicy(ctx, id, model, resp)
}

// resolve gives an identity the provider's subscription and resource group where it names none.
func (r *vmPolicyResource) resolve(identity vmPolicyIdentity, diags *diag.Diagnostics) vault.PolicyID {
	var m vaultModel
	m.SubscriptionID.StringValue, m.ResourceGroupName.StringValue, m.Name.StringValue = identity.SubscriptionID, identity.ResourceGroupName, identity.VaultName
	r.run.fillDefaults(&m, func(name string) bool {
		return name == "subscription_id" && m.SubscriptionID.IsNull() || name == "resource_group_name" && m.ResourceGroupName.IsNull()
	}, diags)
	for name, value := range map[string]tfvalue.EqualText{"subscription_id": m.SubscriptionID, "resource_group_name": m.ResourceGroupName} {
		if value.IsUnknown() {
			addNotKnownYet(diags, name, path.Root(name), "Write an id or an identity that names it")
		}
	}
	return vault.NewPolicyID(m.armID(), identity.Name.ValueString())
}

// parseImportID reads an id in one of policyImportForms.
func (r *vmPolicyResource) parseImportID(s string, diags *diag.Diagnostics) (vault.PolicyID, error) {
	s = strings.TrimSpace(s)
	if arm.IsLink(s) {
		return vault.ParsePolicyLink(s)
	}
	parts := strings.Split(s, "/")
	if len(parts) != 3 || parts[0] == "" || parts[1] == "" || parts[2] == "" {
		return vault.ParsePolicyID(s)
	}
	for i, check := range []func(string) error{catalog.CheckResourceGroupName, catalog.CheckVaultName, catalog.CheckPolicyName} {
		if err := check(parts[i]); err != nil {
			return vault.PolicyID{}, fmt.Errorf("%q is not a resource group, the name of a vault and that of a policy: %w", s, err)
		}
	}
	identity := vmPolicyIdentity{}
	of := identityOf(vault.NewID("", parts[0], parts[1]))
	identity.ResourceGroupName, identity.VaultName, identity.Name = of.ResourceGroupName, of.Name, textOrNull(parts[2])
	return r.resolve(identity, diags), nil
}

func (r *vmPolicyResource) importPolicy(ctx context.Context, id vault.PolicyID, model vmPolicyModel, resp *resource.ImportStateResponse) {
	if resp.Diagnostics.HasError() {
		return
	}
	p, err := r.run.readPolicy(ctx, id, model)
	if vault.IsGone(err) {
		resp.Diagnostics.AddError("Backup policy to import does not exist", fmt.Sprintf("There is no policy %s in the environment %q.", id, r.run.environment))
		return
	}
	if err != nil {
		resp.Diagnostics.AddError("Unable to import backup policy", tfvalue.Problem(policyLabel(id), err, ""))
		return
	}
	if checkKind(p, "Not a backup policy for virtual machines", &resp.Diagnostics) {
		resp.Diagnostics.Append(markOwner(ctx, resp.Private)...)
		r.save(ctx, model, p, &resp.State, resp.Identity, &resp.Diagnostics)
	}
}
