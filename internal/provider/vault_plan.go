package provider

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

// ModifyPlan finds while planning what the service would refuse later. Terraform calls it in the plan phase and again
// in the apply phase; for a replacement it calls it twice in a row, first with the vault there is, then with none.
func (r *vaultResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if r.run == nil {
		return // the provider could not be configured, and has said why
	}
	var plan, state vaultModel
	if !req.State.Raw.IsNull() {
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	}
	if !req.Plan.Raw.IsNull() {
		resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	switch {
	case req.Plan.Raw.IsNull():
		r.run.plans.destroy(state.armID())
	case req.State.Raw.IsNull():
		r.planCreate(ctx, plan, req, resp)
	default:
		r.run.plans.keep(state.armID(), req.Config.Raw)
		if replaces(plan, state) {
			r.checkRegionOffered(ctx, plan, &resp.Diagnostics)
			r.checkNameFree(ctx, plan, state.armID().Equal, &resp.Diagnostics)
			return
		}
		r.planUpdate(ctx, state, req, resp)
	}
}

// replaces tells whether the plan is for another vault than the one in state.
func replaces(plan, state vaultModel) bool {
	return !plan.Name.same(state.Name) || !plan.Region.same(state.Region) ||
		!plan.ResourceGroupName.same(state.ResourceGroupName) || !plan.SubscriptionID.same(state.SubscriptionID)
}

func (r *vaultResource) planCreate(ctx context.Context, plan vaultModel, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	r.run.fillDefaults(&plan, &resp.Diagnostics)
	if plan.StorageRedundancy.IsUnknown() && configIsNull(req, "storage_redundancy") {
		plan.StorageRedundancy = types.StringValue(string(catalog.GeoRedundant))
	}
	if plan.CrossRegionRestoreEnabled.IsUnknown() && configIsNull(req, "cross_region_restore_enabled") {
		plan.CrossRegionRestoreEnabled = types.BoolValue(false)
	}
	resp.Diagnostics.Append(resp.Plan.Set(ctx, plan)...)
	r.checkRegionOffered(ctx, plan, &resp.Diagnostics)
	if r.run.applying {
		// An error here would make Terraform lose sight of a vault that it replaces with create_before_destroy: it
		// stays a deposed object. Create looks itself, and an error there puts the old vault back in its place.
		return
	}
	if !plan.Name.IsUnknown() && !plan.SubscriptionID.IsUnknown() && !r.run.plans.create(plan.SubscriptionID.ValueString(), plan.Name.ValueString()) {
		resp.Diagnostics.AddAttributeError(path.Root("name"), "Backup vault name used twice", fmt.Sprintf(
			"Another resource of this configuration makes a vault named %q in the same subscription. Names are unique within a subscription, "+
				"whatever the resource group.", plan.Name.ValueString()))
		return
	}
	r.checkNameFree(ctx, plan, func(id arm.ID) bool { return r.run.plans.replaces(id, req.Config.Raw) }, &resp.Diagnostics)
}

// planUpdate plans a change in place. The framework has marked every computed attribute unknown because something
// differs, be it the spelling of a region; each of them keeps its value here unless it will really change.
func (r *vaultResource) planUpdate(ctx context.Context, state vaultModel, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	filled, err := keepUnset(req)
	if err != nil {
		resp.Diagnostics.AddError("Unable to plan backup vault", problem(vaultLabel(state), err, "This is a defect of the provider."))
		return
	}
	resp.Plan.Raw = filled
	var plan vaultModel
	resp.Diagnostics.Append(resp.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	checkRedundancyChange(plan, state, &resp.Diagnostics)

	pending, diags := req.Private.GetKey(ctx, pendingKey)
	resp.Diagnostics.Append(diags...)
	if state.State.ValueString() == string(vault.Active) {
		return
	}
	resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("state"), types.StringUnknown())...)
	switch {
	case state.State.ValueString() == string(vault.Failed):
		resp.Diagnostics.AddWarning("Backup vault is in the state Failed", vaultLabel(state)+
			": the service gave up on the last write. The apply writes the vault's settings again and waits until it is Active.")
	case pending != nil:
		resp.Diagnostics.AddWarning("Creation of backup vault was interrupted", vaultLabel(state)+
			": the service is still creating it. The apply waits until it is Active; nothing is replaced.")
	}
}

// keepUnset fills the unknown values that the configuration does not set from the prior state.
func keepUnset(req resource.ModifyPlanRequest) (tftypes.Value, error) {
	return tftypes.Transform(req.Plan.Raw, func(p *tftypes.AttributePath, v tftypes.Value) (tftypes.Value, error) {
		if v.IsKnown() {
			return v, nil
		}
		configured, _, err := tftypes.WalkAttributePath(req.Config.Raw, p)
		if err != nil {
			return v, nil //nolint:nilerr // no such path in the configuration: the value stays unknown
		}
		if c, ok := configured.(tftypes.Value); !ok || !c.IsNull() {
			return v, nil
		}
		prior, _, err := tftypes.WalkAttributePath(req.State.Raw, p)
		if p, ok := prior.(tftypes.Value); err == nil && ok {
			return p, nil
		}
		return v, nil
	})
}

