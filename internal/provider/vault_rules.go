package provider

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

// checkRedundancyChange refuses the changes of redundancy that the service would refuse.
func checkRedundancyChange(plan, state vaultModel, diags *diag.Diagnostics) {
	if state.StorageRedundancyLocked.ValueBool() && !plan.StorageRedundancy.IsUnknown() && !plan.StorageRedundancy.Equal(state.StorageRedundancy) {
		diags.AddAttributeError(path.Root("storage_redundancy"), "Storage redundancy is locked", fmt.Sprintf(
			"%s has storage redundancy %s, which is locked since the first VM was registered with the vault; it cannot become %s.\n\n"+
				"Set storage_redundancy back to %q, or protect the VMs in a new vault.",
			vaultLabel(state), state.StorageRedundancy.ValueString(), plan.StorageRedundancy.ValueString(), state.StorageRedundancy.ValueString()))
	}
	if state.CrossRegionRestoreEnabled.ValueBool() && !plan.CrossRegionRestoreEnabled.IsUnknown() && !plan.CrossRegionRestoreEnabled.ValueBool() {
		diags.AddAttributeError(path.Root("cross_region_restore_enabled"), "Cross-region restore cannot be switched off",
			vaultLabel(state)+" has cross-region restore, which Azure never switches off again.\n\n"+
				"Set cross_region_restore_enabled = true or leave it out. A vault without it has to be a new one.")
		return
	}
	if plan.StorageRedundancy.IsUnknown() {
		return
	}
	redundancy := catalog.Redundancy(plan.StorageRedundancy.ValueString())
	if err := catalog.CheckCrossRegionRestore(redundancy, plan.CrossRegionRestoreEnabled.ValueBool()); err != nil && !plan.StorageRedundancy.Equal(state.StorageRedundancy) {
		diags.AddAttributeError(path.Root("storage_redundancy"), "Cross-region restore needs geo-redundant storage",
			sentence(err.Error())+" "+vaultLabel(state)+" has it, and it cannot be switched off.\n\n"+
				fmt.Sprintf("Set storage_redundancy = %q or leave it out.", catalog.GeoRedundant))
	}
}

// checkSettingsChange refuses the changes of settings that the service would refuse, and warns of those that are final.
func checkSettingsChange(ctx context.Context, plan, state vaultModel, diags *diag.Diagnostics) {
	checkFinal(plan.Immutability.ValueString(), state.Immutability.ValueString(), vault.ImmutabilityLocked, plan.Immutability.IsUnknown(),
		path.Root("immutability"), "Immutability", vaultLabel(state), diags)
	checkFinal(plan.CrossSubscriptionRestore.ValueString(), state.CrossSubscriptionRestore.ValueString(), "PermanentlyDisabled",
		plan.CrossSubscriptionRestore.IsUnknown(), path.Root("cross_subscription_restore"), "Cross-subscription restore", vaultLabel(state), diags)

	before, encrypted := as[encryptionModel](ctx, state.Encryption, diags)
	if !encrypted || plan.Encryption.IsUnknown() {
		return
	}
	after, stays := as[encryptionModel](ctx, plan.Encryption, diags)
	switch {
	case !stays:
		diags.AddAttributeError(path.Root("encryption"), "Encryption cannot be removed", vaultLabel(state)+
			" is encrypted with a key of your own, which Azure never undoes.\n\nKeep the attribute encryption, or use a new vault.")
	case !after.InfrastructureEncryptionEnabled.IsUnknown() && !after.InfrastructureEncryptionEnabled.Equal(before.InfrastructureEncryptionEnabled):
		diags.AddAttributeError(path.Root("encryption").AtName("infrastructure_encryption_enabled"), "Infrastructure encryption cannot be changed", fmt.Sprintf(
			"%s was encrypted with infrastructure_encryption_enabled = %t, which is fixed from then on.\n\nSet it back, or use a new vault.",
			vaultLabel(state), before.InfrastructureEncryptionEnabled.ValueBool()))
	}
}

// checkFinal refuses to leave a final value, and warns of reaching it.
func checkFinal(to, from, final string, unknown bool, at path.Path, what, label string, diags *diag.Diagnostics) {
	switch {
	case unknown || to == from || to == "":
	case from == final:
		diags.AddAttributeError(at, what+" is "+final, fmt.Sprintf(
			"%s: %s is %s, which is final; it cannot become %s.\n\nSet it back to %q or leave it out, or use a new vault.",
			label, strings.ToLower(what[:1])+what[1:], final, to, final))
	case to == final:
		diags.AddAttributeWarning(at, what+" becomes "+final, fmt.Sprintf("%s: %s is final. Nobody, Microsoft's support included, can undo it.", label, final))
	}
}

// warnOfBirth warns of final settings that a vault gets at its creation.
func warnOfBirth(plan vaultModel, diags *diag.Diagnostics) {
	if plan.Immutability.ValueString() == vault.ImmutabilityLocked {
		checkFinal(vault.ImmutabilityLocked, vault.ImmutabilityUnlocked, vault.ImmutabilityLocked, false, path.Root("immutability"), "Immutability", vaultLabel(plan), diags)
	}
}

// checkSoftDelete refuses to leave AlwaysOn, unless it is the service that forces it: then there is no change to plan.
func (r *vaultResource) checkSoftDelete(ctx context.Context, plan, state vaultModel, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	before, had := as[softDeleteModel](ctx, state.SoftDelete, &resp.Diagnostics)
	after, has := as[softDeleteModel](ctx, plan.SoftDelete, &resp.Diagnostics)
	if !had || !has || after.State.IsUnknown() {
		return
	}
	at := path.Root("soft_delete").AtName("state")
	forced, diags := req.Private.GetKey(ctx, forcedKey)
	resp.Diagnostics.Append(diags...)
	if forced != nil && before.State.ValueString() == softDeleteForced && after.State.ValueString() != softDeleteForced {
		resp.Diagnostics.AddAttributeWarning(at, "Soft delete is forced by the service", forcedText)
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, at, before.State)...)
		return
	}
	checkFinal(after.State.ValueString(), before.State.ValueString(), softDeleteForced, false, at, "Soft delete", vaultLabel(state), &resp.Diagnostics)
}
