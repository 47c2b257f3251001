package provider

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

// run is what Configure hands to resources and data sources. Terraform configures the provider anew for every plan and
// every apply, except that `terraform test` may use one for a whole file of tests.
type run struct {
	// environment is the name of the service for messages: embedded, or that of a cloud.
	environment string
	// cloud is the one whose regions there are; "" when they are not limited to those of one cloud.
	cloud catalog.Cloud
	// portal is the cloud's web portal; "" when there is none, or it is not known.
	portal string
	// undelete says how this service brings a deleted vault back.
	undelete undeleteAdvice
	// groupsMustExist is true when a vault needs a resource group that somebody has made.
	groupsMustExist bool
	// registers is true when an apply may register the resource provider.
	registers bool
	vaults    *vault.Client
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
	// subscriptionChoices says, while there is no default subscription, which ones there are.
	subscriptionChoices string
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
	if r.subscriptionChoices != "" {
		text += "\n\n" + r.subscriptionChoices
	}
	diags.AddAttributeError(path.Root("subscription_id"), "Missing subscription", text)
}

// subscriptionsAdvice lists the subscriptions there are.
func (r *run) subscriptionsAdvice(ctx context.Context) string {
	subscriptions, err := r.vaults.Subscriptions(ctx)
	if err != nil {
		return ""
	}
	if len(subscriptions) == 0 {
		return "The account that is signed in can use no subscription at all: it has no role in any."
	}
	lines := []string{"These subscriptions can be used:"}
	for _, s := range subscriptions {
		lines = append(lines, fmt.Sprintf("  %s  %s", s.ID, s.DisplayName))
	}
	return strings.Join(lines, "\n")
}
