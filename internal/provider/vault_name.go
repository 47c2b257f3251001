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
	if plan.ResourceGroupName.IsUnknown() && r.run.vaults.NamesPerGroup {
		return
	}
	namesakes, err := r.run.vaults.Namesakes(ctx, plan.armID())
	if ctx.Err() != nil && replaced == nil { // there is no time left for the vault either
		diags.AddError("Unable to create backup vault", tfvalue.Problem(vaultLabel(plan), err, notKnown("the vault", err)))
		return
	}
	if err != nil {
		// Without an answer the service decides.
		tflog.Warn(ctx, "unable to look for a vault of the same name", map[string]any{"error": err.Error()})
		return
	}
	for _, found := range namesakes {
		if replaced == nil || !replaced(found.ID) {
			r.run.addNameTaken(diags, plan, found)
			return
		}
	}
}

// nameOf is the name that a vault of this id holds.
func (r *run) nameOf(id arm.ID) vaultName {
	if r.vaults.NamesPerGroup {
		return vaultName{id.SubscriptionID, id.ResourceGroup, id.Name}
	}
	return vaultName{subscriptionID: id.SubscriptionID, name: id.Name}
}

// nameScope is where a name is unique, in words, and nameRule the sentence that says so.
func (r *run) nameScope() string {
	if r.vaults.NamesPerGroup {
		return "resource group"
	}
	return "subscription"
}

func (r *run) nameRule() string {
	if r.vaults.NamesPerGroup {
		return "Names are unique within a resource group, as the provider's vault_names_unique_per says."
	}
	return "Names are unique within a subscription, whatever the resource group."
}

// scopeAdvice is for subscriptions that have namesakes.
const scopeAdvice = "Azure itself holds names unique within a resource group only: if vaults of this subscription are to share a name, set " +
	"vault_names_unique_per = \"resource_group\" in the provider block."

// addNameTaken says who holds the name and, when it may be the vault that is meant, how to adopt it.
func (r *run) addNameTaken(diags *diag.Diagnostics, plan vaultModel, found vault.Vault) {
	detail := fmt.Sprintf("A vault named %q exists already in this subscription: resource group %q, region %q, state %s. "+
		"%s\n\n", found.ID.Name, found.ID.ResourceGroup, found.Region, found.State, r.nameRule())
	if plan.ResourceGroupName.Same(tfvalue.ARMName.Value(found.ID.ResourceGroup)) {
		detail += fmt.Sprintf("If it is the one you mean, such as one left by an apply that was killed, adopt it: paste this block into the "+
			"configuration, with the address of this resource after \"to =\", and apply.\n\nimport {\n  to = backup_vault.example\n  id = %s\n}\n\n"+
			"If the resource was renamed in the configuration, use a moved block instead. If it is being replaced with create_before_destroy, the "+
			"old vault holds the name until the new one exists. If everything is to be destroyed, destroy with -refresh=false, which does not plan the vault first. Otherwise choose another name.", catalog.HCL(found.ARMID))
	} else {
		detail += "Choose another name, or set resource_group_name to that group and import the vault.\n\n" + scopeAdvice
	}
	diags.AddAttributeError(path.Root("name"), "Backup vault name is taken", detail)
}

// addNameTwice says that another resource has made a vault of the name that a vault of this id would have.
func (r *run) addNameTwice(id arm.ID, diags *diag.Diagnostics) {
	text := fmt.Sprintf("Another resource of this configuration makes a vault named %q in the same %s, in this apply. %s", id.Name, r.nameScope(), r.nameRule())
	if !r.plans.made(id) {
		text += "\n\n" + scopeAdvice
	}
	diags.AddAttributeError(path.Root("name"), "Backup vault name used twice", text)
}
