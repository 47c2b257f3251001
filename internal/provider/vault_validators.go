package provider

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// nameValidator checks a vault's name.
type nameValidator struct{}

func (nameValidator) Description(context.Context) string {
	return "2 to 50 ASCII letters, digits or hyphens, the first a letter"
}

func (v nameValidator) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (nameValidator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if err := catalog.CheckVaultName(req.ConfigValue.ValueString()); err != nil {
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid backup vault name", sentence(err.Error()))
	}
}

// regionValidator checks that a region exists somewhere; whether it is offered is asked while planning.
type regionValidator struct{}

func (regionValidator) Description(context.Context) string {
	return "the name or display name of an Azure region"
}

func (v regionValidator) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (regionValidator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if err := checkRegion(req.ConfigValue.ValueString()); err != nil {
		resp.Diagnostics.AddAttributeError(req.Path, "Unknown region", sentence(err.Error())+mockAdvice("region", req.ConfigValue.ValueString()))
	}
}

// ValidateConfig checks the rules that span attributes, as far as their values are known.
func (r *vaultResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	r.noteName(req)
	// Attribute by attribute: Terraform asks several times for every vault, and reading a whole model takes many times longer.
	var config vaultModel
	for name, target := range map[string]any{
		"region": &config.Region, "storage_redundancy": &config.StorageRedundancy, "cross_region_restore_enabled": &config.CrossRegionRestoreEnabled,
		"identity": &config.Identity, "encryption": &config.Encryption,
	} {
		resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root(name), target)...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	checkRedundancy(config, &resp.Diagnostics)
	checkIdentity(ctx, config, &resp.Diagnostics)
}

// noteName notes that a vault of this name is validated, in a provider that is to plan it.
func (r *vaultResource) noteName(req resource.ValidateConfigRequest) {
	if r.run == nil {
		return
	}
	name, known := knownText(req.Config.Raw, "name")
	subscription, alsoKnown := knownText(req.Config.Raw, "subscription_id")
	if !known || !alsoKnown {
		name = ""
	}
	r.run.plans.newVaultNames.validate(vaultNameKey(cmp.Or(subscription, r.run.subscriptionID.ValueString()), name))
}

func checkRedundancy(config vaultModel, diags *diag.Diagnostics) {
	if config.StorageRedundancy.IsNull() || config.StorageRedundancy.IsUnknown() {
		return
	}
	redundancy := catalog.Redundancy(config.StorageRedundancy.ValueString())
	if err := catalog.CheckCrossRegionRestore(redundancy, config.CrossRegionRestoreEnabled.ValueBool()); err != nil {
		diags.AddAttributeError(path.Root("cross_region_restore_enabled"), "Cross-region restore needs geo-redundant storage",
			fmt.Sprintf("%s\n\nSet storage_redundancy = %q, or leave cross-region restore off.", sentence(err.Error()), catalog.GeoRedundant))
	}
	if redundancy != catalog.ZoneRedundant || config.Region.IsUnknown() {
		return
	}
	// A region that is newer than the catalogue gets the benefit of the doubt.
	if region, found := catalog.LookupRegion(config.Region.ValueString()); found && !region.Zones {
		diags.AddAttributeError(path.Root("storage_redundancy"), "Region has no availability zones", fmt.Sprintf(
			"The region %q has no availability zones, which zone-redundant storage needs.\n\nSet storage_redundancy to %q or %q, or choose a region with "+
				"zones; the data source backup_regions lists them.", region.DisplayName, catalog.LocallyRedundant, catalog.GeoRedundant))
	}
}

// checkIdentity checks that the identity fits its type, and that encryption uses one that the vault has.
func checkIdentity(ctx context.Context, config vaultModel, diags *diag.Diagnostics) {
	if config.Identity.IsUnknown() {
		return
	}
	root := path.Root("identity")
	identity, hasIdentity := as[identityModel](ctx, config.Identity, diags)
	userAssigned := strings.Contains(identity.Type.ValueString(), "UserAssigned")
	systemAssigned := strings.Contains(identity.Type.ValueString(), "SystemAssigned")
	if hasIdentity && !identity.Type.IsUnknown() && !identity.IdentityIDs.IsUnknown() {
		switch {
		case userAssigned && identity.IdentityIDs.IsNull():
			diags.AddAttributeError(root.AtName("identity_ids"), "Missing identity ids", fmt.Sprintf("The type %q needs identity_ids.", identity.Type.ValueString()))
		case !userAssigned && !identity.IdentityIDs.IsNull():
			diags.AddAttributeError(root.AtName("identity_ids"), "Identity ids without a user-assigned identity",
				fmt.Sprintf("The type %q has no user-assigned identities. Leave identity_ids out, or add UserAssigned to the type.", identity.Type.ValueString()))
		}
	}
	encryption, encrypted := as[encryptionModel](ctx, config.Encryption, diags)
	if !encrypted || identity.Type.IsUnknown() || encryption.UseSystemAssignedIdentity.IsUnknown() || encryption.UserAssignedIdentityID.IsUnknown() {
		return
	}
	useSystem := encryption.UseSystemAssignedIdentity.IsNull() || encryption.UseSystemAssignedIdentity.ValueBool()
	at := path.Root("encryption")
	switch {
	case useSystem && !encryption.UserAssignedIdentityID.IsNull():
		diags.AddAttributeError(at.AtName("user_assigned_identity_id"), "Two identities for encryption",
			"The vault reaches its key by one identity. To use this one, set use_system_assigned_identity = false.")
	case useSystem && !systemAssigned:
		diags.AddAttributeError(at, "Encryption uses an identity that the vault has not",
			"The key is reached by the system-assigned identity, which identity.type does not have. Add SystemAssigned to it, or use a user-assigned identity.")
	case !useSystem && encryption.UserAssignedIdentityID.IsNull():
		diags.AddAttributeError(at.AtName("user_assigned_identity_id"), "Missing identity for encryption",
			"With use_system_assigned_identity = false, user_assigned_identity_id says by which identity the vault reaches its key.")
	case !useSystem && !identity.IdentityIDs.IsUnknown() && !hasIdentityID(ctx, identity, encryption.UserAssignedIdentityID, diags):
		diags.AddAttributeError(at.AtName("user_assigned_identity_id"), "Encryption uses an identity that the vault has not",
			"user_assigned_identity_id is none of identity.identity_ids. Add it there.")
	}
}

func hasIdentityID(ctx context.Context, identity identityModel, id equalText, diags *diag.Diagnostics) bool {
	var ids []types.String
	diags.Append(identity.IdentityIDs.ElementsAs(ctx, &ids, false)...)
	return slices.ContainsFunc(ids, func(s types.String) bool {
		return s.IsUnknown() || strings.EqualFold(s.ValueString(), id.ValueString())
	})
}
