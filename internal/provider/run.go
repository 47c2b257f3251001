package provider

import (
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azurebackup/terraform-provider-backup/internal/backend"
	"github.com/azurebackup/terraform-provider-backup/internal/tfvalue"
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
	// What the service cannot know: what Terraform has in its state, and what it is going to do.
	state stateObjects
	plans *plannedVaults
	// The defaults for resources that name none; unknown while they depend on something not applied yet, null when
	// there is none.
	subscriptionID    types.String
	resourceGroupName types.String
}

// isSecondLook tells whether a request may be the second look that Terraform takes at a plan just before it carries it out,
// with all values known. Terraform says that it could defer then; some plans could, too, and OpenTofu never says it. So what
// rests on this is only what a second look says once too often (warnings), and what Create looks at itself before it writes: an error
// about an object that is in the way would, in a replacement that creates before it destroys, make Terraform lose sight of the old one.
func isSecondLook(req resource.ModifyPlanRequest) bool {
	return req.ClientCapabilities.DeferralAllowed && req.Config.Raw.IsFullyKnown()
}

// turnsOut tells whether a change that takes a replacement comes up when it is too late to plan one: in a second look at a plan
// in which the value was not known yet. A plan reads the object before, unless it is told not to.
func (r *run) turnsOut(req resource.ModifyPlanRequest, id keyed) bool {
	o, _ := r.state.get(id)
	return isSecondLook(req) && !o.refreshed
}

// addTurnedOut says that a value which was not known while planning is another than that of the object there is.
func addTurnedOut(label string, changes []tfvalue.Change, diags *diag.Diagnostics) {
	for _, c := range changes {
		diags.AddAttributeError(path.Root(c.Name), "The plan has to be made again", fmt.Sprintf(
			"%s: %s was not known while planning, and has turned out to be %q; the object has %q. That takes another object in its place, which was not "+
				"planned. Nothing was written.\n\nPlan and apply again: the next plan shows the replacement, and what it costs.",
			label, c.Name, c.To, c.From))
	}
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

// fillDefaults gives a vault the provider's subscription and resource group where it names none, which unset tells. What it
// names and is not known yet stays unknown.
func (r *run) fillDefaults(m *vaultModel, unset func(name string) bool, diags *diag.Diagnostics) {
	if unset("subscription_id") {
		m.SubscriptionID = tfvalue.ARMName.Of(r.subscriptionID)
	}
	if unset("resource_group_name") {
		m.ResourceGroupName = tfvalue.ARMName.Of(r.resourceGroupName)
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

// warnUnread says that a replacement is planned from what the state says alone. OpenTofu does not tell a plan from the second
// look at it, in which this is where a value that was not known turns out to be another: OpenTofu then stops at the
// replacement, as it has to, and blames the provider.
func (r *run) warnUnread(id keyed, label string, changes []tfvalue.Change, diags *diag.Diagnostics) {
	if o, _ := r.state.get(id); o.refreshed {
		return
	}
	diags.AddWarning("Replacement of what was not read", label+" is to be replaced"+tfvalue.Because(changes)+". It was not read before, so that this goes by the state alone.\n\n"+
		"If an apply stops here, at an inconsistent final plan: the value was not known while planning, and nothing was written. Plan and apply again; the next plan "+
		"shows the replacement, and what it costs.")
}

// adviseDestroy adds to the errors of a plan what helps who wants to destroy: before Terraform plans to destroy, it plans the
// configuration as it is, unless it is told not to refresh.
func adviseDestroy(diags *diag.Diagnostics) {
	for i, d := range *diags {
		if d.Severity() != diag.SeverityError || strings.Contains(d.Detail(), "-refresh=false") {
			continue
		}
		detail := d.Detail() + "\n\nTo destroy everything instead, destroy with -refresh=false; otherwise this is planned first."
		if at, ok := d.(diag.DiagnosticWithPath); ok {
			(*diags)[i] = diag.NewAttributeErrorDiagnostic(at.Path(), d.Summary(), detail)
		} else {
			(*diags)[i] = diag.NewErrorDiagnostic(d.Summary(), detail)
		}
	}
}