// configIsNull tells whether an attribute is left out of the configuration, as opposed to being unknown in it.
func configIsNull(req resource.ModifyPlanRequest, name string) bool {
	value, _, err := tftypes.WalkAttributePath(req.Config.Raw, tftypes.NewAttributePath().WithAttributeName(name))
	v, ok := value.(tftypes.Value)
	return err == nil && ok && v.IsNull()
}

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

// checkRegionOffered asks the environment in use whether it makes vaults in the region.
func (r *vaultResource) checkRegionOffered(ctx context.Context, plan vaultModel, diags *diag.Diagnostics) {
	if plan.Region.IsUnknown() || plan.SubscriptionID.IsUnknown() || diags.HasError() {
		return
	}
	subscription := plan.SubscriptionID.ValueString()
	offered, err := r.run.vaults.OfferedRegions(ctx, subscription)
	if arm.HasCode(err, "SubscriptionNotFound") {
		diags.AddAttributeError(path.Root("subscription_id"), "Subscription not found", problem("Subscription "+subscription, err, r.subscriptionsAdvice(ctx)))
		return
	}
	if err != nil {
		// Without the list the service decides at apply; the catalogue has already been asked.
		tflog.Warn(ctx, "unable to ask which regions are offered", map[string]any{"error": err.Error()})
		return
	}
	region := catalog.NormalizeRegion(plan.Region.ValueString())
	if _, ok := offered[region]; ok || len(offered) == 0 {
		return
	}
	var names []string
	for _, display := range offered {
		names = append(names, display)
	}
	slices.Sort(names)
	diags.AddAttributeError(path.Root("region"), "Region not offered", fmt.Sprintf(
		"The environment %q does not offer backup vaults in %q to subscription %s.\n\nIt offers them in: %s.",
		r.run.environment, plan.Region.ValueString(), subscription, strings.Join(names, ", ")))
}

// subscriptionsAdvice lists the subscriptions there are.
func (r *vaultResource) subscriptionsAdvice(ctx context.Context) string {
	subscriptions, err := r.run.vaults.Subscriptions(ctx)
	if err != nil || len(subscriptions) == 0 {
		return ""
	}
	lines := []string{"These subscriptions can be used:"}
	for _, s := range subscriptions {
		lines = append(lines, fmt.Sprintf("  %s  %s", s.ID, s.DisplayName))
	}
	return strings.Join(lines, "\n")
}

// checkNameFree finds a vault that holds the planned name already. One that is being replaced does not count; none is
// when replaced is nil.
func (r *vaultResource) checkNameFree(ctx context.Context, plan vaultModel, replaced func(arm.ID) bool, diags *diag.Diagnostics) {
	if plan.Name.IsUnknown() || plan.SubscriptionID.IsUnknown() || diags.HasError() {
		return
	}
	found, exists, err := r.run.vaults.FindByName(ctx, plan.SubscriptionID.ValueString(), plan.Name.ValueString())
	if err != nil {
		// Without an answer the service decides.
		tflog.Warn(ctx, "unable to look for a vault of the same name", map[string]any{"error": err.Error()})
		return
	}
	if exists && (replaced == nil || !replaced(found.ID)) {
		addNameTaken(diags, plan, found)
	}
}

// addNameTaken says who holds the name and, when it may be the vault that is meant, how to adopt it.
func addNameTaken(diags *diag.Diagnostics, plan vaultModel, found vault.Vault) {
	detail := fmt.Sprintf("A vault named %q exists already in this subscription: resource group %q, region %q, state %s. "+
		"Names are unique within a subscription, whatever the resource group.\n\n",
		found.ID.Name, found.ID.ResourceGroup, found.Region, found.State)
	if plan.ResourceGroupName.same(armNameType.value(found.ID.ResourceGroup)) {
		detail += fmt.Sprintf("If it is the one you mean, such as one left by an apply that was killed, adopt it: paste this block into the "+
			"configuration, with the address of this resource after \"to =\", and apply.\n\nimport {\n  to = backup_vault.example\n  id = %q\n}\n\n"+
			"If the resource was renamed in the configuration, use a moved block instead. If it is being replaced with create_before_destroy, the "+
			"old vault holds the name until the new one exists. If it is this resource's own vault, marked as tainted, plan without "+
			"-refresh=false. Otherwise choose another name.", found.ARMID)
	} else {
		detail += "Choose another name, or set resource_group_name to that group and import the vault."
	}
	diags.AddAttributeError(path.Root("name"), "Backup vault name is taken", detail)
}
