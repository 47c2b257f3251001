package provider

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/backend"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/tflog"
	"github.com/azurebackup/terraform-provider-backup/internal/tfvalue"
)

// checkRegionOffered asks the environment in use whether it makes vaults in the region. A region of another cloud is
// refused without asking, so that it is also when the right to ask is missing.
func (r *vaultResource) checkRegionOffered(ctx context.Context, plan vaultModel, diags *diag.Diagnostics) {
	if plan.Region.IsUnknown() || diags.HasError() {
		return
	}
	region := catalog.NormalizeRegion(plan.Region.ValueString())
	if known, ok := catalog.LookupRegion(region); ok && r.run.service.Cloud != "" && known.Cloud != r.run.service.Cloud {
		diags.AddAttributeError(path.Root("region"), "Region of another cloud", fmt.Sprintf(
			"%s is a region of the cloud %q, and the provider's environment is %q. Set the provider's environment = %q, or choose one of: %s.",
			regionLabel(region), known.Cloud, r.run.environment, known.Cloud, regionNames(r.run.service.Cloud)))
		return
	}
	if plan.SubscriptionID.IsUnknown() {
		return
	}
	subscription := plan.SubscriptionID.ValueString()
	offered, err := r.run.vaults.OfferedRegions(ctx, subscription)
	if arm.HasCode(err, "SubscriptionNotFound") {
		diags.AddAttributeError(path.Root("subscription_id"), "Subscription not found", tfvalue.Problem("Subscription "+subscription, err, r.run.service.SubscriptionsAdvice(ctx)))
		return
	}
	if err != nil {
		// Without the list the service decides at apply; the catalogue has already been asked.
		tflog.Warn(ctx, "unable to ask which regions are offered", map[string]any{"error": err.Error()})
		return
	}
	if _, ok := offered[region]; ok || len(offered) == 0 {
		return
	}
	names := slices.Sorted(maps.Values(offered))
	diags.AddAttributeError(path.Root("region"), "Region not offered", fmt.Sprintf(
		"The environment %q does not offer backup vaults in %q to subscription %s%s\n\nIt offers them in: %s.%s",
		r.run.environment, plan.Region.ValueString(), subscription, meant(region, offered), strings.Join(names, ", "), r.newRegionAdvice(region)))
}

// meant is the end of a sentence that refuses a region: the one of those offered that was probably meant, if the name is none.
func meant(region string, offered map[string]string) string {
	if _, announced := catalog.LookupAnnounced(region); announced {
		return ": it had been announced, and was not open, when this version of the provider was made, and the cloud's own list does not have it yet."
	}
	_, exists := catalog.LookupRegion(region)
	near, ok := catalog.SuggestRegion(region)
	if _, has := offered[near.Name]; exists || !ok || !has {
		return "."
	}
	return fmt.Sprintf("; did you mean %q (%s)?", near.DisplayName, near.Name)
}

// newRegionAdvice tells how the embedded service, which has the regions of this release, gets another.
func (r *vaultResource) newRegionAdvice(region string) string {
	if _, known := catalog.LookupRegion(region); known || r.run.service.Kind == backend.Azure {
		return ""
	}
	return " A region that is newer than the embedded service can be listed in the environment variable " + catalog.ExtraRegionsVariable + "."
}

func regionNames(cloud catalog.Cloud) string {
	var names []string
	for _, region := range catalog.Regions(cloud) {
		names = append(names, region.DisplayName)
	}
	return strings.Join(names, ", ")
}

// checkRegistered refuses a vault in a subscription that has the resource provider not registered, unless the apply
// registers it.
func (r *vaultResource) checkRegistered(ctx context.Context, plan vaultModel, diags *diag.Diagnostics) {
	if r.run.registers || plan.SubscriptionID.IsUnknown() || diags.HasError() {
		return
	}
	subscription := plan.SubscriptionID.ValueString()
	offer, err := r.run.vaults.Offer(ctx, subscription)
	if err != nil || offer.Registered() {
		return // without an answer the service decides
	}
	diags.AddAttributeError(path.Root("subscription_id"), "Resource provider not registered", fmt.Sprintf(
		"The subscription %s has the resource provider %s not registered (its state is %s), and can have no vault.\n\n%s",
		subscription, catalog.VaultNamespace, offer.Registration, r.run.registrationAdvice(subscription)))
}

