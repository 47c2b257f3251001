package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/tfvalue"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

// ModifyPlan finds while planning what the service would refuse later. Terraform calls it in the plan phase and again
// in the apply phase; for a replacement it calls it twice in a row, first with the vault there is, then with none.
func (r *vaultResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if r.run == nil {
		return // the provider could not be configured, and has said why
	}
	if refusesDamage(req, &resp.Diagnostics, "name", "region") {
		return
	}
	if !req.Plan.Raw.IsNull() && !isSecondLook(req) {
		defer adviseDestroy(&resp.Diagnostics)
	}
	if id, active := activeVault(req.State.Raw); active && req.Plan.Raw.Equal(req.State.Raw) {
		// Nothing to do, which is what most plans find for most vaults; reading the models takes most of their time.
		if pending, _ := req.Private.GetKey(ctx, pendingKey); pending == nil {
			r.planExisting(ctx, id, req, resp)
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
	ctx, cancel := planContext(ctx, req)
	defer cancel()
	switch {
	case req.Plan.Raw.IsNull():
		r.planDestroy(ctx, state, &resp.Diagnostics)
	case req.State.Raw.IsNull():
		r.planCreate(ctx, plan, req, resp)
	default:
		r.planExisting(ctx, state.armID(), req, resp)
		changes := tfvalue.Replacing(
			tfvalue.Compare("name", plan.Name, state.Name), tfvalue.Compare("region", plan.Region, state.Region),
			tfvalue.Compare("resource_group_name", plan.ResourceGroupName, state.ResourceGroupName), tfvalue.Compare("subscription_id", plan.SubscriptionID, state.SubscriptionID),
		)
		switch {
		case len(changes) == 0:
			r.planUpdate(ctx, state, req, resp)
		case r.run.turnsOut(req, state.armID()):
			addTurnedOut(vaultLabel(state), changes, &resp.Diagnostics)
		default:
			r.planReplace(ctx, plan, state, changes, &resp.Diagnostics)
		}
	}
}

// planExisting notes that a vault of the state is planned, and hands it on to the plan of one in its place.
func (r *vaultResource) planExisting(ctx context.Context, id arm.ID, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	label := fmt.Sprintf("Vault %q in resource group %q", id.Name, id.ResourceGroup)
	r.run.planned(id, label, &resp.Diagnostics)
	r.run.warnOfTwoAddresses(ctx, id, label, req.Private, &resp.Diagnostics)
	resp.Diagnostics.Append(handOn(ctx, id, resp.Private)...)
}

// planReplace is the first half of the plan of a replacement; planCreate is the second.
func (r *vaultResource) planReplace(ctx context.Context, plan, state vaultModel, changes []tfvalue.Change, diags *diag.Diagnostics) {
	r.run.state.ends(state.armID(), replaced)
	r.checkRegionOffered(ctx, plan, diags)
	r.checkRegistered(ctx, plan, diags)
	r.checkGroup(ctx, plan, diags)
	r.checkNameFree(ctx, plan, state.armID().Equal, diags)
	r.checkContents(ctx, replacedVault{id: state.armID(), by: plan, changes: changes, consent: state.ForceDestroy.ValueBool()}, diags)
	r.run.warnUnread(state.armID(), vaultLabel(state), changes, diags)
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

// birthDefaults are what a vault is created with where the configuration says nothing.
var birthDefaults = map[string]string{
	"storage_redundancy": string(catalog.GeoRedundant), "sku": "Standard", "immutability": vault.ImmutabilityDisabled,
}

func (r *vaultResource) planCreate(ctx context.Context, plan vaultModel, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	unset := func(name string) bool { return tfvalue.ConfigIsNull(req, name) }
	r.run.fillDefaults(&plan, unset, &resp.Diagnostics)
	// The defaults at birth; a vault that exists keeps what it has.
	for name, value := range map[string]*types.String{
		"storage_redundancy": &plan.StorageRedundancy, "sku": &plan.SKU, "immutability": &plan.Immutability,
	} {
		if value.IsUnknown() && unset(name) {
			*value = types.StringValue(birthDefaults[name])
		}
	}
	if plan.CrossRegionRestoreEnabled.IsUnknown() && unset("cross_region_restore_enabled") {
		plan.CrossRegionRestoreEnabled = types.BoolValue(false)
	}
	if plan.PublicNetworkAccessEnabled.IsUnknown() && unset("public_network_access_enabled") {
		plan.PublicNetworkAccessEnabled = types.BoolValue(true)
	}
	if plan.ResourceGuardID.IsUnknown() && unset("resource_guard_id") {
		plan.ResourceGuardID = tfvalue.ARMName.Null()
	}
	resp.Diagnostics.Append(resp.Plan.Set(ctx, plan)...)
	r.run.plans.intend(plan, nil, req.Config.Raw)
	r.checkRegionOffered(ctx, plan, &resp.Diagnostics)
	r.checkRegistered(ctx, plan, &resp.Diagnostics)
	r.checkBirth(plan, resp.Plan.Raw, isSecondLook(req), &resp.Diagnostics)
	r.checkVersion(ctx, plan, req.Config.Raw, &resp.Diagnostics)
	// OpenTofu does not tell a second look, but what this run has made is no stranger's.
	if isSecondLook(req) || r.run.plans.made(r.run.nameOf(plan.armID())) {
		return // Create looks itself whether a vault is in the way
	}
	r.checkGroup(ctx, plan, &resp.Diagnostics)
	r.warnOfDeleted(ctx, plan, &resp.Diagnostics)
	old := handedOn(ctx, req.Private)
	r.checkNameFree(ctx, plan, func(id arm.ID) bool {
		if !r.run.state.mayReplace(id, old) {
			return false
		}
		r.run.state.ends(id, replaced)
		known, _ := r.run.state.get(id)
		r.checkContents(ctx, replacedVault{id: id, by: plan, consent: known.forceDestroy}, &resp.Diagnostics)
		return true
	}, &resp.Diagnostics)
}

// planUpdate plans a change in place. The framework has marked every computed attribute unknown because something
// differs, be it the spelling of a region; each of them keeps its value here unless it will really change.
func (r *vaultResource) planUpdate(ctx context.Context, state vaultModel, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	filled, err := tfvalue.KeepUnset(req)
	if err != nil {
		resp.Diagnostics.AddError("Unable to plan backup vault", tfvalue.Problem(vaultLabel(state), err, "This is a defect of the provider."))
		return
	}
	resp.Plan.Raw = filled
	var plan vaultModel
	resp.Diagnostics.Append(resp.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	r.run.plans.intend(plan, &state, req.Config.Raw)
	planIdentity(ctx, plan, state, resp)
	openUnsaid(ctx, plan, state, resp)
	openNewer(ctx, plan, state, req, resp)
	r.checkMove(state, req, resp)
	r.checkVersion(ctx, state, req.Config.Raw, &resp.Diagnostics)
	r.warnOfGuard(ctx, plan, state, &resp.Diagnostics)

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
		resp.Diagnostics.AddWarning("Creation of backup vault is not finished", vaultLabel(state)+
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
