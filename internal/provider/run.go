package provider

import (
	"fmt"
	"sync/atomic"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azurebackup/terraform-provider-backup/internal/backend"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

// run is what Configure hands to resources and data sources. Terraform configures the provider anew for every plan and
// every apply, except that `terraform test` may use one for a whole file of tests.
type run struct {
	service *backend.Service
	// environment and vaults are the service's.
	environment string
	vaults      *vault.Client
	// registers is true when an apply may register the resource provider.
	registers bool
	plans     *plannedVaults
	// policies are the policies of this run.
	policies plannedObjects
	// forApply is true when the provider was configured for an apply. OpenTofu does not tell.
	forApply bool
	// applying is true while Terraform is known to apply.
	applying atomic.Bool
	// The defaults for resources that name none; unknown while they depend on something not applied yet, null when
	// there is none.
	subscriptionID    types.String
	resourceGroupName types.String
}

// notePhase notes whether Terraform plans or applies. `terraform test` may configure a provider once for several plans and
// applies; then the requests tell.
func (r *run) notePhase(req resource.ModifyPlanRequest) {
	r.applying.Store(r.forApply || req.ClientCapabilities.DeferralAllowed)
}

// runFrom takes what Configure left; nil before the provider is configured, which is normal while validating.
func runFrom(providerData any, diags *diag.Diagnostics) *run {
	if providerData == nil {
		return nil
	}
	r, ok := providerData.(*run)
	if !ok {
		diags.AddError("Unexpected provider data", fmt.Sprintf("Got a %T. This is a defect of the provider.", providerData))
	}
	return r
}

// fillDefaults gives a vault the provider's subscription and resource group where it names none.
func (r *run) fillDefaults(m *vaultModel, diags *diag.Diagnostics) {
	if m.SubscriptionID.IsNull() || m.SubscriptionID.IsUnknown() {
		m.SubscriptionID = equalText{StringValue: r.subscriptionID, kind: armNameType}
	}
	if m.ResourceGroupName.IsNull() || m.ResourceGroupName.IsUnknown() {
		m.ResourceGroupName = equalText{StringValue: r.resourceGroupName, kind: armNameType}
	}
	if m.SubscriptionID.IsNull() {
		r.addMissingSubscription(diags)
	}
	if m.ResourceGroupName.IsNull() {
		diags.AddAttributeError(path.Root("resource_group_name"), "Missing resource group",
			"Neither this resource nor the provider names a resource group. Set resource_group_name in one of them.")
	}
}

// addMissingSubscription says that neither a block nor the provider names a subscription.
func (r *run) addMissingSubscription(diags *diag.Diagnostics) {
	text := "Neither this block nor the provider names a subscription. Set subscription_id in one of them, or the environment variable ARM_SUBSCRIPTION_ID."
	if r.service.SubscriptionChoices != "" {
		text += "\n\n" + r.service.SubscriptionChoices
	}
	diags.AddAttributeError(path.Root("subscription_id"), "Missing subscription", text)
}