// registrationAdvice says how to register the resource provider in a subscription.
func (r *run) registrationAdvice(subscription string) string {
	portal := ""
	if r.service.Portal != "" {
		portal = fmt.Sprintf("or in the portal, under \"Resource providers\" of %s/#@/resource/subscriptions/%s,\n\n", r.service.Portal, subscription)
	}
	return fmt.Sprintf("Register it, once for the subscription:\n\n  az provider register --namespace %s --subscription %s --wait\n\n%s"+
		"or set register_resource_provider = true in the provider block, and the apply does it.", catalog.VaultNamespace, subscription, portal)
}

// register registers the resource provider where that is wanted and has not been done.
func (r *vaultResource) register(ctx context.Context, plan vaultModel, diags *diag.Diagnostics) {
	if !r.run.registers {
		return
	}
	subscription := plan.SubscriptionID.ValueString()
	err := r.run.vaults.Register(ctx, subscription, func(state string) {
		tflog.Info(ctx, "waiting for the registration of the resource provider", map[string]any{"namespace": catalog.VaultNamespace, "state": state})
	})
	if err != nil {
		diags.AddAttributeError(path.Root("subscription_id"), "Unable to register the resource provider",
			tfvalue.Problem(fmt.Sprintf("Resource provider %s in subscription %s", catalog.VaultNamespace, subscription), err,
				"Somebody with the right to register resource providers (Contributor or Owner of the subscription) has to do it once:\n\n"+
					"  az provider register --namespace "+catalog.VaultNamespace+" --subscription "+subscription+" --wait"))
	}
}

// checkGroup warns of a resource group that does not exist. It is no error: the same apply may make the group by a
// resource of another provider, whose name is known before the group is there.
func (r *vaultResource) checkGroup(ctx context.Context, plan vaultModel, diags *diag.Diagnostics) {
	if !r.run.service.GroupsMustExist || plan.SubscriptionID.IsUnknown() || plan.ResourceGroupName.IsUnknown() || diags.HasError() {
		return
	}
	subscription, name := plan.SubscriptionID.ValueString(), plan.ResourceGroupName.ValueString()
	exists, err := r.run.vaults.HasGroup(ctx, subscription, name)
	if err != nil {
		// Those who may make vaults need not have the right to read the group.
		tflog.Debug(ctx, "unable to ask whether the resource group exists", map[string]any{"error": err.Error()})
		return
	}
	if exists || !r.run.plans.once("no resource group "+strings.ToLower(subscription+"/"+name)) {
		return
	}
	diags.AddAttributeWarning(path.Root("resource_group_name"), "Resource group does not exist", fmt.Sprintf(
		"There is no resource group %q in subscription %s yet. If this apply makes it, by a resource of another provider, let the vault refer to that "+
			"resource, so that the group is made first. Otherwise the apply will fail. %s", name, subscription, groupAdvice(plan)))
}

func groupAdvice(plan vaultModel) string {
	return fmt.Sprintf("This provider makes no resource groups; this command does:\n\n  az group create --name %s --location %s --subscription %s",
		plan.ResourceGroupName.ValueString(), catalog.NormalizeRegion(plan.Region.ValueString()), plan.SubscriptionID.ValueString())
}

// placeAdvice tells what to do when a vault was refused for want of what has to be there before it.
func (r *run) placeAdvice(plan vaultModel, err error) string {
	switch {
	case arm.HasCode(err, "ResourceGroupNotFound"):
		return groupAdvice(plan)
	case arm.HasCode(err, "MissingSubscriptionRegistration"):
		return r.registrationAdvice(plan.SubscriptionID.ValueString())
	}
	return ""
}
