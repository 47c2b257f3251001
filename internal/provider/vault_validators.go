package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

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
		resp.Diagnostics.AddAttributeError(req.Path, "Unknown region", sentence(err.Error()))
	}
}

// ValidateConfig checks the rules that span attributes, as far as their values are known.
func (r *vaultResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var config vaultModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() || config.StorageRedundancy.IsNull() || config.StorageRedundancy.IsUnknown() {
		return
	}
	redundancy := catalog.Redundancy(config.StorageRedundancy.ValueString())
	if err := catalog.CheckCrossRegionRestore(redundancy, config.CrossRegionRestoreEnabled.ValueBool()); err != nil {
		resp.Diagnostics.AddAttributeError(path.Root("cross_region_restore_enabled"), "Cross-region restore needs geo-redundant storage",
			fmt.Sprintf("%s\n\nSet storage_redundancy = %q, or leave cross-region restore off.", sentence(err.Error()), catalog.GeoRedundant))
	}
}
