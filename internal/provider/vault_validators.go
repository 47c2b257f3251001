package provider

import (
	"cmp"
	"context"

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
