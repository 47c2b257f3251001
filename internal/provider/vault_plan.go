package provider

import (
	"context"
	"fmt"

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
	r.run.notePhase(req)
	if id, active := activeVault(req.State.Raw); active && req.Plan.Raw.Equal(req.State.Raw) {
		// Nothing to do, which is what most plans find for most vaults; reading the models takes most of their time.
		if pending, _ := req.Private.GetKey(ctx, pendingKey); pending == nil {
			r.run.plans.keep(id, req.Config.Raw)
			return
		}
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
		r.warnOfContents(ctx, state, "destroyed", &resp.Diagnostics)
	case req.State.Raw.IsNull():
		r.planCreate(ctx, plan, req, resp)
	default:
		r.run.plans.keep(state.armID(), req.Config.Raw)
		if replaces(plan, state) {
			r.checkRegionOffered(ctx, plan, &resp.Diagnostics)
			r.checkRegistered(ctx, plan, &resp.Diagnostics)
			r.checkGroup(ctx, plan, &resp.Diagnostics)
			r.checkNameFree(ctx, plan, state.armID().Equal, &resp.Diagnostics)
			r.warnOfContents(ctx, state, "replaced", &resp.Diagnostics)
			return
		}
		r.planUpdate(ctx, state, req, resp)
	}
}

// activeVault reads the id of a vault whose state is Active from a raw state; ok is false for any other.
func activeVault(state tftypes.Value) (id arm.ID, ok bool) {
	values := map[string]tftypes.Value{}
	if state.IsNull() || state.As(&values) != nil {
		return arm.ID{}, false
	}
	text := func(name string) (s string) {
		if err := values[name].As(&s); err != nil {
			return ""
		}
		return s
	}
	return vault.NewID(text("subscription_id"), text("resource_group_name"), text("name")), text("state") == string(vault.Active)
}

// replaces tells whether the plan is for another vault than the one in state.
func replaces(plan, state vaultModel) bool {
	return !plan.Name.same(state.Name) || !plan.Region.same(state.Region) ||
		!plan.ResourceGroupName.same(state.ResourceGroupName) || !plan.SubscriptionID.same(state.SubscriptionID)
}

// birthDefaults are what a vault is created with where the configuration says nothing.
var birthDefaults = map[string]string{
	"storage_redundancy": string(catalog.GeoRedundant), "sku": "Standard", "immutability": vault.ImmutabilityDisabled,
}

func (r *vaultResource) planCreate(ctx context.Context, plan vaultModel, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	r.run.fillDefaults(&plan, &resp.Diagnostics)
	// The defaults at birth; a vault that exists keeps what it has.
	for name, value := range map[string]*types.String{
		"storage_redundancy": &plan.StorageRedundancy, "sku": &plan.SKU, "immutability": &plan.Immutability,
	} {
		if value.IsUnknown() && configIsNull(req, name) {
			*value = types.StringValue(birthDefaults[name])
		}
	}
	if plan.CrossRegionRestoreEnabled.IsUnknown() && configIsNull(req, "cross_region_restore_enabled") {
		plan.CrossRegionRestoreEnabled = types.BoolValue(false)
	}
	if plan.PublicNetworkAccessEnabled.IsUnknown() && configIsNull(req, "public_network_access_enabled") {
		plan.PublicNetworkAccessEnabled = types.BoolValue(true)
	}
	resp.Diagnostics.Append(resp.Plan.Set(ctx, plan)...)
	r.run.plans.intend(plan, true, !configIsNull(req, "storage_redundancy"))
	r.checkRegionOffered(ctx, plan, &resp.Diagnostics)
	if r.run.applying.Load() {
		// An error here would make Terraform lose sight of a vault that it replaces with create_before_destroy: it
		// stays a deposed object. Create looks itself, and an error there puts the old vault back in its place.
		return
	}
	if key := vaultNameKey(plan.SubscriptionID.ValueString(), plan.Name.ValueString()); key != "" && !r.run.plans.newVaultNames.plan(key) {
		resp.Diagnostics.AddAttributeError(path.Root("name"), "Backup vault name used twice", fmt.Sprintf(
			"Another resource of this configuration makes a vault named %q in the same subscription. Names are unique within a subscription, "+
				"whatever the resource group.", plan.Name.ValueString()))
		return
	}
	checkBirth(plan, resp.Plan.Raw, &resp.Diagnostics)
	r.checkRegistered(ctx, plan, &resp.Diagnostics)
	r.checkGroup(ctx, plan, &resp.Diagnostics)
	r.checkNameNotHeld(ctx, plan, &resp.Diagnostics)
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
	r.run.plans.intend(plan, false, !configIsNull(req, "storage_redundancy"))
	planIdentity(ctx, plan, state, resp)
	checkMove(ctx, state, req, resp)

	pending, diags := req.Private.GetKey(ctx, pendingKey)
	resp.Diagnostics.Append(diags...)
	if state.State.ValueString() == string(vault.Active) && pending == nil {
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
	default:
		resp.Diagnostics.AddWarning("Backup vault is in the state "+state.State.ValueString(), vaultLabel(state)+
			": the service is working on it. The apply waits until it is Active.")
	}
}

// planIdentity leaves open what the service says of an identity of another type.
func planIdentity(ctx context.Context, plan, state vaultModel, resp *resource.ModifyPlanResponse) {
	after, has := as[identityModel](ctx, plan.Identity, &resp.Diagnostics)
	before, _ := as[identityModel](ctx, state.Identity, &resp.Diagnostics)
	if !has || after.Type.Equal(before.Type) {
		return
	}
	for _, name := range []string{"principal_id", "tenant_id"} {
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("identity").AtName(name), types.StringUnknown())...)
	}
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
			"-refresh=false. If everything is to be destroyed, destroy with -refresh=false, which does not plan the vault first. Otherwise choose another name.", found.ARMID)
	} else {
		detail += "Choose another name, or set resource_group_name to that group and import the vault."
	}
	diags.AddAttributeError(path.Root("name"), "Backup vault name is taken", detail)
}
